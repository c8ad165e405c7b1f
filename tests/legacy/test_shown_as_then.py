"""What pandas did and showed otherwise when a notebook was written, by its date alone."""

from __future__ import annotations

import pytest
from drafts import draft_of

from jupyter_mlops.legacy.era import Era
from jupyter_mlops.legacy.rules.dict_order import sort_keys
from jupyter_mlops.legacy.rules.rows import as_many


def written(latest: str) -> Era:
    return Era(earliest="2013-01-01", latest=latest, evidence=(), today="2026-01-01")


DICTS = {
    "d = {'b': 1,\n     'a': {'z': 1, 'y': 2}}\npd.DataFrame(d)": (
        "d = {'a': {'y': 2, 'z': 1},\n     'b': 1}\npd.DataFrame(d)"
    ),
    "Series({2: 'x', 1: 'y'}, index=[1])": "Series({1: 'y', 2: 'x'}, index=[1])",
    "x = {'b': 1, 'a': 2}": "x = {'b': 1, 'a': 2}",
    "DataFrame({'b': 1, k: 2})": "DataFrame({'b': 1, k: 2})",
}


@pytest.mark.parametrize("source", DICTS)
def test_frames_of_dicts_have_sorted_columns(source: str) -> None:
    assert sort_keys(draft_of(source), written("2016-01-01")).cells[0].source == DICTS[source]
    later = draft_of(source)
    assert sort_keys(later, written("2018-06-01")) is later


SHORT = ({"output_type": "execute_result", "data": {"text/plain": "   a\n0  1\n.. ..\n9  2"}},)
WHOLE = ({"output_type": "execute_result", "data": {"text/plain": "   a\n0  1"}},)


def test_frames_that_were_cut_short_show_as_many_rows() -> None:
    draft = draft_of("import pandas as pd", stored=SHORT)
    found = as_many(draft, written("2016-01-01"))
    assert [(cell.id, cell.position) for cell in found.cells] == [("cell-rows", 0), ("c1", 1)]
    assert [patch.rule for patch in found.patches] == ["rows"]
    for other, latest in (
        (draft, "2020-01-01"),
        (draft_of("import numpy", stored=SHORT), "2016-01-01"),
        (draft_of("import pandas as pd", stored=WHOLE), "2016-01-01"),
    ):
        assert as_many(other, written(latest)) is other
