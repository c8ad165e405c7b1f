"""Schedules are asked for, shown, changed and removed; nothing is saved of what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest
from serving import Server

DAILY = {"cron": "15 3 * * 1-5", "zone": "Europe/Helsinki"}
PLAIN = "At 03:15, Monday through Friday (Europe/Helsinki)"
CELLS = (("parameters", "n: int = 1\nsource: str = ''"), ("step:load", "x = n"))


@pytest.fixture(scope="module")
def planned(server: Server) -> Server:
    """The server, with a notebook that can be scheduled and one that cannot."""
    server.write("plan/report.ipynb", *CELLS)
    server.write("plan/bad.ipynb", ("step:load", "print(x)"))
    return server


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
    path: str = "schedules"
    method: str = "POST"
    status: int = 422


def given(**body: Any) -> dict[str, Any]:
    return {"path": "plan/report.ipynb", **DAILY, **body}


def waiting(**trigger: Any) -> dict[str, Any]:
    return {"path": "plan/report.ipynb", "trigger": trigger}


REFUSALS = [
    Refusal(name="no timing", body={"path": "plan/report.ipynb"}, words="needs a timing"),
    Refusal(name="two timings", body=given(every="1h"), words="contradict each other"),
    Refusal(name="cron", body=given(cron="15 25 * * *"), words="is not a cron expression"),
    Refusal(name="never", body=given(cron="0 0 30 2 *"), words="bad day-of-month"),
    Refusal(name="both", body=given(trigger={"alias": "x"}), words="contradict each other"),
    Refusal(name="nothing to wait for", body=waiting(), words="waits for one thing"),
    Refusal(name="two things", body=waiting(alias="x", after="y"), words="waits for one thing"),
    Refusal(name="no such upstream", body=waiting(after="nobody"), words="nobody", status=404),
    Refusal(name="no such notebook", body=waiting(after="no.ipynb"), words="no.ipynb", status=404),
    Refusal(name="outside", body=waiting(file="../x/*.csv"), words="below", status=400),
    Refusal(name="stray", body=waiting(alias="x", secret="S"), words="secret: what the schedule"),
    Refusal(name="form", body=waiting(webhook="github", secret="HOOK"), words="secret HOOK"),
    Refusal(name="map", body=waiting(alias="x", map={"m": "$.run"}), words="parameter 'm'"),
    Refusal(
        name="map's type", body=waiting(alias="x", map={"n": 3}), words="trigger.map", status=400
    ),
    Refusal(name="stray field", body=waiting(alia="x"), words="trigger.alia", status=400),
    Refusal(name="zone", body=given(zone="Mars/Olympus"), words="is not a time zone"),
    Refusal(name="value", body=given(parameters={"n": "many"}), words="takes int, not 'many'"),
    Refusal(name="parameter", body=given(parameters={"m": 1}), words="declares no parameter 'm'"),
    Refusal(name="notebook", body=given(path="plan/bad.ipynb"), words="`x` is not defined"),
    Refusal(name="name", body=given(name="../x"), words="cannot be a schedule's name"),
    Refusal(name="retries", body=given(retries=101), words="is not between 0 and 100"),
    Refusal(name="priority", body=given(priority=10**30), words="is not between"),
    Refusal(name="duration", body=given(timeout="soon"), words="is not a duration"),
    Refusal(name="truth as number", body=given(retries=True), words="whole number", status=400),
    Refusal(name="rule", body=given(missed="maybe"), words="one of skip, once, all", status=400),
    Refusal(name="outside", body=given(path="../a.ipynb"), words="not a path", status=400),
    Refusal(name="no notebook", body=given(path="none.ipynb"), words="no such file", status=404),
    *(
        Refusal(name=f"{method} {path}", method=method, path=path, words="'none'", status=404)
        for method, path in (
            ("GET", "schedules/none"),
            ("PATCH", "schedules/none"),
            ("DELETE", "schedules/none"),
            ("POST", "schedules/none/pause"),
            ("POST", "schedules/none/resume"),
            ("GET", "schedules/none/ticks"),
            ("POST", "schedules/none/ticks"),
        )
    ),
    *(
        Refusal(name=query, method="GET", path=f"timings?{query}", words=words)
        for query, words in (
            ("zone=UTC", "needs a timing"),
            ("cron=1+2", "has not five fields"),
            ("every=often", "is not a duration"),
            ("at=2020-01-01", "never comes"),
            ("at=2027-03-28T03:30&zone=Europe/Helsinki", "does not exist in Europe/Helsinki"),
        )
    ),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_nothing_is_saved_of_what_is_wrong(planned: Server, case: Refusal) -> None:
    before = ask(planned, "GET", "schedules")
    body = None if case.method in ("GET", "DELETE") else case.body
    answer = planned.ask(case.method, case.path, body)
    assert (answer.status, case.words in answer.body["message"]) == (case.status, True), answer.body
    assert ask(planned, "GET", "schedules") == before


@dataclass(frozen=True)
class Preview:
    query: str
    plain: str
    clock: str
    minutes: int


PREVIEWS = [
    Preview("cron=15+3+*+*+*&zone=Asia/Kolkata", "At 03:15 (Asia/Kolkata)", "03:15:00+05:30", 1440),
    Preview("cron=@hourly", "Every hour (UTC)", ":00:00+00:00", 60),
    Preview("every=90m", "every 1h30m", "+00:00", 90),
]


@pytest.mark.parametrize("case", PREVIEWS, ids=lambda case: case.plain)
def test_a_timing_is_shown_while_it_is_typed(server: Server, case: Preview) -> None:
    found = ask(server, "GET", f"timings?{case.query}&number=3")
    assert found["plain"] == case.plain
    assert all(time.endswith(case.clock) for time in found["times"])
    moments = [datetime.fromisoformat(time) for time in found["times"]]
    assert [b - a for a, b in pairwise(moments)] == [timedelta(minutes=case.minutes)] * 2


def test_a_schedule_from_its_beginning_to_its_end(planned: Server) -> None:
    rules = {"parameters": {"n": 3}, "pinned": True, "timeout": "2h", "retries": 2}
    added = ask(planned, "POST", "schedules", **given(name="nightly", **rules))
    asked = added["report"]["schedule"]
    assert (added["path"], added["report"]["plain"], added["report"]["state"]) == (
        "plan/report.ipynb",
        PLAIN,
        "active",
    )
    assert [time[11:19] for time in added["times"]] == ["03:15:00"] * 5
    assert (asked["parameters"], asked["timeout"], asked["retries"]) == ({"n": 3}, 7200, 2)
    again = planned.ask("POST", "schedules", given(name="nightly"))
    assert (again.status, "already" in again.body["message"]) == (422, True)
    other = ask(planned, "POST", "schedules", path="plan/report.ipynb", every="90m")
    assert other["report"]["name"] == "report"
    assert ask(planned, "DELETE", "schedules/report") == {"removed": "report"}

    planned.write("plan/report.ipynb", *CELLS, ("", "y = x"))
    listed = ask(planned, "GET", f"schedules?notebook={quote('plan/report.ipynb', safe='')}")
    (one,) = listed["schedules"]
    assert (one["report"]["name"], one["report"]["outdated"]) == ("nightly", True)
    assert one["times"] == added["times"][:1]
    changes = {"timeout": "never", "parameters": {}, "zone": "UTC"}
    changed = ask(planned, "PATCH", "schedules/nightly", **changes)
    assert changed["report"]["schedule"] == {
        **asked,
        "timeout": None,
        "parameters": {},
        "timing": {**asked["timing"], "zone": "UTC"},
    }
    updated = ask(planned, "PATCH", "schedules/nightly", update=True)["report"]
    assert (updated["outdated"], updated["schedule"]["revision"] == asked["revision"]) == (
        False,
        False,
    )
    latest = ask(planned, "PATCH", "schedules/nightly", pinned=False)["report"]
    assert latest["schedule"] == {**updated["schedule"], "revision": None}

    paused = ask(planned, "POST", "schedules/nightly/pause")
    assert (paused["report"]["state"], paused["times"]) == ("paused", [])
    assert ask(planned, "GET", "schedules/nightly") == paused
    assert ask(planned, "POST", "schedules/nightly/resume")["report"]["state"] == "active"
    assert ask(planned, "GET", "schedules/nightly/ticks") == {"ticks": []}
    tick = ask(planned, "POST", "schedules/nightly/ticks")
    assert (tick["schedule"], tick["state"]) == ("nightly", "queued")
    assert ask(planned, "GET", "schedules/nightly")["report"]["last"] == tick
    ask(planned, "DELETE", "schedules/nightly")
    assert [one["why"] for one in ask(planned, "GET", "schedules/nightly/ticks")["ticks"]] == [
        "the schedule was removed"
    ]


def test_schedules_come_in_pages(server: Server) -> None:
    server.write("paged/report.ipynb", *CELLS)
    for n in range(3):
        ask(server, "POST", "schedules", path="paged/report.ipynb", every="2h", name=f"paged-{n}")
    of_it = f"schedules?notebook={quote('paged/report.ipynb', safe='')}&limit=2"
    first = ask(server, "GET", of_it)
    assert first["next"] == "paged-1"
    rest = ask(server, "GET", f"{of_it}&after={first['next']}")
    names = [view["report"]["name"] for view in first["schedules"] + rest["schedules"]]
    assert (names, rest["next"]) == (["paged-0", "paged-1", "paged-2"], None)
    for name in names:
        ask(server, "DELETE", f"schedules/{name}")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A trigger that is asked for, what is kept of it, and how it is told."""

    asked: dict[str, Any]
    kept: dict[str, Any]
    plain: str


