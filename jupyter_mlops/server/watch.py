"""Tells the server's event bus of every change of a run's or a step's state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.schedule import ACTIVE, Tick
from jupyter_mlops.runner.follow import RunEvents
from jupyter_mlops.scheduling.book import find_tick
from jupyter_mlops.server.backend import Backend

SCHEMA = "https://events.jupyter.org/jupyter_mlops/run"
SCHEMA_FILE = Path(__file__).with_name("events.yaml")

_TOLD = ("event", "run", "time", "step", "state", "why", "notice")
_BUS_POLLS = 3
"""The bus is told of states only: it looks for them more seldom than a websocket for output."""

_TICK_POLL = 1.0
"""Seconds between two looks whether a tick that waits has a run."""


class Watches:
    """Follows runs, each once, and emits their states.

    Args:
        backend: of the server.
        emit: gets each event, as ``events.yaml`` describes it.
    """

    def __init__(self, backend: Backend, emit: Callable[[Mapping[str, Any]], None]) -> None:
        self._backend = backend
        self._emit = emit
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def follow(self, runs: Iterable[tuple[str, str]]) -> None:
        """Follow these runs, given as name and notebook, unless they are followed already."""
        for run, notebook in runs:
            if run not in self._tasks:
                task = asyncio.create_task(self._follow(run, notebook))
                self._tasks[run] = task
                task.add_done_callback(partial(self._forget, run))

    def follow_ticks(self, ticks: Iterable[tuple[Tick, str]]) -> None:
        """Follow the runs of these ticks, given with their notebook, as soon as they have one."""
        for tick, notebook in ticks:
            key = f"{tick.schedule} {tick.due}"  # no run is called so
            if tick.state in ACTIVE and key not in self._tasks:
                task = asyncio.create_task(self._await_run(tick, notebook))
                self._tasks[key] = task
                task.add_done_callback(partial(self._forget, key))

    def _forget(self, run: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(run, None)

    async def stop(self) -> None:
        """Follow none any more; the runs go on."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _await_run(self, tick: Tick, notebook: str) -> None:
        store = await self._backend.call(self._backend.store)
        while tick.state in ("queued", "starting"):
            await asyncio.sleep(_TICK_POLL)
            try:
                tick = await self._backend.call(find_tick, store, tick.schedule, tick.due)
            except MlopsError:  # whoever asks for the schedule is told
                return
        self.follow((run, notebook) for run in tick.runs[-1:])

    async def _follow(self, run: str, notebook: str) -> None:
        store = await self._backend.call(self._backend.store)
        events = RunEvents(store, run)
        while not events.ended:
            try:
                news = await self._backend.call(events.news)
            except MlopsError:  # whoever asks for the run is told
                return
            for event in news:
                if event["event"] in ("run", "step"):
                    self._emit(
                        {
                            **{key: event[key] for key in _TOLD if key in event},
                            "notebook": notebook,
                            "path": self._backend.contents.path_of(notebook),
                        }
                    )
            await asyncio.sleep(_BUS_POLLS * self._backend.poll_seconds)
