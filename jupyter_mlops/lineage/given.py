"""What a step was given in a run, as far as its record tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import MlopsError, ObjectCorrupted, ObjectMissing, StoreError
from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.run import Execution, Run, StepReport
from jupyter_mlops.notebook import parse_notebook
from jupyter_mlops.runner.codechange import StageCell, stage_cells
from jupyter_mlops.store import Store


@dataclass(frozen=True, kw_only=True)
class Given:
    """One step of one run, with the execution whose outputs are its own.

    Attributes:
        store: holds the records.
        run: the run.
        report: what the run says of the step.
        execution: its record; None if nothing ran, or if the record is gone or damaged.
        written: files that earlier steps of the run wrote or deleted, by path, with the last step
            that did.
    """

    store: Store = field(repr=False)
    run: Run = field(repr=False)
    report: StepReport
    execution: Execution | None
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def groups(self) -> dict[str, Group]:
        """The variables received, by name."""
        return {n: g for g in self.report.inputs if isinstance(g, Group) for n in g.names}

    @property
    def files(self) -> dict[str, FileRef]:
        """What it read of the project, by path; not what earlier steps had written."""
        return {
            file.path: file
            for file in self.report.inputs
            if isinstance(file, FileRef) and file.path not in self.written
        }

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Values of the parameters that it received."""
        if self.execution is not None:
            return self.execution.parameters
        return {parameter.name: parameter.value for parameter in self.run.parameters}

    @property
    def host(self) -> str:
        """The machine that it ran on."""
        return self.run.host if self.execution is None else self.execution.host

    @cached_property
    def cells(self) -> dict[str, StageCell] | None:
        """Its cells and the shared ones, by id; None if they cannot be read any more."""
        data = self.execution and self._read(self.execution.stage)
        return None if not data else stage_cells(data)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Cell id → 1-based position in the source notebook; empty if that is gone."""
        data = self.execution and self._read(self.execution.source)
        try:
            notebook = parse_notebook(data or b"", Path(self.run.notebook))
        except MlopsError:
            return {}
        return {cell.id: cell.position for cell in notebook.cells}

    @cached_property
    def executed(self) -> bytes | None:
        """The executed notebook; None if there is none, or none any more."""
        digest = self.execution and self.execution.result.notebook
        return self._read(digest) if digest else None

    def _read(self, digest: str) -> bytes | None:
        try:
            return self.store.objects.read_bytes(digest)
        except (ObjectMissing, ObjectCorrupted):
            return None


def all_given(store: Store, run: Run) -> dict[str, Given]:
    """What each step of a run was given, by its name, in notebook order."""
    written: dict[str, str] = {}
    found = {}
    for report in run.steps:
        found[report.step] = Given(
            store=store,
            run=run,
            report=report,
            execution=_execution(store, report),
            written=dict(written),
        )
        written |= {f.path: report.step for f in report.outputs if isinstance(f, FileRef)}
    return found


def _execution(store: Store, report: StepReport) -> Execution | None:
    if report.execution is None:
        return None
    try:
        return store.catalog.execution(report.execution)
    except StoreError:  # not recorded, or its record is damaged, which `fsck` says
        return None
