"""The data flow that the code may have, as people and the panel see it."""

from __future__ import annotations

import builtins
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace

from jupyter_mlops.compiler.dataflow import Flow
from jupyter_mlops.compiler.layout import CodeCell, Layout
from jupyter_mlops.model.dataflow import (
    DataFlow,
    Edge,
    FileRead,
    FileWrite,
    NameRead,
    NameWrite,
    Outside,
    StepFlow,
    edges_between,
)


def possible_flow(layout: Layout, flows: Mapping[str, Flow]) -> DataFlow:
    """What may flow between the layout's steps.

    Args:
        layout: a notebook's code cells.
        flows: what each step takes and leaves, by its name, in notebook order.
    """
    past = _Past(layout)
    steps = []
    for number, (name, flow) in enumerate(flows.items()):
        steps.append(_step_flow(name, flow, past))
        past.add(number, name, flow)
    return DataFlow(basis="possible", steps=tuple(steps), edges=_with_everything(tuple(steps)))


def _step_flow(name: str, flow: Flow, past: _Past) -> StepFlow:
    reads = tuple(read for item in flow.reads if (read := past.read(item.name)) is not None)
    mentioned = flow.reads_paths | (past.path_writers.keys() & flow.paths - flow.writes_paths)
    return StepFlow(
        step=name,
        reads=reads,
        writes=tuple(
            NameWrite(
                name=name,
                effect=flow.effects[name],
                carried=name in flow.live or flow.live_everything,
            )
            for name in sorted(flow.writes)
        ),
        unchanged=tuple(read.name for read in reads if read.name not in flow.writes),
        files_read=tuple(
            FileRead(path=path, sources=tuple(past.path_writers.get(path, ())))
            for path in sorted(mentioned)
        ),
        files_written=tuple(
            FileWrite(path=path, effect="may be written") for path in sorted(flow.writes_paths)
        ),
        everything=flow.everything,
    )


class _Past:
    """Who may have written each name and path, as the steps are gone through in order."""

    def __init__(self, layout: Layout) -> None:
        self.path_writers: dict[str, tuple[str]] = {}
        self._steps: list[str] = []
        self._names: dict[str, list[int]] = {}
        self._final: dict[str, bool] = {}
        self._dynamic: int | None = None
        self._star: int | None = None
        self._outside: dict[str, Outside] = {
            **dict.fromkeys(_bound(layout.shared), "shared"),
            **dict.fromkeys(_bound(layout.parameters), "parameters"),
        }

    def add(self, number: int, step: str, flow: Flow) -> None:
        """The step has run; what it binds for certain or reads itself hides what was before."""
        self._steps.append(step)
        read = {item.name for item in flow.reads}
        for name, effect in flow.effects.items():
            if effect == "bound" or name in read:
                self._names[name] = []
                self._final[name] = True
            self._names.setdefault(name, []).append(number)
        self.path_writers.update(dict.fromkeys(flow.writes_paths, (step,)))
        if flow.everything:
            self._dynamic = number
        if flow.stars:
            self._star = number

    def read(self, name: str) -> NameRead | None:
        """Where the next step has the name from; None for a builtin, as far as syntax shows."""
        numbers, final = self._names.get(name, []), self._final.get(name, False)
        if not numbers and name not in self._outside and hasattr(builtins, name):
            return None
        if self._dynamic is not None and not (final and numbers[0] > self._dynamic):
            later = numbers[bisect_right(numbers, self._dynamic) :]
            numbers, final = [self._dynamic, *later], True
        if not numbers and self._star is not None and name not in self._outside:
            numbers = [self._star]
        return NameRead(
            name=name,
            sources=tuple(self._steps[number] for number in numbers),
            outside=None if final else self._outside.get(name),
        )


def _bound(cells: tuple[CodeCell, ...]) -> Iterator[str]:
    return (name for code in cells for name in code.names.binds)


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
