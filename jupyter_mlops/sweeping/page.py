"""A sweep as a page."""

from __future__ import annotations

from jupyter_mlops.lineage.page import render
from jupyter_mlops.model.sweep import SweepReport
from jupyter_mlops.sweeping.compared import metric_columns, summary


def sweep_page(report: SweepReport) -> str:
    """The table of a sweep as one self-contained page of HTML."""
    return render(
        "sweep.html.j2", report=report, columns=metric_columns(report), summary=summary(report)
    )
