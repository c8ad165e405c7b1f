"""From executions to those that they took from, and to those that took from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from jupyter_mlops.model.trace import ArtifactKind

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

Direction = Literal["up", "down"]

_MOST_ROWS = 20_000
"""Rows that are read of one level at most; a step may have read as many files."""


@dataclass(frozen=True, slots=True)
class Link:
    """Bytes that an execution took; ``source`` made them, or nobody on record if it is None."""

    digest: str
    kind: ArtifactKind
    name: str
    source: int | None
    target: int


@dataclass(slots=True)
class Walk:
    """What was found: executions with their distance, the links between them, and their results.

    Attributes:
        distances: by the serial of the execution.
        links: between them.
        cut: True if there is more than was asked for.
    """

    distances: dict[int, int] = field(default_factory=dict)
    links: dict[Link, None] = field(default_factory=dict)
    cut: bool = False

    def go(
        self,
        connection: Connection,
        start: Collection[int],
        direction: Direction,
        *,
        away: int,
        depth: int | None,
        limit: int,
    ) -> None:
        """Take in what ``start`` came from, or what was made of it.

        Args:
            connection: to the catalog.
            start: serials of executions.
            direction: ``up`` to what they took, or ``down`` to who took from them.
            away: how far ``start`` is from what was asked for.
            depth: how far to go from there; None: as far as it goes.
            limit: the most executions that are taken in.
        """
        seen: set[int] = set()
        level = self._enter(start, direction, away, seen, limit)
        while level:
            away += 1
            links, more = _links(connection, level, direction)
            beyond = [_end(link, direction) for link in links]
            new = dict.fromkeys(end for end in beyond if end is not None and end not in seen)
            room = limit if depth is None or away <= depth else 0
            level = self._enter(new, direction, away, seen, room)
            self.cut = self.cut or more
            for link, end in zip(links, beyond, strict=True):
                if end is None or end in self.distances:
                    self.links[link] = None

    def _enter(
        self,
        serials: Collection[int],
        direction: Direction,
        away: int,
        seen: set[int],
        limit: int,
    ) -> list[int]:
        taken = list(serials)[: max(0, limit - len(seen))]
        seen.update(taken)
        self.cut = self.cut or len(taken) < len(serials)
        for serial in taken:
            self.distances.setdefault(serial, -away if direction == "up" else away)
        return taken


def _end(link: Link, direction: Direction) -> int | None:
    return link.source if direction == "up" else link.target


def _links(
    connection: Connection, level: Collection[int], direction: Direction
) -> tuple[list[Link], bool]:
    queries = _taken_by(level) if direction == "up" else _taken_from(level)
    links, more = [], False
    for query in queries:
        rows = connection.execute(query.limit(_MOST_ROWS + 1)).all()
        more = more or len(rows) > _MOST_ROWS
        links += [Link(*row) for row in rows[:_MOST_ROWS]]
    return links, more


def _taken_by(level: Collection[int]) -> Iterator[Select[Any]]:
    """What the executions received, and the files that they read, with the last who made them."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import uses

    mine, makers = uses.c, uses.alias().c
    maker = (
        select(makers.execution)
        .where((makers.digest == mine.digest) & (makers.how == "made"))
        .where((makers.moment <= mine.moment) & (makers.execution != mine.execution))
        .order_by(makers.moment.desc())
        .limit(1)
        .scalar_subquery()
    )
    for how, source in (("received", mine.source), ("read", maker)):
        yield (
            select(mine.digest, mine.kind, mine.name, source, mine.execution)
            .where(mine.execution.in_(level) & (mine.how == how))
            .where(mine.kind.in_(("file", "variables")))
        )


def _taken_from(level: Collection[int]) -> Iterator[Select[Any]]:
    """Who received something from the executions, or read it before the same was made again."""
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import uses

    theirs, made, later = uses.c, uses.alias().c, uses.alias().c
    columns = (theirs.digest, theirs.kind, theirs.name)
    yield select(*columns, theirs.source, theirs.execution).where(theirs.source.in_(level))
    again = (
        select(func.min(later.moment))
        .where((later.digest == made.digest) & (later.how == "made") & (later.moment > made.moment))
        .scalar_subquery()
    )
    yield (
        select(*columns, made.execution, theirs.execution)
        .where(made.execution.in_(level) & (made.how == "made"))
        .where((theirs.digest == made.digest) & (theirs.how == "read"))
        .where((theirs.moment >= made.moment) & (theirs.execution != made.execution))
        .where(theirs.moment < func.coalesce(again, _END))
    )


_END = 2**62
"""A moment after all others."""
