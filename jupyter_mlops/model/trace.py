"""Where bytes come from, and what was made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.run import Environment, GitState

How = Literal["made", "read", "received"]
ArtifactKind = Literal[
    "file",
    "variables",
    "figure",
    "executed notebook",
    "source notebook",
    "stage notebook",
    "lock",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One execution that had to do with the bytes.

    Attributes:
        how: it ``made`` them, ``read`` them from outside, or ``received`` them from a step before.
        kind: what they were to it.
        name: the path of a file, the names of variables, the id of a figure's cell, or "".
        execution, run, step: which one.
        time: ISO 8601, UTC: the end of an execution that made them, else its beginning.
    """

    how: How
    kind: ArtifactKind
    name: str
    execution: str
    run: str
    step: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCode:
    """A cell of a step.

    Attributes:
        cell: 1-based position in the source notebook; None if it is not there.
        id: its nbformat id.
        source: the code as it ran.
    """

    cell: int | None
    id: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """The certificate of bytes: the execution that made them.

    Attributes:
        made: when, by which step, under which name.
        cell: the cell that made them, if that is known: it shows the figure, is the only one of the
            step, or is the only one that mentions the file by its name.
        cells: the code of the step, its own cells in order; none if it is not in the store.
        code, stage, source: digests of code, stage notebook and source notebook.
        notebook: absolute path of the source notebook then.
        parameters: values that the step received.
        files: what it read, with digests.
        environment: what it ran in.
        reason, git: of the run.
        why: why the step was run rather than reused.
        user, host: who and where.
        started, ended: ISO 8601, UTC.
    """

    made: Sighting
    code: str
    stage: str
    source: str
    notebook: str
    environment: Environment
    reason: str
    why: str
    user: str
    host: str
    started: str
    ended: str
    cell: CellCode | None = None
    cells: tuple[CellCode, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[FileRef, ...] = ()
    git: GitState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedStep:
    """An execution in the graph.

    Attributes:
        execution, run, step: its names.
        notebook: absolute path of the run's notebook.
        state: ``succeeded`` or ``failed``.
        started: ISO 8601, UTC.
        distance: in steps from what was asked for: negative upstream, positive downstream.
    """

    execution: str
    run: str
    step: str
    notebook: str
    state: str
    started: str
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedArtifact:
    """Bytes in the graph: ``names`` are those under which its executions knew them."""

    digest: str
    kind: ArtifactKind
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEdge:
    """From an execution to bytes that it made, or from bytes to an execution that took them."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where something comes from, and what was made of it, across runs.

    Attributes:
        asked: the file, digest or run as it was asked for.
        digest: of the bytes; None for a run.
        run: the run's name; None for bytes.
        birth: the certificate, by the newest execution that made the bytes; None if they came from
            outside, and for a run.
        made, taken: how many executions made them, read or received them; `MOST_COUNTED` means so
            many or more.
        sightings: the newest of them, and the first one that made and the first one that took them.
        steps, artifacts, edges: the graph. Edges name executions and digests.
        cut: True if the graph goes on beyond the depth or number that was asked for.
    """

    asked: str
    digest: str | None = None
    run: str | None = None
    birth: Birth | None = None
    made: int = 0
    taken: int = 0
    sightings: tuple[Sighting, ...] = ()
    steps: tuple[TracedStep, ...] = ()
    artifacts: tuple[TracedArtifact, ...] = ()
    edges: tuple[TraceEdge, ...] = ()
    cut: bool = False


MOST_COUNTED = 10_000
"""Up to which number executions that made or took the same bytes are counted."""
