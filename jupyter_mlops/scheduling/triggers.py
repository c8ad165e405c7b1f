"""What schedules may wait for: asked for, checked before it is saved, told in plain language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import ScheduleError, UnknownSchedule
from jupyter_mlops.model.schedule import Missed, Overlap, Schedule, ScheduleReport
from jupyter_mlops.model.trigger import Trigger
from jupyter_mlops.scheduling.files import Marks, check_pattern, is_url, list_files
from jupyter_mlops.scheduling.jsonpath import read_path, value_at
from jupyter_mlops.scheduling.timing import check_timing, describe, read_duration

if TYPE_CHECKING:
    from jupyter_mlops.model.pipeline import Parameter
    from jupyter_mlops.store import Store

MISSED: Missed = "all"
OVERLAP: Overlap = "queue"
"""The rules of a schedule with a trigger, if none are given: no event is like another."""

SETTLE, NEAR, FAR = 5.0, 10.0, 60.0
"""Seconds for which a file stays as it is; between two looks at a folder, and at a URL."""

RATE = 60
"""Events of a webhook in a minute."""

_RUN = {"run": "20261123-150405-load-3fa9", "ended": "2026-11-23T15:04:05.000+00:00"}
_DIGEST = f"sha256:{'0' * 64}"
_SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "notebook": _RUN | {"notebook": "/load.ipynb"},
    "schedule": _RUN | {"schedule": "load"},
    "alias": {
        "alias": "model@production",
        "target": f"{_RUN['run']}:train:model",
        "run": _RUN["run"],
        "digest": _DIGEST,
    },
    "file": {"path": "/data/a.csv", "name": "a.csv", "digest": _DIGEST},
}
"""An event of each kind, to try out what is mapped from it."""


def upstream_trigger(source: str) -> Trigger:
    """The trigger of each success of a schedule or, if it is a path, of a notebook."""
    if source.endswith(".ipynb") or "/" in source:
        return Trigger(kind="notebook", source=str(Path(source).absolute()))
    return Trigger(kind="schedule", source=source)


def file_trigger(source: str) -> Trigger:
    """The trigger of files that land where a pattern says: a path from here, or a URL."""
    if is_url(source):
        return Trigger(kind="file", source=source, settle=SETTLE, every=FAR)
    return Trigger(kind="file", source=str(Path(source).absolute()), settle=SETTLE, every=NEAR)


def webhook_trigger(form: str) -> Trigger:
    """The trigger of what is posted in a form; it needs the name of a secret besides."""
    return Trigger(kind="webhook", source=form, rate=RATE)


def alias_trigger(alias: str) -> Trigger:
    """The trigger of each move of an alias."""
    return Trigger(kind="alias", source=alias)


TRIGGERS: Mapping[str, Callable[[str], Trigger]] = {
    "after": upstream_trigger,
    "alias": alias_trigger,
    "file": file_trigger,
    "webhook": webhook_trigger,
}
"""What a schedule may wait for, of which it has one at most."""

OPTIONS: Mapping[str, str] = {
    "map": "parameters",
    "settle": "settle",
    "poll": "every",
    "secret": "secret",
    "rate": "rate",
}
"""What may be said of a trigger besides, and the field that it is."""

FITTING: Mapping[str, set[str]] = {
    "schedule": {"map"},
    "notebook": {"map"},
    "alias": {"map"},
    "file": {"map", "settle", "poll"},
    "webhook": {"map", "secret", "rate"},
}
"""The options that triggers of each kind have."""


def with_option(trigger: Trigger, option: str, value: Any) -> Trigger:
    """The trigger with one of its options; None says nothing.

    Raises:
        ScheduleError: a duration cannot be read.
    """
    if value is None:
        return trigger
    value = float(read_duration(value)) if option in ("settle", "poll") else value
    return replace(trigger, **{OPTIONS[option]: value})


def first_tick(schedule: Schedule, now: datetime) -> datetime | None:
    """The first moment after ``now`` at which it is due; None if a trigger says when.

    Raises:
        ScheduleError: the timing cannot be read, or there is none.
    """
    if schedule.trigger is not None:
        return None
    return check_timing(schedule.timing, after=now)


def files_there(schedule: Schedule) -> Marks:
    """The files that are there of those that a schedule waits for; they don't count for it.

    Raises:
        ScheduleError: their place is not there or cannot be reached.
    """
    trigger = schedule.trigger
    return list_files(trigger.source) if trigger is not None and trigger.kind == "file" else {}


def describe_schedule(schedule: Schedule) -> str:
    """When a schedule is due, in plain language."""
    trigger = schedule.trigger
    if trigger is None:
        return describe(schedule.timing)
    if trigger.kind == "alias":
        return f"when alias {trigger.source} moves"
    if trigger.kind == "file":
        return f"when a file lands at {trigger.source}"
    if trigger.kind == "webhook":
        return f"when something is posted to /hooks/{schedule.name} ({trigger.source})"
    of = f"schedule {trigger.source}" if trigger.kind == "schedule" else trigger.source
    return f"after each success of {of}"


def waiting_for(reports: Iterable[ScheduleReport], name: str) -> list[str]:
    """The schedules that wait for runs of the schedule of that name."""
    return [
        one.name
        for one in reports
        if one.schedule is not None
        and one.schedule.trigger is not None
        and (one.schedule.trigger.kind, one.schedule.trigger.source) == ("schedule", name)
    ]


def check_trigger(
    store: Store,
    schedule: Schedule,
    declared: Iterable[Parameter],
    planned: Mapping[str, Schedule] | None = None,
) -> None:
    """Pass if what the schedule waits for can happen, and fits its notebook's parameters.

    Args:
        store: where schedules are on record.
        schedule: as it is asked for.
        declared: the notebook's parameters.
        planned: the schedules that there will be, by name, if not those that are on record.

    Raises:
        ScheduleError: what it waits for is not there, follows from it, or lacks what is mapped.
        ParameterError: what is mapped is not declared, or has the wrong type.
        MlopsError: the secret of a webhook cannot be read.
    """
    from jupyter_mlops.compiler import bind_parameters

    trigger = schedule.trigger
    if (trigger is None) != (schedule.timing.kind != "event"):
        raise ScheduleError("a schedule has either a time or something that it waits for")
    if trigger is None:
        return
    for path in trigger.parameters.values():
        read_path(path)
    if trigger.kind == "webhook":
        _check_webhook(store, trigger, declared)
        return
    sample = _SAMPLES[trigger.kind]
    values = {name: _of(sample, path) for name, path in trigger.parameters.items()}
    text = {name: value for name, value in values.items() if isinstance(value, str)}
    typed = {name: value for name, value in values.items() if name not in text}
    bind_parameters(declared, text=text, given=typed)
    if trigger.kind == "file":
        if trigger.every < 1 or trigger.settle < 0:
            raise ScheduleError(
                f"files cannot be looked for every {trigger.every:g} s, to settle for "
                f"{trigger.settle:g} s",
                fix="look every second at most",
            )
        check_pattern(trigger.source)
    if trigger.kind in ("schedule", "notebook"):
        _check_upstream(schedule, trigger, _known(store) if planned is None else planned)


def _check_webhook(store: Store, trigger: Trigger, declared: Iterable[Parameter]) -> None:
    from jupyter_mlops.compiler import bind_parameters
    from jupyter_mlops.scheduling.hooks import hook_secret
    from jupyter_mlops.scheduling.signatures import FORMS

    if trigger.source not in FORMS or trigger.rate < 1:
        raise ScheduleError(
            f"nobody posts in the form {trigger.source!r}, {trigger.rate} times a minute",
            fix=f"the forms are {', '.join(FORMS)}, and once a minute is the least",
        )
    if not trigger.secret:
        raise ScheduleError(
            "a webhook needs a secret, by which its sender is known",
            fix="give --secret NAME, and NAME its value in the environment or the secrets_file",
        )
    hook_secret(store, trigger.secret)
    known = {parameter.name for parameter in declared}
    bind_parameters(
        declared, given={name: None for name in trigger.parameters if name not in known}
    )


def _of(sample: Mapping[str, Any], path: str) -> Any:
    try:
        return value_at(sample, path)
    except ScheduleError:
        known = ", ".join(f"$.{name}" for name in sample)
        raise ScheduleError(f"the event has no {path}", fix=f"it has {known}") from None


def _known(store: Store) -> dict[str, Schedule | None]:
    from jupyter_mlops.scheduling.book import list_schedules

    return {report.name: report.schedule for report in list_schedules(store)}


def _check_upstream(
    schedule: Schedule, trigger: Trigger, known: Mapping[str, Schedule | None]
) -> None:
    if trigger.kind == "schedule":
        if trigger.source not in known:
            raise UnknownSchedule(trigger.source)
    elif not Path(trigger.source).is_file():
        raise ScheduleError(f"{trigger.source}: no such notebook", fix="check --after")
    others = [one for name, one in known.items() if name != schedule.name]
    reached, way = _products(schedule), [schedule.name]
    grows = True
    while grows:
        grows = False
        for other in others:
            if other is None or other.name in way or _waits(other) not in reached:
                continue
            reached |= _products(other)
            way.append(other.name)
            grows = True
    if _waits(schedule) in reached:
        raise ScheduleError(
            f"schedule {schedule.name} would start itself again and again: "
            f"it waits for {trigger.source}, which follows from {', '.join(way)}",
            fix="let it wait for something else",
        )


def _products(schedule: Schedule) -> set[tuple[str, str]]:
    """What a run of the schedule is a run of."""
    return {("schedule", schedule.name), ("notebook", schedule.notebook)}


def _waits(schedule: Schedule) -> tuple[str, str] | None:
    trigger = schedule.trigger
    return None if trigger is None else (trigger.kind, trigger.source)
