"""Which names flow from step to step: liveness, over-approximated where syntax leaves it open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

from jupyter_mlops.compiler.layout import CodeCell, Layout, StepLayout
from jupyter_mlops.compiler.names import Body, Names
from jupyter_mlops.compiler.writers import Writers
from jupyter_mlops.model.dataflow import Effect, NameRead, Outside
from jupyter_mlops.model.pipeline import Read


@dataclass(slots=True)
class Flow:
    """What one step takes and leaves.

    Attributes:
        reads: names bound by earlier cells that it may read, functions' globals included, with
            the steps whose version it may receive (none for parameters and shared names).
        everything: it may read and bind any name.
        needs: all names that it may read, wherever they come from.
        live: names that it may touch and later steps may read.
        live_everything: a later step may read any name.
        writes: names that it may bind or, as far as syntax shows, mutate.
        rebinds: those of them that shared cells bind and earlier steps may have written.
        depends: earlier steps that its result may depend on, in notebook order.
        received: ``reads`` as they are shown: with where they come from besides, without builtins.
        effects: what it may do to each of the names that it writes.
        files: literal paths that it may read, and the step that may have written them last.
        writes_paths: literal paths that it may write.
    """

    reads: tuple[Read, ...] = ()
    everything: bool = False
    needs: set[str] = field(default_factory=set)
    live: set[str] = field(default_factory=set)
    live_everything: bool = False
    writes: set[str] = field(default_factory=set)
    rebinds: set[str] = field(default_factory=set)
    depends: tuple[str, ...] = ()
    received: tuple[NameRead, ...] = ()
    effects: Mapping[str, Effect] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    writes_paths: Set[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summary:
    """One step's cells as one piece of code; a body that it defines may run in it."""

    exposed: Set[str]
    certain: Set[str]
    effects: Mapping[str, Effect]
    paths: Set[str]
    reads_paths: Set[str]
    writes_paths: Set[str]
    stars: bool
    everything: bool


def flow_of(layout: Layout) -> Mapping[str, Flow]:
    """What flows through each step of the layout."""
    bodies = Bodies(layout.in_order())
    constant = _only_imported(layout)
    stars = any(c.names.stars for c in layout.in_order())
    summaries = {s.name: _summary(s, bodies, constant) for s in layout.steps}
    flows: dict[str, Flow] = {}
    outside = _outside(layout)
    writers = Writers(outside)
    order = {step.name: number for number, step in enumerate(layout.steps)}
    for step in layout.steps:
        summary = summaries[step.name]
        rebound = {name for name in summary.effects if outside.get(name) == "shared"}
        needs = bodies.closure(summary.exposed)
        received = tuple(
            writers.read(name)
            for name in sorted(needs - constant)
            if stars or writers.may_bind(name)
        )
        mentioned = summary.paths - summary.writes_paths
        files = {path: writers.of_path(path) for path in sorted(mentioned | summary.reads_paths)}
        sources = {source for read in received for source in read.sources}
        sources.update(w for path in summary.paths for w in writers.of_path(path))
        sources.update(writers.since_everything(only_it=not summary.everything))
        flows[step.name] = Flow(
            reads=tuple(Read(name=read.name, sources=read.sources) for read in received),
            everything=summary.everything,
            needs=needs,
            writes=set(summary.effects),
            rebinds={name for name in rebound if writers.read(name).sources},
            depends=tuple(sorted(sources, key=order.__getitem__)),
            received=tuple(read for read in received if not writers.is_builtin(read.name)),
            effects=summary.effects,
            files={p: w for p, w in files.items() if w or p in summary.reads_paths},
            writes_paths=summary.writes_paths,
        )
        writers.add(
            step.name,
            summary.effects,
            reads=received,
            paths=summary.writes_paths,
            everything=summary.everything,
            stars=summary.stars,
        )
    _liveness(layout, flows, summaries, bodies.mentioned - constant, stars=stars)
    return flows


