"""What a file of schedules would change."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import (
    CompileError,
    MlopsError,
    NotebookError,
    ParameterError,
    StoreError,
)
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.plan import FieldChange, Plan, PlannedChange, Verb
from jupyter_mlops.model.schedule import Schedule, ScheduleReport, Timing
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.asked import rules_asked_for, timing_asked_for
from jupyter_mlops.scheduling.book import list_schedules
from jupyter_mlops.scheduling.define import checked
from jupyter_mlops.scheduling.filed.awaited import plain_trigger
from jupyter_mlops.scheduling.filed.told import PlannedAlerts, plan_alerts
from jupyter_mlops.scheduling.timing import check_timing
from jupyter_mlops.scheduling.triggers import (
    FITTING,
    MISSED,
    OPTIONS,
    OVERLAP,
    TRIGGERS,
    describe_schedule,
    waiting_for,
    with_option,
)

if TYPE_CHECKING:
    from jupyter_mlops.scheduling.filed.read import ScheduleFile
    from jupyter_mlops.store import Store

_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
_MOMENTS = ("cron", "every", "at")
_RULES = (
    "engine", "missed", "overlap", "timeout", "retries", "backoff", "jitter", "priority",
)  # fmt: skip
_UNTOLD = ("name", "user", "created")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a file would change, with the schedules as they would be.

    Attributes:
        plan: the differences.
        schedules: those that are added or changed, by name.
        told: what becomes of alerts and hooks.
    """

    plan: Plan
    schedules: Mapping[str, Schedule]
    told: PlannedAlerts


def plan_file(store: Store, file: ScheduleFile, moment: datetime, *, prune: bool) -> Planned:
    """What the file would change; all of it could be saved as it is.

    Args:
        store: where schedules are on record; keeps notebooks that are pinned.
        file: as it was read.
        moment: the present.
        prune: True to remove schedules that came from the file and that it names no more.

    Raises:
        FileProblems: something is wrong in the file.
        StoreError: the store cannot be read or written.
    """
    file.refuse()
    on_record = {report.name: report for report in list_schedules(store)}
    old = {name: report.schedule for name, report in on_record.items()}
    asked = {name: _asked(file, name, old.get(name), moment) for name in file.schedules}
    file.refuse()
    ours = [name for name, one in old.items() if one and one.file == str(file.path)]
    gone = [name for name in ours if name not in asked]
    pruned = set(gone) if prune else set()
    stay = {name: one for name, one in old.items() if one and name not in pruned}
    wanted = {}
    for name, schedule in asked.items():
        with _blamed(file, name):
            wanted[name] = checked(
                store,
                schedule,
                text_parameters=_given(file, name, text=True),
                file_parameters=_given(file, name, text=False),
                pinned=bool(file.schedules[name].get("pinned")),
                update=True,
                planned={**stay, **asked},
            )
    told = plan_alerts(store, file, moment, {*stay, *asked}, prune=prune)
    _refuse_foreign(file, stay)
    _refuse_orphans(file, on_record, pruned, set(asked))
    file.refuse()
    changes = [
        *(_difference(name in old, old.get(name), one) for name, one in wanted.items()),
        *(PlannedChange(name=name, verb="remove" if prune else "leave") for name in gone),
    ]
    new = {c.name: wanted[c.name] for c in changes if c.verb in ("add", "change")}
    return Planned(
        plan=Plan(
            file=str(file.path),
            dry_run=True,
            changes=(
                *sorted(changes, key=lambda change: change.name),
                *sorted(told.changes, key=lambda change: (change.kind, change.name)),
            ),
            retention=file.retention,
        ),
        schedules=new,
        told=told,
    )


def _asked(file: ScheduleFile, name: str, old: Schedule | None, moment: datetime) -> Schedule:
    """The schedule as the file has it; its notebook, parameters and trigger are not checked."""
    asked, here = file.schedules[name], ("schedules", name)
    folder = file.path.parent
    timing, trigger = Timing(kind="event"), None
    said = [key for key in (*_MOMENTS, *TRIGGERS) if key in asked]
    if "notebook" not in asked:
        file.blame(here, "it names no notebook", 'write notebook = "report.ipynb"')
    if len(said) != 1:
        fix = f"give one of {', '.join((*_MOMENTS, *TRIGGERS))}"
        file.blame(here, f"{' and '.join(said) or 'nothing'} says when it is due", fix)
    elif said[0] in _MOMENTS:
        with file.blamed(*here, said[0]):
            timing = _timing(asked, old, moment)
    else:
        trigger = plain_trigger(said[0], asked, folder)
        for key in OPTIONS:
            with file.blamed(*here, key):
                trigger = with_option(trigger, key, asked.get(key))
    fitting = {"tz"} if trigger is None else FITTING[trigger.kind]
    for key in sorted({"tz", *OPTIONS} & asked.keys() - fitting):
        file.blame((*here, key), "what it waits for has no such thing", "leave it out")
    rules: dict[str, Any] = {"missed": MISSED, "overlap": OVERLAP} if trigger else {}
    for key in _RULES:
        with file.blamed(*here, key):
            rules |= rules_asked_for({key: asked.get(key)})
    environment = asked.get("environment")
    return Schedule(
        name=name,
        notebook=os.path.normpath(folder / asked.get("notebook", "")),
        timing=timing,
        trigger=trigger,
        environment=None if environment is None else _environment(environment, folder),
        user=old.user if old else getpass.getuser(),
        created=old.created if old else iso(moment),
        file=str(file.path),
        **rules,
    )


