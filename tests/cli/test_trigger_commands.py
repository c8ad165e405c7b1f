"""``schedule add`` and its like with what happens, not with a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result

Mlops = Callable[..., Result]


@pytest.fixture
def load(write_notebook: Callable[..., Path]) -> Path:
    return write_notebook("load.ipynb", ("step:load", "x = 1"))


@pytest.fixture
def train(write_notebook: Callable[..., Path]) -> Path:
    return write_notebook("train.ipynb", ("parameters", "n = 1\nrun = ''"), ("step:train", "n"))


def answer(result: Result) -> object:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@dataclass(frozen=True)
class Refusal:
    name: str
    options: tuple[str, ...]
    message: str


HOOK = ("--webhook", "json", "--secret")
SECRETS = {"SHORT": "short", "LONG": "0123456789abcdef"}

REFUSALS = [
    Refusal("two", ("--after", "x", "--alias", "y"), "--after and --alias contradict each other"),
    Refusal("time, too", ("--every", "1h", "--alias", "y"), "contradict each other"),
    Refusal("a map of a time", ("--every", "1h", "--map", "n=$.x"), "has no such thing"),
    Refusal("no pair", ("--alias", "y", "--map", "n"), "write it as NAME=PATH"),
    Refusal("no path", ("--alias", "y", "--map", "run=run"), "'run' is not a path"),
    Refusal("no such field", ("--alias", "y", "--map", "run=$.x"), "it has $.alias, $.target"),
    Refusal("undeclared", ("--alias", "y", "--map", "m=$.run"), "declares no parameter 'm'"),
    Refusal("wrong type", ("--alias", "y", "--map", "n=$.run"), "takes int"),
    Refusal("no schedule", ("--after", "nothing"), "no schedule is named 'nothing'"),
    Refusal("no notebook", ("--after", "nothing.ipynb"), "no such notebook"),
    Refusal("no folder", ("--file", "none/*.csv"), "no such folder"),
    Refusal("a password", ("--file", "sftp://a:b@host/*"), "holds a password"),
    Refusal("no file", ("--alias", "y", "--settle", "1m"), "--settle: what the schedule waits"),
    Refusal("no secret", ("--webhook", "json"), "a webhook needs a secret"),
    Refusal("nobody's secret", (*HOOK, "NOBODYS"), "nobody gives the value of the secret NOBODYS"),
    Refusal("a short secret", (*HOOK, "SHORT"), "the secret SHORT can be guessed"),
    Refusal("undeclared, too", (*HOOK, "LONG", "--map", "m=$.x"), "declares no parameter 'm'"),
    Refusal("no form", ("--webhook", "xml"), "is not one of"),
    Refusal("no such file's", ("--file", "*", "--map", "run=$.size"), "it has $.path, $.name"),
    Refusal("itself", ("--after", "train.ipynb"), "would start itself again and again"),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_nothing_is_saved_of_what_is_wrong(
    mlops: Mlops, train: Path, case: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(train.parent)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    refused = mlops("schedule", "add", train, *case.options)
    assert (refused.exit_code, case.message in refused.stderr) == (2, True), refused.output
    assert answer(mlops("schedule", "list", "--json")) == []


def test_a_line_of_schedules(mlops: Mlops, load: Path, train: Path) -> None:
    mlops("schedule", "add", load, "--every", "1h")
    added = answer(
        mlops("schedule", "add", train, "--after", "load", "--map", "run=$.run", "--json")
    )
    kept = added["schedule"]
    assert (added["state"], added["next"], added["plain"]) == (
        "active",
        None,
        "after each success of schedule load",
    )
    assert (kept["missed"], kept["overlap"], kept["trigger"]) == (
        "all",
        "queue",
        {
            "kind": "schedule",
            "source": "load",
            "parameters": {"run": "$.run"},
            "settle": 0,
            "every": 0,
            "secret": "",
            "rate": 0,
        },
    )
    assert "run = $.run" in mlops("schedule", "show", "train").stdout
    assert mlops("schedule", "next", "train").stdout == "after each success of schedule load\n"
    circle = mlops("schedule", "edit", "load", "--after", train)
    assert "would start itself again and again" in circle.stderr
    assert "schedule train waits for runs of load" in mlops("schedule", "remove", "load").stderr

    edited = answer(mlops("schedule", "edit", "train", "--alias", "model@best", "--json"))
    assert (edited["plain"], edited["schedule"]["trigger"]["parameters"]) == (
        "when alias model@best moves",
        {"run": "$.run"},
    )
    mlops("schedule", "edit", "train", "--map", "run=$.target")
    timed = answer(mlops("schedule", "edit", "train", "--every", "2h", "--json"))
    assert (timed["plain"], timed["schedule"]["trigger"]) == ("every 2h", None)


def test_files(mlops: Mlops, train: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(train.parent)
    options = ("--file", "*.csv", "--settle", "1m", "--map", "run=$.path", "--json")
    added = answer(mlops("schedule", "add", train, *options))
    trigger = {
        "kind": "file",
        "source": f"{train.parent}/*.csv",
        "parameters": {"run": "$.path"},
        "settle": 60,
        "every": 10,
        "secret": "",
        "rate": 0,
    }
    assert (added["plain"], added["schedule"]["trigger"]) == (
        f"when a file lands at {train.parent}/*.csv",
        trigger,
    )
    edited = answer(mlops("schedule", "edit", "train", "--poll", "1h", "--json"))
    assert edited["schedule"]["trigger"] == {**trigger, "every": 3600}
    (train.parent / "a.csv").touch()
    assert mlops("service", "--once").output == ""  # it has not settled


def test_a_webhook(mlops: Mlops, train: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONG", SECRETS["LONG"])
    added = answer(mlops("schedule", "add", train, *HOOK, "LONG", "--map", "n=$.n", "--json"))
    trigger = {
        "kind": "webhook",
        "source": "json",
        "parameters": {"n": "$.n"},
        "settle": 0,
        "every": 0,
        "secret": "LONG",
        "rate": 60,
    }
    assert (added["plain"], added["schedule"]["trigger"]) == (
        "when something is posted to /hooks/train (json)",
        trigger,
    )
    edited = answer(mlops("schedule", "edit", "train", "--rate", "5", "--json"))
    assert edited["schedule"]["trigger"] == {**trigger, "rate": 5}
    assert "rate       5 a minute" in mlops("schedule", "show", "train").stdout
    refused = mlops("schedule", "replay", "train")
    assert (refused.exit_code, "nothing was posted to train" in refused.stderr) == (2, True)
