"""A recorded run as it stood: its notebook, what each step did, and the project that they saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.run import Execution, Run
from jupyter_mlops.runner.past import find_step
from jupyter_mlops.step.project import project_root, read_listing

if TYPE_CHECKING:
    from jupyter_mlops.compiler.compile import Compiled
    from jupyter_mlops.notebook import Notebook
    from jupyter_mlops.store import Store


class NotReproducible(MlopsError):
    """What was recorded does not suffice, or what lies elsewhere has changed."""

    exit_code = 4


@dataclass(frozen=True)
class Past:
    """A run and what the store knows of it.

    Attributes:
        store: holds it.
        run: the run.
        notebook: its source, under the path that it had.
        compiled: the source, compiled now.
        root: path that the project root had.
        executions: by step, in notebook order; steps that never ran are not among them.
    """

    store: Store
    run: Run
    notebook: Notebook
    compiled: Compiled
    root: Path
    executions: Mapping[str, Execution]

    @property
    def place(self) -> PurePosixPath:
        """The notebook's path, relative to the project root."""
        return PurePosixPath(self.notebook.path.relative_to(self.root))

    def of_step(self, step: str) -> Past:
        """The same as if the run had that step alone.

        Raises:
            UnknownStepError: it has no such step.
            NotReproducible: the step never ran.
        """
        report = find_step(self.run, step)
        if step not in self.executions:
            raise NotReproducible(
                f"step {step} of run {self.run.run} was {report.state} and received nothing: "
                f"{report.why}",
                fix="name a step that ran",
            )
        return Past(
            store=self.store,
            run=self.run,
            notebook=self.notebook,
            compiled=self.compiled,
            root=self.root,
            executions={step: self.executions[step]},
        )

    @cached_property
    def read(self) -> tuple[FileRef, ...]:
        """What its steps read of the project as it was before them, sorted by path.

        Raises:
            NotReproducible: a file changed while the run went on.
        """
        found: dict[str, FileRef] = {}
        for execution in self.executions.values():
            for ref in _read(execution):
                known = found.setdefault(ref.path, ref)
                if known.digest != ref.digest and not ref.path.endswith("/"):
                    raise NotReproducible(
                        f"{ref.path} changed while run {self.run.run} went on: not all steps read "
                        "the same",
                        fix="make single steps again, with --step",
                    )
        return tuple(found[path] for path in sorted(found))

    @cached_property
    def only_listed(self) -> tuple[str, ...]:
        """Files of which the run saw the name only: they were listed, or deleted unread."""
        known = {ref.path.rstrip("/") for ref in self.read} | {str(self.place)}
        known |= {str(parent) for path in known for parent in PurePosixPath(path).parents}
        names = {path for execution in self.executions.values() for path in self._named(execution)}
        return tuple(sorted(names - known))

    @cached_property
    def outside(self) -> tuple[FileRef, ...]:
        """What its steps read elsewhere: in data folders and outside of the project."""
        return tuple(
            dict.fromkeys(
                ref
                for execution in self.executions.values()
                for ref in execution.result.files_read
                if _is_outside(ref, execution) and not execution.environment.holds(ref.path)
            )
        )

    def _named(self, execution: Execution) -> Iterator[str]:
        """Paths that stood in listed folders before the steps, and files that a step deleted."""
        given = {file.path.rstrip("/") for file in execution.files}
        given |= {str(parent) for path in given for parent in PurePosixPath(path).parents}
        objects = self.store.objects
        for ref in _read(execution):
            if ref.path.endswith("/") and str(ref.digest) in objects:
                for name in read_listing(objects.read_bytes(str(ref.digest))):
                    path = str(PurePosixPath(ref.path, name))
                    if path not in given:
                        yield path
        for file in execution.result.files_written:
            if file.digest is None and not file.path.endswith("/") and file.path not in given:
                yield file.path


def look_back(store: Store, run: Run) -> Past:
    """The run as it stood.

    Raises:
        StoreError: a record is missing or damaged.
        CompileError: this version cannot compile its notebook.
    """
    from jupyter_mlops.compiler import compile_notebook
    from jupyter_mlops.notebook import parse_notebook

    path = Path(run.notebook)
    notebook = parse_notebook(store.objects.read_bytes(run.source), path)
    compiled = compile_notebook(notebook)
    root = Path(run.root) if run.root else project_root(path, compiled.pipeline.uses_parent_folder)
    return Past(
        store=store,
        run=run,
        notebook=notebook,
        compiled=compiled,
        root=root,
        executions={
            report.step: store.catalog.execution(report.execution)
            for report in run.steps
            if report.execution is not None
        },
    )


def _is_outside(ref: FileRef, execution: Execution) -> bool:
    path = PurePosixPath(ref.path)
    data = execution.environment.settings.get("data", ())
    return path.is_absolute() or any(path.is_relative_to(folder) for folder in data)


def _read(execution: Execution) -> Iterator[FileRef]:
    """What of the project the step read that no earlier step had left; kept ones know more."""
    given = {file.path for file in execution.files}
    kept = {ref.path for ref in execution.kept}
    others = (ref for ref in execution.result.files_read if ref.path not in kept)
    for ref in (*execution.kept, *others):
        if ref.digest is not None and ref.path not in given and not _is_outside(ref, execution):
            yield ref
