"""The steps of a run as a drawing."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from markupsafe import Markup

from jupyter_mlops.lineage.drawing import Node, draw
from jupyter_mlops.model.run import Run
from jupyter_mlops.store import observed_flow


def draw_steps(
    run: Run, *, kinds: Mapping[str, str], notes: Mapping[str, str], linked: Collection[str]
) -> Markup:
    """An ``<svg>`` of the steps, and of what passed between them.

    Args:
        run: the run.
        kinds: CSS class of each step.
        notes: a few words about each step.
        linked: the steps that the page has a place for, ``#step-NAME``.
    """
    nodes = [
        Node(
            name=report.step,
            kind=kinds.get(report.step, ""),
            note=notes.get(report.step, ""),
            link=f"#step-{report.step}" if report.step in linked else "",
        )
        for report in run.steps
    ]
    edges = {
        (edge.source, edge.target): "everything"
        if edge.everything
        else ", ".join([*edge.variables, *edge.files])
        for edge in observed_flow(run).edges
    }
    return Markup(draw(nodes, edges, title="the steps and what passed between them"))
