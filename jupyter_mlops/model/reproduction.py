"""A recorded run that was run again, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["identical", "equal", "not deterministic", "differs"]
"""From the best to the worst."""

ItemKind = Literal["step", "cell", "variables", "file", "metric"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproducedItem:
    """One thing that a step left, in the recorded run and again. Field names don't change.

    Attributes:
        step: the step's name.
        kind: what it is; ``step`` is what became of the step itself.
        name: of the step, the position of the cell, the variables, the path, or the metric.
        verdict: ``identical``; ``equal``: numbers agree within the tolerance, or pictures have the
            same pixels; ``differs``; ``not deterministic``: two runs that were made again differ.
        cell: 1-based position in the notebook, of a cell.
        cell_id: its nbformat id.
        why: the first difference in one line, or how it is equal; empty for ``identical``.
        diff: the first lines that differ, of a cell; or empty.
    """

    step: str
    kind: ItemKind
    name: str
    verdict: Verdict
    cell: int | None = None
    cell_id: str | None = None
    why: str = ""
    diff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """What came of running a recorded run again. Field names don't change.

    Attributes:
        run: the recorded run.
        again: names of the runs that were made; two where the first of them differed.
        engine: where they ran.
        step: the only step that was run again; empty for all.
        verdict: the worst of the items'.
        first: the first item, in notebook order, that has that kind of trouble; null without one.
        items: all that was compared, in notebook order.
        notes: what may explain a difference, and what could not be made as it was.
    """

    run: str
    again: tuple[str, ...]
    engine: str
    step: str = ""
    verdict: Verdict
    first: ReproducedItem | None = None
    items: tuple[ReproducedItem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A run's working folder, laid out again. Field names don't change.

    Attributes:
        run: the recorded run.
        folder: absolute path of what was laid out.
        notebook: absolute path of the notebook in it.
        files: paths of the files that the run's steps read, as in a ``FileRef``.
        empty: files that were only listed: they stand there, and hold nothing.
        outside: files and data folders that the run read and that lie elsewhere.
        missing: a sentence for each file that the store does not have.
        command: what runs it again.
        kept: where the folder is now that stood in its place, or "".
    """

    run: str
    folder: str
    notebook: str
    files: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedStep:
    """A step of a run, ready to be debugged with what it received. Field names don't change.

    Attributes:
        run, step: what was opened.
        engine: where its kernel runs, ``docker`` or ``local``.
        folder: absolute path of what was laid out.
        notebook: absolute path of the debugging notebook.
        kernel: name of its kernel, which is in ``jupyter_path``.
        jupyter_path: folder for ``JUPYTER_PATH``.
        command: what opens it in JupyterLab.
        notes: what is otherwise than it was for the step.
    """

    run: str
    step: str
    engine: str
    folder: str
    notebook: str
    kernel: str
    jupyter_path: str
    command: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCell:
    """A cell of the source notebook that was changed.

    Attributes:
        cell: 1-based position in the source notebook.
        cell_id: its nbformat id.
        diff: what changed, as a unified diff.
    """

    cell: int
    cell_id: str
    diff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedBack:
    """Cells of a debugging notebook that were put back. Field names don't change.

    Attributes:
        notebook: absolute path of the source notebook.
        run, step: what had been opened.
        cells: those that changed, in notebook order.
        left_out: a sentence for each cell that was not taken.
    """

    notebook: str
    run: str
    step: str
    cells: tuple[SavedCell, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionReport:
    """A recorded run against its being run again, while or after that runs.

    Attributes:
        run: name of the first new run, which is recorded like any other.
        state: ``running``; ``done``; ``cancelled``; ``failed`` if it could not be run again;
            ``lost`` if the process that compared them died.
        message: why it failed, or empty.
        found: the verdict; null before it is known.
    """

    run: str
    state: Literal["running", "done", "failed", "cancelled", "lost"]
    message: str = ""
    found: Reproduction | None = None
