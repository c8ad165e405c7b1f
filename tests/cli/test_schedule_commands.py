"""``schedule`` and ``service``: what is refused before anything is saved, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result

Mlops = Callable[..., Result]
NOTEBOOK = [("parameters", "n = 1  # how many"), ("step:load", "x = n")]


@pytest.fixture
def notebook(write_notebook: Callable[..., Path]) -> Path:
    return write_notebook("report.ipynb", *NOTEBOOK)


def answer(result: Result) -> object:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


DAILY = ("--cron", "15 3 * * 1-5", "--tz", "Europe/Helsinki")


@dataclass(frozen=True)
class Refusal:
    name: str
    options: tuple[str, ...]
    message: str
    source: str = "x = n"


REFUSALS = [
    Refusal("no timing", (), "Give one of --cron, --every and --at"),
    Refusal("two timings", (*DAILY, "--every", "1h"), "contradict each other"),
    Refusal("cron", ("--cron", "15 25 * * *"), "is not a cron expression"),
    Refusal("zone", ("--cron", "15 3 * * *", "--tz", "Mars/Olympus"), "is not a time zone"),
    Refusal("interval with a zone", ("--every", "1h", "--tz", "UTC"), "needs no time zone"),
    Refusal("over", ("--at", "2020-01-01T00:00"), "never comes"),
    Refusal("unknown parameter", (*DAILY, "-p", "m", "1"), "declares no parameter 'm'"),
    Refusal("wrong type", (*DAILY, "-p", "n", "many"), "takes int, not 'many'"),
    Refusal("does not compile", DAILY, "cannot be compiled", source="x = "),
    Refusal("name", (*DAILY, "--name", "../x"), "cannot be a schedule's name"),
    Refusal("environment", (*DAILY, "--environment", "none.txt"), "no such file"),
    Refusal("priority", (*DAILY, "--priority", "1" + "0" * 30), "is not between"),
    Refusal("duration", (*DAILY, "--timeout", "soon"), "is not a duration"),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_nothing_is_saved_of_what_is_wrong(
    mlops: Mlops, write_notebook: Callable[..., Path], case: Refusal
) -> None:
    notebook = write_notebook("report.ipynb", NOTEBOOK[0], ("step:load", case.source))
    refused = mlops("schedule", "add", notebook, *case.options)
    assert (refused.exit_code, case.message in refused.stderr) == (2, True), refused.output
    assert answer(mlops("schedule", "list", "--json")) == []


def test_no_notebook(mlops: Mlops, tmp_path: Path) -> None:
    assert mlops("schedule", "add", tmp_path / "no.ipynb", *DAILY).exit_code == 2


@pytest.mark.parametrize("words", ["show", "edit", "pause", "resume", "remove", "run-now"])
def test_unknown_schedules(mlops: Mlops, words: str) -> None:
    refused = mlops("schedule", words, "nothing", "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"] == "UnknownSchedule"


def test_a_schedule_from_its_beginning_to_its_end(mlops: Mlops, notebook: Path) -> None:
    added = mlops("schedule", "add", notebook, *DAILY, "-p", "n", "3", "--pinned")
    assert "At 03:15, Monday through Friday (Europe/Helsinki)" in added.stdout
    assert added.stdout.count("03:15:00 EE") == 5
    again = answer(mlops("schedule", "add", notebook, "--every", "90m", "--json"))
    assert (again["name"], again["plain"]) == ("report-2", "every 1h30m")
    mlops("schedule", "remove", "report-2")

    notebook.write_text(notebook.read_text().replace("x = n", "x = n + 1"))
    assert "1 schedule runs an older version" in mlops("schedule", "list").stdout
    options = ("--cron", "0 6 * * *", "--timeout", "1h", "--retries", "2", "--engine", "local")
    edited = answer(mlops("schedule", "edit", "report", *options, "--json"))
    kept = edited["schedule"]
    assert (edited["outdated"], kept["parameters"], kept["timing"]["zone"]) == (
        True,
        {"n": 3},
        "Europe/Helsinki",
    )
    assert (kept["timeout"], kept["retries"], kept["engine"]) == (3600, 2, "local")
    free = answer(mlops("schedule", "edit", "report", "--timeout", "never", "--json"))
    assert free["schedule"] == {**kept, "timeout": None}
    updated = answer(mlops("schedule", "edit", "report", "--update", "--json"))
    assert updated["schedule"] == {
        **kept,
        "timeout": None,
        "revision": updated["schedule"]["revision"],
    }
    assert updated["outdated"] is False

    assert len(answer(mlops("schedule", "next", "report", "-n", "3", "--json"))) == 3
    assert "06:00:00 EE" in mlops("schedule", "next", "report", "-n", "1").stdout
    assert answer(mlops("schedule", "pause", "report", "--json"))["state"] == "paused"
    assert answer(mlops("schedule", "resume", "report", "--json"))["state"] == "active"
    assert mlops("schedule", "history", "report").stdout == "no ticks yet\n"
    tick = answer(mlops("schedule", "run-now", "report", "--json"))
    assert tick["state"] == "queued"
    assert answer(mlops("schedule", "history", "report", "--json")) == [tick]
    assert "queued" in mlops("schedule", "show", "report").stdout
    assert answer(mlops("schedule", "remove", "report", "--json")) == {"removed": "report"}
    assert mlops("schedule", "list").stdout == "no schedules\n"
    assert "the schedule was removed" in mlops("schedule", "history", "report").stdout


def test_a_service_with_nothing_to_do(mlops: Mlops, notebook: Path) -> None:
    mlops("schedule", "add", notebook, *DAILY)
    done = mlops("service", "--once")
    assert (done.exit_code, done.output) == (0, "")


def test_whether_a_service_runs(mlops: Mlops) -> None:
    assert mlops("service", "--status").stdout == "no service runs\n"
    assert answer(mlops("service", "--status", "--json")) == {
        "running": False,
        "since": None,
        "host": "",
        "pid": None,
        "stopped": False,
    }
    refused = mlops("service", "--stop")
    assert (refused.exit_code, "no service runs" in refused.stderr) == (2, True)
