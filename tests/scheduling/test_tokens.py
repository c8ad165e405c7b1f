"""Tokens for the API: what is kept of them, whom they let in, and what the ledger hears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from planned import T0, StoppedClock, at, schedule_named

from jupyter_mlops.model.token import Scope, TokenReport
from jupyter_mlops.scheduling.access import TOGETHER, Access, ScopeRefused, secret_in
from jupyter_mlops.scheduling.book import (
    add_schedule,
    change_schedule,
    pause_schedule,
    remove_schedule,
    resume_schedule,
    run_now,
)
from jupyter_mlops.scheduling.tokens import (
    TokenRefused,
    UnknownToken,
    create_token,
    give_token,
    list_tokens,
    recognise,
    revoke_token,
)
from jupyter_mlops.store import Store

HOUR = timedelta(hours=1)


def make(store: Store, scope: Scope = "read") -> TokenReport:
    return create_token(store, scope=scope, owner="ci", lasts=HOUR, now=T0)


def told(store: Store, action: str) -> list[Mapping[str, Any]]:
    """Details of the ledger's entries about an action, oldest first."""
    return [entry.details for entry in store.ledger.entries() if entry.action == action]


def test_a_token_from_its_beginning_to_its_end(store: Store) -> None:
    made = make(store)
    kept = replace(made, secret="")
    assert (made.state, made.scope, made.owner) == ("active", "read", "ci")
    assert (made.created, made.expires) == ("2026-11-25T12:00:00.000+00:00",
                                            "2026-11-25T13:00:00.000+00:00")  # fmt: skip
    assert list_tokens(store, at(59)) == [kept]
    assert list_tokens(store, at(60)) == [replace(kept, state="expired")]
    given = give_token(store, made.token, "grace", at(1))
    assert given == replace(kept, owner="grace")
    assert recognise(store, made.secret, at(2)).owner == "grace"
    revoked = revoke_token(store, made.token, at(3))
    assert revoked == replace(given, state="revoked", revoked="2026-11-25T12:03:00.000+00:00")
    assert revoke_token(store, made.token, at(4)) == revoked
    assert [(entry["change"], entry["owner"]) for entry in told(store, "token")] == [
        ("create", "ci"),
        ("owner", "grace"),
        ("revoke", "grace"),
    ]


def test_unknown_tokens(store: Store) -> None:
    with pytest.raises(UnknownToken):
        revoke_token(store, "no", T0)
    with pytest.raises(UnknownToken):
        give_token(store, "no", "grace", T0)


def test_the_secret_is_nowhere_in_the_store(file_store: Store) -> None:
    made = make(file_store)
    file_store.close()
    files = [path for path in file_store.root.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert [path for path in files if made.secret[-43:].encode() in path.read_bytes()] == []


def test_a_catalog_made_anew_knows_them_as_they_stood(file_store: Store) -> None:
    good, bad = make(file_store), make(file_store, "admin")
    give_token(file_store, good.token, "grace", at(1))
    revoke_token(file_store, bad.token, at(1))
    before = list_tokens(file_store, at(2))
    file_store.close()
    (file_store.root / "catalog.sqlite").unlink()
    file_store.rebuild_catalog()
    assert list_tokens(file_store, at(2)) == before
    assert recognise(file_store, good.secret, at(2)).owner == "grace"


def last_digit_changed(secret: str) -> str:
    return secret[:-1] + ("A" if secret[-1] != "A" else "B")


@dataclass(frozen=True)
class Refusal:
    name: str
    secret: str
    message: str
    revoked: bool = False
    minute: float = 1


REFUSALS = [
    Refusal("another secret", "changed", "the token is not known"),
    Refusal("another token", "mlops_000000000000_" + "A" * 43, "the token is not known"),
    Refusal("no secret", "mlops_", "the token is not known"),
    Refusal("revoked", "", "was revoked", revoked=True),
    Refusal("expired", "", "has expired", minute=60),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_who_is_not_let_in(file_store: Store, case: Refusal) -> None:
    made = make(file_store)
    if case.revoked:
        revoke_token(file_store, made.token, T0)
    secret = {"": made.secret, "changed": last_digit_changed(made.secret)}
    with pytest.raises(TokenRefused, match=case.message):
        recognise(file_store, secret.get(case.secret, case.secret), at(case.minute))


OURS = "mlops_0123456789ab_x"
HEADERS = {
    f"Bearer {OURS}": OURS,
    f"bearer {OURS}": OURS,
    f"token {OURS}": OURS,
    "Bearer mlops_of-jupyter": None,
    f"Basic {OURS}": None,
    OURS: None,
    "": None,
    None: None,
}


@pytest.mark.parametrize("header", HEADERS)
def test_which_tokens_are_ours(header: str | None) -> None:
    assert secret_in(header) == HEADERS[header]


SCOPES: dict[Scope, list[str]] = {
    "read": ["read"],
    "run": ["read", "execute"],
    "admin": ["read", "execute", "write"],
}


@pytest.mark.parametrize("scope", SCOPES)
def test_scopes(file_store: Store, scope: Scope) -> None:
    access = Access(file_store, StoppedClock())
    token = access.recognise(make(file_store, scope).secret)
    allowed = []
    for action in ("read", "execute", "write", "own"):
        try:
            access.admit(token, action, "GET /")
        except ScopeRefused:
            continue
        allowed.append(action)
    assert allowed == SCOPES[scope]


def test_the_ledger_hears_of_every_use(file_store: Store) -> None:
    """A change before it is done; reads at once if none was told of lately, else together."""
    clock = StoppedClock()
    access, made = Access(file_store, clock), make(file_store, "run")
    token = access.recognise(made.secret)

    def heard() -> list[tuple[int, str]]:
        return [(entry["reads"], entry["request"]) for entry in told(file_store, "access")]

    access.admit(token, "read", "GET /mlops/runs")
    assert heard() == [(1, "")]
    for _ in range(3):
        access.admit(token, "read", "GET /mlops/runs")
    with pytest.raises(ScopeRefused):
        access.admit(token, "write", "POST /mlops/labels")
    assert heard() == [(1, "")]
    access.admit(token, "execute", "POST /mlops/runs")
    assert heard()[1:] == [(4, "POST /mlops/runs")]
    clock.moment += TOGETHER
    access.admit(token, "read", "GET /mlops/runs")
    access.admit(token, "read", "GET /mlops/runs")
    assert heard()[2:] == [(1, "")]
    access.close()
    access.close()
    assert heard()[3:] == [(1, "")]
    assert list_tokens(file_store, T0)[0].used == "2026-11-25T12:10:00.000+00:00"


def test_the_ledger_hears_of_every_change_of_a_schedule(file_store: Store) -> None:
    store, schedule = file_store, schedule_named("a")
    add_schedule(store, schedule, at(0))
    change_schedule(store, replace(schedule, priority=3), at(0))
    pause_schedule(store, "a", at(0))
    pause_schedule(store, "a", at(0))
    change_schedule(store, schedule, at(0))
    resume_schedule(store, "a", at(0))
    run_now(store, "a", at(0))
    remove_schedule(store, "a", at(0))
    add_schedule(store, schedule, at(0))
    assert [entry["change"] for entry in told(store, "schedule")] == [
        "add", "edit", "pause", "edit", "resume", "run-now", "remove", "add",
    ]  # fmt: skip
    assert {entry.subject for entry in store.ledger.entries()} == {"a"}
