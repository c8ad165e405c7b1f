"""Sweeps over REST: begun, followed, shown as one table, ended; nothing begins of what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from serving import Answer, Server, wait_until

CELLS = (
    ("parameters", "n: int = 1\nscale: float = 1.0"),
    ("step:load", "base = 10"),
    ("metrics", "product = base * n * scale"),
)


@pytest.fixture(scope="module")
def swept(server: Server) -> Server:
    """The server, with a notebook that can be swept and one that cannot."""
    server.write("sweep/train.ipynb", *CELLS)
    server.write("sweep/bad.ipynb", ("step:load", "print(x)"))
    return server


def begin(server: Server, **body: Any) -> str:
    answer = server.ask("POST", "sweeps", {"path": "sweep/train.ipynb", "engine": "local", **body})
    assert answer.status == 201, answer.body
    name = str(answer.body["report"]["sweep"]["name"])
    assert answer.headers["Location"].endswith(f"mlops/sweeps/{name}")
    return name


def ended(server: Server, name: str) -> dict[str, Any]:
    """A sweep once nobody drives it any more."""
    answers: list[Answer] = []

    def is_done() -> bool:
        answers.append(server.ask("GET", f"sweeps/{name}"))
        return bool(answers[-1].body["report"]["state"] != "running")

    wait_until(is_done)
    return dict(answers[-1].body)


@pytest.mark.kernel
def test_a_sweep_becomes_one_table(swept: Server) -> None:
    name = begin(swept, sweep={"n": "2,3"}, parameters={"scale": 0.5}, parallel=2)
    found = ended(swept, name)
    combinations = found["report"]["combinations"]
    assert (found["path"], found["report"]["state"]) == ("sweep/train.ipynb", "succeeded")
    assert found["columns"] == [{"step": "load", "name": "product", "head": "product"}]
    assert [(c["values"], c["state"], c["metrics"]) for c in combinations] == [
        ({"n": 2}, "succeeded", {"load": {"product": 10.0}}),
        ({"n": 3}, "succeeded", {"load": {"product": 15.0}}),
    ]
    (listed,) = swept.ask("GET", "sweeps?notebook=sweep/train.ipynb&limit=1").body["sweeps"]
    assert listed == {
        "sweep": name,
        "path": "sweep/train.ipynb",
        "state": "succeeded",
        "parameters": ["n"],
        "summary": found["summary"],
        "created": found["report"]["sweep"]["created"],
    }
    page = swept.ask("GET", f"sweeps/{name}/page")
    assert page.status == 200
    assert all(str(c["run"]) in str(page.body) for c in combinations)
    done = swept.ask("POST", f"sweeps/{name}/cancel", {})
    assert (done.status, done.body["report"]["state"]) == (202, "succeeded")


@pytest.mark.kernel
def test_a_sweep_is_ended_with_its_runs(swept: Server) -> None:
    swept.write(
        "sweep/long.ipynb", ("parameters", "n = 1"), ("step:wait", "import time\ntime.sleep(300)")
    )
    name = begin(swept, path="sweep/long.ipynb", rows=[{"n": 2}, {"n": 3}], parallel=1)
    assert swept.ask("POST", f"sweeps/{name}/cancel", {}).status == 202
    states = [c["state"] for c in ended(swept, name)["report"]["combinations"]]
    assert states == ["cancelled", "missing"]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A request that is refused, and the words of the answer."""

    body: dict[str, Any]
    words: str
    status: int = 422


REFUSALS = [
    Refusal(body={}, words="values of a parameter are to be given", status=400),
    Refusal(
        body={"sweep": {"n": "1,2"}, "parallel": 0}, words="'parallel' is a number", status=400
    ),
    Refusal(body={"sweep": {"n": "1,many"}}, words="takes int, not 'many'"),
    Refusal(body={"sweep": {"m": "1,2"}}, words="declares no parameter 'm'"),
    Refusal(body={"sweep": {"n": ""}}, words="has no value"),
    Refusal(body={"sweep": {"n": "1,2"}, "parameters": {"n": 1}}, words="is swept, too"),
    Refusal(body={"rows": [{"n": 1}, {"n": 1}]}, words="row 1 and row 2 are equal"),
    Refusal(body={"sweep": {"n": "1"}, "path": "sweep/bad.ipynb"}, words="`x` is not defined"),
    Refusal(body={"sweep": {"n": "1"}, "path": "sweep/no.ipynb"}, words="no.ipynb", status=404),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.words)
def test_what_is_wrong_is_refused(swept: Server, case: Refusal) -> None:
    answer = swept.ask("POST", "sweeps", {"path": "sweep/train.ipynb", **case.body})
    assert (answer.status, case.words in str(answer.body)) == (case.status, True), answer.body


def test_an_unknown_sweep(swept: Server) -> None:
    answer = swept.ask("GET", "sweeps/no-such-sweep")
    assert (answer.status, answer.body["error"]) == (404, "UnknownSweep")
