"""Canonical JSON: one byte string for equal values, and every value back from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from jupyter_mlops.model.identity import canonical_json, of_value


@dataclass(frozen=True)
class Case:
    name: str
    value: Any
    text: bytes


CASES = [
    Case("order of keys", {"b": 1, "a": [1.5, None, True]}, b'{"a":[1.5,null,true],"b":1}'),
    Case("text", "é", b'"\xc3\xa9"'),
    Case("beyond the plane", "\U0001f600", '"\U0001f600"'.encode()),
    Case("a lone surrogate", "a\udcff.txt", rb'"a\udcff.txt"'),
    Case("a lone surrogate as key", {"\udcff": 1}, rb'{"\udcff":1}'),
    Case("the text of an escape", r"a\udcff.txt", rb'"a\\udcff.txt"'),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_canonical_json(case: Case) -> None:
    assert canonical_json(case.value) == case.text
    assert json.loads(case.text) == case.value


def test_a_surrogate_and_the_text_of_its_escape_differ() -> None:
    assert of_value("name", "\udcff") != of_value("name", r"\udcff")
