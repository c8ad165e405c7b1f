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
        kind: ``schedule`` or ``notebook`` (a run of it succeeded), ``alias`` (it was moved),
            ``file`` (one has landed) or ``webhook`` (something was posted).
        source: what is watched: a schedule's name, a notebook's absolute path, an alias, an
            absolute path or a URL with ``*``; of a webhook its form: ``json``, ``github`` or
            ``alertmanager``.
        parameters: what of an event becomes a parameter's value, by the parameter's name; a path
            such as ``$.run``.
        settle: seconds for which a file has to stay as it is before it counts.
        every: seconds between two looks for files.
        secret: name of the secret by which a webhook knows its sender.
        rate: the most events of a webhook in a minute.
    """

    kind: TriggerKind
    source: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    settle: float = 0.0
    every: float = 0.0
    secret: str = ""
    rate: int = 0
