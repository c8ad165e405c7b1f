from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest

from jupyter_mlops.environments.imports import Imports, imports_of


@dataclass(frozen=True, kw_only=True)
class Case:
    source: str
    certain: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()


CASES = [
    Case(source="x = 1"),
    Case(source="import a.b, c as d", certain=frozenset("ac")),
    Case(source="from a.b import c", certain=frozenset("a")),
    Case(source="from . import a\nfrom .b import c"),
    Case(source="import a\ntry:\n    import a, b\nexcept ImportError: ...", certain=frozenset("a"),
         possible=frozenset("b")),
    Case(source="if x:\n    import a\ndef f():\n    from b import c", possible=frozenset("ab")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.source)
def test_imports_of(case: Case) -> None:
    expected = Imports(certain=case.certain, possible=case.possible)
    assert imports_of(ast.parse(case.source)) == expected


def test_what_one_is_certain_of_is_certain() -> None:
    one = Imports(certain=frozenset("a"), possible=frozenset("bc"))
    other = Imports(certain=frozenset("b"), possible=frozenset("ad"))
    assert one | other == Imports(certain=frozenset("ab"), possible=frozenset("cd"))
