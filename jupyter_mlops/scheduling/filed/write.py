"""Schedules, alerts and hooks that exist, as a file that says the same."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.model.alert import Alert
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.model.schedule import Schedule
from jupyter_mlops.scheduling.filed.awaited import said_of
from jupyter_mlops.scheduling.filed.told import said_of_alert
from jupyter_mlops.scheduling.timing import duration_text
from jupyter_mlops.scheduling.triggers import MISSED, OVERLAP

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def file_text(
    schedules: Iterable[Schedule],
    folder: Path,
    rules: Rules | None = None,
    alerts: Iterable[Alert] = (),
) -> str:
    """The text of ``mlops.toml`` in a folder.

    Args:
        schedules: what it names.
        folder: absolute; paths are written from there.
        rules: of retention.
        alerts: alerts and hooks that it names; what may be secret stays where it is kept.
    """
    named = [(f"schedules.{_key(one.name)}", _said(one, folder)) for one in schedules]
    named += [
        (f"{alert.kind}s.{_key(alert.name)}", said_of_alert(alert, folder))
        for alert in sorted(alerts, key=lambda one: one.kind)
    ]
    tables = ["\n".join([f"[{name}]", *_lines(said)]) for name, said in named]
    if rules:
        kept = {"keep_last": rules.keep_last, "keep_days": rules.keep_days}
        values = {name: number for name, number in kept.items() if number}
        tables.append("\n".join(["[retention]", *_lines(values)]))
    return "\n\n".join(tables) + "\n"


def _said(schedule: Schedule, folder: Path) -> Mapping[str, Any]:
    """What the file says of a schedule: all that differs from the defaults."""
    default = Schedule(name="", notebook="", timing=schedule.timing)
    trigger = schedule.trigger
    usual: dict[str, Any] = {
        "missed": MISSED if trigger else default.missed,
        "overlap": OVERLAP if trigger else default.overlap,
    }
    said: dict[str, Any] = {"notebook": os.path.relpath(schedule.notebook, folder)}
    said |= _when(schedule, folder)
    if schedule.parameters:
        said["parameters"] = schedule.parameters
    environment = schedule.environment
    if environment is not None:
        is_path = Path(environment).is_absolute()
        said["environment"] = os.path.relpath(environment, folder) if is_path else environment
    if schedule.revision is not None:
        said["pinned"] = True
    for name in ("engine", "missed", "overlap", "timeout", "retries", "backoff", "jitter"):
        value = getattr(schedule, name)
        if value != usual.get(name, getattr(default, name)):
            is_time = name in ("timeout", "backoff", "jitter")
            said[name] = duration_text(int(value)) if is_time else value
    if schedule.priority:
        said["priority"] = schedule.priority
    return said


def _when(schedule: Schedule, folder: Path) -> Mapping[str, Any]:
    timing, trigger = schedule.timing, schedule.trigger
    if trigger is not None:
        return said_of(trigger, folder)
    if timing.kind == "interval":
        return {"every": duration_text(timing.seconds)}
    if timing.kind == "once":
        return {"at": timing.start}
    return {"cron": timing.cron} | ({"tz": timing.zone} if timing.zone != "UTC" else {})


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        yield f"{_key(name)} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)


def _value(value: Any) -> str:
    """A value as TOML has it; what TOML lacks, none, as the text that a parameter reads so."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_lines(value)) + " }" if value else "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if value is None:
        return '"none"'
    return json.dumps(value).replace("\x7f", "\\u007f")
