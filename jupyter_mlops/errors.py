"""Everything that can go wrong, as exceptions and diagnostics.

::

    MlopsError                  a problem that the user can do something about; has exit_code
    ├── NotebookError           the file is not a notebook that can be read
    ├── CompileError            the notebook has error diagnostics
    ├── ParameterError          a parameter value is unknown or of the wrong type
    ├── UnknownStepError        no step of that name
    ├── ScheduleError           a schedule that cannot be kept
    │   └── UnknownSchedule     no schedule of that name
    ├── AlertError              an alert or a hook that cannot be kept
    │   └── UnknownAlert        no alert or hook of that name
    ├── UnknownConversion       no conversion of that name
    ├── DeliveryError           somebody could not be told
    ├── StoreError              the store cannot be read or written
    │   ├── ObjectMissing       an object is not in the store
    │   ├── ObjectCorrupted     an object's bytes do not match its digest
    │   ├── ExecutionGone       an execution that was to be reused was removed meanwhile
    │   └── UnknownRun          no run of that name (or more than one)
    ├── EnvironmentFailure      the environment cannot be found, locked or built
    └── EngineError             the engine does not answer or refuses
        └── UnsupportedResource a step asks for what the engine cannot honour

An exception carries what it is about as attributes; its message names file, cell and fix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change of a cell that mends a finding.

    Attributes:
        cell_id: the cell's nbformat id.
        kind: ``replace-line``, ``add-tag``, ``remove-tag`` or ``replace-tag``.
        old: the line as it stands, or the tag that goes; where it is not, the edit is out of date.
        new: the line (or lines) as it should be, or the tag that comes.
        line: 1-based line within the cell, of ``replace-line``.
    """

    cell_id: str
    kind: Literal["replace-line", "add-tag", "remove-tag", "replace-tag"]
    old: str = ""
    new: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding about a notebook, as ``check``, ``compile`` and the panel show it.

    Attributes:
        code: stable identifier such as ``"ML301"``; ``docs/diagnostics/ML301.md`` explains it.
        severity: ``"error"`` stops compilation; ``"warning"`` does not.
        cell: 1-based position among all cells of the notebook, or None for the whole notebook.
        cell_id: the cell's nbformat id, or None.
        line: 1-based line within the cell, or None.
        message: what is wrong.
        fix: what to do about it.
        edit: the fix as a change of one cell, where there is only one that can be meant.
    """

    code: str
    message: str
    fix: str
    severity: Severity = "error"
    cell: int | None = None
    cell_id: str | None = None
    line: int | None = None
    edit: Edit | None = None

    def __str__(self) -> str:
        where = "notebook" if self.cell is None else f"cell {self.cell}"
        if self.line is not None:
            where += f", line {self.line}"
        return f"{self.code} {self.severity}: {where}: {self.message}\n    fix: {self.fix}"


def code_of(message: str) -> str:
    """The code with which an error's message begins, also below a class name, or empty."""
    match = re.match(r"(?:\w+: )?(ML\d{3}): ", message)
    return match[1] if match else ""


class MlopsError(Exception):
    """A problem that the user can do something about.

    Args:
        message: what is wrong, and where.
        fix: what to do about it.
    """

    exit_code = 1

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message}\n    fix: {self.fix}" if self.fix else self.message

    def details(self) -> Mapping[str, Any]:
        """The error as JSON: ``error`` (class name), ``message``, ``fix``, and what it is about."""
        return {"error": type(self).__name__, "message": self.message, "fix": self.fix}


class NotebookError(MlopsError):
    """The file is not a notebook that can be read."""

    exit_code = 2


class CompileError(MlopsError):
    """The notebook has error diagnostics; ``diagnostics`` holds them all, warnings included."""

    exit_code = 2

    def __init__(self, path: str, diagnostics: Iterable[Diagnostic]) -> None:
        self.path = path
        self.diagnostics = tuple(diagnostics)
        lines = "\n".join(f"  {d}" for d in self.diagnostics)
        super().__init__(f"{path} cannot be compiled:\n{lines}")

    def details(self) -> Mapping[str, Any]:
        """The error as JSON, with all diagnostics."""
        from dataclasses import asdict

        return {**super().details(), "diagnostics": [asdict(d) for d in self.diagnostics]}


