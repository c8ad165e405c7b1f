"""Steps whose settings choose packages of their own, in containers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import Store

CELL = "%pip install tabulate=={version}\nfrom importlib.metadata import version\n"


@pytest.mark.docker
def test_each_step_runs_in_what_it_chose(base_image: str, notebook_file, tmp_path: Path) -> None:
    """Without network: what the cells install is there already."""
    check = "assert version('tabulate') == '{version}'"
    path: Path = notebook_file(
        [
            ("step:new", (CELL + check).format(version="0.9.0")),
            (
                "step:old",
                "from importlib.metadata import version\n" + check.format(version="0.8.10"),
            ),
        ],
        settings={"network": "none"},
    )
    (path.parent / "requirements.txt").write_text("tabulate==0.9.0\n")
    (path.parent / "old.txt").write_text("tabulate==0.8.10\n")
    document = json.loads(path.read_text())
    document["cells"][1]["metadata"]["jupyter_mlops"] = {"environment": "old.txt"}
    path.write_text(json.dumps(document))
    store = Store(tmp_path / "store").open()
    heard: list[str] = []
    run = run_pipeline(
        RunRequest(notebook=path, engine="docker"),
        store=store,
        settings=load_settings(),
        on_event=lambda event: heard.append(event.get("text", "")),
    )
    assert "Requirement already satisfied: tabulate==0.9.0" in "".join(heard)
    ran_in = [report.environment for report in run.steps]
    assert [(report.state, report.error) for report in run.steps] == [("succeeded", None)] * 2
    assert [(e.source, e.packages["tabulate"]) for e in ran_in if e] == [
        ("requirements.txt", "0.9.0"),
        ("old.txt", "0.8.10"),
    ]
    for environment in ran_in:
        assert environment is not None
        said = f"{len(environment.packages)} packages from {environment.source}"
        assert any(said in line for line in heard)
        lock = store.objects.read_bytes(str(environment.lock)).decode()
        assert f"tabulate=={environment.packages['tabulate']} " in lock
