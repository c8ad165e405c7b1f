"""Requests that are refused: always with a 4xx that says what is wrong, never with a 500."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from serving import Server

NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
CELL = {"id": "a", "cell_type": "code", "metadata": {}, "source": "x = 1"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A request, and the status, kind and words of its answer."""

    name: str
    method: str = "POST"
    path: str = "analyses"
    body: Any = field(default_factory=dict)
    raw: bytes | None = None
    status: int = 400
    error: str = "BadRequest"
    words: str = ""


def analysed(**notebook: Any) -> dict[str, Any]:
    return {"path": "a.ipynb", "notebook": {**NOTEBOOK, **notebook}}


CASES = [
    Case(name="no body", raw=b"", words="is not JSON"),
    Case(name="no JSON", raw=b"{", words="is not JSON"),
    Case(name="no UTF-8", raw=b'{"path": "\xff"}', words="is not JSON"),
    Case(name="no JSON number", raw=b'{"path": NaN}', words="NaN is no JSON number"),
    Case(name="a list", body=[], words="is not a JSON object"),
    Case(name="nested too deep", raw=b"[" * 100_000, words="is not JSON"),
    Case(name="a field is missing", words="lacks the field 'path'"),
    Case(name="an unknown field", body={"path": "a", "paht": 1}, words="unknown field 'paht'"),
    Case(name="a number as path", body={"path": 1}, words="'path' of the request has to be text"),
    Case(
        name="a list as notebook",
        body={"path": "a.ipynb", "notebook": []},
        words="'notebook' of the request has to be a JSON object or null",
    ),
    Case(
        name="no such notebook",
        body={"path": "none.ipynb"},
        status=404,
        error="NoSuchFile",
        words="none.ipynb: no such file",
    ),
    Case(
        name="a folder as notebook",
        body={"path": "folder"},
        status=404,
        error="NoSuchFile",
        words="no such file",
    ),
    Case(
        name="a file that is no notebook",
        body={"path": "text.ipynb"},
        status=422,
        error="NotebookError",
        words="is not JSON",
    ),
    *(
        Case(name=name, body=body, status=422, error="NotebookError", words="not a notebook")
        for name, body in (
            ("no cells", analysed(cells=None)),
            ("no format", {"path": "a", "notebook": {}}),
            ("a cell that is none", analysed(cells=[1])),
            ("a cell without a type", analysed(cells=[{}])),
            ("a cell without a source", analysed(cells=[{"cell_type": "code"}])),
            ("a source that is no text", analysed(cells=[{**CELL, "source": [1]}])),
        )
    ),
    Case(
        name="an old format that cannot be read",
        body=analysed(nbformat=3, worksheets=1),
        status=422,
        error="NotebookError",
        words="cannot be upgraded",
    ),
    Case(
        name="an engine that does not exist",
        path="runs",
        body={"path": "good.ipynb", "engine": "cloud"},
        words="'engine' of the request has to be one of auto, docker, local",
    ),
    Case(
        name="parameters in a list",
        path="runs",
        body={"path": "good.ipynb", "parameters": ["lr"]},
        words="'parameters' of the request has to be a JSON object",
    ),
    Case(
        name="a number as truth",
        path="runs",
        body={"path": "good.ipynb", "fresh": 1},
        words="'fresh' of the request has to be true or false",
    ),
    Case(
        name="a run of a notebook with errors",
        path="runs",
        body={"path": "bad.ipynb", "engine": "local"},
        status=422,
        error="CompileError",
        words="`modle` is not defined",
    ),
    Case(
        name="an unknown parameter",
        path="runs",
        body={"path": "good.ipynb", "engine": "local", "parameters": {"rl": 1}},
        status=422,
        error="ParameterError",
        words="declares no parameter 'rl'",
    ),
    Case(
        name="a parameter of another type",
        path="runs",
        body={"path": "good.ipynb", "engine": "local", "parameters": {"lr": "fast"}},
        status=422,
        error="ParameterError",
        words="'lr' takes float, not 'fast'",
    ),
    Case(
        name="from a step that does not exist",
        path="runs",
        body={"path": "good.ipynb", "engine": "local", "from_step": "none"},
        status=404,
        error="UnknownStepError",
        words="has no step 'none'",
    ),
    Case(
        name="a tag that cannot be one",
        path="labels",
        body={"target": "latest", "kind": "tag", "name": "no good"},
        status=422,
        error="LabelError",
        words="'no good' cannot be a tag",
    ),
    Case(
        name="resuming a run that does not exist",
        path="runs",
        body={"path": "good.ipynb", "engine": "local", "resume": "none"},
        status=404,
        error="UnknownRun",
        words="no run is named 'none'",
    ),
    Case(
        name="an environment file that does not exist",
        path="bundles",
        body={"path": "good.ipynb", "folder": "out", "environment": "none.txt"},
        status=409,
        error="EnvironmentFailure",
        words="none.txt",
    ),
    Case(
        name="a bundle in a folder that holds something else",
        path="bundles",
        body={"path": "good.ipynb", "folder": "folder", "lock": False},
        status=409,
        error="MlopsError",
        words="exists and is not a pipeline folder",
    ),
    Case(
        name="a bundle over a file",
        path="bundles",
        body={"path": "good.ipynb", "folder": "text.ipynb/out", "lock": False},
        status=409,
        error="MlopsError",
        words="cannot be written",
    ),
    Case(
        name="a verification of a notebook with errors",
        path="verifications",
        body={"path": "bad.ipynb", "engine": "local"},
        status=422,
        error="CompileError",
        words="`modle` is not defined",
    ),
    *(
        Case(name=f"GET {path}", method="GET", path=path, body=None, words=words)
        for path, words in (
            ("runs?limit=0", "between 1 and 200"),
            ("runs?limit=201", "between 1 and 200"),
            ("runs?limit=-1", "between 1 and 200"),
            ("runs?limit=1e2", "between 1 and 200"),
            ("runs?limit=" + "9" * 5000, "between 1 and 200"),
            ("runs?limit=%D9%A3", "between 1 and 200"),
            ("runs?limit=1&limit=2", "'limit' is given more than once"),
            ("runs?state=late", "'state' is one of running, succeeded"),
            ("comparisons", "two runs"),
            ("comparisons?a=x", "two runs"),
        )
    ),
    *(
        Case(
            name=f"{method} {path}",
            method=method,
            path=path,
            body=None if method == "GET" else {},
            status=404,
            error="UnknownRun",
            words="no run is named 'none'",
        )
        for method, path in (
            ("GET", "runs/none"),
            ("GET", "runs?after=none"),
            ("POST", "runs/none/cancel"),
            ("GET", "runs/none/steps/load/notebook"),
            ("GET", "runs/none/steps/load/log"),
            ("GET", "comparisons?a=none&b=none"),
            ("GET", "verifications/none"),
        )
    ),
    *(
        Case(
            name=f"a run named {name!r}",
            method="GET",
            path=f"runs/{quote(name, safe='')}",
            body=None,
            status=404,
            error="UnknownRun",
            words="no run is named",
        )
        for name in ("../x", "%", "a b", "é", "\x00", "x" * 3000, "'; --")
    ),
]


