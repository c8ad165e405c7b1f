"""What becomes of moments that have come, by the rules for missed ticks and for overlap."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from planned import at, minutes, schedule_named

from jupyter_mlops.model.schedule import Missed, Overlap
from jupyter_mlops.runner.naming import iso
from jupyter_mlops.scheduling.catchup import decide, ready_at
from jupyter_mlops.scheduling.timing import once_timing


@dataclass(frozen=True)
class Case:
    """A schedule that is due each minute, looked at at the minute ``now``; the first was 1."""

    name: str
    now: float
    decisions: str
    next: float | None
    missed: Missed = "once"
    overlap: Overlap = "skip"
    busy: bool = False
    limit: int = 100


CASES = [
    Case("in time", 1.2, "queued", 2),
    Case("a minute late is in time", 2, "queued skipped", 3),
    Case("one was missed, and one is in time", 2.5, "missed queued", 3),
    Case("missed, none made up for", 5.5, "missed missed missed missed queued", 6, missed="skip"),
    Case("missed, each made up for", 4.5, "queued queued queued queued", 5, missed="all"),
    Case("more than at once", 9.5, "missed missed missed", 4, limit=3),
    Case("more than at once, each made up for", 9.5, "queued queued", 3, missed="all", limit=2),
    Case("the one before is not done: left out", 1.2, "skipped", 2, busy=True),
    Case("the one before is not done: waits", 1.2, "queued", 2, busy=True, overlap="queue"),
    Case("the one before is not done: stops it", 1.2, "queued", 2, busy=True, overlap="cancel"),
    Case("the one before is not done: beside it", 1.2, "queued", 2, busy=True, overlap="allow"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_decisions(case: Case) -> None:
    schedule = schedule_named("each-minute", missed=case.missed, overlap=case.overlap)
    turn = decide(schedule, at(1), at(case.now), busy=case.busy, limit=case.limit)
    assert " ".join(decision.state for decision in turn.decisions) == case.decisions
    due = [minutes(iso(decision.due)) for decision in turn.decisions]
    assert due == list(range(1, len(due) + 1))
    assert turn.next is not None
    assert minutes(iso(turn.next)) == case.next


@pytest.mark.parametrize(
    ("missed", "state"), [("once", "queued"), ("skip", "missed"), ("all", "queued")]
)
def test_all_were_missed(missed: Missed, state: str) -> None:
    """An hourly schedule that is looked at hours later, when none is in time."""
    schedule = schedule_named("hourly", "30 * * * *", missed=missed)
    turn = decide(schedule, at(30), at(175), busy=False, limit=100)
    before = "queued" if missed == "all" else "missed"
    assert [decision.state for decision in turn.decisions] == [before, before, state]
    assert all(decision.why for decision in turn.decisions)
    assert turn.next == at(210)


def test_once_has_no_other_tick() -> None:
    schedule = schedule_named("once", timing=once_timing("2026-11-25T12:01", "UTC", after=at(0)))
    turn = decide(schedule, at(1), at(1), busy=False, limit=100)
    assert ([d.state for d in turn.decisions], turn.next) == (["queued"], None)


def test_jitter_is_spread_and_always_the_same() -> None:
    found = [
        [ready_at(schedule_named(f"s{n}", jitter=600), at(1)) for n in range(200)] for _ in "ab"
    ]
    assert found[0] == found[1]
    late = [(moment - at(1)).total_seconds() for moment in found[0]]
    assert 0 <= min(late) < 60
    assert 540 < max(late) <= 600
