"""What a step left, in the recorded run and again, item by item."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.kernel_state.equality import is_close
from jupyter_mlops.lineage.closeness import NUMBERS, close_parts, how_close
from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.pipeline import Cell
from jupyter_mlops.model.reproduction import ItemKind, ReproducedItem, Verdict
from jupyter_mlops.model.run import CellError, Execution
from jupyter_mlops.store import Objects
from jupyter_mlops.verify.compare import Outputs, difference
from jupyter_mlops.verify.normalise import Part, normalise_text
from jupyter_mlops.verify.whole import read_outputs

Differing = Mapping[str, str | None]
"""By the joined names of variables: where they first differ, or None if they are equal."""


Differ = Callable[[Execution, Execution, Sequence[Group]], Differing]
"""Loads and compares groups of variables that two executions left with other bytes."""

_MOST = 256 * 2**20
"""Bytes up to which files with other bytes are looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSides:
    """Two executions of one step.

    Attributes:
        step: its name.
        cells: those that are compared, in notebook order.
        objects: of the store.
        one: the execution as recorded.
        other: the execution again; None if the step did not run.
        why_not: why it did not.
    """

    step: str
    cells: Sequence[Cell]
    objects: Objects
    one: Execution
    other: Execution | None
    why_not: str = ""

    def items(self, differing: Differ) -> Iterator[ReproducedItem]:
        """A verdict for each thing: the step's end, its cells, variables, files and metrics.

        Args:
            differing: loads and compares groups of variables whose bytes differ.
        """
        if self.other is None:
            yield self._item("step", self.step, "differs", f"it did not run: {self.why_not}")
            return
        yield from self._cells(self.other)
        yield self._end(self.other)
        yield from self._variables(self.other, differing)
        yield from self._files(self.other)
        yield from self._metrics(self.other)

    def _item(
        self, kind: ItemKind, name: str, verdict: Verdict, why: str = "", **more: Any
    ) -> ReproducedItem:
        return ReproducedItem(
            step=self.step, kind=kind, name=name, verdict=verdict, why=why, **more
        )

    def _end(self, other: Execution) -> ReproducedItem:
        was, became = _end_of(self.one), _end_of(other)
        if was == became:
            return self._item("step", self.step, "identical")
        return self._item("step", self.step, "differs", f"{was} → {became}")

    def _cells(self, other: Execution) -> Iterator[ReproducedItem]:
        before, after = self._outputs(self.one), self._outputs(other)
        for cell in self.cells:
            verdict, why = _of_outputs(before.get(cell.id), after.get(cell.id))
            diff = ""
            if verdict == "differs":
                sides = (before.get(cell.id) or (), after.get(cell.id) or ())
                diff = difference(*sides)
            yield self._item(
                "cell",
                str(cell.position),
                verdict,
                why,
                cell=cell.position,
                cell_id=cell.id,
                diff=diff,
            )

    def _outputs(self, execution: Execution) -> Outputs:
        if execution.result.notebook is None:
            return {}
        error = execution.result.error
        document = json.loads(self.objects.read_bytes(execution.result.notebook))
        return read_outputs(document, last=error.cell_id if error is not None else None)

    def _variables(self, other: Execution, differing: Differ) -> Iterator[ReproducedItem]:
        before, after = _groups(self.one), _groups(other)
        both = [names for names in before if names in after]
        changed = [before[n] for n in both if before[n].digest != after[n].digest]
        found = differing(self.one, other, changed) if changed else {}
        for names in sorted({*before, *after}):
            label = (before.get(names) or after[names]).label
            if names not in both:
                where = "only the recorded run" if names in before else "only the new run"
                yield self._item("variables", label, "differs", f"{where} left them together")
            elif before[names].digest == after[names].digest:
                yield self._item("variables", label, "identical")
            else:
                why = found[", ".join(names)]
                verdict: Verdict = "equal" if why is None else "differs"
                yield self._item("variables", label, verdict, why or "equal when they are loaded")

    def _files(self, other: Execution) -> Iterator[ReproducedItem]:
        before = {file.path: file for file in self.one.result.files_written}
        after = {file.path: file for file in other.result.files_written}
        for path in sorted({*before, *after}):
            verdict, why = self._of_files(before.get(path), after.get(path))
            yield self._item("file", path, verdict, why)

    def _of_files(self, one: FileRef | None, other: FileRef | None) -> tuple[Verdict, str]:
        if one is None or other is None:
            return "differs", f"only the {'new' if one is None else 'recorded'} run wrote it"
        if one.version == other.version:
            return "identical", ""
        if one.digest is None or other.digest is None:
            who = "recorded" if one.digest is None else "new"
            return "differs", f"only the {who} run removed it"
        if one.kind != other.kind:
            return "differs", f"{one.kind} → {other.kind}"
        how = None
        if max(one.size, other.size) <= _MOST:
            how = how_close(*map(self.objects.read_bytes, (one.digest, other.digest)))
        size = f", {one.size} → {other.size} bytes" if one.size != other.size else ""
        return ("equal", how) if how else ("differs", f"its content differs{size}")

    def _metrics(self, other: Execution) -> Iterator[ReproducedItem]:
        before, after = self.one.result.metrics, other.result.metrics
        for name in dict.fromkeys([*before, *after]):
            was, became = before.get(name), after.get(name)
            if name in before and name in after and _is_same(was, became):
                yield self._item("metric", name, "identical")
            elif isinstance(was, float) and isinstance(became, float) and is_close(was, became):
                yield self._item("metric", name, "equal", NUMBERS)
            else:
                yield self._item("metric", name, "differs", f"{was!r} → {became!r}")


def _groups(execution: Execution) -> dict[tuple[str, ...], Group]:
    """What the step itself made or changed."""
    groups = execution.result.groups
    return {group.names: group for group in groups if group.step == execution.step}


def _end_of(execution: Execution) -> str:
    error: CellError | None = execution.result.error
    if error is None:
        return execution.result.state
    return normalise_text(f"{execution.result.state}: {error.kind}: {error.message}")


def _of_outputs(
    one: tuple[Part, ...] | None, other: tuple[Part, ...] | None
) -> tuple[Verdict, str]:
    if one == other:
        return "identical", ""
    if one is None or other is None:
        return "differs", f"it ran only in the {'new' if one is None else 'recorded'} run"
    if [part.kind for part in one] != [part.kind for part in other]:
        return "differs", "it puts out other things"
    how = [close_parts(*pair) for pair in zip(one, other, strict=True)]
    if None in how:
        return "differs", f"{one[how.index(None)].kind} differs"
    return "equal", ", ".join(dict.fromkeys(text for text in how if text))


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and bool(one == other)
