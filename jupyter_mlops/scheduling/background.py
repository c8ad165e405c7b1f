"""``python -m jupyter_mlops.scheduling.background``: a service that outlives who started it.

It ends at once if another one serves the store already.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import sys
import threading
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.runner.detached import Answer, write_to
from jupyter_mlops.runner.signals import cancelled_by_signals
from jupyter_mlops.scheduling.clock import SystemClock
from jupyter_mlops.scheduling.service import Service, event_line
from jupyter_mlops.store import Store

LOG = "service.log"
"""Beside the sign: what happens, one JSON object a line."""

_LONGEST_LOG = 5_000_000
"""Bytes after which a new one is begun; the one before is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOrder:
    """What the process is to do.

    Attributes:
        store: folder of the store.
    """

    store: str


def main() -> None:
    """Serve the store that stdin names, unless a service does; answers once one shows its sign."""
    order = from_json(ServiceOrder, json.load(sys.stdin.buffer))
    answer = Answer(sys.stdout.buffer)
    try:
        _serve(Installation(store=order.store).open_store(), answer)
    except MlopsError as problem:
        answer.give({"problem": to_json(problem.details())})


def _serve(store: Store, answer: Answer) -> None:
    clock, stop, log = SystemClock(), threading.Event(), logging.getLogger("jupyter_mlops.service")

    def say(what: str, schedule: str, text: str, *, run: str = "", step: str = "") -> None:
        log.info(event_line(clock.now(), what, schedule, text, run=run, step=step))

    slots = os.cpu_count() or 1
    service = Service(store, host=platform.node(), slots=slots, clock=clock, say=say)
    with cancelled_by_signals(stop, lambda text: say("stopping", "", text)):
        alone = service.sign.show(clock.now())
        answer.give({"alone": alone})
        if not alone:
            return
        path = service.sign.folder / LOG
        log.addHandler(RotatingFileHandler(path, maxBytes=_LONGEST_LOG, backupCount=1))
        log.setLevel(logging.INFO)
        log.propagate = False
        write_to(path)
        say("serving", "", f"{store.root}, {slots} at once")
        service.run(stop)
        say("stopped", "", "")


if __name__ == "__main__":
    main()
