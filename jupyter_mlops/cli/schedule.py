"""``schedule``: when notebooks are run by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

from jupyter_mlops.cli import replay
from jupyter_mlops.cli.command import Command, json_option, write_json
from jupyter_mlops.cli.filed import apply, export
from jupyter_mlops.cli.options import chosen_environment, request_options
from jupyter_mlops.cli.parameters import read_parameters
from jupyter_mlops.cli.triggers import NOTHING_GIVEN, chosen_trigger, trigger_options
from jupyter_mlops.installation import Installation
from jupyter_mlops.model.schedule import Missed, Overlap, Timing

if TYPE_CHECKING:
    from datetime import datetime

    from jupyter_mlops.model.schedule import Schedule, ScheduleReport
    from jupyter_mlops.store import Store

F = TypeVar("F", bound=Callable[..., Any])

_NEXT = 5


@click.group("schedule")
def command() -> None:
    """Say when notebooks are run by themselves; `jupyter mlops service` runs them."""


command.add_command(replay.command)
command.add_command(apply)
command.add_command(export)


def schedule_options(function: F) -> F:
    """What a schedule may be asked for, as ``asked``-like keywords that are None if not given."""
    options = (
        click.option("--cron", help="Minute, hour, day of month, month, day of week; or @daily."),
        click.option("--tz", metavar="ZONE", help="Time zone, such as Europe/Helsinki [UTC]."),
        click.option("--every", metavar="TIME", help="An interval, such as 15m, 1h30m or 2d."),
        click.option("--at", metavar="TIME", help="Once, such as 2026-12-24T18:00."),
        trigger_options,
        request_options("Where steps run"),
        click.option(
            "--pinned/--latest", default=None,
            help="Run the notebook as it is saved now, or as it is saved then [latest].",
        ),
        click.option(
            "--missed", type=click.Choice(get_args(Missed)),
            help="While no service ran: make up for none, for all by one run, for each [once].",
        ),
        click.option(
            "--overlap", type=click.Choice(get_args(Overlap)),
            help="While the one before is not done: leave out, wait, stop it, or run both [skip].",
        ),
        click.option("--timeout", metavar="TIME", help="Stop a run after it [never]."),
        click.option("--retries", type=click.IntRange(0, 100), help="After a failure [0]."),
        click.option("--backoff", metavar="TIME", help="Before the first retry; doubles [1m]."),
        click.option("--jitter", metavar="TIME", help="Begin later by up to it [0]."),
        click.option("--priority", type=int, help="The highest of those that wait is next [0]."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@command.command("add", cls=Command)
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--name", help="Of the schedule [the notebook's].")
@schedule_options
@json_option
@click.pass_obj
def add(
    installation: Installation, /, notebook: Path, name: str | None, as_json: bool, **given: Any
) -> None:
    """Run a notebook when its time has come, or when something has happened.

    Nothing is saved unless the notebook compiles, its parameters have the values and the timing has
    a tick to come.

    \b
    Example:
      jupyter mlops schedule add report.ipynb --cron "15 3 * * 1-5" --tz Europe/Helsinki
      jupyter mlops schedule add train.ipynb --after load.ipynb --map source_run=$.run
    """
    import getpass

    from jupyter_mlops.model.schedule import Schedule
    from jupyter_mlops.runner.naming import iso, now
    from jupyter_mlops.scheduling.book import add_schedule
    from jupyter_mlops.scheduling.define import free_name
    from jupyter_mlops.scheduling.triggers import MISSED, OVERLAP

    store, moment = installation.open_store(), now()
    _refuse_two(given)
    timing, trigger = _timing(given, moment), chosen_trigger(given)
    if timing is None and trigger is None:
        raise click.UsageError(NOTHING_GIVEN)
    schedule = Schedule(
        name=name or free_name(store, notebook),
        notebook=str(notebook),
        timing=timing or Timing(kind="event"),
        trigger=trigger,
        user=getpass.getuser(),
        created=iso(moment),
    )
    if trigger is not None:
        schedule = replace(schedule, missed=MISSED, overlap=OVERLAP)
    report = add_schedule(store, _changed(store, schedule, given), moment)
    _answer(report, moment, as_json)


@command.command("edit", cls=Command)
@click.argument("name")
@schedule_options
@click.option("--update", is_flag=True, help="Take the notebook as it is saved now.")
@json_option
@click.pass_obj
def edit(
    installation: Installation, /, name: str, update: bool, as_json: bool, **given: Any
) -> None:
    """Change what is given of a schedule, and leave the rest.

    \b
    Example:
      jupyter mlops schedule edit report --cron "0 6 * * *" --update
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.book import change_schedule, known_schedule

    store, moment = installation.open_store(), now()
    schedule = known_schedule(store, name)
    _refuse_two(given)
    timing, trigger = (
        _timing(given, moment, schedule.timing),
        chosen_trigger(given, schedule.trigger),
    )
    if timing is not None or trigger is not None:
        timing = timing or Timing(kind="event")
        schedule = replace(schedule, timing=timing, trigger=trigger)
    schedule = _changed(store, schedule, given, update=update)
    _answer(change_schedule(store, schedule, moment), moment, as_json)


