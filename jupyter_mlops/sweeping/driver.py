"""``python -m jupyter_mlops.sweeping.driver``: drives a sweep, and outlives who started it."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.sweep import Sweep, SweepReport
from jupyter_mlops.runner.detached import Answer, last_words, start_driver
from jupyter_mlops.runner.signals import cancelled_by_signals
from jupyter_mlops.sweeping.book import find_sweep
from jupyter_mlops.sweeping.drive import run_sweep

if TYPE_CHECKING:
    from jupyter_mlops.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepOrder:
    """What the driver is to do.

    Attributes:
        store: folder of the store.
        sweep: whose missing combinations it runs.
        parallel, keep_going, secrets_file: as of `run_sweep`.
    """

    store: str
    sweep: Sweep
    parallel: int
    keep_going: bool = False
    secrets_file: str | None = None


class SweepNotBegun(MlopsError):
    """No run of a sweep could begin."""

    exit_code = 2


def start_sweep(
    store: Store,
    sweep: Sweep,
    *,
    parallel: int,
    keep_going: bool = False,
    secrets_file: Path | None = None,
) -> SweepReport:
    """The sweep, which a process of its own drives from now on; it is on record.

    Args:
        store: where it is recorded.
        sweep: new, or one that is to go on.
        parallel: the most runs that go on at once.
        keep_going: begin further runs also after one has failed.
        secrets_file: a file with the values of secrets, or None.

    Raises:
        SweepNotBegun: no run could begin.
        StoreError: the store cannot be read.
    """
    order = SweepOrder(
        store=str(store.root),
        sweep=sweep,
        parallel=parallel,
        keep_going=keep_going,
        secrets_file=str(secrets_file) if secrets_file else None,
    )
    with tempfile.TemporaryFile() as log:
        process = start_driver("jupyter_mlops.sweeping.driver", order, log=log, answers=True)
        threading.Thread(target=process.wait, name="sweep", daemon=True).start()
        assert process.stdout is not None
        with process.stdout:
            line = process.stdout.readline()
        if not line:
            words = last_words(log).strip().rpartition("\n")[2]
            raise SweepNotBegun(f"the process that should drive the sweep ended: {words}")
    problem = json.loads(line).get("problem")
    if problem is not None:
        raise SweepNotBegun(problem["message"], fix=problem["fix"])
    return find_sweep(store, sweep.name)


def main() -> int:
    """The exit code, after the sweep that stdin describes was driven."""
    order, answer = from_json(SweepOrder, json.load(sys.stdin.buffer)), Answer(sys.stdout.buffer)
    installation, cancel = Installation(store=order.store), threading.Event()

    def on_event(event: Mapping[str, Any]) -> None:
        answer.give({"sweep": order.sweep.name})

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    try:
        with cancelled_by_signals(cancel, say):
            run_sweep(
                order.sweep,
                store=installation.open_store(),
                settings=installation.settings(),
                parallel=order.parallel,
                keep_going=order.keep_going,
                secrets_file=Path(order.secrets_file) if order.secrets_file else None,
                on_event=on_event,
                cancel=cancel,
            )
    except MlopsError as error:
        answer.give({"problem": error.details()})
        return 1
    answer.give({"sweep": order.sweep.name})
    return 0


if __name__ == "__main__":
    sys.exit(main())
