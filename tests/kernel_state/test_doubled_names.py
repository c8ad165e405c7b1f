"""What the step's kernel, which imports no other room, says in the same words as the house."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Any

import pytest

from jupyter_mlops import errors
from jupyter_mlops.kernel_state import errors as kernel_errors
from jupyter_mlops.kernel_state import objects as kernel_objects
from jupyter_mlops.kernel_state import table
from jupyter_mlops.model import artifact, identity
from jupyter_mlops.model.codec import from_json, to_json


@pytest.mark.parametrize("name", ["Group", "Refusal"])
def test_records_have_the_same_fields(name: str) -> None:
    theirs, ours = getattr(table, name), getattr(artifact, name)
    assert [(f.name, f.type, f.default) for f in fields(theirs)] == [
        (f.name, f.type, f.default) for f in fields(ours)
    ]


GROUP = {"names": ("a", "b"), "digest": "sha256:1", "size": 3, "requires": ("k",), "step": "s"}
REFUSAL = {"names": ("f",), "path": "f.file", "reason": "an open file", "code": "ML602"}
REFUSAL |= {"fix": "close it", "step": "s"}


@pytest.mark.parametrize(("name", "values"), [("Group", GROUP), ("Refusal", REFUSAL)])
def test_a_record_of_the_kernel_is_one_of_the_house(name: str, values: dict[str, Any]) -> None:
    ours = getattr(artifact, name)
    assert from_json(ours, to_json(getattr(table, name)(**values))) == ours(**values)


SHARED = sorted(
    name
    for name, value in vars(kernel_errors).items()
    if inspect.isclass(value) and hasattr(errors, name)
)


def test_the_errors_of_both() -> None:
    assert SHARED == ["ObjectCorrupted", "ObjectMissing"]


@pytest.mark.parametrize("name", SHARED)
def test_errors_take_and_tell_the_same(name: str) -> None:
    theirs, ours = getattr(kernel_errors, name), getattr(errors, name)
    assert inspect.signature(theirs) == inspect.signature(ours)
    one, other = (kind("sha256:1", where="here") for kind in (theirs, ours))
    assert type(one).__name__ == type(other).__name__
    assert vars(one).keys() - {"code"} == vars(other).keys()
    words = "sha256:1 is missing" if name == "ObjectMissing" else "sha256:1 is corrupted"
    assert [words in error.message and bool(error.fix) for error in (one, other)] == [True, True]


def test_a_problem_is_told_in_the_same_way_with_its_code_before_it() -> None:
    theirs = kernel_errors.KernelStateError("ML607", "what", fix="how")
    ours = errors.MlopsError("what", fix="how")
    assert str(theirs) == f"ML607: {ours}"
    assert vars(theirs) == {**vars(ours), "code": "ML607"}
    assert errors.code_of(str(theirs)) == theirs.code


def test_digests_begin_alike() -> None:
    assert kernel_objects._PREFIX == identity.PREFIX
