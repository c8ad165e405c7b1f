"""What the driver adds to a step: ten trivial steps, seconds on the wall, both ways in process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyter_mlops import RunRequest, Store, compile_notebook, read_notebook, run_pipeline
from jupyter_mlops.settings import load_settings

STEPS = 10

pytestmark = pytest.mark.benchmark(group=f"{STEPS} trivial steps, seconds")


def test_plain_papermill(benchmark, chain, tmp_path: Path) -> None:
    import papermill

    stages = tmp_path / "stages"
    stages.mkdir()
    compiled = compile_notebook(read_notebook(chain(STEPS)))
    for name, stage in compiled.stages.items():
        document = json.loads(stage)
        own = [c for c in document["cells"] if not c["id"].startswith("mlops-")]
        assert len(own) == 1
        own[0]["source"] = "x = 0"
        (stages / f"{name}.ipynb").write_text(json.dumps({**document, "cells": own}))

    def execute() -> None:
        for path in sorted(stages.iterdir()):
            papermill.execute_notebook(path, tmp_path / "out.ipynb", progress_bar=False)

    benchmark.pedantic(execute, rounds=3, warmup_rounds=1)


def test_driver(benchmark, chain, tmp_path: Path) -> None:
    settings = load_settings(store=str(tmp_path / "store"))
    store = Store(settings.store_path).open()
    request = RunRequest(notebook=chain(STEPS), engine="local", fresh=True)

    def execute() -> None:
        assert run_pipeline(request, store=store, settings=settings).state == "succeeded"

    benchmark.pedantic(execute, rounds=3, warmup_rounds=1)
