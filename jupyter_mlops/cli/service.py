"""``service``: runs what schedules are due."""

from __future__ import annotations

import os
import platform
import threading
from contextlib import ExitStack
from socket import socket

import click

from jupyter_mlops.cli.command import Command, write_json
from jupyter_mlops.installation import Installation
from jupyter_mlops.runner.signals import cancelled_by_signals


@click.command("service", cls=Command)
@click.option("--once", is_flag=True, help="Do what is due now to its end, and exit.")
@click.option(
    "--slots", type=click.IntRange(1), default=os.cpu_count() or 1, metavar="N",
    help="The most runs that go on at once on this machine (default: one a processor).",
)  # fmt: skip
@click.option(
    "--listen", metavar="HOST:PORT",
    help="Tell there over HTTP of the service's health, and take what is posted to schedules.",
)  # fmt: skip
@click.option(
    "--json", "as_json", is_flag=True, help="Tell what happens as JSON, one object a line."
)
@click.option("--status", is_flag=True, help="Say whether a service runs, and since when.")
@click.option("--stop", is_flag=True, help="Tell the service that runs on this machine to end.")
@click.pass_obj
def command(
    installation: Installation,
    once: bool,
    slots: int,
    listen: str | None,
    as_json: bool,
    status: bool,
    stop: bool,
) -> None:
    """Run what schedules are due, until SIGTERM or Ctrl-C.

    Any number of services may share a store; each tick is run once. The first signal lets what was
    begun come to its end; the second one ends the service at once, and the runs go on: the next
    service takes them up.

    \b
    Example:
      jupyter mlops service --slots 2 --listen 127.0.0.1:9090
    """
    if once and listen is not None:
        raise click.UsageError("--once and --listen contradict each other.")
    from jupyter_mlops.scheduling.clock import SystemClock
    from jupyter_mlops.scheduling.service import Service, event_line

    if status or stop:
        _tell_of_service(installation, stop=stop, as_json=as_json)
        return
    clock = SystemClock()

    def say(what: str, schedule: str, text: str, *, run: str = "", step: str = "") -> None:
        if as_json:
            click.echo(event_line(clock.now(), what, schedule, text, run=run, step=step))
        else:
            time = clock.now().isoformat(timespec="milliseconds")
            click.echo(" ".join(filter(None, (time, what, schedule, run, text))))

    sockets = _bound(listen)
    store, ending = installation.open_store(), threading.Event()
    service = Service(store, host=platform.node(), slots=slots, clock=clock, say=say)
    if once:
        service.run_once()
        return
    with ExitStack() as stack:
        stack.enter_context(
            cancelled_by_signals(
                ending, lambda _: say("stopping", "", "the same signal again ends")
            )
        )
        if sockets:
            from jupyter_mlops.scheduling.listen import listening

            url = stack.enter_context(
                listening(sockets, store=store, pulse=service.pulse, clock=clock)
            )
            say("listening", "", url)
        say("serving", "", f"{store.root}, {slots} at once")
        service.run(ending)
    say("stopped", "", "")


def _bound(address: str | None) -> list[socket]:
    """Sockets at the address, taken before anything starts."""
    if address is None:
        return []
    from jupyter_mlops.scheduling.listen import bind

    return bind(address)


def _tell_of_service(installation: Installation, *, stop: bool, as_json: bool) -> None:
    from jupyter_mlops.scheduling.sign import service_status, stop_service

    root = installation.settings().store_path
    found = stop_service(root, host=platform.node()) if stop else service_status(root)
    since = f" since {found.since}" if found.since else ""
    who = f": process {found.pid} on {found.host}" if found.running else ""
    if as_json:
        write_json(found)
    elif stop:
        click.echo(f"process {found.pid} begins nothing more, and ends with what it has begun")
    else:
        click.echo(f"{'a service runs' if found.running else 'no service runs'}{since}{who}")
