"""Alerts and hooks: added, changed, paused, removed, tested; and what they told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_mlops.model.alert import AlertKind, AlertReport, Delivery
from jupyter_mlops.runner.naming import now
from jupyter_mlops.server.alerted import (
    AlertChange,
    AlertRemoved,
    Alerts,
    AlertStart,
    AlertView,
    Deliveries,
    RetryStart,
    alert_view,
    fields_asked_for,
)
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.refusals import BadRequest

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

_USUAL, _MOST = 50, 1000


class AlertsHandler(MlopsHandler):
    """``/mlops/alerts``."""

    @route("read")
    async def get(self) -> None:
        """All of them, or those of one kind, by name."""
        await self.answer(_list, self.backend, self.query("kind"))

    @route("execute")
    async def post(self) -> None:
        """A new one."""
        await self.answer(_add, self.backend, self.body(AlertStart), status=201)
        self.keeper.look()


class AlertHandler(MlopsHandler):
    """``/mlops/alerts/{alert}``."""

    @route("read")
    async def get(self, name: str) -> None:
        """How it stands."""
        await self.answer(_show, self.backend, name)

    @route("execute")
    async def patch(self, name: str) -> None:
        """Change what is given."""
        await self.answer(_change, self.backend, name, self.body(AlertChange))
        self.keeper.look()

    @route("execute")
    async def delete(self, name: str) -> None:
        """Remove it."""
        await self.answer(_remove, self.backend, name)


class AlertPauseHandler(MlopsHandler):
    """``/mlops/alerts/{alert}/pause``."""

    @route("execute")
    async def post(self, name: str) -> None:
        """It tells of nothing until it is resumed."""
        from jupyter_mlops.alerts.book import pause_alert

        await self.answer(_turn, self.backend, pause_alert, name)


class AlertResumeHandler(MlopsHandler):
    """``/mlops/alerts/{alert}/resume``."""

    @route("execute")
    async def post(self, name: str) -> None:
        """It tells of what happens from now on."""
        from jupyter_mlops.alerts.book import resume_alert

        await self.answer(_turn, self.backend, resume_alert, name)
        self.keeper.look()


class AlertTestHandler(MlopsHandler):
    """``/mlops/alerts/{alert}/test``."""

    @route("execute")
    async def post(self, name: str) -> None:
        """Send a test now, and say whether it arrived."""
        await self.answer(_test, self.backend, name)


class DeliveriesHandler(MlopsHandler):
    """``/mlops/alerts/{alert}/deliveries``."""

    @route("read")
    async def get(self, name: str) -> None:
        """What it told, the latest first."""
        limit = self.number("limit", usual=_USUAL, most=_MOST)
        await self.answer(_history, self.backend, name, limit)

    @route("execute")
    async def post(self, name: str) -> None:
        """Send anew what has failed."""
        await self.answer(_retry, self.backend, name, self.body(RetryStart))
        self.keeper.look()


def _list(backend: Backend, asked: str | None) -> Alerts:
    from jupyter_mlops.alerts.book import list_alerts

    kind: AlertKind | None
    match asked:
        case None | "alert" | "hook" as kind:
            found = list_alerts(backend.store(), kind)
        case _:
            raise BadRequest(f"'kind' is alert or hook, not {asked!r}")
    return Alerts(alerts=tuple(alert_view(backend.contents, report) for report in found))


def _add(backend: Backend, asked: AlertStart) -> AlertView:
    from jupyter_mlops.scheduling.telling import add_asked

    given = fields_asked_for(backend.contents, asked)
    return alert_view(backend.contents, add_asked(backend.store(), asked.name, given, now()))


def _show(backend: Backend, name: str) -> AlertView:
    from jupyter_mlops.alerts.book import find_alert

    return alert_view(backend.contents, find_alert(backend.store(), name))


def _change(backend: Backend, name: str, asked: AlertChange) -> AlertView:
    from jupyter_mlops.scheduling.telling import change_asked

    given = fields_asked_for(backend.contents, asked)
    return alert_view(backend.contents, change_asked(backend.store(), name, given, now()))


def _turn(
    backend: Backend, turn: Callable[[Store, str, datetime], AlertReport], name: str
) -> AlertView:
    return alert_view(backend.contents, turn(backend.store(), name, now()))


def _remove(backend: Backend, name: str) -> AlertRemoved:
    from jupyter_mlops.alerts.book import remove_alert

    remove_alert(backend.store(), name, now())
    return AlertRemoved(removed=name)


def _test(backend: Backend, name: str) -> Delivery:
    from jupyter_mlops.alerts.deliver import send_test

    return send_test(backend.store(), name, now)


def _history(backend: Backend, name: str, limit: int) -> Deliveries:
    from jupyter_mlops.alerts.book import find_alert
    from jupyter_mlops.alerts.outbox import history

    store = backend.store()
    found = history(store, name, limit=limit)
    if not found:
        find_alert(store, name)
    return Deliveries(deliveries=tuple(found))


def _retry(backend: Backend, name: str, asked: RetryStart) -> Deliveries:
    from jupyter_mlops.alerts.book import find_alert
    from jupyter_mlops.alerts.outbox import retry

    store = backend.store()
    find_alert(store, name)
    return Deliveries(deliveries=tuple(retry(store, name, asked.keys, now())))
