"""What a step says of the variables that it leaves, without calling any of the notebook's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.kernel_state.description import describe_all
from jupyter_mlops.lineage.descriptions import changed_lines
from jupyter_mlops.model.artifact import Described
from jupyter_mlops.model.codec import from_json


class Mine:
    """A class of the notebook, whose code is not to be called."""

    def __len__(self) -> int:
        raise AssertionError

    __repr__ = __len__  # type: ignore[assignment]


class MyFrame(pd.DataFrame):
    @property
    def shape(self) -> Any:
        raise AssertionError


@dataclass(frozen=True)
class Case:
    name: str
    a: Any
    b: Any
    lines: tuple[str, ...] | None
    """None if one of them is not described."""


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


LONG = "x" * 300
CASES = [
    Case("int", 1, 2, ("-x: 1", "+x: 2")),
    Case("equal", 1, 1, ()),
    Case("another type", 1, "1", ("-x: 1", "+x: '1'")),
    Case("float", 0.1, float("nan"), ("-x: 0.1", "+x: nan")),
    Case("numpy's float", np.float64(0.5), np.float64(0.25), ("-x: 0.5", "+x: 0.25")),
    Case("long text", LONG, LONG + "y", ("-x: str, 300 long", "+x: str, 301 long")),
    Case("short list", [1, 2], [1, 2, 3], ("-x: [1, 2]", "+x: [1, 2, 3]")),
    Case("long list", [0] * 20, [0] * 21, ("-x: list, 20 long", "+x: list, 21 long")),
    Case("of own objects", [Mine()], [Mine(), 1], ("-x: list, 1 long", "+x: list, 2 long")),
    Case("dict", {"a": 1}, {"a": 2}, ("-x: {'a': 1}", "+x: {'a': 2}")),
    Case("own object", Mine(), Mine(), None),
    Case("own table", MyFrame({"a": [1]}), MyFrame({"a": [2]}), None),
    Case(
        "array",
        np.zeros((2, 3)),
        np.zeros((1200, 3), "float32"),
        ("-x: ndarray of float64, 2 × 3", "+x: ndarray of float32, 1,200 × 3"),
    ),
    Case("array of other values", np.zeros(2), np.ones(2), ()),
    Case(
        "series",
        pd.Series([1, 2]),
        pd.Series([1.0]),
        ("-x: Series of int64, 2 long", "+x: Series of float64, 1 long"),
    ),
    Case(
        "rows",
        frame(a=[1, 2], b=["p", "q"]),
        frame(a=[1], b=["p"]),
        ("-x: DataFrame, 2 × 2", "+x: DataFrame, 1 × 2"),
    ),
    Case(
        "schema",
        frame(a=[1], b=[1], c=[1]),
        frame(a=[1.5], c=[1], d=[True]),
        ("-x['a']: int64", "+x['a']: float64", "-x['b']: int64", "+x['d']: bool"),
    ),
    Case(
        "values",
        frame(a=[1, 2], b=["p", "q"], c=[0.5, 1], d=[[1], [2]]),
        frame(a=[1, 3], b=["p", "r"], c=[0.5, 1], d=[[1], [3]]),
        (" x: other values in 'a', 'b'",),
    ),
    Case("odd names", pd.DataFrame({1: [1], None: [2]}), pd.DataFrame({1: [1], None: [2]}), ()),
    Case(
        "too large for digests",
        frame(a=np.zeros(1_000_001)),
        frame(a=np.ones(1_000_001)),
        (),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_two_versions(case: Case) -> None:
    found = describe_all(["x", "absent"], {"x": case.a}), describe_all(["x"], {"x": case.b})
    if case.lines is None:
        assert found == ({}, {})
        return
    old, new = (from_json(Described, one["x"]) for one in found)
    assert tuple(changed_lines("x", old, new)) == case.lines
    assert changed_lines("x", old, None) == []
