"""What has ended: services that closed, and libraries whose successor is another program."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Something that a notebook needs and that nobody can install or reach.

    Attributes:
        message: how the failure speaks of it, as a regular expression.
        used: how code uses it, as one.
        what: it, and why it cannot be had; after "cell 3 needs".
        then: the next action.
        is_input: True if it gave data.
    """

    message: str
    used: str
    what: str
    then: str
    is_input: bool = False


_ENDED = (
    Ended(
        message=r"No model on (?:the )?context stack|module 'pymc' has no attribute '\w+'|"
        r"cannot import name '\w+' from 'pymc'|requires (?:a|at least one) model",
        used=r"^[ \t]*(?:import pymc\b|from pymc\b)",
        what="PyMC 2, which has no release for this Python, and whose successors build models "
        "in another way",
        then="write its models for PyMC 5 in a copy of the notebook, then convert that",
    ),
    Ended(
        message=r"data_source='\w+' is not implemented|has been immediately deprecated",
        used="",
        what="data of a service that has ended",
        then="put the data into a file beside the notebook and let the cell read that",
        is_input=True,
    ),
)


def ended_of(failure: Failure, draft: Draft) -> Ended | None:
    """What has ended, where that is why a cell of the notebook failed."""
    code = "\n".join(cell.source for cell in draft.code)
    for one in _ENDED:
        if re.search(one.message, failure.message) and re.search(one.used, code, re.M):
            return one
    return None
