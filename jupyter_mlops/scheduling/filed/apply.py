"""A file of schedules put into force."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_mlops.model.plan import Plan
from jupyter_mlops.scheduling.book import (
    add_schedule,
    change_schedule,
    list_schedules,
    remove_schedule,
)
from jupyter_mlops.scheduling.filed.plan import plan_file
from jupyter_mlops.scheduling.filed.read import find_file, read_file
from jupyter_mlops.scheduling.filed.told import apply_alerts
from jupyter_mlops.scheduling.triggers import waiting_for

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlops.store import Store


def apply_file(
    store: Store, given: Path, moment: datetime, *, prune: bool = False, dry_run: bool = False
) -> Plan:
    """What was changed, or would be, so that schedules are as a file says.

    All of it is checked before the first change. Killed between two changes, it is completed by
    the next call; a second call changes nothing.

    Args:
        store: where schedules are on record.
        given: the file, or a folder with ``mlops.toml``.
        moment: the present.
        prune: remove schedules that came from this file, and that it names no more.
        dry_run: change nothing.

    Raises:
        ScheduleError: there is no such file, or something in it is wrong.
        StoreError: the store cannot be read or written.
    """
    planned = plan_file(store, read_file(find_file(given)), moment, prune=prune)
    plan = planned.plan
    if dry_run:
        return plan
    changes = [change for change in plan.changes if change.kind == "schedule"]
    for change in changes:
        if change.verb == "add":
            add_schedule(store, planned.schedules[change.name], moment)
        elif change.verb == "change":
            change_schedule(store, planned.schedules[change.name], moment)
    apply_alerts(store, planned.told, moment)
    left = [change.name for change in changes if change.verb == "remove"]
    while left:  # what waits for the runs of another one goes before it
        reports = list_schedules(store)
        name = next(name for name in left if not waiting_for(reports, name))
        remove_schedule(store, name, moment)
        left.remove(name)
    return replace(plan, dry_run=False)
