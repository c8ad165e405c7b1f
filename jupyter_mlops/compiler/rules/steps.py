"""Steps that hold nothing or cannot be reached (ML105, ML107, ML305, ML503)."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_mlops.compiler.layout import MEANT_TO_FAIL, START, CodeCell, Layout
from jupyter_mlops.errors import Diagnostic, Edit


def check(layout: Layout) -> Iterator[Diagnostic]:
    """A pipeline has steps, every step has code, and the run gets to it."""
    if not layout.steps:
        yield Diagnostic(
            code="ML503",
            message="the notebook has no code that a step could run",
            fix="write code cells and tag the first one of each step `step:NAME`",
        )
    if [step.name for step in layout.steps] == [START]:
        yield Diagnostic(
            code="ML105",
            severity="warning",
            message=f"no cell is tagged as a step: the whole notebook is one step {START!r}",
            fix="tag the first cell of each step `step:NAME`",
        )
    ended: CodeCell | None = None
    for step in layout.steps:
        if not step.cells:
            yield Diagnostic(
                code="ML107",
                message=f"step {step.name!r} has no code",
                fix="remove its tag, or write code below it",
            )
        for code in step.cells:
            if ended is not None:
                yield code.diagnostic(
                    "ML305",
                    f"nothing can reach this cell of step {step.name!r}: cell "
                    f"{ended.cell.position} always ends the run before it",
                    f"remove line {ended.names.ends} of cell {ended.cell.position}, or tag this "
                    "cell `skip`",
                    edit=Edit(cell_id=code.cell.id, kind="add-tag", new="skip"),
                )
                return
            if code.names.ends is not None and MEANT_TO_FAIL not in code.cell.tags:
                ended = code