@command.command("list", cls=Command)
@click.option("--notebook", type=click.Path(path_type=Path), help="Only those of this notebook.")
@json_option
@click.pass_obj
def list_(installation: Installation, notebook: Path | None, as_json: bool) -> None:
    """List the schedules.

    \b
    Example:
      jupyter mlops schedule list
    """
    from jupyter_mlops.cli.schedules import table
    from jupyter_mlops.scheduling.book import list_schedules

    path = None if notebook is None else str(notebook.absolute())
    found = list_schedules(installation.open_store(), notebook=path)
    if as_json:
        write_json(found)
    else:
        click.echo("\n".join(table(found)))


@command.command("show", cls=Command)
@click.argument("name")
@json_option
@click.pass_obj
def show(installation: Installation, name: str, as_json: bool) -> None:
    """Show a schedule and its next ticks.

    \b
    Example:
      jupyter mlops schedule show report
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.book import find_schedule

    _answer(find_schedule(installation.open_store(), name), now(), as_json)


@command.command("next", cls=Command)
@click.argument("name")
@click.option("-n", "--number", default=_NEXT, show_default=True, type=click.IntRange(1, 1000))
@json_option
@click.pass_obj
def next_(installation: Installation, name: str, number: int, as_json: bool) -> None:
    """Print when a schedule is due next.

    \b
    Example:
      jupyter mlops schedule next report -n 10
    """
    from jupyter_mlops.cli.schedules import local
    from jupyter_mlops.runner.naming import iso, now
    from jupyter_mlops.scheduling.book import known_schedule
    from jupyter_mlops.scheduling.triggers import describe_schedule

    schedule = known_schedule(installation.open_store(), name)
    moments = _moments(schedule, now(), number)
    if as_json:
        write_json([iso(moment) for moment in moments])
    elif schedule.trigger is not None:
        click.echo(describe_schedule(schedule))
    for moment in () if as_json else moments:
        click.echo(local(moment, schedule.timing.zone))


@command.command("pause", cls=Command)
@click.argument("name")
@json_option
@click.pass_obj
def pause(installation: Installation, name: str, as_json: bool) -> None:
    """Let a schedule have no ticks until it is resumed; what runs goes on.

    \b
    Example:
      jupyter mlops schedule pause report
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.book import pause_schedule

    moment = now()
    _answer(pause_schedule(installation.open_store(), name, moment), moment, as_json)


