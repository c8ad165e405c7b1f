"""Paths into events."""

from __future__ import annotations

import pytest

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.scheduling.jsonpath import NoSuchValue, read_path, value_at

DOCUMENT = {"alerts": [{"labels": {"lr": "0.1", "a b": None}}, {"n": 3}], "ok": False, "-": "-"}

VALUES = {
    "$": DOCUMENT,
    "$.alerts[0].labels.lr": "0.1",
    "$.alerts[0].labels['a b']": None,
    '$["alerts"][-1].n': 3,
    "$.ok": False,
    "$.-": "-",
}
ABSENT = ["$.none", "$.alerts.labels", "$.alerts[2]", "$.alerts[0][0]", "$.ok.x", "$[0]"]
NO_PATHS = ["", "alerts", "$.", "$alerts", "$..lr", "$.a b", "$[*]", "$[1", "$.a[?(@.b)]", "$['a]"]


@pytest.mark.parametrize("path", VALUES)
def test_values(path: str) -> None:
    assert value_at(DOCUMENT, path) == VALUES[path]


@pytest.mark.parametrize("path", ABSENT)
def test_absent(path: str) -> None:
    with pytest.raises(NoSuchValue):
        value_at(DOCUMENT, path)


@pytest.mark.parametrize("path", NO_PATHS)
def test_no_paths(path: str) -> None:
    with pytest.raises(ScheduleError, match="is not a path"):
        read_path(path)
