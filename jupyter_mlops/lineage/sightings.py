"""The executions that made, read or received the bytes of one digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.trace import MOST_COUNTED, How, Sighting

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

MADE: tuple[How, ...] = ("made",)
TAKEN: tuple[How, ...] = ("read", "received")


def find_uses(
    connection: Connection, digest: str, ways: Sequence[How], number: int, *, newest: bool = True
) -> list[Row[Any]]:
    """The newest (or oldest) rows of the index, at most so many, with their executions' names."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import executions, uses

    query = (
        select(uses, executions.c.execution.label("named"), executions.c.run, executions.c.step)
        .join(executions, executions.c.serial == uses.c.execution)
        .order_by(uses.c.moment.desc() if newest else uses.c.moment)
        .limit(number)
    )
    found: list[Row[Any]] = []
    for how in ways:  # one by one, for each is in order in the index
        found += connection.execute(query.where((uses.c.digest == digest) & (uses.c.how == how)))
    return sorted(found, key=lambda row: row.moment, reverse=newest)[:number]


def count_uses(connection: Connection, digest: str, ways: Sequence[How]) -> int:
    """How many they are, counted up to `MOST_COUNTED`."""
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import uses

    some = select(uses.c.execution).where((uses.c.digest == digest) & uses.c.how.in_(ways))
    counted = select(func.count()).select_from(some.limit(MOST_COUNTED).subquery())
    return connection.scalar(counted) or 0


def sighting(row: Row[Any]) -> Sighting:
    """A row of `find_uses` as a value."""
    time = datetime.fromtimestamp(row.moment / 1e6, UTC).isoformat()
    return Sighting(
        how=row.how,
        kind=row.kind,
        name=row.name,
        execution=row.named,
        run=row.run,
        step=row.step,
        time=time,
    )