class ParameterError(MlopsError):
    """A parameter value is unknown or of the wrong type; ``name`` is the parameter's."""

    exit_code = 2

    def __init__(self, message: str, *, name: str, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.name = name


class StoreError(MlopsError):
    """The store cannot be read or written."""


class ObjectMissing(StoreError):
    """The object ``digest`` is not in the store."""

    def __init__(self, digest: str, *, where: str) -> None:
        self.digest = digest
        super().__init__(
            f"object {digest} is missing from {where}",
            fix="run the pipeline again with --fresh to make it anew",
        )


class ObjectCorrupted(StoreError):
    """The bytes of object ``digest`` do not match their digest; they are never used."""

    def __init__(self, digest: str, *, where: str) -> None:
        self.digest = digest
        super().__init__(
            f"object {digest} is corrupted: the bytes of {where} have another digest",
            fix=f"remove {where} and run the pipeline again; what made the object will run anew",
        )


class ExecutionGone(StoreError):
    """The execution ``execution``, which was to be reused, was removed meanwhile."""

    def __init__(self, execution: str) -> None:
        self.execution = execution
        super().__init__(
            f"execution {execution} was removed meanwhile", fix="run the pipeline again"
        )


class UnknownRun(StoreError):
    """No run of that name, or more than one; ``run`` is what was asked for."""

    exit_code = 2

    def __init__(self, run: str, *, candidates: Iterable[str] = ()) -> None:
        self.run = run
        self.candidates = tuple(candidates)
        if self.candidates:
            message = f"{run!r} names more than one run: {', '.join(self.candidates)}"
            fix = "give more of the run's name"
        else:
            message, fix = f"no run is named {run!r}", "`jupyter mlops runs` lists the runs"
        super().__init__(message, fix=fix)


class UnknownStepError(MlopsError):
    """No step of that name; ``step`` is what was asked for, ``where`` the run or the notebook."""

    exit_code = 2

    def __init__(self, where: str, step: str, steps: Iterable[str]) -> None:
        self.where, self.step = where, step
        super().__init__(f"{where} has no step {step!r}", fix=f"its steps are: {', '.join(steps)}")


class ScheduleError(MlopsError):
    """A schedule that cannot be kept as it is asked for."""

    exit_code = 2


class UnknownSchedule(ScheduleError):
    """No schedule of that name; ``schedule`` is what was asked for."""

    def __init__(self, schedule: str) -> None:
        self.schedule = schedule
        super().__init__(
            f"no schedule is named {schedule!r}", fix="`jupyter mlops schedule list` names them"
        )


class UnknownConversion(MlopsError):
    """No conversion of that name; ``conversion`` is what was asked for."""

    exit_code = 2

    def __init__(self, conversion: str) -> None:
        self.conversion = conversion
        super().__init__(f"no conversion is named {conversion!r}", fix="convert the notebook again")


class AlertError(MlopsError):
    """An alert or a hook that cannot be kept as it is asked for."""

    exit_code = 2


class UnknownAlert(AlertError):
    """No alert or hook of that name; ``alert`` is what was asked for."""

    def __init__(self, alert: str) -> None:
        self.alert = alert
        super().__init__(
            f"no alert or hook is named {alert!r}",
            fix="`jupyter mlops alert list` and `jupyter mlops hook list` name them",
        )


class DeliveryError(MlopsError):
    """Somebody could not be told; what was to be told waits."""


class EnvironmentFailure(MlopsError):
    """The environment of a notebook cannot be found, locked or built."""


class EngineError(MlopsError):
    """The engine does not answer or refuses."""


class UnsupportedResource(EngineError):
    """A step asks for what the engine cannot honour; ``step`` and ``resource`` say which."""

    exit_code = 2

    def __init__(self, *, engine: str, step: str, resource: str, fix: str) -> None:
        self.step, self.resource = step, resource
        super().__init__(
            f"step {step!r} asks for {resource}, which the {engine} engine cannot honour", fix=fix
        )
