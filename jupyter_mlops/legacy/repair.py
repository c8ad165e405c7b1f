"""Run, first error, smallest fix, run on: until the end, or an error that no rule can mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.legacy.choice import Choice
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.limits import Limits
from jupyter_mlops.legacy.modules import mend_module
from jupyter_mlops.legacy.rules import MENDING
from jupyter_mlops.legacy.rules.raises import TAG
from jupyter_mlops.legacy.session import Session

_MOST_STEPS = 80

Outputs = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """How far a notebook came.

    Attributes:
        draft: the notebook, mended.
        outputs: of the cells that ran to their end, by id.
        failure: what nothing could mend, or None.
    """

    draft: Draft
    outputs: Outputs
    failure: Failure | None = None


class NeedsPackages(Exception):
    """The notebook needs packages that its environment lacks.

    Attributes:
        draft: the notebook, whose requirements name them.
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft


def repair(
    draft: Draft,
    scene: Scene,
    open_kernel: Callable[[Draft], AbstractContextManager[Session]],
    limits: Limits,
    choice: Choice,
) -> Repaired:
    """The notebook, mended error by error in a kernel that goes on from the cell that failed.

    At the end it has also run from the top in a kernel of its own: a cell that was tried twice may
    have left what one run does not.

    Args:
        draft: the notebook.
        scene: what rules may look at.
        open_kernel: opens a session in a fresh folder, which has the files that were mended.
        limits: of time.
        choice: which changes may be made.

    Raises:
        NeedsPackages: to be tried again in another environment.
    """
    while True:
        with open_kernel(draft) as session:
            done = _through(draft, scene, session, limits, choice)
        if done.failure is not None or done.draft == draft:
            return done
        draft = done.draft


def _through(
    draft: Draft, scene: Scene, session: Session, limits: Limits, choice: Choice
) -> Repaired:
    """From the first cell to the last in one kernel."""
    outputs: dict[str, Sequence[Mapping[str, Any]]] = {}
    todo = [cell.id for cell in draft.code]
    steps = 0
    while todo:
        cell = draft.cell(todo[0])
        left = limits.left
        if left <= 0:
            failure = limits.exceeded(cell.id, whole=True)
            return Repaired(draft=draft, outputs=outputs, failure=failure)
        ran = session.run(cell.id, cell.source, timeout=min(limits.cell, left))
        if ran.failure is None or TAG in cell.metadata.get("tags", ()):
            outputs[cell.id] = ran.outputs
            todo.pop(0)
            continue
        if ran.failure.kind == "Timeout":
            failure = limits.exceeded(cell.id, whole=left < limits.cell)
            return Repaired(draft=draft, outputs=outputs, failure=failure)
        steps += 1
        mended = _mended(draft, ran.failure, scene, choice) if steps < _MOST_STEPS else None
        if mended is None:
            return Repaired(draft=draft, outputs=outputs, failure=ran.failure)
        if mended.requirements != draft.requirements:
            raise NeedsPackages(mended)
        if mended.files != draft.files:
            return Repaired(draft=mended, outputs=outputs)
        done = outputs.keys()
        again = [new.id for new in mended.code if new.id in done and new != draft.cell(new.id)] + [
            new.id for new in mended.code if all(new.id != old.id for old in draft.cells)
        ]
        draft, todo = mended, [*dict.fromkeys([*again, *todo])]
    return Repaired(draft=draft, outputs=outputs)


def _mended(draft: Draft, failure: Failure, scene: Scene, choice: Choice) -> Draft | None:
    for rule in MENDING:
        mended = rule(draft, failure, scene)
        kept = draft if mended is None else choice.kept(draft, mended)
        if kept != draft:
            return kept
    mended = mend_module(draft, failure, scene, MENDING)
    kept = draft if mended is None else choice.kept(draft, mended)
    return None if kept == draft else kept
