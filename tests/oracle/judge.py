"""What became of a row: its diagnostics, its cells that are not the same, its refusals."""

from __future__ import annotations

from collections.abc import Mapping

from table import Finding

from jupyter_mlops.compiler.compile import Compiled
from jupyter_mlops.model.run import StepReport
from jupyter_mlops.verify.compare import CellVerdict, Outputs, compare_cells
from jupyter_mlops.verify.verify import compared_cells


def judge(
    compiled: Compiled,
    whole: Outputs,
    pipeline: Outputs,
    reports: Mapping[str, StepReport],
) -> tuple[Finding, list[CellVerdict]]:
    """What became of the row, and the verdicts of the cells that are not the same.

    Args:
        compiled: the row's notebook.
        whole: of one kernel.
        pipeline: of the stages.
        reports: of the steps, by name.
    """
    cells = compared_cells(compiled.pipeline)
    verdicts = compare_cells(cells, (whole, whole), pipeline, reports)
    others = [v for v in verdicts if v.state not in ("same", "not run")]
    refusals = {}
    for verdict in others:
        if verdict.state == "refused" and reports[verdict.step].state != "skipped":
            error = reports[verdict.step].error
            refusals[verdict.step] = error.code if error is not None else verdict.why
    finding = Finding(
        codes=tuple(sorted({d.code for d in compiled.diagnostics})),
        others={verdict.step: verdict.state for verdict in reversed(others)},
        refusals=refusals,
    )
    return finding, others
