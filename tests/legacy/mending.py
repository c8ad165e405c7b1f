"""A failure that a cell's traceback tells of, and the first answer of the rules."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene, failure_of
from jupyter_mlops.legacy.rules import MENDING


@dataclass(frozen=True, kw_only=True)
class Case:
    """A cell, what it raises, and what becomes of it; the first cell's source counts."""

    cell: str
    raises: str
    becomes: str
    rule: str
    above: str = ""
    traceback: str = ""


def failure_in(cell_id: str, raises: str, traceback: str = "") -> Failure:
    """The failure of a cell. Its traceback calls cells by their numbers: ``Cell In[1]`` is c1.

    Args:
        cell_id: the cell that was run.
        raises: ``Kind: message``.
        traceback: as IPython writes it.
    """
    kind, _, message = raises.partition(": ")
    error = {"ename": kind, "evalue": message, "traceback": [traceback]}
    return failure_of(cell_id, error, {number: f"c{number}" for number in range(1, 10)})


def mended(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft as the first rule that has an answer leaves it."""
    answers = (rule(draft, failure, scene) for rule in MENDING)
    return next((answer for answer in answers if answer is not None), None)
