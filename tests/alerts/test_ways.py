"""Each way to tell somebody, with real receivers on loopback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from catalog_samples import run_named
from planned import T0
from receivers import Mail, Web, mail_server, web_server
from telling import alert_named

from jupyter_mlops.alerts.book import add_alert
from jupyter_mlops.alerts.define import checked
from jupyter_mlops.alerts.deliver import deliver, send_test
from jupyter_mlops.alerts.outbox import claim, delivery_row
from jupyter_mlops.alerts.ways.message import Letter, send_message
from jupyter_mlops.model.alert import Alert, Delivery, Happening
from jupyter_mlops.store import Store
from jupyter_mlops.store.rows import insert_new
from jupyter_mlops.store.schema import deliveries

KEY = "0123456789abcdef" * 2


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as server:
        yield server


def added(store: Store, **changes: object) -> Alert:
    """A hook as the command would make it."""
    alert = checked(store, alert_named("ci", "success", **changes))
    return add_alert(store, alert, T0).alert or alert


def told(store: Store, run: str | None = None) -> Delivery:
    """The delivery of a success after one attempt."""
    happening = Happening(event="success", notebook="/books/iris.ipynb", run=run)
    row = delivery_row(KEY, "ci", happening, T0)
    store.catalog.database.write(lambda c: insert_new(c, deliveries, [row]))
    (held,) = claim(store, T0, limit=1)
    done = deliver(store, held, lambda: T0)
    assert done is not None
    return done


TOLD = {
    "delivery": KEY,
    "hook": "ci",
    "event": "success",
    "texts": [],
    "notebook": "/books/iris.ipynb",
    "schedule": None,
    "due": None,
    "run": {
        "run": "r1",
        "state": "failed",
        "reason": "a test",
        "source": "sha256:s",
        "pipeline": "sha256:p",
        "parameters": {"lr": [0.1, None, "ü"]},
        "engine": "local",
        "user": "ada",
        "host": "here",
        "git": None,
        "started": "2026-11-23T15:04:05+00:00",
        "ended": None,
        "failed": {
            "step": "train",
            "error": {
                "kind": "ValueError", "message": "no", "cell": 3, "cell_id": None, "line": 1,
                "traceback": "", "check": False, "code": "",
            },
        },
    },
    "metrics": {"load": {"loss": "NaN"}},
    "artifacts": [
        {"step": "load", "kind": "file", "name": "m.bin", "digest": "sha256:m", "size": 7},
        {"step": "load", "kind": "variable", "name": "df", "digest": "sha256:d", "size": 3},
    ],
}  # fmt: skip


@pytest.fixture
def run(store: Store) -> str:
    """A run on record, with what is an artifact and what is none."""
    from jupyter_mlops.model.artifact import FileRef, Group

    outputs = (
        FileRef(path="a", digest=None),
        FileRef(path="m.bin", digest="sha256:m", size=7),
        FileRef(path="out/", digest="sha256:l"),
        Group(names=("df",), digest="sha256:d", size=3),
        Group(names=("@random",), digest="sha256:r", size=3),
    )
    run = run_named("r1", state="failed")
    load = replace(run.steps[0], outputs=outputs, metrics={"loss": float("nan")})
    store.catalog.save_run(replace(run, steps=(load, run.steps[1])))
    return run.run


def test_a_webhook_is_signed_as_standard_webhooks_are(store: Store, web: Web, run: str) -> None:
    secret = "whsec_" + base64.b64encode(b"a key of many bytes").decode()
    added(store, way="webhook", to=f"{web.url}/hook?token=geheim1234", secret=secret)
    assert told(store, run).state == "delivered"
    (call,) = web.calls
    assert (call.path, json.loads(call.body)) == ("/hook?token=geheim1234", TOLD)
    signed = f"{KEY}.{call.headers['webhook-timestamp']}.".encode() + call.body
    digest = hmac.new(b"a key of many bytes", signed, hashlib.sha256).digest()
    assert {name: call.headers[name] for name in SIGNED} == {
        "idempotency-key": KEY,
        "webhook-id": KEY,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "content-type": "application/json",
    }
    assert b"geheim1234" not in (store.root / "catalog.sqlite").read_bytes()


SIGNED = ("idempotency-key", "webhook-id", "webhook-signature", "content-type")


def test_a_repository_dispatch(store: Store, web: Web, run: str) -> None:
    repository = f"{web.url}/api/v3/repos/acme/models"
    added(store, way="github", to=repository, secret="ghp_0123456789", event_type="model-trained")
    assert told(store, run).state == "delivered"
    (call,) = web.calls
    assert (call.path, call.headers["authorization"]) == (
        "/api/v3/repos/acme/models/dispatches",
        "Bearer ghp_0123456789",
    )
    assert json.loads(call.body) == {"event_type": "model-trained", "client_payload": TOLD}


def test_a_command_gets_json_and_no_shell(store: Store, run: str, tmp_path: Path) -> None:
    out = tmp_path / "out; touch never"
    added(store, to=f"tee '{out}'")
    assert told(store, run).state == "delivered"
    assert json.loads(out.read_bytes()) == TOLD
    assert {path.name for path in tmp_path.iterdir()} == {"store", out.name}


def test_a_message_by_mail(store: Store, mail: Mail, run: str) -> None:
    added(store, way="message", to=mail.url)
    assert told(store, run).state == "delivered"
    (letter,) = mail.letters
    assert (letter["To"], letter["Subject"]) == ("ops@example.com", "iris.ipynb succeeded")
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "pipeline  /books/iris.ipynb" in text
    assert "look at it:  jupyter mlops show r1" in text


def test_a_long_message_comes_in_parts(web: Web) -> None:
    text = "\n".join(f"line {number}" for number in range(5000))
    send_message(f"{web.url.replace('http', 'json')}/x", Letter(title="t", text=text, tone="info"))
    parts = [json.loads(call.body)["message"] for call in web.calls]
    assert (len(parts), " ".join(parts).split()) == (2, text.split())


@dataclass(frozen=True)
class Problem:
    """What a receiver does, and what is said of it."""

    name: str
    changes: Mapping[str, str]
    why: str
    answers: tuple[int, ...] = ()


PROBLEMS = [
    Problem(
        "answers",
        {"way": "webhook", "to": "URL/geheim-Wort-1234"},
        "it answered 500 Internal Server Error no /***",
        (500,),
    ),
    Problem("redirects", {"way": "webhook", "to": "URL/hook"}, "it answered 302 Found", (302,)),
    Problem(
        "is away",
        {"way": "webhook", "to": "NOBODY"},
        "it cannot be reached: [Errno 111] Connection refused",
    ),
    Problem(
        "refuses",
        {"way": "github", "to": "URL/repos/a/b", "secret": "ghp_0123456789"},
        "it answered 422 Unprocessable Entity no /repos/a/b/dispatches",
        (422,),
    ),
    Problem(
        "fails",
        {"to": "sh -c 'echo begun; echo broken >&2; exit 3'"},
        "the command ended with 3: broken",
    ),
    Problem(
        "gets a message",
        {"way": "message", "to": "jsonURL/geheim-Wort-1234"},
        "Failed to send JSON POST notification: Internal server error., error=500.",
        (500,),
    ),
    Problem(
        "has lost its key",
        {"way": "webhook", "to": "URL/hook", "secret": "env:ALERT_KEY"},
        "the environment variable ALERT_KEY is not set",
    ),
]


@pytest.mark.parametrize("case", PROBLEMS, ids=lambda case: case.name)
def test_problems_are_told_without_secrets(
    store: Store, web: Web, case: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERT_KEY", "a key")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        changes = {
            name: value.replace("jsonURL", web.url.replace("http", "json"))
            .replace("URL", web.url)
            .replace("NOBODY", away)
            for name, value in case.changes.items()
        }
        added(store, **changes)
        monkeypatch.delenv("ALERT_KEY")
        web.answers += case.answers
        done = told(store)
    assert done.state == "queued"
    assert done.why == case.why


def test_a_test_is_sent_at_once_and_once(store: Store, web: Web) -> None:
    added(store, way="webhook", to=web.url)
    web.answers += [500]
    states = [
        send_test(store, "ci", lambda hour=hour: T0.replace(hour=hour)).state for hour in (12, 13)
    ]
    assert (states, claim(store, T0.replace(hour=14), limit=1)) == (["failed", "delivered"], [])
    assert json.loads(web.calls[1].body)["texts"] == [
        "This is a test of hook ci: nothing happened."
    ]
