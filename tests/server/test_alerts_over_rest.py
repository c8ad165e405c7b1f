"""Alerts and hooks are asked for, shown, tested, changed and removed over REST."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from receivers import Web, web_server
from serving import Server


@pytest.fixture(scope="module")
def watched(server: Server) -> Server:
    """The server, with a notebook that can be told of."""
    server.write("told/report.ipynb", ("step:load", "x = 1"))
    return server


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as found:
        yield found


def ask(server: Server, method: str, path: str, /, **body: Any) -> Any:
    answer = server.ask(method, path, body or ({} if method in ("POST", "PATCH") else None))
    assert answer.status < 300, answer.body
    return answer.body


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A request that is refused, and the words of the answer."""

    name: str
    words: str
    body: dict[str, Any] = field(default_factory=dict)
    path: str = "alerts"
    method: str = "POST"
    status: int = 422


def hook(**body: Any) -> dict[str, Any]:
    return {"name": "ci", "way": "webhook", "to": "https://ci.example.com/key", **body}


REFUSALS = [
    Refusal(name="name", body=hook(name="../x"), words="cannot be the name of hooks"),
    Refusal(name="url", body=hook(to="ftp://x"), words="needs a URL"),
    Refusal(name="apprise", body=hook(way="message", to="no://x"), words="no"),
    Refusal(name="token", body=hook(way="github", to="a/b"), words="GitHub needs a token"),
    Refusal(name="secret", body=hook(way="command", to="x", secret="y"), words="no use for"),
    Refusal(name="event", body=hook(on=["fire"]), words="fire"),
    Refusal(name="time", body=hook(repeat="soon"), words="is not a duration"),
    Refusal(name="notebook", body=hook(path="none.ipynb"), words="no such file", status=404),
    Refusal(name="outside", body=hook(path="../a.ipynb"), words="not a path", status=400),
    Refusal(name="schedule", body=hook(schedule="none"), words="'none'", status=404),
    Refusal(name="way", body=hook(way="pigeon"), words="one of message", status=400),
    Refusal(name="field", body=hook(too="x"), words="unknown field 'too'", status=400),
    Refusal(name="kind", method="GET", path="alerts?kind=x", words="alert or hook", status=400),
    *(
        Refusal(name=f"{method} {path}", method=method, path=path, words="'none'", status=404)
        for method, path in (
            ("GET", "alerts/none"),
            ("PATCH", "alerts/none"),
            ("DELETE", "alerts/none"),
            ("POST", "alerts/none/pause"),
            ("POST", "alerts/none/resume"),
            ("POST", "alerts/none/test"),
            ("GET", "alerts/none/deliveries"),
            ("POST", "alerts/none/deliveries"),
        )
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_nothing_is_saved_of_what_is_wrong(watched: Server, case: Refusal) -> None:
    before = ask(watched, "GET", "alerts")
    body = None if case.method in ("GET", "DELETE") else case.body
    answer = watched.ask(case.method, case.path, body)
    assert (answer.status, case.words in answer.body["message"]) == (case.status, True), answer.body
    assert ask(watched, "GET", "alerts") == before


def test_an_alert_from_its_beginning_to_its_end(watched: Server, web: Web) -> None:
    """What is secret in its address is never answered; a test that failed can be sent anew."""
    to = f"{web.url.replace('http', 'json', 1)}/hidden-key"
    added = ask(
        watched, "POST", "alerts", name="team", way="message", to=to, path="told/report.ipynb",
        on=["failure", "lateness"], ends_within="2h",
    )  # fmt: skip
    assert (added["path"], added["report"]["kind"]) == ("told/report.ipynb", "alert")
    alert = added["report"]["alert"]
    assert (alert["on"], alert["ends_within"], alert["repeat"]) == (
        ["failure", "lateness"],
        7200.0,
        86400.0,
    )
    assert "hidden-key" not in str(added)
    twice = watched.ask("POST", "alerts", hook(name="team"))
    assert (twice.status, twice.body["message"]) == (422, "there is an alert 'team' already")

    changed = ask(
        watched, "PATCH", "alerts/team", path="", by_hand=True, ends_within="never", repeat="0"
    )
    alert = changed["report"]["alert"]
    assert (changed["path"], alert["notebook"], alert["by_hand"]) == (None, None, True)
    assert (alert["on"], alert["ends_within"], alert["repeat"]) == (
        ["failure", "lateness"],
        None,
        0.0,
    )
    other = watched.ask("PATCH", "alerts/team", {"way": "webhook"})
    assert (other.status, "tells people" in other.body["message"]) == (422, True)
    assert ask(watched, "POST", "alerts/team/pause")["report"]["state"] == "paused"
    assert ask(watched, "POST", "alerts/team/resume")["report"]["state"] == "active"

    web.answers = [500]
    failed = ask(watched, "POST", "alerts/team/test")
    delivered = ask(watched, "POST", "alerts/team/test")
    assert [failed["state"], delivered["state"]] == ["failed", "delivered"]
    assert len(web.calls) == 2
    assert ask(watched, "GET", "alerts/team/deliveries")["deliveries"] == [delivered, failed]
    assert ask(watched, "GET", "alerts/team/deliveries?limit=1")["deliveries"] == [delivered]
    wrong = watched.ask("POST", "alerts/team/deliveries", {"keys": [delivered["key"]]})
    assert (wrong.status, "has not failed" in wrong.body["message"]) == (422, True)
    (again,) = ask(watched, "POST", "alerts/team/deliveries")["deliveries"]
    assert (again["key"], again["state"]) == (failed["key"], "queued")

    assert ask(watched, "DELETE", "alerts/team") == {"removed": "team"}
    kept = ask(watched, "GET", "alerts/team/deliveries")["deliveries"]
    assert [one["state"] for one in kept] == ["delivered", "cancelled"]


def test_hooks_are_listed_apart_from_alerts(watched: Server) -> None:
    secret = "whsec_aGlkZGVuIGtleSBvZiBhIGhvb2s="
    added = ask(watched, "POST", "alerts", **hook(secret=secret, checks=["accuracy>=0.9"]))
    alert = added["report"]["alert"]
    assert (alert["shown"], alert["on"]) == ("https://ci.example.com/***", ["success"])
    assert secret not in str(added)
    ask(watched, "PATCH", "alerts/ci", way="command", to="/usr/bin/true --now")
    listed = {
        kind: [
            (view["report"]["name"], view["report"]["alert"]["way"])
            for view in ask(watched, "GET", f"alerts?kind={kind}")["alerts"]
        ]
        for kind in ("alert", "hook")
    }
    assert listed == {"alert": [], "hook": [("ci", "command")]}
    deploy = ask(watched, "POST", "alerts/ci/test")
    assert (deploy["state"], deploy["why"]) == ("delivered", "")
    ask(watched, "DELETE", "alerts/ci")
