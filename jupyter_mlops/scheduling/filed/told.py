"""Alerts and hooks in a file of schedules."""

from __future__ import annotations

import getpass
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.book import add_alert, change_alert, list_alerts, remove_alert
from jupyter_mlops.alerts.define import checked
from jupyter_mlops.alerts.private import is_reference
from jupyter_mlops.errors import MlopsError, StoreError
from jupyter_mlops.model.alert import EVENT_TYPE, USUAL, Alert, AlertKind, AlertReport, Way
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.plan import FieldChange, PlannedChange, Verb
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.timing import duration_text, read_duration

if TYPE_CHECKING:
    from jupyter_mlops.scheduling.filed.read import ScheduleFile
    from jupyter_mlops.store import Store

_WAYS: Mapping[AlertKind, Mapping[str, Way]] = {
    "alert": {"to": "message"},
    "hook": {"webhook": "webhook", "command": "command", "github": "github"},
}
"""The keys that say where something goes, and what way each is."""

_TIMES = ("begins_within", "ends_within", "repeat")
_NONE = {"begins_within": 0.0, "ends_within": None, "repeat": 0.0}
_SECRET = ("to", "webhook", "secret")
"""Keys whose values may be secret: a file that is reviewed only says where they are kept."""

_UNTOLD = ("name", "shown", "user", "created")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAlerts:
    """What becomes of alerts and hooks.

    Attributes:
        changes: the differences.
        alerts: those that are added or changed, by name.
    """

    changes: tuple[PlannedChange, ...]
    alerts: Mapping[str, Alert]


def plan_alerts(
    store: Store, file: ScheduleFile, moment: datetime, schedules: Collection[str], *, prune: bool
) -> PlannedAlerts:
    """What the file would change of alerts and hooks; notes what is wrong in it.

    Args:
        store: where they are on record.
        file: as it was read.
        moment: the present.
        schedules: names of the schedules that there will be.
        prune: True to remove those that came from the file and that it names no more.
    """
    on_record = {report.name: report for report in list_alerts(store)}
    wanted: dict[str, Alert] = {}
    named: set[str] = set()
    for kind, name, asked in file.told:
        here = (f"{kind}s", name)
        before = len(file.problems)
        if name in named:
            file.blame(here, "an alert and a hook have this name", "give one of them another name")
        named.add(name)
        _refuse_taken(file, here, kind, on_record.get(name))
        alert = _asked(file, here, kind, asked, on_record.get(name), moment)
        if len(file.problems) == before:
            with _blamed(file, here):
                wanted[name] = checked(store, alert, planned=schedules)
    changes = [_difference(on_record.get(name), alert) for name, alert in wanted.items()]
    for name, report in on_record.items():
        if report.alert and report.alert.file == str(file.path) and name not in named:
            verb: Verb = "remove" if prune else "leave"
            changes.append(PlannedChange(kind=report.kind, name=name, verb=verb))
    new = {c.name: wanted[c.name] for c in changes if c.verb in ("add", "change")}
    return PlannedAlerts(changes=tuple(changes), alerts=new)


def apply_alerts(store: Store, planned: PlannedAlerts, moment: datetime) -> None:
    """Add, change and remove what was planned.

    Raises:
        StoreError: the store cannot be written.
    """
    for change in planned.changes:
        if change.verb == "add":
            add_alert(store, planned.alerts[change.name], moment)
        elif change.verb == "change":
            change_alert(store, planned.alerts[change.name], moment)
        elif change.verb == "remove":
            remove_alert(store, change.name, moment)


