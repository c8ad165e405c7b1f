"""The newest run of each notebook in each state, without a look at the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection, FromClause, Row, Select


def newest_by_state(connection: Connection) -> list[Row[Any]]:
    """Rows of ``notebook``, ``state`` and ``serial``, one for each pair that there is.

    It leaps from pair to pair in the index, so it takes as many look-ups as there are pairs,
    however many runs there are (https://wiki.postgresql.org/wiki/Loose_indexscan).
    """
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import runs

    def last(where: FromClause) -> Select[Any]:
        order = (where.c.notebook.desc(), where.c.state.desc(), where.c.serial.desc())
        return select(where.c.serial).order_by(*order).limit(1)

    columns = (runs.c.notebook, runs.c.state, runs.c.serial)
    found = (
        select(*columns)
        .where(runs.c.serial == last(runs.alias()).scalar_subquery())
        .cte("found", recursive=True)
    )
    other = runs.alias()
    in_the_same = (other.c.notebook == found.c.notebook) & (other.c.state < found.c.state)
    before = func.coalesce(
        last(other).where(in_the_same).scalar_subquery(),
        last(other).where(other.c.notebook < found.c.notebook).scalar_subquery(),
    )
    pairs = found.union_all(select(*columns).join_from(found, runs, runs.c.serial == before))
    return list(connection.execute(select(pairs)))
