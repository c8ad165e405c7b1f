"""Two runs side by side, as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from jupyter_mlops.lineage.given import Given, all_given
from jupyter_mlops.lineage.graph import draw_steps
from jupyter_mlops.lineage.outputs import pictures_of
from jupyter_mlops.lineage.page import render
from jupyter_mlops.lineage.tables import describe_diff
from jupyter_mlops.model.comparison import Comparison, Consequence, StepPair
from jupyter_mlops.model.run import Run
from jupyter_mlops.store import Store


def diff_page(store: Store, a: Run, b: Run, found: Comparison) -> str:
    """What differs between two runs as one self-contained page of HTML.

    Args:
        store: holds the executed notebooks, whose pictures are shown side by side.
        a: the earlier run.
        b: the later run.
        found: what `compare_runs` found.
    """
    given = all_given(store, a), all_given(store, b)
    kinds = {step.step: _kind(step, found) for step in found.steps}
    notes = {step.step: _note(step) for step in found.steps}

    def pictures(effect: Consequence) -> list[tuple[str | None, str | None]]:
        old = _pictures(given[0], effect.step, effect.cell_a)
        new = _pictures(given[1], effect.step, effect.cell_b)
        return [pair for pair in zip_longest(old, new) if pair[0] != pair[1]]

    return render(
        "diff.html.j2",
        found=found,
        runs=(("a", a), ("b", b)),
        graph=draw_steps(
            b, kinds=kinds, notes=notes, linked={effect.step for effect in found.effects}
        ),
        by_step=list(_by_step(found)),
        pictures=pictures,
        table_lines=describe_diff,
        values=(("Parameters", found.parameters), ("Metrics", found.metrics)),
    )


def _kind(step: StepPair, found: Comparison) -> str:
    if any(step.step in cause.steps for cause in found.causes):
        return "caused"
    return "differs" if any(effect.step == step.step for effect in found.effects) else ""


def _note(step: StepPair) -> str:
    if step.same_execution:
        return "one execution"
    return f"because of {', '.join(map(str, step.causes))}" if step.causes else "the same"


def _by_step(found: Comparison) -> Iterator[tuple[StepPair, list[Consequence]]]:
    for step in found.steps:
        effects = [effect for effect in found.effects if effect.step == step.step]
        if effects:
            yield step, effects


def _pictures(given: Mapping[str, Given], step: str, cell: str) -> list[str]:
    """What a cell drew, as ``data:`` addresses."""
    executed = given[step].executed if step in given and cell else None
    return pictures_of(json.loads(executed), cell) if executed else []
