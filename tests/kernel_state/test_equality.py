"""Whether two values are equal, floats within a tolerance, and where they first differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mlops.kernel_state.equality import first_difference


class Model:
    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


def linear(slope: float) -> Any:
    return lambda x: x * slope


def cycle(value: float) -> list[Any]:
    items: list[Any] = [value]
    items.append(items)
    return items


@dataclass(frozen=True, kw_only=True)
class Case:
    one: Any
    other: Any
    why: str | None = None


FRAME = pd.DataFrame({"x": [1.0, np.nan], "name": ["a", "b"]}, index=["p", "q"])
RECORDS = np.array([(1, 2.0)], dtype=[("n", int), ("x", float)])

CASES = (
    Case(one=1.0, other=1.0 + 1e-9),
    Case(one=1.0, other=1.1, why="v: 1.0 → 1.1"),
    Case(one=float("nan"), other=float("nan")),
    Case(one=1, other=1.0, why="v: int → float"),
    Case(one=[1, {"a": (2, 3.0)}], other=[1, {"a": (2, 3.5)}], why="v[1]['a'][1]: 3.0 → 3.5"),
    Case(one={"a": 1, "b": 2}, other={"b": 2, "a": 1}, why="list(v): ['a', 'b'] → ['b', 'a']"),
    Case(one={1, 2}, other={2, 1}),
    Case(one={"a"}, other={"b"}, why="sorted(v)[0]: \"'a'\" → \"'b'\""),
    Case(one=[1], other=[1, 2], why="v: 1 items → 2 items"),
    Case(one=cycle(1.0), other=cycle(1.0)),
    Case(one=cycle(1.0), other=cycle(2.0), why="v[0]: 1.0 → 2.0"),
    Case(one=np.arange(3) / 3, other=np.arange(3) / 3 + 1e-12),
    Case(one=np.zeros((2, 2)), other=np.eye(2), why="v[0, 0]: 0.0 → 1.0"),
    Case(one=np.zeros(2), other=np.zeros(3), why="v: float64[2] → float64[3]"),
    Case(one=np.array([{"a": 1}]), other=np.array([{"a": 2}]), why="v[0]['a']: 1 → 2"),
    Case(one=RECORDS, other=np.array([(1, 2.5)], RECORDS.dtype), why="v['x'][0]: 2.0 → 2.5"),
    Case(one=np.array(["NaT"], "M8[s]"), other=np.array(["NaT"], "M8[s]")),
    Case(one=FRAME, other=FRAME.copy()),
    Case(one=FRAME, other=FRAME.assign(x=[1.5, np.nan]), why="v['x'][0]: 1.0 → 1.5"),
    Case(one=FRAME, other=FRAME.rename(index={"q": "r"}), why="v.index[1]: 'q' → 'r'"),
    Case(one=FRAME["name"], other=FRAME["name"].copy()),
    Case(one=Model(a=1.0, b=[2]), other=Model(a=1.0, b=[2])),
    Case(one=linear(2.0), other=linear(2.0)),
    Case(one=linear(2.0), other=linear(3.0), why="v.__closure__[0]: 2.0 → 3.0"),
    Case(one=lambda: 1, other=lambda: 2, why="v.__code__.co_consts[1]: 1 → 2"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.why))
def test_first_difference(case: Case) -> None:
    assert first_difference(case.one, case.other, "v") == case.why


def test_of_an_instance_the_part_that_differs_is_named() -> None:
    found = first_difference(Model(a=1.0, b=[2]), Model(a=1.0, b=[3]), "model")
    assert found is not None
    assert found.endswith("['b'][0]: 2 → 3")


def test_what_cannot_be_looked_into_is_no_equal() -> None:
    found = first_difference((n for n in "a"), (n for n in "a"), "v")
    assert found == "v: generator cannot be compared (cannot pickle 'generator' object)"
