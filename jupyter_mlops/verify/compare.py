"""What each cell put out in one kernel and in the pipeline, side by side."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from jupyter_mlops.errors import code_of
from jupyter_mlops.model.pipeline import Cell
from jupyter_mlops.model.run import StepReport
from jupyter_mlops.verify.normalise import Part

CellState = Literal["same", "differs", "refused", "not deterministic", "not run"]
Outputs = Mapping[str, tuple[Part, ...]]
"""What the cells that ran put out, by cell id."""

_MOST_LINES = 8
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CellVerdict:
    """What became of one cell. Field names don't change.

    Attributes:
        cell: 1-based position among all cells of the notebook.
        cell_id: the cell's nbformat id.
        step: the step that it belongs to; empty for a shared cell.
        state: ``same``; ``differs``; ``refused`` if what the cell needs cannot cross to its step;
            ``not deterministic`` if two runs in one kernel differ from one another; ``not run`` if
            an error ended the notebook before it in one kernel, too.
        why: one sentence, empty for ``same``.
        code: of the refusal, such as ``ML602``, or empty.
        diff: the first difference as a unified diff, or empty.
    """

    cell: int
    cell_id: str
    step: str
    state: CellState
    why: str = ""
    code: str = ""
    diff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A notebook in one kernel against its pipeline. Field names don't change.

    Attributes:
        notebook: absolute path of the notebook.
        run: name of the pipeline's run, which is recorded like any other.
        engine: where both ran.
        same: True if no cell differs or was refused.
        cells: the compared cells in notebook order.
    """

    notebook: str
    run: str
    engine: str
    same: bool
    cells: tuple[CellVerdict, ...]


def compare_cells(
    cells: Sequence[tuple[str, Cell]],
    wholes: Sequence[Outputs],
    pipeline: Outputs,
    steps: Mapping[str, StepReport],
) -> tuple[CellVerdict, ...]:
    """A verdict for each cell.

    Args:
        cells: with the name of their step (empty: shared), in notebook order.
        wholes: of two or more runs in one kernel.
        pipeline: of the pipeline's run.
        steps: its steps by name.
    """
    return tuple(_verdict(step, cell, wholes, pipeline, steps) for step, cell in cells)


def _verdict(
    step: str,
    cell: Cell,
    wholes: Sequence[Outputs],
    pipeline: Outputs,
    steps: Mapping[str, StepReport],
) -> CellVerdict:
    def verdict(state: CellState, why: str = "", diff: str = "") -> CellVerdict:
        return CellVerdict(
            cell=cell.position,
            cell_id=cell.id,
            step=step,
            state=state,
            why=why,
            code=code_of(why),
            diff=diff,
        )

    first, *others = (whole.get(cell.id) for whole in wholes)
    other = next((one for one in others if one != first), first)
    if first != other:
        why = "two runs in one kernel differ from one another"
        return verdict("not deterministic", why, difference(first or (), other or ()))
    if first is None:
        return verdict("not run", "in one kernel, too, an error ends the notebook before it")
    found = pipeline.get(cell.id)
    if found == first:
        return verdict("same")
    if (refusal := _refusal(step, steps, found)) is not None:
        return verdict("refused", refusal)
    if found is None:
        report = steps.get(step)
        why = f"it did not run in the pipeline: {report.why if report else 'no step holds it'}"
        return verdict("differs", why, difference(first, ()))
    return verdict("differs", _which(first, found), difference(first, found))


def _refusal(
    step: str, steps: Mapping[str, StepReport], found: tuple[Part, ...] | None
) -> str | None:
    """Why what the cell needs was refused, to its step or to one that it depends on, or None."""
    report = steps.get(step)
    if found is not None:
        errors = [part.text for part in found if part.kind == "error"]
        if report is not None and report.error is not None:
            # The cell caught what refused it: the step failed of it at its end.
            errors += [report.error.message] if report.error.cell_id is None else []
        return next((text for text in errors if code_of(text)), None)
    if report is not None and report.error is not None:
        return report.error.message if report.error.code else None
    if report is not None and report.state == "skipped":
        return next(
            (
                refusal
                for earlier in steps
                if f"step {earlier}," in report.why
                and (refusal := _refusal(earlier, steps, None)) is not None
            ),
            None,
        )
    return None


def _which(first: Sequence[Part], second: Sequence[Part]) -> str:
    """The kind of the first part that differs."""
    for one, other in zip(first, second, strict=False):
        if one != other:
            return f"{one.kind} differs"
    if len(first) > len(second):
        return f"{first[len(second)].kind} is missing from the pipeline"
    return f"{second[len(first)].kind} is only in the pipeline"


def difference(first: Sequence[Part], second: Sequence[Part]) -> str:
    """The first lines that differ: ``-`` of the first, ``+`` of the second; empty if none do."""
    one, other = _lines(first), _lines(second)
    lines = list(difflib.unified_diff(one, other, lineterm="", n=1))
    short = [line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in lines]
    more = [f"… {len(short) - _MOST_LINES - 2} more lines"] if len(short) > _MOST_LINES + 2 else []
    return "\n".join([*short[2 : _MOST_LINES + 2], *more])


def _lines(parts: Sequence[Part]) -> list[str]:
    return [line for part in parts for line in (f"[{part.kind}]", *part.text.splitlines())]
