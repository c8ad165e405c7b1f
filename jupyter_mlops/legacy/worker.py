"""``python -m jupyter_mlops.legacy.worker``: converts one notebook in a process of its own.

The order comes as JSON on stdin; a line on stdout says that it has begun. What is being done is
written to stderr, line by line; what came of it to the order's record, whole, at the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

from jupyter_mlops.errors import MlopsError, NotebookError
from jupyter_mlops.installation import Installation
from jupyter_mlops.legacy.choice import choice_of
from jupyter_mlops.legacy.convert import RULES, Wish, convert_notebook
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.conversion import Conversion
from jupyter_mlops.model.scan import Scanned
from jupyter_mlops.runner.detached import Answer
from jupyter_mlops.step.processes import die_with_parent
from jupyter_mlops.store import lifeline
from jupyter_mlops.store.disk import write_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the process is to do.

    Attributes:
        path: what the notebook is called in the record.
        digest: of its bytes, when the order was made.
        record: where what came of it is written.
        report: what its report is called there.
        notebook, folder, engine, timeout, cell_timeout, steps, today, network: as of a `Wish`.
        accepted, refused: pieces, as of a `Choice`.
        store: value of ``--store``, or None.
        parent: process with which this one ends; None to outlive it.
    """

    path: str
    digest: str
    record: str
    report: str
    notebook: str
    folder: str
    engine: Literal["auto", "docker", "local"]
    timeout: float
    cell_timeout: float
    steps: bool
    today: bool
    network: bool
    accepted: tuple[str, ...]
    refused: tuple[str, ...]
    store: str | None
    parent: int | None

    def wish(self) -> Wish:
        """What is asked of the conversion."""
        return Wish(
            notebook=Path(self.notebook),
            folder=Path(self.folder),
            engine=self.engine,
            timeout=self.timeout,
            cell_timeout=self.cell_timeout,
            steps=self.steps,
            today=self.today,
            network=self.network,
            choice=choice_of(self.accepted, self.refused, RULES),
        )


def main() -> None:
    """Do what stdin says."""
    signal.signal(signal.SIGTERM, _end)
    order = from_json(Order, json.load(sys.stdin.buffer))
    if order.parent is not None:
        die_with_parent(signal.SIGTERM)
        if os.getppid() != order.parent:  # it ended before that was arranged
            sys.exit(128 + signal.SIGTERM)
    with lifeline.hold(Path(order.record).parent) if order.parent is None else nullcontext():
        Answer(sys.stdout.buffer).give({"begun": order.path})
        found = _done(order)
        write_over(Path(order.record), json.dumps(to_json(found)).encode())


def _done(order: Order) -> Scanned:
    installation = Installation(store=order.store)
    begun = time.monotonic()
    try:
        found = convert_notebook(
            order.wish(),
            store=installation.name_store(),
            settings=installation.settings(),
            on_line=lambda line: print(line, file=sys.stderr, flush=True),
        )
    except NotebookError as error:
        return Scanned(
            path=order.path,
            digest=order.digest,
            state="no notebook",
            cause=error.message,
            next=error.fix,
            seconds=time.monotonic() - begun,
        )
    except (MlopsError, OSError) as error:
        return Scanned(
            path=order.path,
            digest=order.digest,
            state="failed",
            cause=getattr(error, "message", str(error)),
            next=getattr(error, "fix", ""),
            seconds=time.monotonic() - begun,
        )
    return _scanned(order, found, time.monotonic() - begun)


def _scanned(order: Order, found: Conversion, seconds: float) -> Scanned:
    return Scanned(
        path=order.path,
        digest=order.digest,
        state=found.state,
        cause=found.cause,
        next=found.next,
        today=found.today,
        oracle=found.oracle,
        environment=found.environment.name if found.environment is not None else "",
        changes=len(found.patches),
        seconds=seconds,
        report=order.report,
    )


def _end(number: int, frame: FrameType | None) -> None:
    """Leave in good order: kernels and copies go as the blocks that hold them are left."""
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
