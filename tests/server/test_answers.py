"""Every operation of openapi.yaml, asked once and answered as documented."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from contract import OPERATIONS
from serving import Answer, Server, wait_until

from jupyter_mlops import __version__
from jupyter_mlops.server.handlers import ROUTES

PARAMETERS = """
from typing import Literal
lr: float = 0.5  # step size
kind: Literal['a', 'b'] | None = 'a'
"""
CELLS = (
    ("parameters", PARAMETERS),
    ("#", "## Load"),
    ("step:load", "rows = open('data.csv').read().split()\nprint(len(rows), 'rows')"),
    ("step:train", "model = lr * len(rows)"),
    ("metrics", "score = model"),
)
EQUAL = "equal code, parameters, environment, inputs and files read"


def given(server: Server, folder: str) -> str:
    (server.write(f"{folder}/iris.ipynb", *CELLS).parent / "data.csv").write_text("1 2 3")
    return f"{folder}/iris.ipynb"


def finished(server: Server, **request: Any) -> str:
    """The name of a run that has succeeded."""
    begun = server.ask("POST", "runs", {"engine": "local", **request})
    assert (begun.status, list(begun.body)) == (201, ["run"])
    events = server.events(begun.body["run"])
    assert events[-1]["state"] == "succeeded", events
    return begun.body["run"]


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: item for name, item in value.items() if name not in names}


def test_status(server: Server) -> None:
    answer = server.ask("GET", "status").body
    assert without(answer, "python", "engines", "default_engine", "base_image") == {
        "version": __version__,
        "store": str(server.store_root),
        "problem": "",
        "schema": "https://events.jupyter.org/jupyter_mlops/run",
    }
    assert [engine["name"] for engine in answer["engines"]] == ["local", "docker"]


def test_analysis_of_the_saved_and_of_the_unsaved_notebook(server: Server) -> None:
    path = given(server, "analysis")
    saved = server.ask("POST", "analyses", {"path": path})
    document = json.loads((server.root / path).read_text())
    assert server.ask("POST", "analyses", {"path": path, "notebook": document}) == saved
    document["cells"][3]["source"] = "model = lr * len(row)"
    unsaved = server.ask("POST", "analyses", {"path": path, "notebook": document}).body
    assert (saved.body["runnable"], unsaved["runnable"]) == (True, False)
    assert saved.body["cells"] == [
        {"cell_id": "c1", "cell": 1, "role": "parameters", "step": None, "first": False},
        {"cell_id": "c3", "cell": 3, "role": "code", "step": "load", "first": True},
        {"cell_id": "c4", "cell": 4, "role": "code", "step": "train", "first": True},
        {"cell_id": "c5", "cell": 5, "role": "metrics", "step": "train", "first": False},
    ]
    assert [(s["step"], s["cells"], s["description"]) for s in saved.body["steps"]] == [
        ("load", ["c3"], "## Load"),
        ("train", ["c4", "c5"], ""),
    ]
    assert saved.body["parameters"] == [
        {
            "name": "lr",
            "type": "float",
            "kinds": ["float"],
            "choices": [],
            "default": 0.5,
            "help": "step size",
            "cell_id": "c1",
        },
        {
            "name": "kind",
            "type": "Literal['a', 'b'] | None",
            "kinds": ["None"],
            "choices": ["a", "b"],
            "default": "a",
            "help": "",
            "cell_id": "c1",
        },
    ]
    assert saved.body["flow"]["edges"] == [
        {
            "source": "load",
            "target": "train",
            "variables": ["rows"],
            "files": [],
            "everything": False,
        }
    ]
    assert unsaved["diagnostics"] == [
        {
            "code": "ML301",
            "severity": "error",
            "cell": 4,
            "cell_id": "c4",
            "line": 1,
            "message": "`row` is not defined",
            "fix": "did you mean `rows`?",
            "edit": {
                "cell_id": "c4",
                "kind": "replace-line",
                "line": 1,
                "old": "model = lr * len(row)",
                "new": "model = lr * len(rows)",
            },
        }
    ]


def test_suggestions(server: Server) -> None:
    server.write("tags/plain.ipynb", ("", "import math"), ("#", "## Load it"), ("", "x = 1"))
    assert server.ask("POST", "suggestions", {"path": "tags/plain.ipynb"}).body == {
        "path": "tags/plain.ipynb",
        "suggestions": [
            {
                "cell_id": "c1",
                "cell": 1,
                "tags": ["shared"],
                "reason": "it holds nothing but imports",
            },
            {
                "cell_id": "c3",
                "cell": 3,
                "tags": ["step:load-it"],
                "reason": "below the heading “Load it”",
            },
        ],
    }


def test_bundle(server: Server) -> None:
    asked = {"path": given(server, "bundle"), "folder": "bundle/out", "lock": False}
    answer = server.ask("POST", "bundles", asked)
    assert answer.status == 201
    assert without(answer.body, "pipeline") == {
        "folder": "bundle/out",
        "steps": ["load", "train"],
        "warnings": [],
        "diagnostics": [],
    }
    written = {
        p.relative_to(server.root).as_posix() for p in (server.root / "bundle/out").iterdir()
    }
    assert written == {f"bundle/out/{n}" for n in ("README.md", "pipeline.json", "stages")}


@pytest.mark.kernel
def test_runs_listed_shown_and_compared(server: Server) -> None:
    path = given(server, "listed")
    first = finished(server, path=path)
    (server.root / "listed" / "data.csv").write_text("1 2 3 4")
    edited = [*CELLS[:2], (CELLS[2][0], CELLS[2][1] + "\nprint(rows)"), *CELLS[3:]]
    server.write(path, *edited)
    second = finished(server, path=path, parameters={"lr": 2.0})
    changed = (e for e in server.events(second) if e["event"] == "file-changed")
    assert [(e["path"], e["became"], e["steps"]) for e in changed] == [
        ("data.csv", "changed", ["load"])
    ]
    third = finished(server, path=path, parameters={"lr": 2.0}, from_step="train")
    page = server.ask("GET", f"runs?notebook={path}&limit=2").body
    rest = server.ask("GET", f"runs?notebook={path}&limit=2&after={page['next']}").body
    assert [run["run"] for run in page["runs"]] == [third, second]
    assert ([run["run"] for run in rest["runs"]], rest["next"]) == ([first], None)
    assert [run["changes"] for run in (*page["runs"], *rest["runs"])] == [
        [],
        ["notebook", "lr", "data.csv"],
        [],
    ]
    assert [(s["state"], s["why"], s["metrics"]) for s in page["runs"][0]["steps"]] == [
        ("reused", EQUAL, {}),
        ("succeeded", "--from train", {"score": 8.0}),
    ]
    assert server.ask("GET", f"runs?notebook={path}&state=failed").body["runs"] == []

    shown = server.ask("GET", f"runs/{second}").body
    assert (shown["path"], shown["record"]["reason"]) == (path, "asked for in JupyterLab")
    assert shown["command"] == (f"jupyter mlops run {server.root}/{path} -p lr 2.0 --engine local")
    assert shown["flow"]["edges"][0]["variables"] == ["rows"]

    compared = server.ask("GET", f"comparisons?a={first}&b={second}").body
    assert [cause["text"] for cause in compared.pop("causes")] == [
        "code of cell 3 changed",
        "file data.csv 7c8f50592903 → e1c6f278f4f3",
        "parameter lr 0.5 → 2.0",
    ]
    assert [(effect["step"], effect["kind"]) for effect in compared.pop("effects")] == [
        ("load", "output"),
        ("load", "variable"),
        ("train", "metric"),
    ]
    default = {"step": "", "a_origin": "default"}
    metric = {"name": "score", "step": "train", "a_origin": None, "b_origin": None}
    assert compared == {
        "a": first,
        "b": second,
        "changes": ["notebook", "lr", "data.csv"],
        "parameters": [
            {"name": "lr", "a": 0.5, "b": 2.0, "equal": False, **default, "b_origin": "request"},
            {"name": "kind", "a": "a", "b": "a", "equal": True, **default, "b_origin": "default"},
        ],
        "metrics": [{"a": 1.5, "b": 8.0, "equal": False, **metric}],
        "steps": [
            {
                "step": "load",
                "a": "succeeded",
                "b": "succeeded",
                "same_execution": False,
                "changes": ["code of cell 3 changed", "file data.csv changed"],
                "causes": [1, 2],
            },
            {
                "step": "train",
                "a": "succeeded",
                "b": "succeeded",
                "same_execution": False,
                "changes": ["parameter lr 0.5 → 2.0", "input rows changed"],
                "causes": [1, 2, 3],
            },
        ],
    }
    (mine,) = (p for p in server.ask("GET", "pipelines").body["pipelines"] if p["path"] == path)
    assert (mine["exists"], mine["runs"], mine["latest"]) == (True, 3, page["runs"][0])
    cancelled = server.ask("POST", f"runs/{third}/cancel")
    assert (cancelled.status, cancelled.body) == (202, page["runs"][0])


@pytest.mark.kernel
def test_what_a_step_left(server: Server) -> None:
    run = finished(server, path=given(server, "left"))
    notebook = server.ask("GET", f"runs/{run}/steps/load/notebook").body
    printed = [cell["outputs"] for cell in notebook["cells"] if cell["id"] == "c3"]
    assert [output["text"] for output in printed[0]] == [["3 rows\n"]]
    log = server.ask("GET", f"runs/{run}/steps/load/log").body
    assert (log["run"], log["step"], log["complete"]) == (run, "load", True)
    assert [event["text"] for event in log["events"] if event["event"] == "output"] == ["3 rows\n"]


@pytest.mark.kernel
def test_verification(server: Server) -> None:
    asked = {"path": given(server, "verified"), "engine": "local"}
    run = server.ask("POST", "verifications", asked).body["run"]
    answers: list[Answer] = []

    def is_done() -> bool:
        answers.append(server.ask("GET", f"verifications/{run}"))
        return answers[-1].body["state"] != "running"

    wait_until(is_done)
    found = answers[-1].body
    assert without(found, "cells") == {"run": run, "state": "done", "same": True, "message": ""}
    assert [(cell["cell_id"], cell["state"]) for cell in found["cells"]] == [
        ("c3", "same"),
        ("c4", "same"),
        ("c5", "same"),
    ]
    assert answers[0].body["state"] == "running"


COUNTED = """
import pathlib, time
count = pathlib.Path({count!r})
with count.open('a') as file:
    file.write('x')
