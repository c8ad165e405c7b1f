"""``alert`` and ``hook``: what is refused before anything is saved, and what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result

Mlops = Callable[..., Result]

MAIL = "mailto://ada:geheim-Wort@127.0.0.1:1?from=mlops@example.com&to=ops@example.com"
URL = "https://ci.example.com/geheim-Wort"


def answer(result: Result) -> object:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def add(kind: str) -> tuple[str, str, str]:
    return (kind, "add", "ops")


TO = ("--to", MAIL)
HOOK = ("--webhook", URL)


@dataclass(frozen=True)
class Refusal:
    name: str
    words: tuple[str, ...]
    message: str


REFUSALS = [
    Refusal("no address", add("alert"), "Give --to"),
    Refusal("no way", add("hook"), "Give one of --webhook, --command and --github"),
    Refusal("two ways", (*add("hook"), *HOOK, "--command", "cat"), "contradict each other"),
    Refusal("no such kind", (*add("alert"), "--to", "pigeon://x"), "does not know the URL pigeon"),
    Refusal("no URL", (*add("hook"), "--webhook", "ci.example.com"), "a webhook needs a URL"),
    Refusal("no program", (*add("hook"), "--command", "/no/such"), "'/no/such' is no program"),
    Refusal("no words", (*add("hook"), "--command", "cat '"), "cannot be split into words"),
    Refusal("no repository", (*add("hook"), "--github", "a", "--secret", "x"), "not a repository"),
    Refusal("no token", (*add("hook"), "--github", "a/b"), "GitHub needs a token"),
    Refusal("no use", (*add("hook"), "--command", "cat", "--secret", "x"), "no use for --secret"),
    Refusal("no base64", (*add("hook"), *HOOK, "--secret", "whsec_?"), "is not base64"),
    Refusal("event", (*add("alert"), *TO, "--on", "failure,rain"), "nothing is told on 'rain'"),
    Refusal("no event", (*add("alert"), *TO, "--on", ","), "is told of nothing"),
    Refusal("condition", (*add("hook"), *HOOK, "--if", "accuracy"), "is not a condition"),
    Refusal("duration", (*add("alert"), *TO, "--repeat", "often"), "is not a duration"),
    Refusal("schedule", (*add("alert"), *TO, "--schedule", "none"), "no schedule is named 'none'"),
    Refusal("notebook", (*add("alert"), *TO, "--notebook", "none.ipynb"), "no such file"),
    Refusal("name", ("alert", "add", "../ops", *TO), "cannot be the name of alerts"),
    Refusal("variable", (*add("alert"), "--to", "env:NO_SUCH"), "NO_SUCH is not set"),
    Refusal("relative file", (*add("alert"), "--to", "file:url"), "no absolute path"),
    Refusal("missing file", (*add("alert"), "--to", "file:/no/such"), "cannot be read"),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_nothing_is_saved_of_what_is_wrong(mlops: Mlops, case: Refusal) -> None:
    refused = mlops(*case.words)
    assert (refused.exit_code, case.message in refused.stderr) == (2, True), refused.output
    assert "geheim" not in refused.output
    assert [answer(mlops(kind, "list", "--json")) for kind in ("alert", "hook")] == [[], []]


@pytest.mark.parametrize("word", ["show", "edit", "pause", "resume", "remove", "test", "history"])
def test_unknown_alerts(mlops: Mlops, word: str) -> None:
    refused = mlops("alert", word, "nothing", "--json")
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"] == "UnknownAlert"


def private(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "store" / "private").iterdir())


def test_an_alert_from_its_beginning_to_its_end(mlops: Mlops, tmp_path: Path) -> None:
    """What is given in clear stands in one file that only its owner reads, and is never shown."""
    shown = "mailto://ada:****@127.0.0.1:1/ops@example.com"
    added = mlops("alert", "add", "ops", *TO, "--on", "failure,lateness", "--ends-within", "2h")
    assert added.exit_code == 0, added.output
    assert (shown in added.stdout, "ended 2 h 00 min" in added.stdout) == (True, True)
    (kept,) = private(tmp_path)
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (MAIL, 0o600)
    assert mlops("hook", "add", "ops", *HOOK).exit_code == 2
    assert "ops is no hook" in mlops("hook", "show", "ops").stderr

    edited = answer(mlops("alert", "edit", "ops", "--repeat", "0", "--by-hand", "--json"))
    assert edited["alert"] == {  # type: ignore[index]
        "name": "ops", "way": "message", "to": f"kept:{kept.name}", "shown": shown, "secret": "",
        "on": ["failure", "lateness"], "checks": [], "notebook": None, "schedule": None,
        "by_hand": True, "begins_within": 300.0, "ends_within": 7200.0, "repeat": 0.0,
        "event_type": "", "user": edited["alert"]["user"], "created": edited["alert"]["created"],  # type: ignore[index]
        "file": "",
    }  # fmt: skip
    assert answer(mlops("alert", "pause", "ops", "--json"))["state"] == "paused"  # type: ignore[index]
    assert answer(mlops("alert", "resume", "ops", "--json"))["state"] == "active"  # type: ignore[index]

    assert mlops("alert", "history", "ops").exit_code == 0
    tested = mlops("alert", "test", "ops", "--json")
    delivery = json.loads(tested.stdout)
    assert (tested.exit_code, delivery["state"], delivery["attempts"]) == (1, "failed", 1)
    assert "geheim" not in tested.stdout
    assert answer(mlops("alert", "history", "ops", "--json")) == [delivery]
    assert "  1       " in mlops("alert", "list").stdout
    (again,) = answer(mlops("alert", "retry", "ops", delivery["key"], "--json"))  # type: ignore[misc]
    assert (again["state"], again["attempts"]) == ("queued", 0)

    new = MAIL.replace("geheim", "neues")
    answer(mlops("alert", "edit", "ops", "--to", new, "--json"))
    assert [path.read_text() for path in private(tmp_path)] == [new]
    assert answer(mlops("alert", "remove", "ops", "--json")) == {"removed": "ops"}
    assert (private(tmp_path), mlops("alert", "list").stdout) == ([], "no alerts\n")


def test_hooks(mlops: Mlops, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user keeps somewhere is read there, and must be private."""
    monkeypatch.setenv("CI_KEY", "a key")
    url = tmp_path / "url"
    url.write_text(f"{URL}\n")
    url.chmod(0o644)
    words = ("hook", "add", "ci", "--webhook", f"file:{url}", "--secret", "env:CI_KEY")
    refused = mlops(*words)
    assert (refused.exit_code, f"others can read {url}" in refused.stderr) == (2, True)
    url.chmod(0o600)
    added = answer(mlops(*words, "--if", "accuracy>=0.9", "--json"))["alert"]  # type: ignore[index]
    assert (added["to"], added["shown"], added["secret"], added["on"], added["checks"]) == (
        f"file:{url}",
        "https://ci.example.com/***",
        "env:CI_KEY",
        ["success"],
        ["accuracy>=0.9"],
    )
    assert "ci.example.com/***" in mlops("hook", "list").stdout

    edited = answer(mlops("hook", "edit", "ci", "--command", "true", "--json"))["alert"]  # type: ignore[index]
    assert (edited["way"], Path(edited["to"]).name, edited["secret"]) == ("command", "true", "")
    assert mlops("hook", "test", "ci").stdout == "hook ci: delivered\n"
    assert "delivered" in mlops("hook", "history", "ci").stdout
    assert "test delivered" in mlops("hook", "show", "ci").stdout
    assert mlops("hook", "retry", "ci").stdout.startswith("hook ci: 0 queued")
