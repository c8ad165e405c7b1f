"""The data flow that the code may have, as people and the panel see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jupyter_mlops.compiler.dataflow import Flow
from jupyter_mlops.model.dataflow import (
    DataFlow,
    Edge,
    FileRead,
    FileWrite,
    NameWrite,
    StepFlow,
    edges_between,
)


def possible_flow(flows: Mapping[str, Flow]) -> DataFlow:
    """What may flow between steps.

    Args:
        flows: what each step takes and leaves, by its name, in notebook order.
    """
    steps = tuple(_step_flow(name, flow) for name, flow in flows.items())
    return DataFlow(basis="possible", steps=steps, edges=_with_everything(steps))


def _step_flow(step: str, flow: Flow) -> StepFlow:
    return StepFlow(
        step=step,
        reads=flow.received,
        writes=tuple(
            NameWrite(
                name=name,
                effect=effect,
                carried=name in flow.live or flow.live_everything,
            )
            for name, effect in sorted(flow.effects.items())
        ),
        unchanged=tuple(read.name for read in flow.received if read.name not in flow.effects),
        files_read=tuple(
            FileRead(path=path, sources=sources) for path, sources in flow.files.items()
        ),
        files_written=tuple(
            FileWrite(path=path, effect="may be written") for path in sorted(flow.writes_paths)
        ),
        everything=flow.everything,
    )


def _with_everything(steps: tuple[StepFlow, ...]) -> tuple[Edge, ...]:
    """The edges of the steps' reads, and those to steps that may read any name.

    Such a step may bind any name too: what one left is behind it for the next.
    """
    edges = {(edge.source, edge.target): edge for edge in edges_between(steps)}
    since: list[str] = []
    for flow in steps:
        if flow.everything:
            for source in since:
                edge = edges.get((source, flow.step), Edge(source=source, target=flow.step))
                edges[source, flow.step] = replace(edge, everything=True)
            since.clear()
        if flow.everything or flow.writes:
            since.append(flow.step)
    order = {flow.step: number for number, flow in enumerate(steps)}
    return tuple(sorted(edges.values(), key=lambda edge: (order[edge.target], order[edge.source])))
