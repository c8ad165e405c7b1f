"""What the routes answer, beside what the model has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_mlops.errors import Diagnostic
from jupyter_mlops.model.dataflow import DataFlow
from jupyter_mlops.model.label import AliasMove, LabelChange, Labels
from jupyter_mlops.model.ledger import Entry
from jupyter_mlops.model.outline import CellPlace, ParameterField, StepOutline, Suggestion
from jupyter_mlops.model.reproduction import OpenedStep, Restored
from jupyter_mlops.model.run import (
    Became,
    CellError,
    ParameterValue,
    Run,
    RunState,
    StepState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """Whether an engine answers.

    Attributes:
        name: ``local`` or ``docker``.
        available: True if steps can run there now.
        message: why not, or empty.
        capabilities: what it can honour: ``cpus``, ``memory``, ``pids``, ``gpus``,
            ``network_none``, ``images``.
    """

    name: str
    available: bool
    message: str = ""
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The installation behind the panel.

    Attributes:
        version: of the server extension.
        python: version of its interpreter.
        store: folder of the store.
        problem: why the store cannot be used, or empty.
        default_engine: what ``auto`` takes now.
        engines: every engine.
        base_image: what step images are built from.
        schema: id of the events that tell of steps and runs on the server's event bus.
    """

    version: str
    python: str
    store: str
    problem: str = ""
    default_engine: str
    engines: tuple[EngineStatus, ...]
    base_image: str
    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookAnalysis:
    """What can be said about a notebook without running it, also while it has errors.

    Attributes:
        path: as asked for.
        runnable: True if there is no error among the diagnostics.
        cells: every code cell, in notebook order.
        steps: in notebook order.
        parameters: in declaration order.
        flow: what may flow between the steps.
        diagnostics: every finding, in cell order.
    """

    path: str
    runnable: bool
    cells: tuple[CellPlace, ...]
    steps: tuple[StepOutline, ...]
    parameters: tuple[ParameterField, ...]
    flow: DataFlow
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """Tags proposed for a notebook.

    Attributes:
        path: as asked for.
        suggestions: in cell order; cells that need no tag are left out.
    """

    path: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSummary:
    """One step of a run in a list.

    Attributes:
        step: its name.
        state: what became of it.
        why: one sentence: why it ran, was reused, failed or was skipped.
        started, ended: ISO 8601, UTC; of the execution whose outputs these are.
        metrics: by name.
        error: why it failed.
    """

    step: str
    state: StepState
    why: str = ""
    started: str | None = None
    ended: str | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    error: CellError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run in a list.

    Attributes:
        run: its name.
        state: what became of it; ``lost`` if the process that drove it died.
        reason: why it was made.
        path: its notebook relative to the contents root, or null if it lies elsewhere.
        notebook: absolute path of its notebook.
        engine: ``local`` or ``docker``.
        started, ended: ISO 8601, UTC.
        notice: one line that the user should see, or empty.
        parameters: every declared one.
        changes: what it was given that the notebook's run before was not: names of parameters,
            files and packages, ``engine``, ``notebook``.
        steps: in notebook order.
        labels: of the run.
    """

    run: str
    state: RunState
    reason: str
    path: str | None
    notebook: str
    engine: str
    started: str
    ended: str | None = None
    notice: str = ""
    parameters: tuple[ParameterValue, ...] = ()
    changes: tuple[str, ...] = ()
    steps: tuple[StepSummary, ...] = ()
    labels: Labels = Labels()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Runs, newest first.

    Attributes:
        runs: at most as many as asked for.
        next: give it as ``after`` to get the runs that follow; null if there are none.
    """

    runs: tuple[RunSummary, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetail:
    """One run, whole.

    Attributes:
        record: the run as it is recorded.
        path: its notebook relative to the contents root, or null if it lies elsewhere.
        flow: what flowed between its steps.
        command: the command that runs the same again.
        labels: of the run.
    """

    record: Run
    path: str | None
    flow: DataFlow
    command: str
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A run that has begun; it goes on whatever becomes of the server.

    Attributes:
        run: its name.
    """

    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRestored:
    """A run's working folder, laid out again.

    Attributes:
        restored: what is there now.
        folder, notebook: relative to the contents root.
    """

    restored: Restored
    folder: str
    notebook: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOpened:
    """A step that can be debugged on what it received.

    Attributes:
        opened: what is there now.
        folder, notebook: relative to the contents root.
    """

    opened: OpenedStep
    folder: str
    notebook: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChanges:
    """Labels as they stand now, in the order of their changes."""

    changes: tuple[LabelChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasHistory:
    """All that an alias ever named, the first move first."""

    moves: tuple[AliasMove, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntries:
    """Entries of the ledger, the newest first.

    Attributes:
        entries: at most as many as asked for.
    """

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineSummary:
    """A notebook that has runs on the store.

    Attributes:
        path: the notebook relative to the contents root, or null if it lies elsewhere.
        notebook: its absolute path.
        exists: True if the file is there.
        runs: how many runs it has.
        latest: the newest of them.
    """

    path: str | None
    notebook: str
    exists: bool
    runs: int
    latest: RunSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipelines:
    """The notebooks that have runs on the store, the one that ran last first."""

    pipelines: tuple[PipelineSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLogText:
    """What a step wrote.

    Attributes:
        run: the run's name.
        step: the step's name.
        events: its events so far, oldest first.
        complete: True if no more will come.
    """

    run: str
    step: str
    events: tuple[Mapping[str, Any], ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleWritten:
    """A pipeline folder.

    Attributes:
        folder: relative to the contents root.
        pipeline: digest of the compiled pipeline.
        steps: names of the steps.
        warnings: of the environment's lock, one sentence each.
        diagnostics: warnings about the notebook.
    """

    folder: str
    pipeline: str
    steps: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvent:
    """One message of a run's websocket.

    Attributes:
        event: ``run`` and ``step`` when a state changes; ``file-changed`` for a file that is not
            what it was in the notebook's last run; ``environment`` for a line about what steps run
            in; ``cell-started``, ``output``, ``cell-finished`` and ``cell-failed`` of a
            cell; ``end`` after the last one.
        run: the run's name.
        time: seconds since the epoch.
        step: the step's name.
        state: of the run or the step.
        why: one sentence about the step's state.
        notice: one line that the user should see.
        id: the cell's nbformat id.
        cell: 1-based position among all cells of the notebook.
        role: of the cell.
        stream: where the text was written.
        text: of an output, or of a line about the environment.
        seconds: how long the cell ran.
        error: the exception that ended the step.
        path: of the file that changed.
        became: what became of it.
        steps: names of the steps that read it.
    """

    event: Literal[
        "run",
        "step",
        "environment",
        "file-changed",
        "cell-started",
        "output",
        "cell-finished",
        "cell-failed",
        "end",
    ]
    run: str
    time: float
    step: str | None = None
    state: str | None = None
    why: str | None = None
    notice: str | None = None
    id: str | None = None
    cell: int | None = None
    role: str | None = None
    stream: Literal["stdout", "stderr", "display"] | None = None
    text: str | None = None
    seconds: float | None = None
    error: CellError | None = None
    path: str | None = None
    became: Became | None = None
    steps: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a request was not done.

    Attributes:
        error: the kind of problem.
        message: what is wrong, and where.
        fix: what to do about it.
        diagnostics: every finding about the notebook, if they are the problem.
        parameter: the parameter whose value is the problem.
    """

    error: str
    message: str
    fix: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    parameter: str | None = None
