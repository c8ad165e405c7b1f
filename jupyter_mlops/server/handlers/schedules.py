"""Schedules: added, changed, paused, removed; when they are due, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.schedule import ScheduleReport, Tick, Timing
from jupyter_mlops.runner.naming import now
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.environment import chosen_environment
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.requests import ScheduleChange, ScheduleStart
from jupyter_mlops.server.scheduled import (
    TIMES,
    ScheduleHistory,
    ScheduleRemoved,
    Schedules,
    ScheduleView,
    TimingPreview,
    listed,
    previewed,
    shown,
)

if TYPE_CHECKING:
    from jupyter_mlops.server.contents import Contents
    from jupyter_mlops.store import Store

_USUAL, _USUAL_LIST, _MOST = 50, 200, 1000
_MOST_TIMES = 100
_RULES = ("engine", "missed", "overlap", "timeout", "retries", "backoff", "jitter", "priority")
_TIMING = ("cron", "zone", "every", "at")


class SchedulesHandler(MlopsHandler):
    """``/mlops/schedules``."""

    @route("read")
    async def get(self) -> None:
        """A page of them, or of those of a notebook, by name."""
        notebook, limit = (
            self.query("notebook"),
            self.number("limit", usual=_USUAL_LIST, most=_MOST),
        )
        after = self.query("after") or ""
        found = await self.backend.call(_list, self.backend, notebook, after, limit)
        if notebook is not None:
            self.watches.follow_ticks(_last_ticks(found))
        await self.answer(lambda: found)

    @route("execute")
    async def post(self) -> None:
        """A new one."""
        await self.answer(_add, self.backend, self.body(ScheduleStart), status=201)
        self.keeper.look()


class ScheduleHandler(MlopsHandler):
    """``/mlops/schedules/{schedule}``."""

    @route("read")
    async def get(self, name: str) -> None:
        """How it stands."""
        await self.answer(_show, self.backend, name)

    @route("execute")
    async def patch(self, name: str) -> None:
        """Change what is given."""
        await self.answer(_change, self.backend, name, self.body(ScheduleChange))
        self.keeper.look()

    @route("execute")
    async def delete(self, name: str) -> None:
        """Remove it."""
        await self.answer(_remove, self.backend, name)


class PauseHandler(MlopsHandler):
    """``/mlops/schedules/{schedule}/pause``."""

    @route("execute")
    async def post(self, name: str) -> None:
        """No ticks until it is resumed."""
        from jupyter_mlops.scheduling.book import pause_schedule

        await self.answer(_turn, self.backend, pause_schedule, name)


class ResumeHandler(MlopsHandler):
    """``/mlops/schedules/{schedule}/resume``."""

    @route("execute")
    async def post(self, name: str) -> None:
        """Ticks again."""
        from jupyter_mlops.scheduling.book import resume_schedule

        await self.answer(_turn, self.backend, resume_schedule, name)
        self.keeper.look()


class TicksHandler(MlopsHandler):
    """``/mlops/schedules/{schedule}/ticks``."""

    @route("read")
    async def get(self, name: str) -> None:
        """What became of them, the latest first."""
        limit = self.number("limit", usual=_USUAL, most=_MOST)
        await self.answer(_history, self.backend, name, limit)

    @route("execute")
    async def post(self, name: str) -> None:
        """One now."""
        tick, notebook = await self.backend.call(_run_now, self.backend, name)
        self.reply(tick, status=201)
        self.watches.follow_ticks([(tick, notebook)])
        self.keeper.look()


class ServiceHandler(MlopsHandler):
    """``/mlops/service``."""

    @route("read")
    async def get(self) -> None:
        """Whether a service runs."""
        await self.answer(self.keeper.view)

    @route("execute")
    async def post(self) -> None:
        """Start one in the background if none runs."""
        await self.answer(self.keeper.start)


class TimingsHandler(MlopsHandler):
    """``/mlops/timings``."""

    @route("read")
    async def get(self) -> None:
        """When a timing would be due."""
        given = {name: self.query(name) for name in _TIMING}
        await self.answer(_preview, given, self.number("number", usual=TIMES, most=_MOST_TIMES))


def _last_ticks(found: Schedules) -> Iterator[tuple[Tick, str]]:
    for report in (view.report for view in found.schedules):
        if report.schedule is not None and report.last is not None:
            yield report.last, report.schedule.notebook


def _list(backend: Backend, notebook: str | None, after: str, limit: int) -> Schedules:
    from jupyter_mlops.scheduling.book import list_schedules

    contents = backend.contents
    path = None if notebook is None else str(contents.locate(notebook))
    found = list_schedules(backend.store(), notebook=path, after=after, limit=limit + 1)
    return Schedules(
        schedules=tuple(listed(contents, report) for report in found[:limit]),
        next=found[limit - 1].name if 0 < limit < len(found) else None,
    )


def _add(backend: Backend, asked: ScheduleStart) -> ScheduleView:
    import getpass
    from dataclasses import replace

    from jupyter_mlops.model.schedule import Schedule
    from jupyter_mlops.runner.naming import iso
    from jupyter_mlops.scheduling.asked import rules_asked_for
    from jupyter_mlops.scheduling.book import add_schedule
    from jupyter_mlops.scheduling.define import checked, free_name

    store, contents, moment = backend.store(), backend.contents, now()
    notebook = contents.notebook(asked.path)
    schedule = Schedule(
        name=free_name(store, notebook) if asked.name is None else asked.name,
        notebook=str(notebook),
        **_when(contents, asked, moment),
        environment=chosen_environment(contents, notebook, asked.environment),
        user=getpass.getuser(),
        created=iso(moment),
    )
    schedule = replace(schedule, **rules_asked_for(_picked(asked, _RULES)))
    schedule = checked(store, schedule, file_parameters=asked.parameters, pinned=asked.pinned)
    return shown(contents, add_schedule(store, schedule, moment), moment)


def _show(backend: Backend, name: str) -> ScheduleView:
    from jupyter_mlops.scheduling.book import find_schedule

    return shown(backend.contents, find_schedule(backend.store(), name), now())


def _change(backend: Backend, name: str, asked: ScheduleChange) -> ScheduleView:
    from dataclasses import replace
    from pathlib import Path

    from jupyter_mlops.scheduling.asked import rules_asked_for, timing_asked_for
    from jupyter_mlops.scheduling.book import change_schedule, known_schedule
    from jupyter_mlops.scheduling.define import checked

    store, contents, moment = backend.store(), backend.contents, now()
    schedule = known_schedule(store, name)
    changes = rules_asked_for(_picked(asked, _RULES))
    if asked.environment is not None:
        notebook, given = Path(schedule.notebook), asked.environment or None
        changes["environment"] = chosen_environment(contents, notebook, given)
    if asked.parameters is not None:
        changes["parameters"] = {}
    if asked.trigger is not None:
        changes |= _when(contents, asked, moment) | changes
    elif timing := timing_asked_for(
        **_picked(asked, _TIMING), moment=moment, before=schedule.timing
    ):
        changes |= {"timing": timing, "trigger": None}
    schedule = checked(
        store,
        replace(schedule, **changes),
        file_parameters=asked.parameters,
        pinned=schedule.revision is not None if asked.pinned is None else asked.pinned,
        update=asked.update,
    )
    return shown(contents, change_schedule(store, schedule, moment), moment)


def _turn(
    backend: Backend, turn: Callable[[Store, str, datetime], ScheduleReport], name: str
) -> ScheduleView:
    moment = now()
    return shown(backend.contents, turn(backend.store(), name, moment), moment)


def _remove(backend: Backend, name: str) -> ScheduleRemoved:
    from jupyter_mlops.scheduling.book import remove_schedule

    remove_schedule(backend.store(), name, now())
    return ScheduleRemoved(removed=name)


def _history(backend: Backend, name: str, limit: int) -> ScheduleHistory:
    from jupyter_mlops.scheduling.book import history

    return ScheduleHistory(ticks=tuple(history(backend.store(), name, limit=limit)))


def _run_now(backend: Backend, name: str) -> tuple[Tick, str]:
    from jupyter_mlops.scheduling.book import known_schedule, run_now

    store = backend.store()
    return run_now(store, name, now()), known_schedule(store, name).notebook


def _preview(given: dict[str, str | None], number: int) -> TimingPreview:
    moment = now()
    return previewed(_timing(given, moment), moment, number)


def _when(
    contents: Contents, asked: ScheduleStart | ScheduleChange, moment: datetime
) -> dict[str, Any]:
    """Timing and trigger that are asked for; of a trigger also the rules that are usual for it."""
    from jupyter_mlops.scheduling.triggers import MISSED, OVERLAP
    from jupyter_mlops.server.awaited import trigger_asked_for

    given = _picked(asked, _TIMING)
    if asked.trigger is None:
        return {"timing": _timing(given, moment)}
    if any(value is not None for value in given.values()):
        raise ScheduleError("a time and a trigger contradict each other", fix="give one of them")
    trigger = trigger_asked_for(contents, asked.trigger)
    return {
        "timing": Timing(kind="event"), "trigger": trigger, "missed": MISSED, "overlap": OVERLAP
    }  # fmt: skip


def _timing(given: dict[str, Any], moment: datetime) -> Timing:
    from jupyter_mlops.scheduling.asked import timing_asked_for

    timing = timing_asked_for(**given, moment=moment)
    if timing is None:
        raise ScheduleError(
            "a schedule needs a timing, or a trigger",
            fix="give one of cron, every, at and trigger",
        )
    return timing


def _picked(asked: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in names}
