"""What operators ask a server for, and what tokens of ours open."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import timedelta

import pytest
import websocket
from serving import Server

from jupyter_mlops.model.token import Scope
from jupyter_mlops.runner.naming import now
from jupyter_mlops.scheduling.tokens import create_token, revoke_token
from jupyter_mlops.store import Store


def test_metrics(server: Server) -> None:
    answer = server.ask("GET", "metrics")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "\njupyter_mlops_queue_length 0.0\n" in answer.body


@pytest.fixture
def store(server: Server) -> Store:
    return Store(server.store_root).open()


@pytest.fixture(scope="module")
def secrets(server: Server) -> dict[str, str]:
    """The secret of a token of each scope, and of one that was revoked."""
    store = Store(server.store_root).open()
    scopes: tuple[Scope, ...] = ("read", "run", "admin")
    made = {
        scope: create_token(
            store, scope=scope, owner="ci", lasts=timedelta(hours=1), now=now()
        ).secret
        for scope in scopes
    }
    gone = create_token(store, scope="admin", owner="ci", lasts=timedelta(hours=1), now=now())
    revoke_token(store, gone.token, now())
    store.close()
    return made | {"revoked": gone.secret, "unknown": gone.secret[:-1] + "*"}


@dataclass(frozen=True)
class Case:
    """The status of each kind of request; what is asked for does not exist, or is malformed."""

    scope: str
    read: int = 200
    execute: int = 404
    write: int = 400


CASES = [
    Case("read", execute=403, write=403),
    Case("run", write=403),
    Case("admin"),
    Case("revoked", read=401, execute=401, write=401),
    Case("unknown", read=401, execute=401, write=401),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.scope)
def test_what_a_token_opens(server: Server, secrets: dict[str, str], case: Case) -> None:
    token = secrets[case.scope]
    assert server.ask("GET", "metrics", token=token).status == case.read
    refused = server.ask("POST", "runs/no-such-run/cancel", token=token)
    assert refused.status == case.execute
    assert server.ask("POST", "exports", {}, token=token).status == case.write
    if case.execute == 401:
        assert refused.headers["Www-Authenticate"] == "Bearer"
    with pytest.raises(websocket.WebSocketBadStatusException) as closed:
        server._connect("mlops/runs/no-such-run/events", token)
    assert closed.value.status_code == (401 if case.read == 401 else 404)


def test_a_token_opens_nothing_but_our_routes(server: Server, secrets: dict[str, str]) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/contents",
        headers={"Authorization": f"Bearer {secrets['admin']}"},
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as answer:
        assert answer.status == 403


def test_a_run_that_a_token_began_is_told_of(
    server: Server, secrets: dict[str, str], store: Store
) -> None:
    server.ask("POST", "runs/no-such-run/cancel", token=secrets["run"])
    told = [entry for entry in store.ledger.entries() if entry.action == "access"]
    assert (told[-1].details["owner"], told[-1].details["request"]) == (
        "ci",
        "POST /mlops/runs/no-such-run/cancel",
    )
