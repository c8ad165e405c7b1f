"""Who is told of what becomes of runs, and what was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

AlertKind = Literal["alert", "hook"]
Way = Literal["message", "webhook", "command", "github"]
AlertState = Literal["active", "paused", "invalid"]
Event = Literal["failure", "recovery", "lateness", "duration", "metric", "success", "test"]
DeliveryState = Literal["queued", "sending", "delivered", "failed", "withheld", "cancelled"]

USUAL: Mapping[AlertKind, tuple[str, ...]] = {
    "alert": ("failure", "recovery"),
    "hook": ("success",),
}
"""What each is told of, where nothing is said."""

EVENT_TYPE = "jupyter-mlops"
"""Of a repository dispatch, where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Somebody who is told of runs: a person, by a message; or a program, which is a hook.

    Field names don't change.

    Attributes:
        name: unique in a store, among alerts and hooks.
        way: ``message`` to people through Apprise; ``webhook``, ``command`` or ``github`` (a
            repository dispatch) for programs.
        to: where it goes: the command, the address of the repository, or where the URL is kept:
            ``env:NAME``, ``file:PATH``, or ``kept:FILE`` in the store's private folder.
        shown: ``to`` for people, without secrets.
        secret: where the key of a webhook's signature or GitHub's token is kept, or empty.
        on: what it is told of: ``failure``, ``recovery``, ``lateness``, ``duration`` (or
            ``duration:3``), ``metric:accuracy<0.9``, ``success``.
        checks: conditions such as ``accuracy>=0.9`` without which a success is not told.
        notebook: absolute path: only its runs; None: those of all.
        schedule: only the runs of the schedule of this name; None: those of all.
        by_hand: True for runs that no schedule made, too.
        begins_within: seconds after which a tick that has not begun is late.
        ends_within: seconds after which a run that has not ended is late, or None.
        repeat: seconds after which the same trouble is told again while it lasts.
        event_type: of a repository dispatch.
        user: who made it.
        created: ISO 8601, UTC.
        file: absolute path of the file that it was applied from; empty if it was made by hand.
    """

    name: str
    way: Way
    to: str
    shown: str
    secret: str = ""
    on: tuple[str, ...] = USUAL["alert"]
    checks: tuple[str, ...] = ()
    notebook: str | None = None
    schedule: str | None = None
    by_hand: bool = False
    begins_within: float = 300.0
    ends_within: float | None = None
    repeat: float = 86400.0
    event_type: str = ""
    user: str = ""
    created: str = ""
    file: str = ""

    @property
    def kind(self) -> AlertKind:
        """Whether people or programs are told."""
        return "alert" if self.way == "message" else "hook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is told. Field names don't change.

    Attributes:
        event: what kind of thing happened.
        texts: what was found, one sentence each.
        notebook: absolute path.
        schedule, due: the tick; None for a run that no schedule made.
        run: name of the run; None if it never began.
    """

    event: Event
    texts: tuple[str, ...] = ()
    notebook: str = ""
    schedule: str | None = None
    due: str | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing that somebody is told. Field names don't change.

    Attributes:
        key: unique; a receiver that sees it twice was told of one thing twice.
        alert: name of the alert or hook.
        happening: what is told.
        state: ``queued`` (waits for its turn or its retry), ``sending``; in the end ``delivered``,
            ``failed`` (given up; it can be retried), ``withheld`` (a check did not pass) or
            ``cancelled`` (the alert was removed).
        why: one sentence, such as why the last attempt failed; or empty.
        attempts: how many were begun.
        created: ISO 8601, UTC.
        ready: when it is tried next.
        ended: ISO 8601, UTC, or None.
    """

    key: str
    alert: str
    happening: Happening
    state: DeliveryState
    why: str = ""
    attempts: int = 0
    created: str = ""
    ready: str = ""
    ended: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong with a pipeline since when, as an alert knows it.

    Attributes:
        subject: name of the schedule, or path of the notebook.
        event: ``failure``, ``lateness``, ``duration`` or ``metric``.
        cause: what makes it the same trouble as before.
        since, told: ISO 8601, UTC: when it began, and when it was told last.
    """

    subject: str
    event: Event
    cause: str
    since: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertReport:
    """An alert or a hook as it stands. Field names don't change.

    Attributes:
        alert: what was asked for; None if what is on record of it cannot be read.
        name: of the alert.
        kind: ``alert`` or ``hook``.
        state: ``active``, ``paused`` or ``invalid``: set aside.
        why: why it was set aside, or empty.
        troubles: what is wrong now, as far as this alert knows.
        waiting, failed: how many deliveries wait, and how many were given up.
        last: its latest delivery, or None.
    """

    alert: Alert | None
    name: str
    kind: AlertKind
    state: AlertState
    why: str = ""
    troubles: tuple[Trouble, ...] = ()
    waiting: int = 0
    failed: int = 0
    last: Delivery | None = None
