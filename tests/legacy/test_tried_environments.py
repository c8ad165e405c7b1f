"""Which environments an old notebook is tried in, and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.legacy.environments import Candidate, candidates, not_to_be_had
from jupyter_mlops.legacy.era import Era


@dataclass(frozen=True, kw_only=True)
class Case:
    """When it was written, a requirements.txt, and name, day and requirements of what is tried."""

    written: tuple[str, str]
    python: str = "3.11"
    requirements: str = ""
    expected: tuple[tuple[str, str, tuple[str, ...]], ...]


CASES = {
    "old": Case(
        written=("2013-01-01", "2016-01-01"),
        expected=(("dated", "2022-11-30", ()), ("current", "", ())),
    ),
    "of a newer Python": Case(
        written=("2013-01-01", "2016-01-01"),
        python="3.12",
        expected=(("dated", "2023-12-31", ()), ("current", "", ())),
    ),
    "of some year or other": Case(
        written=("2020-10-05", "2024-05-05"),
        expected=(
            ("dated", "2022-11-30", ()),
            ("dated", "2024-05-05", ()),
            ("current", "", ()),
        ),
    ),
    "of today": Case(written=("2026-01-01", "2026-01-01"), expected=(("current", "", ()),)),
    "with pins": Case(
        written=("2013-01-01", "2016-01-01"),
        requirements="numpy==1.23.5\n",
        expected=(
            ("declared", "", ("numpy==1.23.5",)),
            ("dated", "2022-11-30", ()),
            ("current", "", ()),
        ),
    ),
    "with names alone": Case(
        written=("2013-01-01", "2016-01-01"),
        requirements="textblob\nnumpy\n",
        expected=(
            ("dated", "2022-11-30", ("textblob", "numpy")),
            ("current", "", ("textblob", "numpy")),
        ),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_releases_of_its_time_come_before_the_newest(case: Case, tmp_path: Path) -> None:
    if case.requirements:
        (tmp_path / "requirements.txt").write_text(case.requirements)
    earliest, latest = case.written
    era = Era(earliest=earliest, latest=latest, evidence=(), today="2026-01-01")
    found = candidates(tmp_path, era, case.python)
    assert tuple((one.name, one.newest, one.requirements) for one in found) == case.expected


DATED = Candidate(name="dated", source="", newest="2022-11-30", latest="2024-06-01")
CURRENT = Candidate(name="current", source="")


@pytest.mark.parametrize(
    ("said", "moves"),
    [
        ("numpy==1.26.0 has no wheels with a matching Python ABI tag", True),
        ("releases up to 2022-11-30: there is only pymc<=4.4.0, not pymc>=5.0.1", True),
        ("there is only pymc>=4.0, not pymc<3", False),
        ("no package index has pymc", False),
    ],
)
def test_the_day_moves_on_to_the_end_of_a_year_that_is_over(said: str, moves: bool) -> None:
    later = DATED.later(said)
    assert (later is not None) == moves
    if later is not None:
        assert (later.newest, later.later(said)) == ("2023-12-31", None)
    assert CURRENT.later(said) is None


@pytest.mark.parametrize(
    ("said", "candidate", "expected"),
    [
        (
            "x cannot be locked: no package index has Gone_one",
            CURRENT,
            {"gone-one": "which no package of the index has"},
        ),
        (
            "x cannot be locked: there is no pattern\n    fix: wait",
            DATED,
            {
                "pattern": "and the index has no release of the package pattern for this Python "
                "up to 2022-11-30"
            },
        ),
        (
            "gmpy==1.17 has no wheel and cannot be built:\n  error",
            CURRENT,
            {"gmpy": "whose package gmpy has no wheel for this Python and cannot be built here"},
        ),
        ("no space is left", CURRENT, {}),
    ],
)
def test_why_a_package_cannot_be_had_is_told(
    said: str, candidate: Candidate, expected: dict[str, str]
) -> None:
    assert not_to_be_had(said, candidate) == expected