WAITING = [
    Waiting(
        asked={"after": "wait/first.ipynb", "map": {"source": "$.run"}},
        kept={
            "kind": "notebook",
            "source": "{root}/wait/first.ipynb",
            "parameters": {"source": "$.run"},
        },
        plain="first.ipynb",
    ),
    Waiting(
        asked={"alias": "model@production"},
        kept={"kind": "alias", "source": "model@production"},
        plain="model@production",
    ),
    Waiting(
        asked={"file": "wait/in/*.csv", "settle": "2s", "poll": "1m"},
        kept={"kind": "file", "source": "{root}/wait/in/*.csv", "settle": 2.0, "every": 60.0},
        plain="*.csv",
    ),
]


@pytest.mark.parametrize("case", WAITING, ids=lambda case: case.kept["kind"])
def test_a_schedule_waits_for_what_happens(server: Server, case: Waiting) -> None:
    server.write("wait/first.ipynb", *CELLS)
    server.write("wait/next.ipynb", *CELLS)
    (server.root / "wait" / "in").mkdir(exist_ok=True)
    added = ask(
        server, "POST", "schedules", path="wait/next.ipynb", name="waits", trigger=case.asked
    )
    schedule, kept = added["report"]["schedule"], dict(case.kept)
    kept["source"] = kept["source"].format(root=server.root.resolve())
    assert {name: schedule["trigger"][name] for name in kept} == kept
    assert (
        schedule["timing"]["kind"],
        schedule["missed"],
        schedule["overlap"],
        added["times"],
    ) == (
        *("event", "all", "queue"),
        [],
    )
    assert case.plain in added["report"]["plain"]
    timed = ask(server, "PATCH", "schedules/waits", every="2h")["report"]["schedule"]
    assert (timed["trigger"], timed["timing"]["kind"]) == (None, "interval")
    again = ask(server, "PATCH", "schedules/waits", trigger=case.asked)["report"]["schedule"]
    assert again == schedule
    ask(server, "DELETE", "schedules/waits")
