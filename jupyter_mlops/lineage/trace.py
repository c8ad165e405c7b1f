"""Where bytes or a run come from, and what was made of them, across runs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_mlops.lineage.asked import find_asked
from jupyter_mlops.lineage.birth import read_birth
from jupyter_mlops.lineage.sightings import MADE, TAKEN, count_uses, find_uses, sighting
from jupyter_mlops.lineage.tracegraph import Graph
from jupyter_mlops.lineage.walk import Direction, Walk
from jupyter_mlops.model.trace import Trace

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from jupyter_mlops.model.run import Run
    from jupyter_mlops.store import Store

LIMIT = 200
"""How many executions are taken in in each direction, if nobody says otherwise."""

BOTH: tuple[Direction, ...] = ("up", "down")

_NEWEST = 5


def trace(
    store: Store,
    asked: str,
    *,
    directions: Collection[Direction] = BOTH,
    depth: int | None = None,
    limit: int = LIMIT,
) -> Trace:
    """Where something comes from and what was made of it.

    Within a run each version of variables and files is followed from the step that left it to the
    steps that took it, through reused steps to the execution that they reuse. From run to run files
    are followed by their bytes: one that is read comes from the last execution that had made the
    same bytes before. Ambient state (random generators, working folder …) is not followed.

    Args:
        store: where everything is recorded.
        asked: a file, whatever it is called now; a digest or a unique beginning of one; or a run.
        directions: ``up`` to what it was made of, ``down`` to what was made of it.
        depth: how many executions to go in each direction; None for all.
        limit: the most executions that are taken in in each direction.

    Raises:
        UnknownRun, UnknownBytes: nothing on record has to do with it.
        StoreError: the catalog cannot be read.
    """
    store.catalog.index_uses()
    found = find_asked(store, asked)
    if found.run is not None:
        run = found.run
        return store.catalog.ask(lambda c: _of_run(c, run, asked, directions, depth, limit))
    assert found.digest is not None
    digest = found.digest
    answer = store.catalog.ask(lambda c: _of_bytes(c, digest, asked, directions, depth, limit))
    made = next((seen for seen in answer.sightings if seen.how == "made"), None)
    return answer if made is None else replace(answer, birth=read_birth(store, made))


def _of_run(
    connection: Connection,
    run: Run,
    asked: str,
    directions: Collection[Direction],
    depth: int | None,
    limit: int,
) -> Trace:
    from sqlalchemy import select

    from jupyter_mlops.store.schema import executions

    names = [report.execution for report in run.steps if report.execution]
    start = connection.scalars(
        select(executions.c.serial).where(executions.c.execution.in_(names))
    ).all()
    walk = Walk(distances=dict.fromkeys(start, 0))
    for way in directions:
        walk.go(connection, start, way, away=0, depth=depth, limit=len(start) + limit)
    graph = Graph(connection, walk)
    return Trace(asked=asked, run=run.run, cut=walk.cut, **graph.parts())


def _of_bytes(
    connection: Connection,
    digest: str,
    asked: str,
    directions: Collection[Direction],
    depth: int | None,
    limit: int,
) -> Trace:
    walk = Walk()
    made = find_uses(connection, digest, MADE, _NEWEST)
    taken = find_uses(connection, digest, TAKEN, limit + 1)
    ends = {"up": made[:1], "down": taken}
    for way in directions:
        start = dict.fromkeys(row.execution for row in ends[way])
        walk.go(connection, start, way, away=1, depth=depth, limit=limit)
    graph = Graph(connection, walk)
    for row in made[:1]:
        graph.made(row.execution, digest, row.kind, row.name)
    for row in taken:
        graph.taken(row.execution, digest, row.kind, row.name)
    first = [find_uses(connection, digest, ways, 1, newest=False) for ways in (MADE, TAKEN)]
    rows = (*made, *first[0], *taken[:_NEWEST], *first[1])
    return Trace(
        asked=asked,
        digest=digest,
        made=count_uses(connection, digest, MADE),
        taken=count_uses(connection, digest, TAKEN),
        sightings=tuple(dict.fromkeys(map(sighting, rows))),
        cut=walk.cut,
        **graph.parts(),
    )