@command.command("resume", cls=Command)
@click.argument("name")
@json_option
@click.pass_obj
def resume(installation: Installation, name: str, as_json: bool) -> None:
    """Let a schedule that was paused or set aside have ticks again.

    \b
    Example:
      jupyter mlops schedule resume report
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.book import resume_schedule

    moment = now()
    _answer(resume_schedule(installation.open_store(), name, moment), moment, as_json)


@command.command("remove", cls=Command)
@click.argument("name")
@json_option
@click.pass_obj
def remove(installation: Installation, name: str, as_json: bool) -> None:
    """Remove a schedule; its history stays.

    \b
    Example:
      jupyter mlops schedule remove report
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.book import remove_schedule

    remove_schedule(installation.open_store(), name, now())
    if as_json:
        write_json({"removed": name})
    else:
        click.echo(f"schedule {name}: removed")


@command.command("run-now", cls=Command)
@click.argument("name")
@json_option
@click.pass_obj
def run_now_(installation: Installation, name: str, as_json: bool) -> None:
    """Give a schedule a tick now; a service runs it when it is its turn.

    \b
    Example:
      jupyter mlops schedule run-now report
    """
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.book import run_now

    tick = run_now(installation.open_store(), name, now())
    if as_json:
        write_json(tick)
    else:
        click.echo(f"schedule {name}: {tick.state}, `jupyter mlops service` runs it")


@command.command("history", cls=Command)
@click.argument("name")
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1))
@json_option
@click.pass_obj
def history_(installation: Installation, name: str, limit: int, as_json: bool) -> None:
    """List the ticks of a schedule and what became of them, the latest first.

    \b
    Example:
      jupyter mlops schedule history report --json
    """
    from jupyter_mlops.cli.schedules import ticks_table
    from jupyter_mlops.scheduling.book import history

    found = history(installation.open_store(), name, limit=limit)
    if as_json:
        write_json(found)
    else:
        click.echo("\n".join(ticks_table(found)))


def _refuse_two(given: dict[str, Any]) -> None:
    """Pass if the options name one thing at most that says when a schedule is due."""
    from jupyter_mlops.scheduling.triggers import TRIGGERS

    named = [f"--{name}" for name in ("cron", "every", "at", *TRIGGERS) if given[name] is not None]
    if len(named) > 1:
        raise click.UsageError(f"{' and '.join(named)} contradict each other")


def _timing(given: dict[str, Any], moment: datetime, before: Timing | None = None) -> Timing | None:
    """The timing that is given, or None; takes its options out of ``given``."""
    from jupyter_mlops.scheduling.asked import timing_asked_for

    cron, zone, every, at = (given.pop(name) for name in ("cron", "tz", "every", "at"))
    return timing_asked_for(cron=cron, zone=zone, every=every, at=at, moment=moment, before=before)


def _changed(
    store: Store, schedule: Schedule, given: dict[str, Any], *, update: bool = False
) -> Schedule:
    """The schedule with what is given, checked."""
    from jupyter_mlops.scheduling.asked import rules_asked_for
    from jupyter_mlops.scheduling.define import checked

    text, file = dict(given.pop("given")), given.pop("parameter_file")
    pinned = given.pop("pinned")
    environment = chosen_environment(given.pop("environment"))
    engine = given.pop("engine")
    source = click.get_current_context().get_parameter_source("engine")
    if source is not click.core.ParameterSource.DEFAULT:
        given["engine"] = engine
    changes = rules_asked_for({**given, "environment": environment})
    return checked(
        store,
        replace(schedule, **changes),
        text_parameters=text,
        file_parameters=read_parameters(file) if file else {},
        pinned=schedule.revision is not None if pinned is None else pinned,
        update=update,
    )


def _moments(schedule: Schedule, moment: datetime, number: int) -> list[datetime]:
    from jupyter_mlops.scheduling.timing import ticks

    return list(islice(ticks(schedule.timing, moment), number))


def _answer(report: ScheduleReport, moment: datetime, as_json: bool) -> None:
    from jupyter_mlops.cli.schedules import report_lines

    if as_json:
        write_json(report)
        return
    is_due = report.schedule is not None and report.state == "active"
    moments = _moments(report.schedule, moment, _NEXT) if is_due and report.schedule else []
    click.echo("\n".join(report_lines(report, moments)))