def _timing(asked: Mapping[str, Any], old: Schedule | None, moment: datetime) -> Timing:
    """The timing as asked for, or the old one if that is the same; else it has a tick to come."""
    at = asked.get("at")
    timing = timing_asked_for(
        cron=asked.get("cron"),
        zone=asked.get("tz"),
        every=asked.get("every"),
        at=at.isoformat() if isinstance(at, date) else at,
        moment=_LONG_AGO if at is not None else moment,
    )
    assert timing is not None
    before = old.timing if old else None
    if before is not None and timing.kind == before.kind == "interval":
        timing = replace(timing, start=before.start)  # counted on, unless its length changes
    if timing != before:
        check_timing(timing, after=moment)
    return timing


def _environment(given: str, folder: Path) -> str:
    from jupyter_mlops.environments.declaration import IMPORTS, PLACES

    return given if given in (IMPORTS, *PLACES) else os.path.normpath(folder / given)


def _given(file: ScheduleFile, name: str, *, text: bool) -> dict[str, Any]:
    """Parameters whose values are texts, which are read by their types, or the others."""
    values = file.schedules[name].get("parameters", {})
    return {key: value for key, value in values.items() if isinstance(value, str) == text}


@contextmanager
def _blamed(file: ScheduleFile, name: str) -> Iterator[None]:
    """Note a problem of the block as one of the key that it comes from."""
    here = ("schedules", name)
    try:
        yield
    except ParameterError as error:
        table = "map" if error.name in file.schedules[name].get("map", {}) else "parameters"
        file.blame((*here, table, error.name), error.message, error.fix)
    except (NotebookError, CompileError) as error:
        file.blame((*here, "notebook"), error.message, error.fix)
    except StoreError:
        raise
    except MlopsError as error:
        file.blame(here, error.message, error.fix)


def _refuse_foreign(file: ScheduleFile, on_record: Mapping[str, Schedule]) -> None:
    """Blame names that another file has, which is still there."""
    for name in file.schedules:
        other = on_record[name].file if name in on_record else ""
        if other not in ("", str(file.path)) and Path(other).is_file():
            fix = "choose another name, or take it out of that file and apply it with --prune"
            file.blame(("schedules", name), f"{other} has a schedule of this name", fix)


def _refuse_orphans(
    file: ScheduleFile, on_record: Mapping[str, ScheduleReport], pruned: set[str], asked: set[str]
) -> None:
    """Blame the removal of schedules whose runs another one waits for that stays."""
    others = [one for name, one in on_record.items() if name not in pruned | asked]
    for name in sorted(pruned):
        for waiting in waiting_for(others, name):
            fix = f"keep it in the file, or remove {waiting} first"
            file.blame(("schedules",), f"{name} would go, and {waiting} waits for its runs", fix)


def _difference(is_known: bool, old: Schedule | None, new: Schedule) -> PlannedChange:
    """What becomes of a schedule; one that cannot be read any more is replaced whole."""
    blank = Schedule(name="", notebook="", timing=Timing(kind=new.timing.kind))
    told = tuple(_fields(old or blank, new))
    verb: Verb = "add" if not is_known else "change" if told else "keep"
    return PlannedChange(name=new.name, verb=verb, fields=told, plain=describe_schedule(new))


def _fields(old: Schedule, new: Schedule) -> Iterator[FieldChange]:
    """What differs; of timings each part."""
    for name in (field.name for field in fields(Schedule) if field.name not in _UNTOLD):
        a, b = to_json(getattr(old, name)), to_json(getattr(new, name))
        if name == "timing":
            for part in a:
                if a[part] != b[part]:
                    yield FieldChange(name=f"timing.{part}", old=a[part], new=b[part])
        elif a != b:
            yield FieldChange(name=name, old=a, new=b)
