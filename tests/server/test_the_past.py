"""What is asked of recorded runs: traced, made again, laid out, labelled, moved, told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from serving import Answer, Server, wait_until

from jupyter_mlops.store import Store

CELLS = (
    ("parameters", "lr: float = 0.5"),
    ("step:load", "rows = open('data.csv').read().split()"),
    ("step:train", "open('model.txt', 'w').write(str(lr * len(rows)))\nprint(len(rows))"),
)


@pytest.fixture(scope="module")
def run(server: Server) -> str:
    """The name of a run that has succeeded."""
    (server.write("past/iris.ipynb", *CELLS).parent / "data.csv").write_text("1 2 3")
    begun = server.ask("POST", "runs", {"path": "past/iris.ipynb", "engine": "local"})
    assert server.events(begun.body["run"])[-1]["state"] == "succeeded"
    return begun.body["run"]


def ask(server: Server, method: str, path: str, **body: Any) -> Any:
    answer = server.ask(method, path, body or None)
    assert answer.status < 300, answer.body
    return answer.body


@pytest.mark.kernel
def test_bytes_are_traced(server: Server, run: str) -> None:
    record = ask(server, "GET", f"runs/{run}")["record"]
    model = next(item["digest"] for item in record["steps"][1]["outputs"] if "path" in item)
    found = ask(server, "GET", f"traces?of={model[7:20]}")
    assert (found["digest"], found["birth"]["made"]["step"]) == (model, "train")
    assert {step["step"] for step in found["steps"]} == {"load", "train"}
    assert ask(server, "GET", f"traces?of={run}")["run"] == run
    assert server.ask("GET", "traces?of=server.log").status == 404  # no file of the server
    assert server.ask("GET", "traces").status == 400


@pytest.mark.kernel
def test_pages_can_run_no_script(server: Server, run: str) -> None:
    for path in (
        f"runs/{run}/report",
        f"traces/page?of={run}",
        f"comparisons/page?a={run}&b={run}",
    ):
        answer = server.ask("GET", path)
        assert (answer.status, run in answer.body) == (200, True)
        assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
        )


@pytest.mark.kernel
def test_a_run_is_made_again_with_a_verdict(server: Server, run: str) -> None:
    again = ask(server, "POST", "reproductions", run=run)["run"]
    assert server.events(again)[-1]["state"] == "succeeded"
    answers: list[Answer] = []

    def is_done() -> bool:
        answers.append(server.ask("GET", f"reproductions/{again}"))
        return answers[-1].body["state"] != "running"

    wait_until(is_done)
    report = answers[-1].body
    assert (report["run"], report["state"], report["message"]) == (again, "done", "")
    assert report["found"]["again"] == [again]
    assert (report["found"]["run"], report["found"]["verdict"]) == (run, "identical")
    assert server.ask("GET", f"reproductions/{run}").status == 404
    refused = server.ask("POST", "reproductions", {"run": run, "step": "test"})
    assert (refused.status, refused.body["error"]) == (404, "UnknownStepError")


@pytest.mark.kernel
def test_a_run_is_laid_out_and_a_step_opened(server: Server, run: str) -> None:
    laid_out = ask(server, "POST", "restorations", run=run, folder="past/then")
    assert (laid_out["folder"], laid_out["notebook"]) == ("past/then", "past/then/iris.ipynb")
    assert (server.root / "past/then/data.csv").read_text() == "1 2 3"
    opened = ask(server, "POST", "openings", run=run, step="train", folder="past/train")
    book = json.loads((server.root / opened["notebook"]).read_text())
    assert opened["folder"] == "past/train"
    assert book["metadata"]["kernelspec"]["name"] == opened["opened"]["kernel"]
    for path in ("../out", "past/then"):
        answer = server.ask("POST", "restorations", {"run": run, "folder": path})
        assert answer.status in (400, 409)


@pytest.mark.kernel
def test_runs_leave_and_come_as_files(server: Server, run: str) -> None:
    written = ask(server, "POST", "exports", run=run, file="past/run.zip")
    assert (Path(written["file"]), written["runs"]) == (server.root / "past/run.zip", [run])
    taken = ask(server, "POST", "imports", file="past/run.zip")
    assert (taken["runs"], taken["known"], taken["digest"]) == ([], [run], written["digest"])


@pytest.mark.kernel
def test_labels_stand_on_runs(server: Server, run: str) -> None:
    for kind, name, text in (("tag", "good", ""), ("note", "", "look"), ("alias", "best", "")):
        ask(server, "POST", "labels", target=run, kind=kind, name=name, text=text)
    labels = {"tags": ["good"], "note": "look", "aliases": ["best"]}
    assert ask(server, "GET", f"runs/{run}")["labels"] == labels
    page = ask(server, "GET", "runs?notebook=past/iris.ipynb")["runs"]
    assert next(one for one in page if one["run"] == run)["labels"] == labels
    assert [move["new"] for move in ask(server, "GET", "aliases/best")["moves"]] == [run]
    for kind, name in (("tag", "good"), ("note", ""), ("alias", "best")):
        ask(server, "POST", "labels", target=run, kind=kind, name=name, remove=True)
    nothing = {"tags": [], "note": "", "aliases": []}
    assert ask(server, "GET", f"runs/{run}")["labels"] == nothing


@pytest.mark.kernel
def test_the_ledger_tells_of_it(server: Server, run: str) -> None:
    told = ask(server, "GET", f"ledger?action=run&subject={run}")["entries"]
    assert [entry["state"] for entry in told] == ["succeeded", "begun"]
    assert len(ask(server, "GET", "ledger?limit=1")["entries"]) == 1
    assert ask(server, "GET", "ledger/verification")["problems"] == []
    assert server.ask("GET", "ledger?limit=all").status == 400
    plan = ask(server, "GET", "garbage?keep_last=1")
    assert (plan["dry_run"], plan["rules"]) == (
        True,
        {"keep_last": 1, "keep_days": 0, "folder": ""},
    )


def test_without_rules_those_of_the_settings_hold_for_a_collection(
    isolated_jupyter: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_MLOPS_GC_KEEP_LAST", "7")
    server = Server(tmp_path)
    server.start()
    usual = {"keep_last": 7, "keep_days": 0, "folder": ""}
    given = {"keep_last": 0, "keep_days": 2, "folder": ""}
    try:
        assert ask(server, "GET", "garbage")["rules"] == usual
        assert ask(server, "GET", "garbage?keep_days=2")["rules"] == given
        done = server.ask("POST", "garbage", {}).body
        assert (done["dry_run"], done["rules"], done["runs"]) == (False, usual, [])
        assert ask(server, "POST", "garbage", keep_days=2)["rules"] == given
        assert server.ask("POST", "garbage", {"keep_last": -1}).status == 400
    finally:
        server.stop()
    told = Store(server.store_root).open().ledger.newest_first()
    assert [(entry.action, entry.state) for entry in told] == 2 * [("gc", "done"), ("gc", "begun")]