@pytest.fixture(scope="module")
def filled(server: Server) -> Server:
    """The server, with a good notebook, a bad one, a text and a folder that is not empty."""
    server.write("good.ipynb", ("parameters", "lr = 0.5"), ("step:load", "x = lr"))
    server.write("bad.ipynb", ("step:load", "model = 1"), ("step:train", "print(modle)"))
    (server.root / "text.ipynb").write_text("no JSON")
    (server.root / "folder").mkdir()
    (server.root / "folder" / "file").touch()
    return server


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_refused(filled: Server, case: Case) -> None:
    answer = filled.ask(case.method, case.path, case.body, raw=case.raw)
    assert (answer.status, answer.body["error"]) == (case.status, case.error), answer.body
    assert case.words in answer.body["message"]
    if case.error == "CompileError":
        assert [d["code"] for d in answer.body["diagnostics"]] == ["ML301"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_methods_that_no_route_has(server: Server, method: str) -> None:
    answer = server.ask(method, "runs", {})
    assert (answer.status, answer.body["message"]) == (405, "Method Not Allowed")


OUTSIDE = ["", "/", "/etc/passwd", "..", "../a", "a/../../b", "folder/../good.ipynb", "a\0b", "~/a"]
OUTSIDE += ["link", "link/secret.ipynb", "file-link", ".hidden.ipynb", "folder/.hidden/a", "\ud800"]
OUTSIDE += ["loop/a", "x" * 300]

USES: dict[str, Callable[[str], dict[str, Any]]] = {
    "analyses": lambda path: {"path": path},
    "suggestions": lambda path: {"path": path, "notebook": NOTEBOOK},
    "runs": lambda path: {"path": path},
    "runs in an environment": lambda path: {"path": "good.ipynb", "environment": path},
    "verifications": lambda path: {"path": path},
    "bundles": lambda path: {"path": path, "folder": "out", "lock": False},
    "bundles in a folder": lambda path: {"path": "good.ipynb", "folder": path, "lock": False},
}


@pytest.fixture(scope="module")
def linked(filled: Server, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The server, with links that lead out of its root, and what they lead to."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.ipynb").write_text(json.dumps(NOTEBOOK))
    root = filled.root
    (root / "link").symlink_to(outside, target_is_directory=True)
    (root / "file-link").symlink_to(outside / "secret.ipynb")
    (root / "loop").symlink_to(root / "loop")
    (root / ".hidden.ipynb").write_text(json.dumps(NOTEBOOK))
    return filled


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: ascii(path)[:30])
@pytest.mark.parametrize("use", USES)
def test_nothing_outside_the_root_is_touched(linked: Server, use: str, path: str) -> None:
    before = _everything(linked.root.parent)
    answer = linked.ask("POST", use.partition(" ")[0], USES[use](path))
    assert (answer.status, answer.body["error"]) == (400, "OutsideContents"), answer.body
    assert _everything(linked.root.parent) == before


def test_the_list_of_runs_is_asked_for_inside_only(linked: Server) -> None:
    answer = linked.ask("GET", "runs?notebook=../a.ipynb")
    assert (answer.status, answer.body["error"]) == (400, "OutsideContents")


def _everything(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if "store" not in path.parts}
