"""What an operator watches, read from the catalog at a cost that no number of runs changes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mlops.model.schedule import ACTIVE
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.store.newest import newest_by_state

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_PIPELINES = 1000
"""Only so many are told of, those that ran last."""

JUDGED = ("succeeded", "failed", "lost")
"""States of a run that say whether its pipeline works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Up to where a catalog was read.

    Attributes:
        run, tick: serials of the last ones that were there.
        open: serials of the runs that had not ended.
    """

    run: int
    tick: int
    open: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run that has ended.

    Attributes:
        pipeline: path of its notebook.
        state: what became of it.
        seconds: how long it took.
    """

    pipeline: str
    state: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How a catalog stands at a moment, and what came since it was read before.

    Attributes:
        mark: up to where it was read now.
        ended: runs that have ended since then.
        left_out: numbers of ticks since then that were ``skipped`` and ``missed``.
        running: numbers of runs that go on, by pipeline.
        fails: by pipeline, whether its latest run that succeeded or did not was one that did not.
        successes: by pipeline, when its latest success ended, in seconds since the epoch, by serial
            of the run.
        schedules: numbers of schedules by state.
        ticks: numbers of ticks by state, of those that something still has to become of.
        waiting: number of ticks that may begin and have not.
        waits: seconds for which the first of these has waited.
        overdue: seconds for which a schedule has been due and no service has seen it.
    """

    mark: Mark
    ended: tuple[Ended, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    running: Mapping[str, int] = field(default_factory=dict)
    fails: Mapping[str, bool] = field(default_factory=dict)
    successes: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    schedules: Mapping[str, int] = field(default_factory=dict)
    ticks: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    waits: float = 0.0
    overdue: float = 0.0


class _Run(NamedTuple):
    serial: int
    notebook: str
    state: str
    document: dict[str, Any]


def read_figures(connection: Connection, now: datetime, before: Figures | None = None) -> Figures:
    """How the catalog stands.

    Args:
        connection: whose reads see one state of it.
        now: the present.
        before: what was read the last time; without it nothing counts as new.
    """
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import runs, schedules, ticks

    going = connection.execute(
        select(runs.c.serial, runs.c.notebook).where(runs.c.state == "running")
    ).all()
    mark = Mark(
        run=connection.scalar(select(func.max(runs.c.serial))) or 0,
        tick=connection.scalar(select(func.max(ticks.c.serial))) or 0,
        open=frozenset(row.serial for row in going),
    )
    fails, successes = _pipelines(connection, before.successes if before else {})
    is_ready = (ticks.c.state == "queued") & (ticks.c.ready <= iso(now))
    is_due = (schedules.c.state == "active") & (schedules.c.due <= iso(now))
    return Figures(
        mark=mark,
        ended=_ended(connection, before.mark) if before else (),
        left_out=_left_out(connection, before.mark) if before else {},
        running=Counter(row.notebook for row in going),
        fails=fails,
        successes=successes,
        schedules=_counted(connection, schedules.c.state, schedules.c.state != "removed"),
        ticks=_counted(connection, ticks.c.state, ticks.c.state.in_(ACTIVE)),
        waiting=connection.scalar(select(func.count()).where(is_ready)) or 0,
        waits=_age(connection.scalar(select(func.min(ticks.c.ready)).where(is_ready)), now),
        overdue=_age(connection.scalar(select(func.min(schedules.c.due)).where(is_due)), now),
    )


def _pipelines(
    connection: Connection, known: Mapping[str, tuple[int, float]]
) -> tuple[dict[str, bool], dict[str, tuple[int, float]]]:
    """Which pipelines fail, and the last successes, of which some may be ``known``."""
    newest: dict[str, dict[str, int]] = {}
    for row in newest_by_state(connection):
        newest.setdefault(row.notebook, {})[row.state] = row.serial
    latest = sorted(newest, key=lambda notebook: max(newest[notebook].values()))
    fails, wanted = {}, {}
    for notebook in latest[-MOST_PIPELINES:]:
        serials = {newest[notebook][state]: state for state in JUDGED if state in newest[notebook]}
        fails[notebook] = bool(serials) and serials[max(serials)] != "succeeded"
        if "succeeded" in newest[notebook]:
            wanted[notebook] = newest[notebook]["succeeded"]
    same = {n: known[n] for n, serial in wanted.items() if n in known and known[n][0] == serial}
    new = {
        run.notebook: (run.serial, _seconds(run.document["ended"] or run.document["started"]))
        for run in _read_runs(connection, [wanted[n] for n in wanted.keys() - same.keys()])
    }
    return fails, same | new


def _ended(connection: Connection, since: Mark) -> tuple[Ended, ...]:
    from sqlalchemy import select

    from jupyter_mlops.store.schema import runs

    is_new = (runs.c.serial > since.run) | runs.c.serial.in_(since.open)
    serials = select(runs.c.serial).where(is_new & (runs.c.state != "running"))
    return tuple(
        Ended(pipeline=run.notebook, state=run.state, seconds=_length(run.document))
        for run in _read_runs(connection, list(connection.scalars(serials)))
        if run.document.get("imported") is None  # what ended elsewhere, some time ago
    )


def _read_runs(connection: Connection, serials: list[int]) -> Iterator[_Run]:
    """Ended runs without their steps."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import runs

    columns = (runs.c.serial, runs.c.notebook, runs.c.state, runs.c.document)
    for row in connection.execute(select(*columns).where(runs.c.serial.in_(serials))):
        yield _Run(row.serial, row.notebook, row.state, json.loads(row.document))


def _length(document: dict[str, Any]) -> float:
    """Seconds from the beginning to the end of a run; 0 if nobody saw its end."""
    if document.get("ended") is None:
        return 0.0
    return max(_seconds(document["ended"]) - _seconds(document["started"]), 0.0)


def _left_out(connection: Connection, since: Mark) -> dict[str, int]:
    from jupyter_mlops.store.schema import ticks

    state = ticks.c.state.concat("")  # not the bare column: its index holds all there ever were
    is_new = (ticks.c.serial > since.tick) & state.in_(("skipped", "missed"))
    return _counted(connection, state, is_new)


def _counted(connection: Connection, column: Any, which: Any) -> dict[str, int]:
    from sqlalchemy import func, select

    query = select(column, func.count()).where(which).group_by(column)
    return {row[0]: row[1] for row in connection.execute(query)}


def _age(moment: str | None, now: datetime) -> float:
    return 0.0 if moment is None else max(now.timestamp() - _seconds(moment), 0.0)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
