"""A notebook revision compiled into ordered steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["code", "check", "metrics"]
Network = Literal["default", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A typed value from outside, declared in the notebook's ``parameters`` cell.

    Attributes:
        name: the variable's name.
        type: annotation as written, or inferred from the default: ``int``, ``float``, ``bool``,
            ``str``, ``None``, ``list``, ``dict``, ``Literal[...]``, ``Optional[...]`` or a union.
        default: the default as a JSON value.
        help: the comment behind or above the assignment.
    """

    name: str
    type: str
    default: Any = None
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a step asks of its engine; None means no request.

    Attributes:
        cpus: number of processors, may be fractional.
        memory: bytes.
        pids: processes and threads.
        gpus: whole devices.
        timeout: seconds for one attempt.
        retries: further attempts after a failed one.
        backoff: seconds before the first of these; each further pause is twice as long.
        network: ``"none"`` cuts the step off.
    """

    cpus: float | None = None
    memory: int | None = None
    pids: int | None = None
    gpus: int | None = None
    timeout: float | None = None
    retries: int = 0
    backoff: float = 1.0
    network: Network = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A value that a step gets by name and that is never stored.

    Attributes:
        name: the environment variable that holds it.
        file: True to put it into a file; ``<name>_FILE`` then holds the file's path.
    """

    name: str
    file: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that the step gets."""
        return f"{self.name}_FILE" if self.file else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """What a step may see besides its variables and the project.

    Attributes:
        data: folders that it may only read. As compiled: as written, relative to the notebook's
            folder. In a ``StepSpec`` and a ``Task``: as paths of a ``FileRef``.
        secrets: what it gets by name.
        hermetic: True to refuse it every read of something undeclared.
    """

    data: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()
    hermetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A code cell as the pipeline keeps it.

    Attributes:
        id: the nbformat id, kept in stage notebooks.
        position: 1-based position among all cells of the notebook.
        source: the cell's text, unchanged.
        role: what the cell's tags make of it.
        tags: all tags of the cell.
    """

    id: str
    position: int
    source: str
    role: Role = "code"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A name that a step may read.

    Attributes:
        name: the variable.
        sources: the last earlier step that may have written it, and the ones before, back to the
            first that binds it for certain or reads it itself (and so has what was before); in
            notebook order.
    """

    name: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The cells of one ``step:`` tag, run as one unit.

    Attributes:
        name: the step's name.
        cells: its cells in notebook order.
        reads: names from earlier steps that it may read, sorted by name.
        reads_everything: True if it may read any name (``eval``, ``globals()``, ``%run`` …).
        live: names that the step may touch and later steps may read; captured at its end.
        live_everything: True if a later step reads everything.
        writes: names that it may bind or mutate.
        rebinds: those of them that shared cells bind, and earlier steps may have written: what
            stands of these is known to the step, though not bound, so that binding them to what
            their cell makes counts as a change.
        parameters: names of the parameters that it may read, in declaration order.
        metrics: names bound by its ``metrics`` cells.
        depends: earlier steps whose failure skips this one, in notebook order.
        resources: what it asks of its engine.
        image: an image of the user's own, or None.
        dockerfile: path of a Dockerfile of the user's own, relative to the notebook, or None.
        environ: environment variables that the step's settings set.
        containment: what else it may see.
        environment: path of a lock or requirements file from the notebook's folder, ``imports``
            for what the notebook imports, or None to look for a file.
        code: digest of the syntax trees of the shared cells it needs and its own.
        description: the markdown that stands directly above its first cell.
    """

    name: str
    cells: tuple[Cell, ...]
    reads: tuple[Read, ...] = ()
    reads_everything: bool = False
    live: tuple[str, ...] = ()
    live_everything: bool = False
    writes: tuple[str, ...] = ()
    rebinds: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    resources: Resources = Resources()
    image: str | None = None
    dockerfile: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    containment: Containment = Containment()
    environment: str | None = None
    code: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The ordered steps compiled from one notebook revision.

    Attributes:
        name: the notebook's file name without its suffix.
        title: the first heading, or the name.
        description: the markdown above the first code cell, heading left out.
        kernel: name of the notebook's kernelspec.
        parameters: in declaration order.
        parameter_imports: import statements of the ``parameters`` cell.
        shared: cells replayed at the start of every step.
        steps: in notebook order.
        imports: top-level module names that the notebook imports, sorted.
        uses_parent_folder: True if a literal path in the notebook leads out of its folder.
    """

    name: str
    title: str
    description: str = ""
    kernel: str = "python3"
    parameters: tuple[Parameter, ...] = ()
    parameter_imports: tuple[str, ...] = ()
    shared: tuple[Cell, ...] = ()
    steps: tuple[Step, ...] = ()
    imports: tuple[str, ...] = ()
    uses_parent_folder: bool = False
