"""What a file of schedules would change, and did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from jupyter_mlops.model.retention import Rules

Kind = Literal["schedule", "alert", "hook"]
Verb = Literal["add", "change", "remove", "keep", "leave"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a schedule that becomes another; ``timing.cron`` lies within ``timing``.

    Attributes:
        name: of the field.
        old, new: its values.
    """

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """What becomes of one schedule, alert or hook. Field names don't change.

    Attributes:
        kind: which of them it is.
        name: its name.
        verb: ``add``, ``change``, ``remove``; ``keep``: it is as the file says; ``leave``: the file
            names it no more, and it stays until it is pruned.
        fields: what changes of it; of one that is added, what differs from the defaults.
        plain: when a schedule is due, or what an alert is told of, in plain language.
    """

    kind: Kind = "schedule"
    name: str
    verb: Verb
    fields: tuple[FieldChange, ...] = ()
    plain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a file of schedules would change, or has changed. Field names don't change.

    Attributes:
        file: its absolute path.
        dry_run: True if nothing was changed.
        changes: schedules, alerts and hooks, each by name.
        retention: rules of the file for `gc`, or null.
    """

    file: str
    dry_run: bool
    changes: tuple[PlannedChange, ...]
    retention: Rules | None = None
