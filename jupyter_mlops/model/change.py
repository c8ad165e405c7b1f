"""What a step is given otherwise than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

ChangeKind = Literal[
    "code", "parameter", "engine", "packages", "python", "package", "image", "system", "setting",
    "environment", "input", "state", "file",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that a step is given otherwise than before.

    Attributes:
        kind: what it is; ``packages`` says whether they come from the kernel or from a lock;
            ``input``, ``state`` and ``file`` are what earlier steps left.
        name: of the parameter, package, setting, variable, file …; empty where there is only one.
        a, b: before and now, as far as they are short.
        text: a sentence such as ``parameter lr 0.1 → 0.2``.
    """

    kind: ChangeKind
    name: str = ""
    a: Any = None
    b: Any = None
    text: str
