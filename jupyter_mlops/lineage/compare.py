"""What differs between two runs, and what it caused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from jupyter_mlops.lineage.causes import causes_of, step_changes, unread_parameters
from jupyter_mlops.lineage.cells import changed_cells
from jupyter_mlops.lineage.changes import changes_between, files_read, parameters_of, value_pairs
from jupyter_mlops.lineage.contents import Versions
from jupyter_mlops.lineage.descriptions import all_described
from jupyter_mlops.lineage.effects import effects_of
from jupyter_mlops.lineage.given import Given, all_given
from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.comparison import Cause, Comparison, StepPair, ValuePair
from jupyter_mlops.model.run import Run
from jupyter_mlops.store import Store


def compare_runs(store: Store, a: Run, b: Run) -> Comparison:
    """What differs between two runs on record, and what it caused.

    Args:
        store: holds their executions; of one that is missing, what its step's report has counts.
        a: the earlier run.
        b: the later run.
    """
    old, new = all_given(store, a), all_given(store, b)
    versions, described = Versions(store, a, b), all_described((a, b))
    names = _merged(list(old), list(new))
    causes = _Causes()
    causes.reordered(list(old), list(new))
    steps, effects = [], []
    for name in names:
        pair = old.get(name), new.get(name)
        same = _same_execution(*pair)
        found = [] if same else list(effects_of(*pair, versions, described))
        if not same:
            causes.enter(name, *pair, versions)
            if found:
                causes.explain(name, *pair)
        steps.append(_step(name, *pair, same=same, causes=causes.of(name)))
        effects += found
    causes.unread(a, b)
    return Comparison(
        a=a.run,
        b=b.run,
        changes=changes_between(a, b),
        parameters=tuple(_parameters(a, b)),
        metrics=tuple(pair for name in names for pair in _metrics(name, old, new)),
        steps=tuple(steps),
        causes=causes.found,
        effects=tuple(effects),
    )


class _Causes:
    """The causes found so far, and which of them reached which step."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], Cause] = {}
        self._reached: dict[str, set[int]] = {}
        self._broken: list[str] = []

    @property
    def found(self) -> tuple[Cause, ...]:
        """All, in the order of their numbers."""
        return tuple(self._found.values())

    def of(self, step: str) -> tuple[int, ...]:
        """Numbers of those that may have led to what the step gave."""
        return tuple(sorted(self._reached.get(step, ())))

    def reordered(self, old: list[str], new: list[str]) -> None:
        """Note the steps that stand in another order."""
        before, after = ([n for n in names if n in old and n in new] for names in (old, new))
        moved = [name for name, then in zip(after, before, strict=True) if name != then]
        for name in moved:
            text = "steps stand in another order"
            self._add(Cause(number=0, kind="code", name="order", steps=(name,), text=text))

    def enter(self, step: str, a: Given | None, b: Given | None, versions: Versions) -> None:
        """Note the causes that begin in the step, and those that reach it from earlier ones."""
        if a is None or b is None:
            text = f"step {step} is {'new' if a is None else 'gone'}"
            self._add(Cause(number=0, kind="code", name=f"step {step}", steps=(step,), text=text))
            return
        for cause in causes_of(a, b, versions):
            self._add(cause)
        earlier = _sources(a, b)
        if a.execution is None or b.execution is None:
            earlier |= set(self._broken)
        if a.report.error is not None or b.report.error is not None:
            self._broken.append(step)
        for source in earlier:
            self._reached.setdefault(step, set()).update(self._reached.get(source, ()))

    def explain(self, step: str, a: Given | None, b: Given | None) -> None:
        """Note that a step gave something else although nothing on record differs."""
        if self._reached.get(step):
            return
        text = f"step {step} gives something else from the same: it is not deterministic"
        urls = dict.fromkeys(url for given in (a, b) if given for url in given.report.urls)
        if urls:
            text += f", or what it fetched changed ({', '.join(list(urls)[:3])})"
        self._add(Cause(number=0, kind="unknown", name=step, steps=(step,), text=text))

    def unread(self, a: Run, b: Run) -> None:
        """Note parameters of the runs that no step is known to have received otherwise."""
        known = {
            cause.name for cause in self._found.values() if cause.kind in ("parameter", "seed")
        }
        for cause in unread_parameters(parameters_of(a), parameters_of(b)):
            if cause.name not in known:
                self._add(cause)

    def _add(self, cause: Cause) -> None:
        key = cause.kind, cause.name, cause.text, cause.diff
        known = self._found.get(key)
        if known is None:
            known = replace(cause, number=len(self._found) + 1)
        else:
            known = replace(known, steps=(*known.steps, *cause.steps))
        self._found[key] = known
        for step in cause.steps:
            self._reached.setdefault(step, set()).add(known.number)


def _sources(a: Given, b: Given) -> set[str]:
    """Earlier steps that left the step something else."""
    old, new = a.groups, b.groups
    found = set()
    for name in old.keys() | new.keys():
        versions = [group for group in (old.get(name), new.get(name)) if group is not None]
        if len(versions) == 1 or versions[0].digest != versions[1].digest:
            found |= {group.step for group in versions}
    one, other = (
        {file.path: file.version for file in given.report.inputs if isinstance(file, FileRef)}
        for given in (a, b)
    )
    for path in one.keys() | other.keys():
        if one.get(path) != other.get(path):
            found |= {given.written[path] for given in (a, b) if path in given.written}
    return found


def _same_execution(a: Given | None, b: Given | None) -> bool:
    return a is not None and b is not None and a.report.execution == b.report.execution is not None


def _step(
    name: str, a: Given | None, b: Given | None, *, same: bool, causes: tuple[int, ...]
) -> StepPair:
    return StepPair(
        step=name,
        a=a.report.state if a else None,
        b=b.report.state if b else None,
        same_execution=same,
        changes=tuple(_sentences(a, b)) if a and b and not same else (),
        causes=causes,
    )


def _sentences(a: Given, b: Given) -> Iterator[str]:
    """What of the step's inputs differs; a sentence each."""
    told = []
    for change in step_changes(a, b):
        cells = changed_cells(a, b) if change.kind == "code" else []
        told += [cell.text for cell in cells] or [change.text]
    yield from told
    before, after = files_read(a.report), files_read(b.report)
    for path in after:
        if path in before and before[path] != after[path] and f"file {path} " not in " ".join(told):
            yield f"file {path} changed"


def _parameters(a: Run, b: Run) -> Iterator[ValuePair]:
    one, other = ({p.name: p.origin for p in run.parameters} for run in (a, b))
    for pair in value_pairs(parameters_of(a), parameters_of(b)):
        yield replace(pair, a_origin=one.get(pair.name), b_origin=other.get(pair.name))


def _metrics(name: str, old: dict[str, Given], new: dict[str, Given]) -> Iterator[ValuePair]:
    one, other = (given[name].report.metrics if name in given else {} for given in (old, new))
    return value_pairs(one, other, step=name)


def _merged(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The steps of both runs, each once, in notebook order."""
    found: list[str] = []
    for _, begin, end, start, stop in SequenceMatcher(None, old, new, False).get_opcodes():
        found += [*old[begin:end], *new[start:stop]]
    return list(dict.fromkeys(found))
