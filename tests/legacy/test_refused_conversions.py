"""Why a notebook goes no further, and what its owner can do."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from drafts import draft_of
from mending import failure_in

from jupyter_mlops.legacy.cause import cause_of


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the only cell raises, and what is told of it."""

    raises: str
    cause: str
    next: str


UNKNOWN = {"gone-one": "which no package of the index has"}
MEND = "mend that cell in the notebook that was written, then convert it"
CASES = [
    Case(
        raises="ImportError: `load_boston` has been removed from scikit-learn since version 1.2.",
        cause="cell 1 reads the data of load_boston, which scikit-learn does not have any more",
        next="supply these data as a file beside the notebook and let the cell read it, or pin an "
        "earlier scikit-learn in a requirements.txt there",
    ),
    Case(
        raises="ImportError: cannot import name 'web' from 'pattern' "
        "(/s/lib/python3.11/site-packages/pattern/__init__.py)",
        cause="cell 1 raises ImportError: cannot import name 'web' from 'pattern'",
        next=MEND,
    ),
    Case(
        raises="ModuleNotFoundError: No module named 'Gone_one.part'",
        cause="cell 1 needs the module Gone_one.part, which no package of the index has",
        next="put Gone_one.py beside the notebook, or name its package in a requirements.txt there",
    ),
    Case(
        raises="ModuleNotFoundError: No module named 'pkg_resources'",
        cause="cell 1 needs the module pkg_resources, which the newest release of its package, and "
        "that of its time, do not have for this Python",
        next="pin a release that has pkg_resources in a requirements.txt beside the notebook",
    ),
    Case(
        raises="URLError: <urlopen error [Errno -2] Name or service not known>",
        cause="cell 1 fetches from the network, which did not answer: <urlopen error [Errno -2] "
        "Name or service not known>",
        next="download the file, put it beside the notebook and let the cell read it there",
    ),
    Case(raises="ValueError: no", cause="cell 1 raises ValueError: no", next=MEND),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.raises[:40])
def test_a_refusal_names_its_cause_and_the_next_action(case: Case) -> None:
    failure = failure_in("c1", case.raises)
    assert cause_of(draft_of("x"), failure, UNKNOWN) == (case.cause, case.next)
