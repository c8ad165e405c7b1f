"""What a schedule waits for, if not for a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TriggerKind = Literal["schedule", "notebook", "alias", "file", "webhook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What a schedule waits for: each time it happens is a tick. Field names don't change.

    Attributes:
        kind: ``schedule`` or ``notebook`` (a run of it succeeded), or ``alias`` (it was moved).
        source: what is watched: a schedule's name, a notebook's absolute path, an alias.
        parameters: what of an event becomes a parameter's value, by the parameter's name; a path
            such as ``$.run``.
    """

    kind: TriggerKind
    source: str
    parameters: Mapping[str, str] = field(default_factory=dict)
