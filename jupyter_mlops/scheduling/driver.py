"""``python -m jupyter_mlops.scheduling.driver``: drives the run of one tick."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.schedule import Schedule, Tick
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.detached import at_the_beginning
from jupyter_mlops.runner.naming import now
from jupyter_mlops.runner.signals import cancelled_by_signals
from jupyter_mlops.scheduling.book import find_schedule, find_tick
from jupyter_mlops.scheduling.dispatch import LEASE, Claim, begin, refuse, renew

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class TickOrder:
    """What the driver is to do.

    Attributes:
        store: folder of the store.
        claim: the tick.
    """

    store: str
    claim: Claim


REFUSED = 2
"""Exit code of a driver that could not begin a run, and has recorded why."""

_WRONG = 2
"""Exit code of problems that the request itself has."""


def main() -> int:
    """The exit code, after the tick that stdin names was driven."""
    order = from_json(TickOrder, json.load(sys.stdin.buffer))
    installation = Installation(store=order.store)
    store = installation.open_store()
    try:
        drive(order.claim, store, installation.settings())
    except (MlopsError, OSError) as problem:
        why = problem.message if isinstance(problem, MlopsError) else str(problem)
        # A request that is wrong will be wrong again; what does not answer may do so later.
        retry = not (isinstance(problem, MlopsError) and problem.exit_code == _WRONG)
        return REFUSED if refuse(store, order.claim, why, now(), retry=retry) else 0
    return 0


def drive(held: Claim, store: Store, settings: Mlops) -> None:
    """Run what the tick's schedule says, if nobody else has begun it.

    Raises:
        MlopsError: the run cannot begin, or ended on record.
    """
    if not renew(store, held, now()):
        return
    report = find_schedule(store, held.schedule)
    if report.schedule is None:
        raise MlopsError(report.why)
    schedule, cancel = report.schedule, threading.Event()

    def begun(run: str) -> None:
        if not begin(store, held, run, now(), schedule.timeout):
            raise Cancelled

    with cancelled_by_signals(cancel, print), _renewed(store, held):
        run_pipeline(
            request_of(schedule, find_tick(store, held.schedule, held.due)),
            store=store,
            settings=settings,
            on_event=at_the_beginning(store, begun),
            cancel=cancel,
        )


def request_of(schedule: Schedule, tick: Tick) -> RunRequest:
    """The request that a schedule makes at a tick: text that an event gave is read as ``-p`` is."""
    given = {name: v for name, v in tick.parameters.items() if not isinstance(v, str)}
    return RunRequest(
        notebook=Path(schedule.notebook),
        text_parameters={name: v for name, v in tick.parameters.items() if isinstance(v, str)},
        given_parameters={**schedule.parameters, **given},
        engine=schedule.engine,
        environment=schedule.environment,
        revision=schedule.revision,
        reason=f"schedule {schedule.name}, {tick.cause or f'due {tick.due}'}",
    )


@contextmanager
def _renewed(store: Store, held: Claim) -> Iterator[None]:
    """Keep the claim until the run has begun."""
    done = threading.Event()

    def keep() -> None:
        while not done.wait(LEASE.total_seconds() / 3) and renew(store, held, now()):
            pass

    threading.Thread(target=keep, name="lease", daemon=True).start()
    try:
        yield
    finally:
        done.set()


if __name__ == "__main__":
    sys.exit(main())
