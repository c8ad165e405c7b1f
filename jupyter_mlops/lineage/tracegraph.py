"""A walk over the index as a graph of executions and bytes, by their names and digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlops.lineage.walk import Walk
from jupyter_mlops.model.trace import ArtifactKind, TracedArtifact, TracedStep, TraceEdge

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_RESULTS = ("file", "figure")


class Graph:
    """The graph of a walk, with the files and figures that its last executions made.

    Args:
        connection: to the catalog.
        walk: what was found.
    """

    def __init__(self, connection: Connection, walk: Walk) -> None:
        self._steps = _read_steps(connection, walk)
        self._kinds: dict[str, ArtifactKind] = {}
        self._names: dict[str, set[str]] = {}
        self._edges: set[tuple[str, str]] = set()
        for row in _results(connection, walk):
            self.made(row.execution, row.digest, row.kind, row.name)
        for link in walk.links:
            if link.source is not None:
                self.made(link.source, link.digest, link.kind, link.name)
            self.taken(link.target, link.digest, link.kind, link.name)

    def made(self, execution: int, digest: str, kind: ArtifactKind, name: str) -> None:
        """The execution of that serial, if it is in the graph, made the bytes."""
        if execution in self._steps:
            self._note(digest, kind, name)
            self._edges.add((self._steps[execution].execution, digest))

    def taken(self, execution: int, digest: str, kind: ArtifactKind, name: str) -> None:
        """The execution of that serial, if it is in the graph, read or received the bytes."""
        if execution in self._steps:
            self._note(digest, kind, name)
            self._edges.add((digest, self._steps[execution].execution))

    def parts(self) -> dict[str, Any]:
        """The fields ``steps``, ``artifacts`` and ``edges`` of a `Trace`, each in order."""
        artifacts = (
            TracedArtifact(digest=digest, kind=kind, names=tuple(sorted(self._names[digest])))
            for digest, kind in self._kinds.items()
        )
        return {
            "steps": tuple(sorted(self._steps.values(), key=_when)),
            "artifacts": tuple(sorted(artifacts, key=lambda a: (a.names, a.kind, a.digest))),
            "edges": tuple(TraceEdge(source=a, target=b) for a, b in sorted(self._edges)),
        }

    def _note(self, digest: str, kind: ArtifactKind, name: str) -> None:
        self._kinds[digest] = min(kind, self._kinds.get(digest, kind))
        names = self._names.setdefault(digest, set())
        if name:
            names.add(name)


def _when(step: TracedStep) -> tuple[int, str, str]:
    return step.distance, step.started, step.execution


def _read_steps(connection: Connection, walk: Walk) -> dict[int, TracedStep]:
    from sqlalchemy import select

    from jupyter_mlops.store.schema import executions, runs

    query = (
        select(executions, runs.c.notebook)
        .join(runs, runs.c.run == executions.c.run)
        .where(executions.c.serial.in_(walk.distances))
    )
    return {
        row.serial: TracedStep(
            execution=row.execution,
            run=row.run,
            step=row.step,
            notebook=row.notebook,
            state=row.state,
            started=row.started,
            distance=walk.distances[row.serial],
        )
        for row in connection.execute(query)
    }


def _results(connection: Connection, walk: Walk) -> list[Row[Any]]:
    """What those made that were found downstream, or are what was asked for."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import uses

    here = [serial for serial, distance in walk.distances.items() if distance >= 0]
    query = (
        select(uses.c.execution, uses.c.digest, uses.c.kind, uses.c.name)
        .where(uses.c.execution.in_(here) & (uses.c.how == "made"))
        .where(uses.c.kind.in_(_RESULTS))
    )
    return list(connection.execute(query))