def _asked(
    file: ScheduleFile,
    here: tuple[str, str],
    kind: AlertKind,
    asked: Mapping[str, Any],
    report: AlertReport | None,
    moment: datetime,
) -> Alert:
    """The alert as the file has it; where it goes and what it concerns is not checked."""
    old = report.alert if report is not None else None
    ways = [key for key in _WAYS[kind] if key in asked]
    if len(ways) != 1:
        keys = ", ".join(_WAYS[kind])
        file.blame(here, f"{' and '.join(ways) or 'nothing'} says where it goes", f"give {keys}")
    for key in _SECRET:
        if key in asked and not is_reference(asked[key]):
            file.blame((*here, key), "what may be secret stands in no file", "write env:NAME")
    way = _WAYS[kind][ways[0]] if ways else "message"
    if "event_type" in asked and way != "github":
        file.blame((*here, "event_type"), "it is of github alone", "leave it out")
    times: dict[str, Any] = {}
    for key in _TIMES:
        with file.blamed(*here, key):
            if key in asked:
                is_none = asked[key] in ("0", "0s", "never")
                times[key] = _NONE[key] if is_none else float(read_duration(asked[key]))
    notebook = asked.get("notebook")
    return Alert(
        name=here[1],
        way=way,
        to=asked[ways[0]] if ways else "",
        shown="",
        secret=asked.get("secret", ""),
        on=tuple(asked.get("on", USUAL[kind])),
        checks=tuple(asked.get("if", ())),
        notebook=None if notebook is None else os.path.normpath(file.path.parent / notebook),
        schedule=asked.get("schedule"),
        by_hand=asked.get("by_hand", False),
        event_type=asked.get("event_type", EVENT_TYPE if way == "github" else ""),
        user=old.user if old else getpass.getuser(),
        created=old.created if old else iso(moment),
        file=str(file.path),
        **times,
    )


def said_of_alert(alert: Alert, folder: Path) -> Mapping[str, Any]:
    """What a file in a folder says of an alert or a hook: all that differs from the defaults."""
    words = {way: key for ways in _WAYS.values() for key, way in ways.items()}
    usual = Alert(
        name="",
        way=alert.way,
        to="",
        shown="",
        on=USUAL[alert.kind],
        event_type=EVENT_TYPE if alert.way == "github" else "",
    )
    said: dict[str, Any] = {words[alert.way]: alert.to}
    for key in ("secret", "on", "checks", "schedule", "by_hand", "event_type", *_TIMES):
        value = getattr(alert, key)
        if value != getattr(usual, key):
            is_time = key in _TIMES
            said["if" if key == "checks" else key] = duration_text(int(value)) if is_time else value
    if alert.notebook is not None:
        said["notebook"] = os.path.relpath(alert.notebook, folder)
    return said


def _refuse_taken(
    file: ScheduleFile, here: tuple[str, str], kind: AlertKind, report: AlertReport | None
) -> None:
    """Blame a name that something else on record has."""
    if report is None:
        return
    if report.kind != kind:
        file.blame(here, f"there is a {report.kind} of this name", "choose another name")
    other = report.alert.file if report.alert else ""
    if other not in ("", str(file.path)) and Path(other).is_file():
        file.blame(here, f"{other} has a {kind} of this name", "choose another name")


@contextmanager
def _blamed(file: ScheduleFile, here: tuple[str, str]) -> Iterator[None]:
    """Note a problem of the block as one of the alert; the store's own are none of the file."""
    try:
        yield
    except StoreError:
        raise
    except MlopsError as error:
        file.blame(here, error.message, error.fix)


def _difference(report: AlertReport | None, new: Alert) -> PlannedChange:
    blank = Alert(name="", way=new.way, to="", shown="")
    old = report.alert if report is not None and report.alert is not None else blank
    told = tuple(
        FieldChange(name=field.name, old=a, new=b)
        for field in fields(Alert)
        if field.name not in _UNTOLD
        and (a := to_json(getattr(old, field.name))) != (b := to_json(getattr(new, field.name)))
    )
    verb: Verb = "add" if report is None else "change" if told else "keep"
    plain = f"{', '.join(new.on)} to {new.shown}"
    return PlannedChange(kind=new.kind, name=new.name, verb=verb, fields=told, plain=plain)
