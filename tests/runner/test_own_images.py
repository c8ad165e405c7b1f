"""A run whose steps have the pipeline's image, an own Dockerfile and an existing image."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import Store, check_store

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]


def test_each_step_runs_in_its_own_image(
    tmp_path: Path, notebook_file, step_image: str, base_image: str, shared_cache: Path
) -> None:
    path = notebook_file(
        [
            ("step:plain", "import os.path\nx = os.path.exists('/own.txt')"),
            ("step:own", "y = open('/own.txt').read()"),
            ("step:theirs", "print(x, y)"),
        ]
    )
    document = json.loads(path.read_text())
    document["cells"][1]["metadata"]["jupyter_mlops"] = {"dockerfile": "own/Dockerfile"}
    document["cells"][2]["metadata"]["jupyter_mlops"] = {"image": base_image}
    path.write_text(json.dumps(document))
    (path.parent / "own").mkdir()
    (path.parent / "own" / "Dockerfile").write_text(
        f"FROM {base_image}\nRUN echo mine > /own.txt\n"
    )
    store = Store(tmp_path / "store").open()
    (store.cache / "locks").symlink_to(shared_cache / "locks")

    run = run_pipeline(
        RunRequest(notebook=path, engine="docker"), store=store, settings=load_settings()
    )

    assert [(report.state, report.error) for report in run.steps] == [("succeeded", None)] * 3
    executed = json.loads(Path(run.steps[2].notebook or "").read_text())
    printed = [
        "".join(output["text"])
        for cell in executed["cells"]
        for output in cell.get("outputs", ())
        if output["output_type"] == "stream"
    ]
    assert printed == ["False mine\n\n"]
    environments = [report.environment for report in run.steps]
    assert len({e.image for e in environments if e}) == 3
    assert [e.source for e in environments if e][2] == f"image {base_image}"
    sboms = [e.sbom for e in environments if e and e.sbom]
    assert len(sboms) == 3
    for digest in sboms:
        listed = json.loads(store.objects.read_bytes(digest))["components"]
        assert {"papermill", "libc6", "python"} <= {component["name"] for component in listed}
    assert check_store(store) == ()
    again = run_pipeline(
        RunRequest(notebook=path, engine="docker"), store=store, settings=load_settings()
    )
    # The second step read a file of its image, which the environment's identity covers.
    assert [report.state for report in again.steps] == ["reused"] * 3
    store.close()
