"""The index of digests: what executions made, read from outside, received from earlier steps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.artifact import FileRef, Group, is_facet
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.run import Execution
from jupyter_mlops.store.objects import Objects
from jupyter_mlops.store.pictures import Picture, read_pictures

if TYPE_CHECKING:
    from sqlalchemy import Connection

Indexed = tuple[int, Execution, list[Picture]]
"""An execution, the serial of its row, and the pictures of its notebook."""

_BATCH = 500
_LOCK = 0x4D4C4F5055
"""The key of the advisory lock under which a server's executions are indexed."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Use:
    """One row of the table ``uses``, before its execution has a row of its own.

    ``step`` is the one that handed it over: "" for none, None for a file that some step did.
    """

    digest: str
    how: str
    moment: int
    name: str
    kind: str
    step: str | None = ""


def moment_of(time: str) -> int:
    """Microseconds since the epoch of an ISO 8601 time; of one that cannot be read, 0."""
    try:
        found = datetime.fromisoformat(time)
    except ValueError:
        return 0
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return (found - _EPOCH) // timedelta(microseconds=1)


def uses_of(execution: Execution, pictures: Iterable[Picture]) -> Iterator[Use]:
    """What the execution made and took.

    Left out is what says nothing about where something comes from: ambient state, listings of
    folders, links, and empty files, which are all equal.
    """
    result = execution.result
    begun, ended = moment_of(result.started), moment_of(result.ended)
    received = {(group.names, group.digest) for group in execution.inputs}
    handed = {(_as_text(file.path), file.digest) for file in execution.files}
    for group in _carried(execution.inputs):
        yield Use(group.digest, "received", begun, group.label, "variables", group.step)
    for path, digest in _files(result.files_read):
        if (path, digest) in handed:
            yield Use(digest, "received", begun, path, "file", None)
        else:
            yield Use(digest, "read", begun, path, "file")
    yield Use(execution.source, "read", begun, "", "source notebook")
    yield Use(execution.stage, "read", begun, "", "stage notebook")
    if execution.environment.lock is not None:
        yield Use(execution.environment.lock, "read", begun, "", "lock")
    for group in _carried(result.groups):
        if (group.names, group.digest) not in received:
            yield Use(group.digest, "made", ended, group.label, "variables")
    for path, digest in _files(result.files_written):
        yield Use(digest, "made", ended, path, "file")
    if result.notebook is not None:
        yield Use(result.notebook, "made", ended, "", "executed notebook")
    for cell, digest in pictures:
        yield Use(digest, "made", ended, cell, "figure")


def insert_uses(connection: Connection, executions: Iterable[Indexed]) -> None:
    """Put the rows of executions into the index: an earlier one before those that took from it."""
    from jupyter_mlops.store.schema import uses

    for serial, execution, pictures in executions:
        rows = {
            (use.digest, use.how, use.name): {
                "digest": use.digest,
                "how": use.how,
                "moment": use.moment,
                "execution": serial,
                "name": use.name,
                "kind": use.kind,
                "source": source,
            }
            for use, source in _with_sources(connection, execution, pictures)
        }
        if rows:
            connection.execute(uses.insert(), list(rows.values()))


def index_some(connection: Connection, objects: Objects) -> bool:
    """True if some executions, the oldest, were indexed that were not; False if none is left.

    One whose record is missing or damaged is passed over: `fsck` tells of it, and the catalog can
    be rebuilt once it is mended.
    """
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import executions

    if connection.dialect.name != "sqlite":  # where every write transaction is alone
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    rows = connection.execute(
        select(executions.c.serial, executions.c.digest)
        .where(executions.c.indexed.is_(False))
        .order_by(executions.c.serial)
        .limit(_BATCH)
    ).all()
    if not rows:
        return False
    found = []
    for row in rows:
        try:
            execution = from_json(Execution, json.loads(objects.read_bytes(row.digest)))
        except (ObjectMissing, ObjectCorrupted):
            continue
        found.append((row.serial, execution, read_pictures(execution, objects)))
    insert_uses(connection, found)
    done = executions.c.serial.in_([row.serial for row in rows])
    connection.execute(executions.update().where(done).values(indexed=True))
    return True


def _with_sources(
    connection: Connection, execution: Execution, pictures: Iterable[Picture]
) -> Iterator[tuple[Use, int | None]]:
    """Each use with the serial of the execution behind the step that handed it over."""
    found = list(uses_of(execution, pictures))
    steps = {use.step for use in found if use.step}
    by_step = _executions_behind(connection, execution.run, steps) if steps else {}
    files = {use.digest for use in found if use.step is None}
    by_file = _last_writers(connection, execution, files) if files else {}
    for use in found:
        yield use, by_file.get((use.digest, use.name)) or by_step.get(use.step or "")


def _executions_behind(connection: Connection, run: str, steps: Iterable[str]) -> dict[str, int]:
    from sqlalchemy import select

    from jupyter_mlops.store import schema

    query = (
        select(schema.steps.c.step, schema.executions.c.serial)
        .join(schema.executions, schema.executions.c.execution == schema.steps.c.execution)
        .where((schema.steps.c.run == run) & schema.steps.c.step.in_(steps))
    )
    return {row.step: row.serial for row in connection.execute(query)}


def _last_writers(
    connection: Connection, execution: Execution, digests: Iterable[str]
) -> dict[tuple[str, str], int]:
    """The last earlier step of the run that wrote each file, by digest and path: its execution."""
    from sqlalchemy import select

    from jupyter_mlops.store import schema

    uses, steps, executions = schema.uses.c, schema.steps.c, schema.executions.c
    mine = schema.steps.alias().c
    position = (
        select(mine.position)
        .where((mine.run == execution.run) & (mine.step == execution.step))
        .scalar_subquery()
    )
    query = (
        select(uses.digest, uses.name, uses.execution)
        .join(schema.executions, executions.serial == uses.execution)
        .join(schema.steps, steps.execution == executions.execution)
        .where((steps.run == execution.run) & (steps.position < position))
        .where((uses.how == "made") & uses.digest.in_(digests))
        .order_by(steps.position)
    )
    return {(row.digest, row.name): row.execution for row in connection.execute(query)}


def _carried(groups: Iterable[Group]) -> Iterator[Group]:
    return (group for group in groups if not all(is_facet(name) for name in group.names))


def _files(files: Iterable[FileRef]) -> Iterator[tuple[str, str]]:
    for file in files:
        listing = file.path.endswith("/")
        if file.digest is not None and file.size and file.kind != "link" and not listing:
            yield _as_text(file.path), file.digest


def _as_text(path: str) -> str:
    """The path with bytes that are no text written out: a database takes text alone."""
    return path.encode(errors="backslashreplace").decode()
