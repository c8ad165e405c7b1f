"""What a collection of garbage takes away, and why the rest stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which runs stay: what one of the rules keeps. Without any rule all runs stay.

    Attributes:
        keep_last: so many of each notebook, the newest; 0: no such rule.
        keep_days: those that began in so many last days; 0: no such rule.
        folder: absolute path; runs of notebooks that are not below it stay; empty: none does so.
    """

    keep_last: int = 0
    keep_days: int = 0
    folder: str = ""

    def __bool__(self) -> bool:
        return bool(self.keep_last or self.keep_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What a collection took away, or would take. Field names don't change.

    Attributes:
        dry_run: True if nothing was removed.
        rules: that were followed.
        runs: names of the runs that go.
        kept: why each other run stays, by its name.
        objects: how many objects go: those of the runs, and what nothing on record refers to.
        bytes: of the objects.
        waiting: how many of them are only moved aside, until the runs in ``waiting_for`` end and
            the next collection.
        waiting_for: names of runs under way.
    """

    dry_run: bool
    rules: Rules
    runs: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    objects: int = 0
    bytes: int = 0
    waiting: int = 0
    waiting_for: tuple[str, ...] = ()
