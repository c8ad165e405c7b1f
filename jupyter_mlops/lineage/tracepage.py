"""A trace as a drawing, and as one page that needs nothing besides itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from jupyter_mlops.lineage.diagram import Node, draw
from jupyter_mlops.lineage.page import render
from jupyter_mlops.lineage.tracetext import certificate, heading
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.model.trace import Trace, TracedArtifact, TracedStep

_MOST_NAMES = 3
_KINDS = {"file": "file", "variables": "variables", "figure": "figure"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Bytes of one kind that the same executions made and took, drawn as one box."""

    artifacts: Sequence[TracedArtifact]

    @property
    def id(self) -> str:
        """That of the box."""
        return self.artifacts[0].digest

    @property
    def names(self) -> list[str]:
        """All names, each once."""
        every = (name for artifact in self.artifacts for name in _names_of(artifact))
        return list(dict.fromkeys(every))

    @property
    def label(self) -> str:
        """The names, the first few of many, for people."""
        more = len(self.names) - _MOST_NAMES
        shown = ", ".join(self.names[:_MOST_NAMES])
        return f"{shown} and {more} more" if more > 0 else shown


def bundles(trace: Trace) -> list[Bundle]:
    """The bytes of the graph, those together that stand in the same place of it."""
    makers: dict[str, list[str]] = {}
    takers: dict[str, list[str]] = {}
    known = {artifact.digest for artifact in trace.artifacts}
    for edge in trace.edges:
        if edge.target in known:
            makers.setdefault(edge.target, []).append(edge.source)
        else:
            takers.setdefault(edge.source, []).append(edge.target)
    together: dict[object, list[TracedArtifact]] = {}
    for artifact in trace.artifacts:
        digest = artifact.digest
        place = (
            artifact.kind,
            frozenset(makers.get(digest, ())),
            frozenset(takers.get(digest, ())),
            digest == trace.digest,
        )
        together.setdefault(place, []).append(artifact)
    return [Bundle(artifacts=found) for found in together.values()]


def trace_drawing(trace: Trace) -> str:
    """The graph of a trace as SVG."""
    found = bundles(trace)
    home = {artifact.digest: bundle.id for bundle in found for artifact in bundle.artifacts}
    nodes = [
        *(_step_node(step, trace) for step in trace.steps),
        *(_bundle_node(bundle, trace) for bundle in found),
    ]
    edges = dict.fromkeys(
        (home.get(edge.source, edge.source), home.get(edge.target, edge.target))
        for edge in trace.edges
    )
    return draw(nodes, list(edges), title=heading(trace))


def trace_page(trace: Trace) -> str:
    """The trace as one page: certificate, code, and the drawn graph."""
    from markupsafe import Markup

    return render(
        "trace.html.j2",
        heading=heading(trace),
        trace=trace,
        certificate=list(certificate(trace)),
        drawing=Markup(trace_drawing(trace)),
    )


def _step_node(step: TracedStep, trace: Trace) -> Node:
    return Node(
        id=step.execution,
        lines=(step.step, PurePath(step.notebook).name, step.run),
        kind="step" if step.state == "succeeded" else "failed",
        title=f"{step.execution}\n{step.notebook}\n{step.started}",
        is_asked=trace.run is not None and step.distance == 0,
    )


def _bundle_node(bundle: Bundle, trace: Trace) -> Node:
    names, artifact = bundle.names, bundle.artifacts[0]
    more = len(names) - _MOST_NAMES
    lines = names[:_MOST_NAMES] + ([f"and {more} more"] if more > 0 else [])
    if len(bundle.artifacts) == 1 and artifact.kind != "variables":
        lines.append(artifact.digest.removeprefix(PREFIX)[:12])
    return Node(
        id=bundle.id,
        lines=lines,
        kind=_KINDS.get(artifact.kind, "notebook"),
        title="\n".join(
            f"{a.kind} {', '.join(_names_of(a))}: {a.digest}" for a in bundle.artifacts
        ),
        is_asked=artifact.digest == trace.digest,
    )


def _names_of(artifact: TracedArtifact) -> Sequence[str]:
    if artifact.kind == "figure":
        return [f"figure of cell {name}" for name in artifact.names[:1]]
    return artifact.names or (artifact.kind,)
