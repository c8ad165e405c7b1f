"""Whether a recorded run gives the same again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from jupyter_mlops.lineage.again import Listener, Ready, make_ready
from jupyter_mlops.lineage.differing import compare_variables
from jupyter_mlops.lineage.past import NotReproducible, Past, look_back
from jupyter_mlops.lineage.verdicts import StepSides
from jupyter_mlops.model.pipeline import Cell
from jupyter_mlops.model.reproduction import ReproducedItem, Reproduction, Verdict
from jupyter_mlops.model.run import Execution, Run
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.past import find_run, find_step

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store

_ORDER: tuple[Verdict, ...] = get_args(Verdict)
_GOOD = _ORDER[:2]


def reproduce_run(
    store: Store,
    name: str,
    *,
    settings: Mlops,
    step: str | None = None,
    engine: str | None = None,
    secrets_file: Path | None = None,
    on_event: Listener = lambda event: None,
    cancel: threading.Event | None = None,
) -> Reproduction:
    """A verdict for all that a run left, after it was run again from recorded bytes only.

    The new run is on record like any other, and says what it reproduces. If it differs, a second
    one tells what is not deterministic.

    Args:
        store: holds the run.
        name: of the run.
        settings: of the installation.
        step: the only step that is to run again, with what it received; None for all that ran.
        engine: ``local`` or ``docker``; None for where the run ran.
        secrets_file: a file with the values of secrets, or None.
        on_event: hears the events of the new runs.
        cancel: once it is set, all stops.

    Raises:
        NotReproducible: what was recorded does not suffice, or what lies elsewhere has changed.
        Cancelled: it was to stop.
        SecretError: nobody gives the value of a secret.
        UnknownRun, UnknownStepError: there is no such run or step.
        MlopsError: as of `run_pipeline`.
    """
    run = find_run(store, name)
    if run.state == "running":
        raise NotReproducible(f"run {run.run} has not ended", fix="wait for its end")
    past = look_back(store, run)
    stop = cancel or threading.Event()

    def on_line(line: str) -> None:
        on_event({"event": "environment", "text": line, "run": run.run})

    with make_ready(
        past, step=step, engine=engine or run.engine, settings=settings, on_line=on_line
    ) as ready:
        again = partial(
            _run, ready, settings=settings, secrets_file=secrets_file, on_event=on_event, stop=stop
        )
        comparison = _Comparison(ready=ready, settings=settings, is_cancelled=stop.is_set)
        first = again(f"reproduces {run.run}")
        made = [first]
        items = comparison.items(ready.past.executions, first)
        if any(item.verdict not in _GOOD for item in items):
            second = again(f"reproduces {run.run}, a second time to see what is deterministic")
            made.append(second)
            items = _settled(items, comparison.items(_executions(store, first), second))
        notes = tuple(_notes(past, ready))
    worst = max((item.verdict for item in items), key=_ORDER.index)
    return Reproduction(
        run=run.run,
        again=tuple(one.run for one in made),
        engine=ready.engine,
        step=step or "",
        verdict=worst,
        first=next((item for item in items if item.verdict not in _GOOD), None),
        items=items,
        notes=notes,
    )


def _run(
    ready: Ready,
    reason: str,
    *,
    settings: Mlops,
    secrets_file: Path | None,
    on_event: Listener,
    stop: threading.Event,
) -> Run:
    run = ready.run(
        reason=reason,
        settings=settings,
        secrets_file=secrets_file,
        on_event=on_event,
        cancel=stop,
    )
    if run.state == "cancelled":
        raise Cancelled
    return run


def _executions(store: Store, run: Run) -> Mapping[str, Execution]:
    return {
        report.step: store.catalog.execution(report.execution)
        for report in run.steps
        if report.execution is not None
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """Compares executions with those of a run that was made again."""

    ready: Ready
    settings: Mlops
    is_cancelled: Callable[[], bool]

    def items(self, one: Mapping[str, Execution], again: Run) -> tuple[ReproducedItem, ...]:
        """A verdict for all that the steps left, in notebook order."""
        store, other = self.ready.past.store, _executions(self.ready.past.store, again)
        differing = partial(
            compare_variables, self.ready, settings=self.settings, is_cancelled=self.is_cancelled
        )
        seen: set[str] = set()
        found: list[ReproducedItem] = []
        for step, execution in one.items():
            cells = [cell for cell in self._cells(step) if cell.id not in seen]
            seen |= {cell.id for cell in cells}
            sides = StepSides(
                step=step,
                cells=cells,
                objects=store.objects,
                one=execution,
                other=other.get(step),
                why_not=find_step(again, step).why,
            )
            found += sides.items(differing)
        return tuple(found)

    def _cells(self, name: str) -> list[Cell]:
        """The cells that a step runs; shared ones among them."""
        pipeline = self.ready.past.compiled.pipeline
        (step,) = [step for step in pipeline.steps if step.name == name]
        last = step.cells[-1].position
        shared = (cell for cell in pipeline.shared if cell.position < last)
        return sorted([*shared, *step.cells], key=lambda cell: cell.position)


def _settled(
    items: tuple[ReproducedItem, ...], between: tuple[ReproducedItem, ...]
) -> tuple[ReproducedItem, ...]:
    """The items; those that differ between both new runs, too, are not deterministic."""
    unstable = {
        (item.step, item.kind, item.name): item for item in between if item.verdict not in _GOOD
    }

    def settled(item: ReproducedItem) -> ReproducedItem:
        found = unstable.get((item.step, item.kind, item.name))
        if item.verdict in _GOOD or found is None:
            return item
        return replace(item, verdict="not deterministic", why=f"two new runs differ: {found.why}")

    return tuple(map(settled, items))


def _notes(past: Past, ready: Ready) -> Iterator[str]:
    """What may explain a difference, and what could not be made as it was."""
    run = past.run
    if ready.engine != run.engine:
        yield f"the run ran on the {run.engine} engine, and again on {ready.engine}"
    for step, execution in ready.past.executions.items():
        now, then = ready.environments[step], execution.environment
        if now.python != then.python:
            yield f"step {step}: Python {now.python} instead of {then.python}"
        if ready.engine == then.engine and now.image != then.image:
            yield f"step {step}: its image was built anew from the same lock and base image"
        if execution.result.urls:
            yield f"step {step} fetched what the network gave: {', '.join(execution.result.urls)}"
    if past.compiled.digest != run.pipeline:
        yield "this version compiles the notebook otherwise; the recorded stages were run"
    if ready.past.only_listed:
        count = len(ready.past.only_listed)
        yield f"files that were only listed, and stand there empty: {count}"
    for report in run.steps:
        if report.step not in ready.past.executions and ready.inputs is None:
            yield f"step {report.step} was {report.state} and is not run again"
