"""Steps in containers whose variables and files lie in a bucket and nowhere else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from jupyter_mlops.model.run import Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import Store, check_store

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

USE = "print(sum(rows), open('made/rows.txt').read(), open('scale.txt').read())"


def test_containers_get_what_the_bucket_has(
    tmp_path: Path, notebook_file, step_image: str, bucket: str, shared_cache: Path
) -> None:
    path = notebook_file(
        [
            ("parameters", "n: int = 100_000"),
            (
                "step:make",
                "import os\nrows = [int(open('scale.txt').read())] * n\n"
                "os.mkdir('made')\nsize = open('made/rows.txt', 'w').write(str(len(rows)))",
            ),
            ("step:use", USE),
        ]
    )
    (path.parent / "scale.txt").write_text("3")
    store = Store(tmp_path / "store", objects=f"{bucket}/objects").open()
    (store.cache / "locks").symlink_to(shared_cache / "locks")

    def run() -> Run:
        request = RunRequest(notebook=path, engine="docker")
        return run_pipeline(request, store=store, settings=load_settings())

    first = run()
    assert [(step.state, step.error) for step in first.steps] == [("succeeded", None)] * 2
    assert not [p for p in (store.root / "objects").glob("??/*") if p.is_file()]
    shutil.rmtree(store.cache / "objects")  # the copies of this machine
    path.write_text(path.read_text().replace("print(sum", "print('again', sum"))
    again = run()
    assert [step.state for step in again.steps] == ["reused", "succeeded"]
    executed = json.loads(Path(again.steps[1].notebook or "").read_text())
    assert "again 300000 100000 3\n" in [
        "".join(output["text"])
        for cell in executed["cells"]
        for output in cell.get("outputs", ())
        if output["output_type"] == "stream"
    ]
    assert check_store(store) == ()
    store.close()
