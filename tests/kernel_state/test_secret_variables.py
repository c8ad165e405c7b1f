"""A variable that holds a secret is refused before one of its bytes is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.pickler import Scope
from jupyter_mlops.kernel_state.refusals import Uncarriable
from jupyter_mlops.kernel_state.secrets import guard
from jupyter_mlops.kernel_state.survey import find_refusal, survey

VALUE = "hunter2-sécret"


@pytest.fixture(autouse=True)
def _guarded() -> Iterator[None]:
    guard({"PW": VALUE})
    yield
    guard({})


def closure() -> Any:
    value = VALUE
    return lambda: value


def array(*, size: int, dtype: Any = None) -> Any:
    numpy = pytest.importorskip("numpy")
    return numpy.array(["x"] * size + [VALUE], dtype=dtype)


def frame() -> Any:
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame({"n": range(3), "url": ["a", "b", f"pg://ada:{VALUE}@h"]})


VARIABLES: dict[str, tuple[Callable[[], Any], str]] = {
    "text": (lambda: VALUE, "v"),
    "bytes": (lambda: b"\0" * 3_000_000 + VALUE.encode(), "v"),
    "bytearray": (lambda: bytearray(VALUE.encode() * 100_000), "v"),
    "item": (lambda: {"a": [1, {"b": (VALUE,)}]}, "v['a'][1]['b'][0]"),
    "key": (lambda: {VALUE: 1}, "v.<key '[secret PW]'>"),
    "closure": (closure, "v.<closure value>"),
    "array": (lambda: array(size=1), "v"),
    "large array": (lambda: array(size=200_000), "v"),
    "array of objects": (lambda: array(size=1, dtype=object), "v.flat[1]"),
    "frame": (frame, "v"),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_refused(tmp_path: Path, name: str) -> None:
    make, path = VARIABLES[name]
    value = make()
    scope = Scope(namespace={"v": value}, shared={}, submodules=frozenset(), singletons={})
    with pytest.raises(Uncarriable):
        survey({"v": value}, scope, tmp_path)
    found = find_refusal("v", value, scope)
    assert (found.reason.code, found.reason.text) == (
        codes.SECRET,
        "a value that holds the secret PW, which is never stored",
    )
    assert found.path.startswith(path)
    assert VALUE not in found.path
    kept = [file.read_bytes() for file in tmp_path.iterdir()]
    assert not any(VALUE.encode(code) in data for code in ("utf-8", "utf-32-le") for data in kept)


def test_without_secrets_nothing_is_refused(tmp_path: Path) -> None:
    guard({})
    scope = Scope(namespace={}, shared={}, submodules=frozenset(), singletons={})
    for make, _ in VARIABLES.values():
        survey({"v": make()}, scope, tmp_path).sink.discard()
