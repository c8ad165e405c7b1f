"""``token``: made, listed, given away, revoked; what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result

Mlops = Callable[..., Result]


def test_a_token_from_its_beginning_to_its_end(mlops: Mlops) -> None:
    assert mlops("token", "list").stdout == "no tokens\n"
    made = mlops("token", "create", "--scope", "run", "--owner", "ci", "--expires", "30d")
    assert made.exit_code == 0
    secret = made.stdout.strip()
    (listed,) = json.loads(mlops("token", "list", "--json").stdout)
    token = listed["token"]
    assert secret.startswith(f"mlops_{token}_")
    assert made.stderr.startswith(f"token {token} of ci may run until ")
    assert (listed["state"], listed["scope"], listed["secret"]) == ("active", "run", "")
    given = mlops("token", "owner", token, "grace")
    assert given.stdout == f"token {token} belongs to grace\n"
    assert mlops("token", "revoke", token).stdout == f"token {token} of grace is revoked\n"
    lines = mlops("token", "list").stdout.splitlines()
    assert lines[1].split()[:4] == [token, "revoked", "run", "grace"]
    made = json.loads(mlops("token", "create", "--scope", "read", "--json").stdout)
    assert made["secret"].startswith(f"mlops_{made['token']}_")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("create", "Missing option '--scope'"),
        ("create --scope root", "is not one of"),
        ("create --scope read --expires never", "is not a duration"),
        ("revoke nothing", "no token is named 'nothing'"),
        ("owner nothing grace", "no token is named 'nothing'"),
    ],
)
def test_refusals(mlops: Mlops, words: str, message: str) -> None:
    refused = mlops("token", *words.split())
    assert (refused.exit_code, message in refused.stderr) == (2, True)
