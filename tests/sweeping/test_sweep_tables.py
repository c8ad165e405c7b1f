"""Combinations as people write them, and what is refused of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.runner import RunRequest
from jupyter_mlops.runner.naming import now
from jupyter_mlops.store import Store
from jupyter_mlops.sweeping.dates import moment_texts
from jupyter_mlops.sweeping.define import define_sweep
from jupyter_mlops.sweeping.table import Asked, read_option, read_table

PARAMETERS = "lr = 0.5\ndepth = 3\nname = 'x'\ncolumns = ['a']\nseed: int | None = None"


@dataclass(frozen=True)
class Case:
    """What is swept, and what is run: a tuple of values a combination."""

    name: str
    options: tuple[str, ...] = ()
    file: str = ""
    suffix: str = ".json"
    runs: tuple[tuple[Any, ...], ...] = ()


CASES = [
    Case("one parameter", ("lr=0.1,1",), runs=((0.1,), (1.0,))),
    Case(
        "a grid, the last one fastest",
        ("lr=0.1,0.2", "depth=3, 5"),
        runs=((0.1, 3), (0.1, 5), (0.2, 3), (0.2, 5)),
    ),
    Case("commas and quotes", ('name="a,b",c d,"""e"""',), runs=(("a,b",), ("c d",), ('"e"',))),
    Case("typed", ('name=["1", "a,b"]',), runs=(("1",), ("a,b",))),
    Case("lists", ('columns=[["a"], ["b", "c"]]',), runs=((["a"],), (["b", "c"],))),
    Case("none", ("seed=none,7",), runs=((None,), (7,))),
    Case(
        "CSV, an empty field is the default",
        file="lr,name\n0.1,a\n\n0.2,\n",
        suffix=".csv",
        runs=((0.1, "a"), (0.2, "x")),
    ),
    Case(
        "rows in JSON, what one lacks is the default",
        file='[{"lr": 0.1, "depth": 5}, {"depth": 7}]',
        runs=((0.1, 5), (0.5, 7)),
    ),
    Case("values in JSON", file='{"depth": [1, 2], "name": ["a"]}', runs=((1, "a"), (2, "a"))),
    Case(
        "rows in TOML",
        file="[[rows]]\nlr = 0.1\n[[rows]]\nlr = 1.5",
        suffix=".toml",
        runs=((0.1,), (1.5,)),
    ),
    Case("values in YAML", file="depth: [4, 5]", suffix=".yaml", runs=((4,), (5,))),
    Case("a file and an option", ("depth=1,2",), file='[{"lr": 0.1}]', runs=((0.1, 1), (0.1, 2))),
]


@pytest.fixture
def request_for(tmp_path: Path, notebook_file: Callable[..., Path]) -> RunRequest:
    cells = [("parameters", PARAMETERS), ("step:a", "print(lr, depth, name, columns, seed)")]
    path = notebook_file(cells, name=str(tmp_path / "book.ipynb"))
    return RunRequest(notebook=path)


def tables(case: Case | Refusal, folder: Path) -> list[list[Asked]]:
    files = []
    if case.file:
        path = folder / f"table{case.suffix}"
        path.write_text(case.file)
        files.append(read_table(path))
    return [*files, *map(read_option, case.options)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_combinations(case: Case, store: Store, request_for: RunRequest, tmp_path: Path) -> None:
    sweep = define_sweep(store, request_for, tables(case, tmp_path), now())
    found = tuple(tuple(values.values()) for values in sweep.combinations)
    assert found == case.runs
    kinds = [[type(value) for value in row] for row in found]
    assert kinds == [[type(value) for value in row] for row in case.runs]
    assert {tuple(values) for values in sweep.combinations} == {sweep.parameters}


@dataclass(frozen=True)
class Refusal:
    """What is swept, and what the message says."""

    name: str
    message: str
    options: tuple[str, ...] = ()
    file: str = ""
    suffix: str = ".json"
    fixed: tuple[tuple[str, str], ...] = ()


HUNDRED = ",".join(map(str, range(100)))

REFUSALS = [
    Refusal("no values", "'lr' is not NAME=VALUE", ("lr",)),
    Refusal("nothing", "'lr=' has no value", ("lr=",)),
    Refusal("unknown", "declares no parameter 'rl'", ("rl=1",)),
    Refusal("type", "'depth' takes int, not 'x'", ("depth=1,x",)),
    Refusal("type in CSV", "line 3 of {file}: parameter", file="depth\n1\nx", suffix=".csv"),
    Refusal("type in JSON", "row 2 of {file}: parameter", file='[{"depth": 1}, {"depth": 1.5}]'),
    Refusal("twice", "'lr' is swept twice", ("lr=1", "lr=2")),
    Refusal("in file and option", "'lr' is swept twice", ("lr=1",), file='{"lr": [2]}'),
    Refusal("fixed, too", "'lr' has one value and is swept", ("lr=1",), fixed=(("lr", "2"),)),
    Refusal("equal", "combination 1 and combination 3 are equal: lr=1.0", ("lr=1,2,1.0",)),
    Refusal("equal rows", "line 2 of {file} and line 4", file="lr\n1\n2\n1", suffix=".csv"),
    Refusal("fields", "line 3 has 1 fields, not 2", file="lr,depth\n1,2\n1", suffix=".csv"),
    Refusal("columns", "two columns have one name", file="lr,lr\n1,2", suffix=".csv"),
    Refusal("no rows", "holds no combination", file="lr,depth\n", suffix=".csv"),
    Refusal("no JSON", "Expecting value", file="nope"),
    Refusal("no list", "depth is no list of values", file='{"depth": 3}'),
    Refusal("neither", "neither rows nor lists", file="3"),
    Refusal("TOML", "at line 1", file="lr = \n", suffix=".toml"),
    Refusal("too many", "10100 combinations, more than", (f"lr={HUNDRED},-1", f"depth={HUNDRED}")),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_refused_combinations(
    case: Refusal, store: Store, request_for: RunRequest, tmp_path: Path
) -> None:
    asked = replace(request_for, text_parameters=dict(case.fixed))
    with pytest.raises(MlopsError) as refused:
        define_sweep(store, asked, tables(case, tmp_path), now())
    message = case.message.replace("{file}", str(tmp_path / f"table{case.suffix}"))
    assert message in refused.value.message
    assert refused.value.exit_code == 2
    assert refused.value.fix


@dataclass(frozen=True)
class Range:
    """A backfill, and the dates that it runs for; or the message of what refuses it."""

    name: str
    first: str
    last: str
    dates: tuple[str, ...] | str
    every: str | None = None
    cron: str | None = None
    zone: str = "UTC"
    form: str | None = None


RANGES = [
    Range("days", "2024-02-28", "2024-03-01", ("2024-02-28", "2024-02-29", "2024-03-01")),
    Range("one day", "2026-01-01", "2026-01-01", ("2026-01-01",)),
    Range("weeks", "2026-01-01", "2026-01-08", ("2026-01-01", "2026-01-08"), every="1w"),
    Range(
        "half days", "2026-01-01", "2026-01-01", ("2026-01-01T00:00", "2026-01-01T12:00"),
        every="12h",
    ),
    Range("from a time on", "2026-01-01T06:00", "2026-01-02T05:00", ("2026-01-01",)),
    Range("a form", "2026-01-01", "2026-01-02", ("20260101", "20260102"), form="%Y%m%d"),
    Range(
        "working days", "2026-01-02", "2026-01-05", ("2026-01-02", "2026-01-05"),
        cron="0 6 * * 1-5",
    ),
    Range("months", "2026-01-01", "2026-02-01", ("2026-01-01", "2026-02-01"), cron="@monthly"),
    Range(
        "over a change of clocks", "2026-03-29", "2026-03-29",
        ("2026-03-29T02:00", "2026-03-29T04:00"),
        cron="0 2,4 * * *", zone="Europe/Helsinki",
    ),
    Range("backwards", "2026-01-02", "2026-01-01", "nothing is due"),
    Range("no day", "2026-02-30", "2026-03-01", "'2026-02-30' is neither a day nor a time"),
    Range("too short a form", "2026-01-01", "2026-02-01", "both written as 01", form="%d"),
    Range("with a zone", "2026-01-01T00:00+02:00", "2026-01-02", "neither a day nor a time"),
    Range("cron", "2026-01-01", "2026-01-02", "is not a cron expression", cron="61 * * * *"),
    Range("seconds", "2026-01-01", "2026-12-31", "more than 100000 moments", every="1s"),
]  # fmt: skip


@pytest.mark.parametrize("case", RANGES, ids=lambda case: case.name)
def test_dates(case: Range) -> None:
    def texts() -> list[str]:
        return moment_texts(
            case.first,
            case.last,
            every=case.every,
            cron=case.cron,
            zone=case.zone,
            form=case.form,
        )

    if isinstance(case.dates, str):
        with pytest.raises(MlopsError, match=case.dates):
            texts()
    else:
        assert tuple(texts()) == case.dates
