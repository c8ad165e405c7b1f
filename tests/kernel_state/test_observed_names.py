"""What ``observed.json`` says of a step's variables, beyond changed and unchanged."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from carrying import Case, Zygote, observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A second step, and what was seen of it.

    Attributes:
        name: what the case is about.
        first, second: the steps' cells.
        reads, live: what the second step restores, and what it captures; None for everything.
        shared: a shared cell.
        created, joined, deleted, unused: as observed in the second step.
    """

    name: str
    first: str
    second: str
    reads: tuple[str, ...] | None = None
    live: tuple[str, ...] | None = None
    shared: str = ""
    created: list[str]
    deleted: list[str]
    unused: list[str]
    joined: list[str] = field(default_factory=list)


SEEN = (
    Seen(
        name="created, for later steps and for itself",
        first="a = 1",
        second="b = a; import json; tmp = 2",
        reads=("a",),
        live=("b",),
        created=["b", "json", "tmp"],
        deleted=[],
        unused=[],
    ),
    Seen(
        name="changed and rebound is not created",
        first="a = [1]; b = 1",
        second="a.append(1); b = 2",
        reads=("a", "b"),
        live=("a", "b"),
        created=[],
        deleted=[],
        unused=[],
    ),
    Seen(
        name="left as it was, and held by another variable",
        first="a = [1]; b = [2]",
        second="c = [a]; d = [b]; b.append(3)",
        reads=("a", "b"),
        live=("a", "b", "c", "d"),
        created=["c", "d"],
        joined=["a"],
        deleted=[],
        unused=[],
    ),
    Seen(
        name="deleted",
        first="a = 1; b = 2",
        second="del a",
        reads=("a", "b"),
        live=("b",),
        created=[],
        deleted=["a"],
        unused=[],
    ),
    Seen(
        name="loaded only because it shares objects",
        first="a = [1]; b = [a]",
        second="a.append(1)",
        reads=("a",),
        live=("a",),
        created=[],
        deleted=[],
        unused=["b"],
    ),
    Seen(
        name="loaded because a function reads it",
        first="k = 1\ndef f(): return k",
        second="y = f()",
        reads=("f",),
        live=("y",),
        created=["y"],
        deleted=[],
        unused=[],
    ),
    Seen(
        name="bound, and cannot be carried",
        first="a = 1",
        second="b = (i for i in 'x')",
        reads=("a",),
        live=("b",),
        created=["b"],
        deleted=[],
        unused=[],
    ),
    Seen(
        name="a shared name that changes is not created; ambient state is",
        first="a = 1",
        shared="config = {}",
        second="import random; random.seed(1); config['k'] = a",
        reads=("a", "config"),
        live=("config",),
        created=["@random", "random"],
        deleted=[],
        unused=[],
    ),
    Seen(
        name="everything: nobody knows what is not read",
        first="a = [1]; b = [a]",
        second="c = eval('a')",
        created=["c"],
        joined=["a", "b"],
        deleted=[],
        unused=[],
    ),
)


@pytest.mark.parametrize("case", SEEN, ids=lambda case: case.name)
def test_names_of_a_step(case: Seen, zygote: Zygote, tmp_path: Path) -> None:
    steps = Case(name="", steps=(case.first, case.second), last="", shared=case.shared)
    first = zygote.stage(steps, 0, tmp_path)
    second = zygote.stage(steps, 1, tmp_path, names=case.reads, live=case.live)
    assert (first.error, second.error) == (None, None)
    seen = observed(tmp_path)
    assert (
        seen["created"],
        seen["joined"],
        seen["deleted"],
        seen["unused"],
        seen["everything"],
    ) == (
        case.created,
        case.joined,
        case.deleted,
        case.unused,
        case.reads is None,
    )
