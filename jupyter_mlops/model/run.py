"""Requests to execute a pipeline, and what became of each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

from jupyter_mlops.model.artifact import Described, FileRef, FileStamp, Group, Refusal
from jupyter_mlops.model.pipeline import Containment

StepState = Literal["pending", "running", "succeeded", "reused", "failed", "skipped", "cancelled"]
RunState = Literal["running", "succeeded", "failed", "cancelled", "lost"]
Became = Literal["changed", "gone", "new"]
Origin = Literal["default", "command line", "file", "request", "earlier run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellError:
    """The exception that ended a step.

    Attributes:
        cell: 1-based position of the cell in the source notebook, or None if no cell raised
            (killed for memory, timed out, could not start).
        cell_id: the cell's nbformat id.
        line: 1-based line within the cell.
        kind: exception class name, or ``OutOfMemory``, ``Timeout``, ``Refused``, ``EngineLost`` …
        message: exception text; for ``OutOfMemory`` limit and peak.
        traceback: as the notebook shows it, without colour.
        check: True if a ``check`` cell raised.
        code: of what the pipeline refuses, such as ``ML602``, or empty; ``docs/diagnostics``
            explains it.
    """

    kind: str
    message: str
    cell: int | None = None
    cell_id: str | None = None
    line: int | None = None
    traceback: str = ""
    check: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSpec:
    """All that the step command needs to know, written as JSON next to its attempts.

    Attributes:
        run, step: names.
        stage: digest of the stage notebook.
        parameters: values to inject, by name.
        groups: variable versions to hand to the kernel.
        refused: variables that its functions may read and cannot be carried to it.
        files: files that earlier steps wrote (digest None: deleted), laid over the source folder.
        folder: the notebook's folder relative to the project root.
        python: the interpreter that runs the kernel; None means the step command's own.
        cells: source cell id → (position in the notebook, role).
        timeout: seconds for the attempt, or None.
        environ: extra environment variables for the kernel.
        containment: what it may see besides; values of secrets are handed over by the engine.
        left_out: paths below the project root that the working folder does not get.
        withheld: environment variables that the kernel does not inherit: secrets of all steps.
        known: large files that need not be hashed again while they are as they were.
    """

    run: str
    step: str
    stage: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    refused: tuple[Refusal, ...] = ()
    files: tuple[FileRef, ...] = ()
    folder: str = "."
    python: str | None = None
    cells: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    timeout: float | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    containment: Containment = Containment()
    left_out: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    known: tuple[FileStamp, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What became of the variables and of ambient state (names that start with ``@``) in a step.

    Each tuple is sorted.

    Attributes:
        created: bound by the step, and not received; carried to later steps or not.
        changed: received, and rebound or changed in place, or what they share objects with was.
        joined: received, left as they were, and stored anew with others that now share their
            objects.
        unchanged: received, and left as they were.
        deleted: received, and unbound at the end.
        unused: received only because they share objects with a name that the step reads: neither
            its code nor a function that was loaded with it names them.
        everything: the step may look any name up through text, so ``unused`` cannot be known.
        values: in short what was stored, by name; of plain values, arrays and tables.
    """

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    everything: bool = False
    values: Mapping[str, Described] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """The result record that the step command publishes, create-if-absent: the truth about it.

    Attributes:
        attempt: number of the attempt that published, from 1.
        state: ``succeeded`` or ``failed``.
        groups: the variable table at the end of the step: unchanged groups keep their digest.
        refused: what could not be carried on.
        files_read: files of the project that the step read, with the digest read; a path that ends
            in ``/`` is a folder listing.
        files_written: files that it created or changed (digest None: deleted).
        metrics: by name.
        notebook: digest of the executed stage notebook.
        log: digest of the events, one JSON object a line.
        started, ended: ISO 8601, UTC.
        peak_memory: bytes, or None where it cannot be seen.
        python: version of the interpreter that ran the kernel.
        error: why it failed.
        observed: what became of its variables; None if it failed, or ran before this was recorded.
        urls: what it fetched from the network, as far as that is seen: URLs without user, query
            values that may be secret and fragment; ``host:port`` where no URL is known.
    """

    attempt: int
    state: Literal["succeeded", "failed"]
    started: str
    ended: str
    groups: tuple[Group, ...] = ()
    refused: tuple[Refusal, ...] = ()
    files_read: tuple[FileRef, ...] = ()
    files_written: tuple[FileRef, ...] = ()
    metrics: Mapping[str, Any] = field(default_factory=dict)
    notebook: str | None = None
    log: str | None = None
    peak_memory: int | None = None
    python: str = ""
    error: CellError | None = None
    observed: Observed | None = None
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What a step ran in.

    Attributes:
        digest: identity over engine, python, packages, lock, base and system; where the interpreter
            lies, and which build of equal content an image is, does not count.
        engine: ``local`` or ``docker``.
        python: version of the interpreter.
        packages: name → version of what the notebook imports and its dependencies.
        lock: digest of the lock file, or None.
        image: image id, or None.
        base: id of the image that it was built from, or None.
        interpreter: path of the interpreter on the local engine, or None.
        settings: what the step's own settings make of it: ``env``, ``network``, ``hermetic``,
            ``data`` folders as written, names of ``secrets``.
        source: where the packages were taken from, such as ``uv.lock``; "" in older records.
        system: Debian packages that the notebook asked for.
        sbom: digest of the image's bill of materials (CycloneDX JSON), or None.
    """

    digest: str
    engine: str
    python: str
    packages: Mapping[str, str] = field(default_factory=dict)
    lock: str | None = None
    image: str | None = None
    base: str | None = None
    interpreter: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    system: tuple[str, ...] = ()
    sbom: str | None = None

    def holds(self, path: str) -> bool:
        """True if a path that the step read lies in its image, which ``digest`` covers."""
        place = PurePosixPath(path)
        data = self.settings.get("data", ())
        return (
            self.image is not None
            and place.is_absolute()
            and not any(place.is_relative_to(folder) for folder in data)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One execution of one step, recorded whole beside its inputs; stored as an immutable object.

    Attributes:
        execution: ``<run>.<step>.<attempt>``, unique.
        run, step, attempt: where it belongs.
        key: the base key (see ``identity.of_step_key``); what it read is in ``result.files_read``.
        code: digest of the step's code.
        parameters: values that the step received.
        inputs: variable groups that it received.
        files: files of earlier steps that lay in its working folder.
        environment: what it ran in.
        stage: digest of the stage notebook.
        source: digest of the source notebook.
        why: why it was run rather than reused.
        user, host: who and where.
        result: the published result record.
        kept: what the step read of the project and the store keeps: files, links and listings of
            folders as ``result.files_read`` has them, but each file with its kind; and as empty
            folders those that stood in a listed one.
    """

    execution: str
    run: str
    step: str
    attempt: int
    key: str
    code: str
    parameters: Mapping[str, Any]
    inputs: tuple[Group, ...]
    files: tuple[FileRef, ...]
    environment: Environment
    stage: str
    source: str
    why: str
    user: str
    host: str
    result: StepResult
    kept: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """One step of a run as ``run --json`` and ``show --json`` give it. Field names don't change.

    Attributes:
        step: the step's name.
        state: what became of it.
        why: one sentence: why it ran, was reused, failed or was skipped.
        execution: name of the execution whose outputs these are; for a reused step the earlier one.
        key: identity of code, parameters, environment and inputs.
        notebook: path of the executed notebook, or None if the step did not run.
        inputs: variable groups received, and files read.
        outputs: variable groups left, and files written.
        environment: what it ran in.
        started, ended: ISO 8601, UTC; of the execution whose outputs these are.
        metrics: by name.
        error: why it failed.
        attempts: how many attempts were started.
        peak_memory: bytes.
        log: digest of the recorded events.
        observed: what became of the variables in that execution, if it is known.
        urls: what that execution fetched from the network, in the manner of ``StepResult.urls``.
    """

    step: str
    state: StepState
    why: str = ""
    execution: str | None = None
    key: str | None = None
    notebook: str | None = None
    inputs: tuple[Group | FileRef, ...] = ()
    outputs: tuple[Group | FileRef, ...] = ()
    environment: Environment | None = None
    started: str | None = None
    ended: str | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    error: CellError | None = None
    attempts: int = 0
    peak_memory: int | None = None
    log: str | None = None
    observed: Observed | None = None
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """The value of a parameter in a run, and who set it."""

    name: str
    value: Any
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class GitState:
    """Where the notebook stood in its repository when a run began.

    Attributes:
        commit: full hash of HEAD.
        branch: its name, or "" for a detached HEAD.
        dirty: True if the notebook or a tracked file differed from that commit.
    """

    commit: str
    branch: str
    dirty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that reads otherwise than when the steps that read it were last run or reused.

    Attributes:
        path: as in a ``FileRef``.
        became: ``changed``, ``gone``, or ``new``: it was missing then.
        steps: those that read it.
    """

    path: str
    became: Became
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """How a run came into a store in which it was not made.

    Attributes:
        user, host: who took it in, and where; the run's own say who made it.
        time: ISO 8601, UTC.
        file: digest of the file that it was in.
    """

    user: str
    host: str
    time: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One request to execute a pipeline, and what became of it. Field names don't change.

    Attributes:
        run: the run's name, unique, sortable by time.
        state: ``running``, ``succeeded``, ``failed``, ``cancelled`` or ``lost`` (its driver died).
        reason: why the run was made.
        notebook: absolute path of the source notebook.
        source: digest of the source notebook's exact bytes.
        pipeline: digest of the compiled pipeline.
        parameters: every declared parameter.
        engine: ``local`` or ``docker``.
        notice: one line that the user should see (such as: no Docker engine answers), or "".
        user, host: who and where.
        git: the state of the notebook's repository; None if it lies in none.
        started, ended: ISO 8601, UTC.
        steps: in notebook order.
        changed: files that had changed since the notebook's last run when this one began.
        imported: how it came here, if it was made elsewhere.
        root: absolute path of the project root; "" in older records.
        sweep: digest of the sweep that it is a part of, or None.
    """

    run: str
    state: RunState
    reason: str
    notebook: str
    source: str
    pipeline: str
    parameters: tuple[ParameterValue, ...]
    engine: str
    user: str
    host: str
    started: str
    ended: str | None = None
    notice: str = ""
    git: GitState | None = None
    steps: tuple[StepReport, ...] = ()
    changed: tuple[FileChange, ...] = ()
    imported: Arrival | None = None
    root: str = ""
    sweep: str | None = None

    @property
    def failed(self) -> StepReport | None:
        """The first step that has an error, or None."""
        return next((report for report in self.steps if report.error is not None), None)
