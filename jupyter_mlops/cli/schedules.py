"""How schedules and their ticks look on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from jupyter_mlops.cli.text import columns, digest_text, local_text, value_text
from jupyter_mlops.model.schedule import Schedule, ScheduleReport, Tick
from jupyter_mlops.model.trigger import Trigger


def table(reports: Sequence[ScheduleReport]) -> list[str]:
    """The schedules in columns, and how many run an older version of their notebook."""
    if not reports:
        return ["no schedules"]
    head = ("schedule", "state", "next", "last", "timing", "runs", "notebook", "from")
    lines = columns([head, *map(_row, reports)])
    aside = {"invalid": " was set aside"}
    lines += [f"{one.name}{aside.get(one.state, '')}: {one.why}" for one in reports if one.why]
    old = [one.name for one in reports if one.outdated]
    if old:
        verb = "schedule runs" if len(old) == 1 else "schedules run"
        lines.append(
            f"{len(old)} {verb} an older version of the notebook: {', '.join(old)} "
            "(`jupyter mlops schedule edit NAME --update`)"
        )
    return lines


def report_lines(report: ScheduleReport, moments: Iterable[datetime]) -> list[str]:
    """A schedule, and when it is due next."""
    lines = [f"schedule {report.name}: {report.state}"]
    if report.why:
        lines.append(f"  why        {report.why}")
    schedule = report.schedule
    if schedule is None:
        return lines
    lines += [f"  {name:<10} {text}" for name, text in _facts(schedule, report)]
    for position, moment in enumerate(moments):
        lines.append(f"  {'' if position else 'next':<10} {local(moment, schedule.timing.zone)}")
    if report.last is not None:
        lines.append(f"  {'last':<10} {_last(report.last)} {report.last.why}".rstrip())
    return lines


def ticks_table(found: Sequence[Tick]) -> list[str]:
    """Ticks in columns."""
    if not found:
        return ["no ticks yet"]
    head = ("due", "state", "attempt", "run", "why")
    rows = [
        (
            local_text(tick.due),
            tick.state,
            str(tick.attempt) if tick.runs else "-",
            tick.runs[-1] if tick.runs else "-",
            "; ".join(filter(None, (tick.cause, tick.why))),
        )
        for tick in found
    ]
    return columns([head, *rows])


def local(moment: datetime, zone: str) -> str:
    """A moment as clocks in the zone show it, such as ``Fri 2026-03-27 03:15 EET``."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M:%S %Z")


def _row(report: ScheduleReport) -> tuple[str, ...]:
    schedule = report.schedule
    return (
        report.name,
        report.state,
        local_text(report.next) if report.next else "-",
        _last(report.last),
        report.plain or "-",
        _runs(schedule, report.outdated) if schedule else "-",
        schedule.notebook if schedule else "-",
        (schedule.file if schedule else "") or "-",
    )


def _last(tick: Tick | None) -> str:
    return "-" if tick is None else f"{tick.state} {local_text(tick.due)}"


def _runs(schedule: Schedule, outdated: bool) -> str:
    if schedule.revision is None:
        return "latest"
    old = " (older)" if outdated else ""
    return f"pinned {digest_text(schedule.revision)}{old}"


def _trigger_facts(trigger: Trigger | None) -> list[tuple[str, str]]:
    if trigger is not None and trigger.kind == "file":
        return [("settle", f"{trigger.settle:g} s"), ("poll", f"every {trigger.every:g} s")]
    if trigger is not None and trigger.kind == "webhook":
        return [("secret", trigger.secret), ("rate", f"{trigger.rate} a minute")]
    return []


def _facts(schedule: Schedule, report: ScheduleReport) -> list[tuple[str, str]]:
    values = ", ".join(f"{name} = {value_text(v)}" for name, v in schedule.parameters.items())
    retries = f"{schedule.retries}, the first after {schedule.backoff:g} s"
    limit = f"{schedule.timeout:g} s" if schedule.timeout else "none"
    trigger = schedule.trigger
    mapped = trigger.parameters if trigger is not None else {}
    values = ", ".join(filter(None, (values, *(f"{name} = {at}" for name, at in mapped.items()))))
    return [
        ("timing", report.plain),
        *_trigger_facts(trigger),
        ("notebook", schedule.notebook),
        ("runs", _runs(schedule, report.outdated)),
        ("parameters", values or "the notebook's defaults"),
        ("engine", schedule.engine),
        ("missed", schedule.missed),
        ("overlap", schedule.overlap),
        ("timeout", limit),
        ("retries", retries if schedule.retries else "none"),
        ("from", schedule.file or "by hand"),
    ]