def _liveness(
    layout: Layout,
    flows: Mapping[str, Flow],
    summaries: Mapping[str, _Summary],
    always: Set[str],
    *,
    stars: bool,
) -> None:
    """Fill in what later steps may read, from the last step to the first.

    A name that a step neither reads nor binds is not in its kernel, so it need not be named; after
    a star import or ``exec`` that cannot be told.
    """
    live: set[str] = set()
    everything = False
    for number, step in enumerate(reversed(layout.steps)):
        flow, summary = flows[step.name], summaries[step.name]
        if number and (stars or flow.everything):
            flow.live = live | always
        elif number:
            touched = flow.writes.union(summary.certain, (read.name for read in flow.reads))
            flow.live = {name for name in touched if name in live or name in always}
        flow.live_everything = everything
        live -= summary.certain
        live.update(read.name for read in flow.reads)
        everything = everything or flow.everything


def _summary(step: StepLayout, bodies: Bodies, constant: Set[str]) -> _Summary:
    names = [code.names for code in step.cells]
    certain: set[str] = set()
    exposed: set[str] = set()
    for cell in names:
        exposed |= (cell.exposed.keys() | cell.later) - certain
        certain = (certain - cell.deletes) | cell.certain
    called = {m for cell in names for m in (*cell.exposed, *cell.binds)}
    effects = bodies.effects(called)
    mutated = set().union(*(cell.mutates for cell in names), effects.mutates) - constant
    deleted = set().union(*(cell.deletes for cell in names))
    exposed |= deleted - certain  # only who receives a name can tell that it went
    bound = set().union(*(cell.binds for cell in names), effects.binds)
    return _Summary(
        exposed=exposed,
        certain=certain,
        effects={
            **dict.fromkeys(mutated, "may be changed"),
            **dict.fromkeys(bound, "may be bound"),
            **dict.fromkeys(deleted, "may be deleted"),
            **dict.fromkeys(certain, "bound"),
        },
        paths=set().union(*(cell.paths for cell in names)),
        reads_paths=set().union(*(cell.reads_paths for cell in names)),
        writes_paths=set().union(*(cell.writes_paths for cell in names)),
        stars=any(cell.stars for cell in names),
        everything=effects.everything or any(cell.everything for cell in names),
    )


def _outside(layout: Layout) -> dict[str, Outside]:
    """Names that parameters and shared cells bind."""
    shared: Outside = "shared"
    parameters: Outside = "parameters"
    return {
        **{name: shared for code in layout.shared for name in code.names.binds},
        **{name: parameters for code in layout.parameters for name in code.names.binds},
    }


def _only_imported(layout: Layout) -> set[str]:
    """Names that nothing but import statements of shared cells bind: they never change hands."""
    bound = {n for c in layout.in_order() for n in c.names.binds.keys() - c.names.imports}
    in_steps = {n for s in layout.steps for c in s.cells for n in c.names.binds}
    return {n for c in layout.shared for n in c.names.imports} - bound - in_steps


class Bodies:
    """What the functions and classes that a name may hold do to global names.

    ``mentioned`` holds every name that some body reads: such names are always live, for a function
    may travel where no analysis sees it (in a list, as an attribute).
    """

    def __init__(self, cells: Iterable[CodeCell]) -> None:
        self._bodies: dict[str, Body] = {}
        self.mentioned: set[str] = set()
        for code in cells:
            self._take(code.names)

    def _take(self, names: Names) -> None:
        self.mentioned |= names.deferred.reads.keys()
        for name, body in names.bodies.items():
            carried = [self._bodies[c] for c in names.carries[name] if c in self._bodies]
            for callee in names.calls[name]:
                carried.extend(self._result(callee))
            if not carried and body == Body():
                continue
            own = self._bodies.setdefault(name, Body())
            for part in (body, *carried):
                own.add(part)

    def _result(self, callee: str) -> Iterable[Body]:
        """What a call's result may carry: the body itself, or functions that the body names."""
        body = self._bodies.get(callee)
        if body is None:
            return ()
        if body.nested:
            return (body,)
        named = self.closure(body.reads) - {callee}
        return [self._bodies[name] for name in named if name in self._bodies]

    def closure(self, names: Iterable[str]) -> set[str]:
        """The names, and all that bodies reachable through them read."""
        found: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                body = self._bodies.get(name)
                if body is not None:
                    pending.extend(body.reads)
        return found

    def effects(self, names: Iterable[str]) -> Body:
        """What bodies reachable through the names may do to global names."""
        total = Body()
        for name in self.closure(names):
            body = self._bodies.get(name)
            if body is not None:
                total.add(body)
        return total
