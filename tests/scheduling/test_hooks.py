"""What is posted: who is known by the secret, what is a tick and of which parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from planned import T0, at, schedule_named, told
from posted import (
    SECRET,
    STANDARD,
    alerts,
    basic,
    github,
    github_of,
    signed,
    waiting,
    with_headers,
)

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.scheduling.book import (
    add_schedule,
    change_schedule,
    history,
    pause_schedule,
    remove_schedule,
)
from jupyter_mlops.scheduling.hooks import receive, replay
from jupyter_mlops.scheduling.signatures import Delivery, Refused
from jupyter_mlops.store import Store


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)


def test_what_is_posted_is_a_tick_once(store: Store) -> None:
    mapped = {"lr": "$.alerts[0].labels.lr", "n": "$.n"}
    add_schedule(store, waiting("json", mapped=mapped), at(0))
    payload = {"alerts": [{"labels": {"lr": "0.1"}}], "n": 3}
    got = receive(store, "a", signed(payload), at(0))
    assert got.tick is not None
    assert (got.new, got.tick.state, got.tick.cause, got.tick.parameters) == (
        True,
        "queued",
        "m1 was posted",
        {"lr": "0.1", "n": 3},
    )
    again = receive(store, "a", signed(payload, minute=1), at(2))  # the sender heard no answer
    assert again == replace(got, new=False)
    assert receive(store, "a", signed(payload, name="m2"), at(2)).new
    assert told(store, "a") == [(0, "queued"), (2, "queued")]


@dataclass(frozen=True)
class Refusal:
    name: str
    form: str
    delivery: Callable[[], Delivery]
    status: int
    minute: float = 0


REFUSALS = [
    Refusal("another key", "json", lambda: signed({}, key="x"), 401),
    Refusal("another body", "json", lambda: signed({}, body=b"[]"), 401),
    Refusal("another id", "json", lambda: with_headers(signed({}), **{"webhook-id": "m2"}), 401),
    Refusal("old", "json", lambda: signed({}), 401, minute=5.1),
    Refusal("of the future", "json", lambda: signed({}), 401, minute=-5.1),
    Refusal("no headers", "json", lambda: Delivery(headers={}, body=b"{}"), 401),
    Refusal(
        "no number", "json", lambda: with_headers(signed({}), **{"webhook-timestamp": "x"}), 401
    ),
    Refusal("no JSON", "github", lambda: github_of(b"payload=%7B%7D"), 400),
    Refusal("no finite number", "github", lambda: github_of(b"[NaN]"), 400),
    Refusal("deep", "github", lambda: github_of(b"[" * 10**5), 400),
    Refusal("GitHub's other key", "github", lambda: github({}, key="x"), 401),
    Refusal("no signature", "github", lambda: github({}, **{"x-hub-signature-256": ""}), 401),
    Refusal("no event", "github", lambda: github({}, **{"x-github-event": ""}), 400),
    Refusal("no token", "alertmanager", lambda: with_headers(alerts(), authorization=""), 401),
    Refusal("wrong token", "alertmanager", lambda: alerts(auth="Bearer x"), 401),
    Refusal("wrong password", "alertmanager", lambda: alerts(auth=basic("x")), 401),
    Refusal("no base64", "alertmanager", lambda: alerts(auth="Basic x"), 401),
    Refusal("not Alertmanager's", "alertmanager", lambda: replace(alerts(), body=b"{}"), 400),
    Refusal("an array", "alertmanager", lambda: replace(alerts(), body=b"[]"), 400),
]


def test_what_is_not_signed_or_of_another_form_is_refused(file_store: Store) -> None:
    store = file_store
    for form in ("json", "github", "alertmanager"):
        add_schedule(store, replace(waiting(form), name=form), at(0))
    found = []
    for case in REFUSALS:
        with pytest.raises(Refused) as refused:
            receive(store, case.form, case.delivery(), at(case.minute))
        found.append((case.name, refused.value.status))
    assert found == [(case.name, case.status) for case in REFUSALS]
    for form in ("json", "github", "alertmanager"):
        assert history(store, form) == []


def test_a_secret_as_standard_webhooks_writes_it(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = file_store
    add_schedule(store, waiting("json"), at(0))
    monkeypatch.setenv("HOOK_SECRET", STANDARD)
    assert receive(store, "a", signed({}), at(0)).new
    for bad in ("whsec_%", "short", ""):
        monkeypatch.setenv("HOOK_SECRET", bad)
        with pytest.raises(Refused) as refused:
            receive(store, "a", signed({}, name="m2"), at(0))
        assert refused.value.status == 503


def test_github(file_store: Store) -> None:
    """A delivery that somebody heard and posts with another ID is the same event."""
    store = file_store
    add_schedule(store, waiting("github", mapped={"ref": "$.ref"}), at(0))
    ping = receive(store, "a", github({"zen": "x"}, **{"x-github-event": "ping"}), at(0))
    assert (ping.tick, ping.why) == (None, "GitHub only asks whether somebody is there")
    push = receive(store, "a", github({"ref": "refs/heads/main"}), at(1))
    assert push.tick is not None
    assert (push.tick.cause, push.tick.parameters) == (
        "GitHub posted push 72d3162e",
        {"ref": "refs/heads/main"},
    )
    other = github({"ref": "refs/heads/main"}, **{"x-github-delivery": "0000"})
    assert receive(store, "a", other, at(2)) == replace(push, new=False)


def test_alertmanager(file_store: Store) -> None:
    """It repeats what fires as long as it does: each set of firing alerts is one event."""
    store = file_store
    add_schedule(store, waiting("alertmanager", mapped={"lr": "$.alerts[0].labels.lr"}), at(0))
    a, b = ("f1", "firing", "0.1"), ("f2", "firing", "0.2")
    gone = ("f1", "resolved", "0.1")
    news = [
        receive(store, "a", delivery, at(minute)).new
        for minute, delivery in enumerate(
            (
                alerts(a),
                alerts(a, auth=basic(SECRET)),
                alerts(a, b),
                alerts(b, a),
                alerts(gone, b),
                alerts(gone, status="resolved"),
            )
        )
    ]
    assert news == [True, False, True, False, True, False]
    assert [tick.parameters["lr"] for tick in history(store, "a")] == ["0.2", "0.1", "0.1"]


def test_no_more_than_its_rate(store: Store) -> None:
    add_schedule(store, waiting("json", rate=2, overlap="allow"), at(0))
    for n, minute in enumerate((0, 0.5)):
        assert receive(store, "a", signed({}, name=f"m{n}"), at(minute)).new
    with pytest.raises(Refused) as refused:
        receive(store, "a", signed({}, name="m2"), at(0.75))
    assert (refused.value.status, refused.value.wait) == (429, 16)
    assert not receive(store, "a", signed({}, name="m1"), at(0.75)).new  # it is known
    assert receive(store, "a", signed({}, name="m2", minute=1), at(1.01)).new


def test_a_payload_that_lacks_what_is_mapped_fails_and_can_be_replayed(store: Store) -> None:
    asked = waiting("json", mapped={"lr": "$.lr"})
    add_schedule(store, asked, at(0))
    with pytest.raises(ScheduleError, match="nothing was posted"):
        replay(store, "a", at(0))
    got = receive(store, "a", signed({"rate": 1}), at(0))
    assert got.tick is not None
    assert (got.tick.state, got.tick.why) == ("failed", "the event has nothing at $.lr")
    with pytest.raises(ScheduleError, match=r"has nothing at \$.lr"):
        replay(store, "a", at(1))
    trigger = replace(asked.trigger, parameters={"lr": "$.rate"})  # type: ignore[type-var]
    change_schedule(store, replace(asked, trigger=trigger), at(1))
    for _ in range(2):
        tick = replay(store, "a", at(2))
        assert (tick.state, tick.cause, tick.parameters) == (
            "queued",
            "replayed: m1 was posted",
            {"lr": 1},
        )
    assert [state for _, state in told(store, "a")] == ["failed", "queued", "queued"]
    remove_schedule(store, "a", at(3))
    add_schedule(store, asked, at(3))
    with pytest.raises(ScheduleError, match="nothing was posted"):
        replay(store, "a", at(3))


def test_who_takes_nothing(file_store: Store) -> None:
    store = file_store
    add_schedule(store, schedule_named("timed"), at(0))
    add_schedule(store, waiting("json"), at(0))
    pause_schedule(store, "a", at(0))
    for name, status in (("timed", 404), ("none", 404), ("a", 409)):
        with pytest.raises(Refused) as refused:
            receive(store, name, signed({}), T0)
        assert refused.value.status == status
    from jupyter_mlops.store.schema import schedules

    broken = schedules.update().where(schedules.c.name == "a").values(document="{")
    store.catalog.database.write(lambda connection: connection.execute(broken))
    with pytest.raises(Refused) as refused:
        receive(store, "a", signed({}), T0)
    assert refused.value.status == 503
