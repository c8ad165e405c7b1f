"""Alerts and hooks as the routes take and show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from jupyter_mlops.model.alert import AlertReport, Delivery, Way
from jupyter_mlops.server.contents import Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStart:
    """Somebody who is to be told of what becomes of runs. Durations are texts, such as ``5m``.

    Attributes:
        name: unique among alerts and hooks.
        way: ``message`` to people, which makes it an alert; ``webhook``, ``command`` or ``github``
            for programs, which makes it a hook.
        to: Apprise's URL, the webhook's URL, the command, or ``OWNER/NAME`` of the repository;
            better ``env:NAME`` or ``file:PATH`` on the server, where a URL is kept.
        secret: key of a webhook's signature or GitHub's token: better ``env:NAME`` or
            ``file:PATH``.
        on: what it is told of, such as ``failure`` or ``metric:accuracy<0.9``; null for what is
            usual.
        checks: conditions such as ``accuracy>=0.9`` without which a success is not told.
        path: only runs of the notebook there, relative to the contents root.
        schedule: only runs of the schedule of this name.
        by_hand: True for runs that no schedule made, too.
        begins_within: a tick that begins later is late; null for ``5m``.
        ends_within: a run that ends later is late; null for ``never``.
        repeat: the same trouble is told again after it; ``0`` for each run, null for ``1d``.
        event_type: of a repository dispatch; null for ``jupyter-mlops``.
    """

    name: str
    way: Way
    to: str
    secret: str | None = None
    on: tuple[str, ...] | None = None
    checks: tuple[str, ...] | None = None
    path: str | None = None
    schedule: str | None = None
    by_hand: bool | None = None
    begins_within: str | None = None
    ends_within: str | None = None
    repeat: str | None = None
    event_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChange:
    """What is to change of an alert or a hook; what is null or left out stays as it is.

    Attributes:
        way: as of a new one; alerts stay alerts and hooks stay hooks.
        to, secret, on, checks, by_hand, event_type: as of a new one.
        path, schedule: as of a new one; empty for all.
        begins_within, ends_within, repeat: as of a new one; ``ends_within`` may be ``never``.
    """

    way: Way | None = None
    to: str | None = None
    secret: str | None = None
    on: tuple[str, ...] | None = None
    checks: tuple[str, ...] | None = None
    path: str | None = None
    schedule: str | None = None
    by_hand: bool | None = None
    begins_within: str | None = None
    ends_within: str | None = None
    repeat: str | None = None
    event_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryStart:
    """Deliveries that are to be sent anew.

    Attributes:
        keys: of those that have failed; empty for all of the alert.
    """

    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """An alert or a hook as it stands.

    Attributes:
        report: what was asked for, its state, what is wrong now and its latest delivery.
        path: the notebook of which it tells, relative to the contents root; null for all
            notebooks, and for one that lies elsewhere.
    """

    report: AlertReport
    path: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """Alerts and hooks.

    Attributes:
        alerts: by name.
    """

    alerts: tuple[AlertView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRemoved:
    """An alert or a hook that is gone; its history stays.

    Attributes:
        removed: its name.
    """

    removed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """What an alert or a hook told, or is to tell.

    Attributes:
        deliveries: the latest first.
    """

    deliveries: tuple[Delivery, ...]


def alert_view(contents: Contents, report: AlertReport) -> AlertView:
    """The alert, with its notebook as the contents have it."""
    notebook = report.alert.notebook if report.alert is not None else None
    return AlertView(report=report, path=notebook and contents.path_of(notebook))


def fields_asked_for(contents: Contents, asked: AlertStart | AlertChange) -> Mapping[str, Any]:
    """The fields of an alert that are given.

    Raises:
        OutsideContents, NoSuchFile: the path leads out of the contents root, or to no notebook.
    """
    given = asdict(asked)
    path = given.pop("path")
    return {**given, "notebook": path and str(contents.notebook(path))}
