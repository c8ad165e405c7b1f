"""Old notebooks converted over REST: begun, followed, ended, written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from serving import Answer, Server, wait_until


def write(server: Server, path: str, *cells: tuple[str, str]) -> Path:
    """A notebook of kinds and sources."""
    code: dict[str, Any] = {"outputs": [], "execution_count": None}
    document = {
        "cells": [
            {"cell_type": kind, "id": f"c{n}", "metadata": {}, "source": source}
            | (code if kind == "code" else {})
            for n, (kind, source) in enumerate(cells)
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    place = server.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(document))
    return place


def ended(server: Server, name: str) -> dict[str, Any]:
    """What a conversion came to."""
    answers: list[Answer] = []

    def is_done() -> bool:
        answers.append(server.ask("GET", f"conversions/{name}"))
        return answers[-1].body["state"] != "running"

    wait_until(is_done)
    return dict(answers[-1].body)


def begin(server: Server, **body: Any) -> str:
    answer = server.ask("POST", "conversions", body)
    assert answer.status == 201, answer.body
    assert answer.headers["Location"].endswith(f"mlops/conversions/{answer.body['conversion']}")
    return str(answer.body["conversion"])


def test_a_conversion_is_looked_at_and_then_written(server: Server) -> None:
    old = write(server, "old/text.ipynb", ("markdown", "# Plan"))
    before = sorted(server.root.rglob("*"))
    name = begin(server, path="old/text.ipynb", refused=["moved:7", "lift-size"], accepted=[])
    report = ended(server, name)
    assert (report["conversion"], report["state"], report["message"]) == (name, "done", "")
    assert (report["found"]["state"], report["found"]["old"]) == ("refused", str(old))
    assert sorted(server.root.rglob("*")) == before
    written = server.ask("POST", f"conversions/{name}/job", {"folder": "old/job"})
    assert (written.status, written.body) == (
        201,
        {"folder": "old/job", "notebook": "old/job/text.ipynb"},
    )
    job = server.root / "old" / "job"
    assert sorted(path.name for path in job.iterdir()) == [
        "report.html",
        "report.json",
        "text.ipynb",
    ]
    told = json.loads((job / "report.json").read_text())
    assert told == report["found"] | {"notebook": str(job / "text.ipynb")}
    again = server.ask("POST", f"conversions/{name}/job", {"folder": "old/job"})
    assert (again.status, again.body["error"]) == (409, "OccupiedFolder")


@pytest.mark.kernel
def test_a_conversion_is_ended(server: Server) -> None:
    write(server, "old/long.ipynb", ("code", "import time\ntime.sleep(600)"))
    name = begin(server, path="old/long.ipynb", engine="local")
    unfinished = server.ask("POST", f"conversions/{name}/job", {"folder": "old/unfinished"})
    assert (unfinished.status, unfinished.body["error"]) == (409, "MlopsError")
    assert server.ask("POST", f"conversions/{name}/cancel", {}).status == 200
    report = ended(server, name)
    assert (report["state"], report["found"]) == ("cancelled", None)
    assert not (server.root / "old" / "unfinished").exists()


@dataclass(frozen=True)
class Case:
    """A request that is refused."""

    name: str
    path: str
    body: dict[str, Any]
    status: int
    error: str


CASES = [
    Case("no such file", "conversions", {"path": "old/none.ipynb"}, 404, "NoSuchFile"),
    Case("outside", "conversions", {"path": "../x.ipynb"}, 400, "OutsideContents"),
    Case(
        "no such change",
        "conversions",
        {"path": "old/text.ipynb", "refused": ["mvoed"]},
        422,
        "UnknownChange",
    ),
    Case(
        "no array", "conversions", {"path": "old/text.ipynb", "refused": "moved"}, 400, "BadRequest"
    ),
    Case("no such conversion", "conversions/0a1b/cancel", {}, 404, "UnknownConversion"),
    Case("no such job", "conversions/0a1b/job", {"folder": "x"}, 404, "UnknownConversion"),
    Case("no name", "conversions/%2e%2e/job", {"folder": "x"}, 404, "UnknownConversion"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_cannot_be_converted(case: Case, server: Server) -> None:
    write(server, "old/text.ipynb", ("markdown", "# Plan"))
    answer = server.ask("POST", case.path, case.body)
    assert (answer.status, answer.body["error"]) == (case.status, case.error)


def test_what_is_no_notebook_fails(server: Server) -> None:
    write(server, "old/no.ipynb").write_text("no JSON")
    report = ended(server, begin(server, path="old/no.ipynb"))
    assert (report["state"], report["found"]) == ("failed", None)
    assert "is not a notebook: it is not JSON" in report["message"]
