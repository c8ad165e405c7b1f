"""An alert or a hook in the words of who asks for it: a command, or a request."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.book import add_alert, change_alert, find_alert
from jupyter_mlops.alerts.define import checked
from jupyter_mlops.errors import AlertError
from jupyter_mlops.model.alert import EVENT_TYPE, USUAL, Alert, AlertReport
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.timing import read_duration

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

_TIMES = ("begins_within", "ends_within", "repeat")
_WORDS: Mapping[tuple[str, str], float | None] = {
    ("ends_within", "never"): None, ("repeat", "0"): 0.0
}  # fmt: skip
"""Words that are no durations."""


def add_asked(store: Store, name: str, given: Mapping[str, Any], now: datetime) -> AlertReport:
    """The new alert or hook of that name, after it was checked and added.

    Args:
        store: where it is kept.
        name: of it.
        given: fields of an `Alert` by name, ``way`` and ``to`` among them; what is None is as
            usual. Times are texts such as ``5m``; ``ends_within`` may be ``never``, and ``repeat``
            ``0``. A notebook or schedule that is empty stands for all.
        now: the present.

    Raises:
        AlertError, UnknownSchedule, ScheduleError: it cannot be kept as it is asked for.
        StoreError: the store cannot be written.
    """
    user = getpass.getuser()
    plain = Alert(name=name, way=given["way"], to="", shown="", user=user, created=iso(now))
    plain = replace(plain, on=USUAL[plain.kind])
    return add_alert(store, checked(store, _with(plain, given)), now)


def change_asked(store: Store, name: str, given: Mapping[str, Any], now: datetime) -> AlertReport:
    """The alert of that name, after what is given of it was checked and changed.

    Args:
        store, name, given, now: as of `add_asked`; what is None stays as it is.

    Raises:
        UnknownAlert: there is none of that name.
        AlertError, UnknownSchedule, ScheduleError: it cannot be kept as it is asked for.
        StoreError: the store cannot be written.
    """
    report = find_alert(store, name)
    if report.alert is None:
        raise AlertError(f"{report.kind} {name}: {report.why}", fix="remove it and add it again")
    alert = _with(report.alert, given)
    if alert.kind != report.kind:
        raise AlertError(
            f"{name} tells {'people' if report.kind == 'alert' else 'a program'}, and goes on so",
            fix="remove it, and add another of its name",
        )
    return change_alert(store, checked(store, alert), now)


def _with(alert: Alert, given: Mapping[str, Any]) -> Alert:
    changes = {name: value for name, value in given.items() if value is not None}
    for name in _TIMES:
        if (name, changes.get(name)) in _WORDS:
            changes[name] = _WORDS[name, changes[name]]
        elif name in changes:
            changes[name] = float(read_duration(changes[name]))
    for name in ("notebook", "schedule"):
        if name in changes:
            changes[name] = changes[name] or None
    if changes.get("way") == "command":
        changes.setdefault("secret", "")  # that of a webhook before it
    if changes.get("way") == "github":
        changes.setdefault("event_type", EVENT_TYPE)
    return replace(alert, **changes)
