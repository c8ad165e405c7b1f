"""Commands that run something, say how it goes on stderr, and can be stopped by a signal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from jupyter_mlops.cli.plain import PlainProgress
from jupyter_mlops.runner.signals import cancelled_by_signals


@contextmanager
def cancellable() -> Iterator[tuple[PlainProgress, threading.Event]]:
    """What hears the events, and what is set once it is to stop.

    If the block raises `Cancelled`, the command ends: with 128 and the signal's number, as a
    program does that a signal ends, or with 1 if it was cancelled from outside.
    """
    from jupyter_mlops.runner.attempt import Cancelled

    progress, cancel = PlainProgress(err=True), threading.Event()
    with progress, cancelled_by_signals(cancel, progress.show_notice) as signals:
        try:
            yield progress, cancel
        except Cancelled:
            click.get_current_context().exit(128 + signals[0] if signals else 1)
