"""A schedule as it is asked for, checked before anything is saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.naming import NAME
from jupyter_mlops.model.schedule import Schedule
from jupyter_mlops.scheduling.book import list_schedules
from jupyter_mlops.scheduling.triggers import check_trigger

if TYPE_CHECKING:
    from jupyter_mlops.store import Store


def checked(
    store: Store,
    schedule: Schedule,
    *,
    text_parameters: Mapping[str, str] | None = None,
    file_parameters: Mapping[str, Any] | None = None,
    pinned: bool = False,
    update: bool = False,
    planned: Mapping[str, Schedule] | None = None,
) -> Schedule:
    """The schedule with its notebook found to compile and its parameters' values checked.

    Args:
        store: keeps the notebook that is pinned.
        schedule: what is asked for; its parameters hold unless others are given.
        text_parameters: values as text, as of a ``RunRequest``.
        file_parameters: typed values, which text goes before.
        pinned: True to run the notebook as it is now for good; a schedule with a ``revision`` keeps
            it unless ``update`` is True.
        update: True to take the notebook as it is saved now.
        planned: the schedules that there will be, by name, if not those that are on record.

    Raises:
        ScheduleError: the name, a number or the trigger cannot be used.
        NotebookError, CompileError, ParameterError, ObjectMissing: it could not run.
        StoreError: the store cannot be written.
    """
    from jupyter_mlops.compiler import bind_parameters, compile_notebook
    from jupyter_mlops.notebook.document import parse_notebook, read_notebook

    _check_fields(schedule)
    path = Path(schedule.notebook).absolute()
    if pinned and schedule.revision is not None and not update:
        notebook = parse_notebook(store.objects.read_bytes(schedule.revision), path)
    else:
        notebook = read_notebook(path)
    declared = compile_notebook(notebook).pipeline.parameters
    schedule = replace(schedule, notebook=str(path))
    check_trigger(store, schedule, declared, planned)
    values = bind_parameters(
        declared,
        text=text_parameters,
        values=file_parameters,
        earlier=schedule.parameters,
    )
    return replace(
        schedule,
        parameters={value.name: value.value for value in values if value.origin != "default"},
        revision=store.objects.put_bytes(notebook.raw) if pinned else None,
    )


def free_name(store: Store, notebook: Path) -> str:
    """A name for a schedule of the notebook that no other schedule has."""
    taken = {report.name for report in list_schedules(store)}
    name = re.sub(r"[^a-z0-9]+", "-", notebook.stem.lower()).strip("-")[:80] or "notebook"
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _check_fields(schedule: Schedule) -> None:
    if not NAME.fullmatch(schedule.name):
        raise ScheduleError(
            f"{schedule.name!r} cannot be a schedule's name",
            fix="use letters, digits, '.', '_' and '-'",
        )
    for what, number, least, most in (
        ("retries", schedule.retries, 0, 100),
        ("priority", schedule.priority, -1_000_000, 1_000_000),
    ):
        if not least <= number <= most:
            raise ScheduleError(f"{what} {number} is not between {least} and {most}")
    environment = Path(schedule.environment or "")
    if environment.is_absolute() and not environment.is_file():
        raise ScheduleError(f"{environment}: no such file", fix="check --environment")
