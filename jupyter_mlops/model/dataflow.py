"""What flows between steps: what the code may do, and what a run did, in one shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Basis = Literal["possible", "observed"]
"""``possible``: what the code may do, found without running it; ``observed``: what a run did."""

Use = Literal["may read", "read", "not read"]
"""What a step does with a name that it receives.

- ``may read`` (possible): the step's cells, or functions that they mention, name it. Observed: the
  step may look names up through text (``eval``, ``globals()``), or did not come to its end, so
  nobody can tell.
- ``read`` (observed): it was loaded, and cells of the step, or functions that were loaded with
  it, name it. A branch that names it may not have run.
- ``not read`` (observed): it was loaded only because it shares objects with a name that is read.
"""

PossibleEffect = Literal["bound", "may be bound", "may be changed", "may be deleted"]
"""What a step may do to a name.

``bound`` on every way through the step; ``may be bound`` in a branch or a function; ``may be
changed`` in place, as far as syntax shows it; ``may be deleted``. A change in place that hides in a
call's arguments or behind another name is not seen: the observed flow has it.
"""

ObservedEffect = Literal["created", "changed", "joined", "deleted"]
"""What a step did to a name.

``created``: bound here, and not received; ``changed``: rebound or changed in place, or what it
shares objects with was; ``joined``: left as it was, and stored anew together with variables that
now share its objects; ``deleted``.
"""

Effect = PossibleEffect | ObservedEffect
FileEffect = Literal["may be written", "written", "deleted"]
Outside = Literal["parameters", "shared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRead:
    """A name that a step receives.

    Attributes:
        name: the variable.
        sources: the steps whose version it receives, in notebook order. Possible: the last step
            that may have written it, and the ones before, back to the first that binds it for
            certain or reads it itself. Observed: one step, or none for what no step left.
        outside: where the name may also come from: the ``parameters`` cell or a ``shared`` one.
        use: what the step does with it.
    """

    name: str
    sources: tuple[str, ...] = ()
    outside: Outside | None = None
    use: Use = "may read"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWrite:
    """A name that a step binds, changes or deletes.

    Attributes:
        name: the variable. Observed: one that starts with ``@`` is ambient state.
        effect: what becomes of it.
        carried: possible: a later step may read it. Observed: it was stored for later steps.
    """

    name: str
    effect: Effect
    carried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A file that a step reads.

    Attributes:
        path: possible: as the cell writes it. Observed: relative to the project root, or absolute;
            one that ends with ``/`` is the listing of a folder.
        sources: the steps that write it: the last one before this step.
    """

    path: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWrite:
    """A file that a step writes or deletes."""

    path: str
    effect: FileEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFlow:
    """What one step takes and leaves.

    Attributes:
        step: its name.
        reads: names that it receives, sorted.
        writes: names that it binds, changes or deletes, sorted.
        unchanged: names that it receives and leaves as they were; possible: as far as syntax shows.
        files_read: sorted by path. Possible: literal paths only.
        files_written: sorted by path. Possible: literal paths only.
        everything: it may read and bind any name (``eval``, ``globals()``, ``%run``): ``reads``
            and ``writes`` of the possible flow hold those that the code spells out.
    """

    step: str
    reads: tuple[NameRead, ...] = ()
    writes: tuple[NameWrite, ...] = ()
    unchanged: tuple[str, ...] = ()
    files_read: tuple[FileRead, ...] = ()
    files_written: tuple[FileWrite, ...] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What passes from one step to another.

    Attributes:
        source: the step that wrote it last, or may have.
        target: the later step that reads it, or may.
        variables: names, sorted. Observed: without those that are ``not read``.
        files: paths that the source writes and the target reads, sorted.
        everything: any name may pass.
    """

    source: str
    target: str
    variables: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFlow:
    """The data flow of a pipeline.

    Attributes:
        basis: what it was found by.
        steps: in notebook order.
        edges: by target, then by source, in notebook order.
    """

    basis: Basis
    steps: tuple[StepFlow, ...] = ()
    edges: tuple[Edge, ...] = ()


def edges_between(steps: tuple[StepFlow, ...]) -> tuple[Edge, ...]:
    """The edges that the steps' reads make, none of them ``everything``."""
    order = {flow.step: number for number, flow in enumerate(steps)}
    edges: list[Edge] = []
    for flow in steps:
        variables: dict[str, list[str]] = {}
        files: dict[str, list[str]] = {}
        for read in flow.reads:
            for source in read.sources if read.use != "not read" else ():
                variables.setdefault(source, []).append(read.name)
        for file in flow.files_read:
            for source in file.sources:
                files.setdefault(source, []).append(file.path)
        edges += (
            Edge(
                source=source,
                target=flow.step,
                variables=tuple(variables.get(source, ())),
                files=tuple(files.get(source, ())),
            )
            for source in sorted({*variables, *files}, key=order.__getitem__)
        )
    return tuple(edges)
