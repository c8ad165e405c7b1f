"""How a command ends that was stopped before it had an answer."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

import click
import pytest
from click.testing import CliRunner

from jupyter_mlops.cli.cancellable import cancellable
from jupyter_mlops.runner.attempt import Cancelled


@dataclass(frozen=True)
class Stop:
    name: str
    signal: int | None
    code: int


STOPS = [
    Stop("Ctrl-C", signal.SIGINT, 130),
    Stop("SIGTERM", signal.SIGTERM, 143),
    Stop("the end of the terminal", signal.SIGHUP, 129),
    Stop("from outside", None, 1),
]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_a_stopped_command(stop: Stop) -> None:
    @click.command()
    def command() -> None:
        with cancellable() as (_, cancel):
            if stop.signal is not None:
                os.kill(os.getpid(), stop.signal)
                cancel.wait()
            raise Cancelled
        click.echo("an answer")

    done = CliRunner().invoke(command)
    assert (done.exit_code, done.stdout) == (stop.code, "")