while len(count.read_text()) > 1:
    time.sleep(0.1)
"""


@pytest.mark.kernel
def test_a_verification_is_cancelled_after_its_run_has_ended(
    server: Server, tmp_path: Path
) -> None:
    count = tmp_path / "count"
    server.write("long/book.ipynb", ("step:a", COUNTED.format(count=str(count))))
    asked = {"path": "long/book.ipynb", "engine": "local"}
    run = server.ask("POST", "verifications", asked).body["run"]
    assert server.events(run)[-1]["state"] == "succeeded"
    wait_until(lambda: count.read_text() == "xx")
    assert server.ask("POST", f"runs/{run}/cancel").status == 202
    wait_until(lambda: server.ask("GET", f"verifications/{run}").body["state"] != "running")
    assert server.ask("GET", f"verifications/{run}").body == {
        "run": run,
        "state": "cancelled",
        "same": None,
        "message": "",
        "cells": [],
    }


def test_every_handler_is_documented() -> None:
    """Each method of each route is an operation of openapi.yaml, and the other way round."""
    handled = {
        (method.upper(), re.sub(r"\(.*?\)", "{}", pattern))
        for pattern, handler in ROUTES
        for method in ("get", "post", "put", "patch", "delete")
        if method in vars(handler)
    }
    documented = {(m, re.sub(r"\{.*?\}", "{}", path)) for m, path in OPERATIONS.values()}
    assert handled == documented
