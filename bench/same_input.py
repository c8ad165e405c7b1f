"""Bytes that a store takes for many runs over one input: ``python bench/same_input.py [RUNS]``."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store import Store

SIZE = 1_000_000_000
CELLS = [
    ("parameters", "n: int = 0"),
    ("step:read", "total = 0\nwith open('data.bin', 'rb') as file:\n    head = file.read(1000)"),
    ("step:use", "result = len(head) + n\nprint(result)"),
]


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        project.mkdir()
        with (project / "data.bin").open("wb") as file:
            for _ in range(SIZE // 1_000_000):
                file.write(os.urandom(1_000_000))
        notebook = project / "book.ipynb"
        cells = [
            {"cell_type": "code", "id": f"c{number}", "metadata": {"tags": [tag]}, "source": source,
             "outputs": [], "execution_count": None}
            for number, (tag, source) in enumerate(CELLS)
        ]  # fmt: skip
        notebook.write_text(
            json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
        )
        store = Store(Path(folder, "store")).open()
        began = time.process_time()
        for number in range(runs):
            request = RunRequest(
                notebook=notebook, engine="local", given_parameters={"n": number}, fresh=True
            )
            assert run_pipeline(request, store=store, settings=Mlops()).state == "succeeded"
            if number in (0, 9, runs - 1):
                taken = sum(p.lstat().st_blocks * 512 for p in store.root.rglob("*"))
                spent = (time.process_time() - began) / (number + 1)
                print(
                    f"{number + 1} runs: {taken:,} bytes, {taken / SIZE:.4f} of one copy;", end=""
                )
                print(f" {spent:.2f} CPU-s of the driver a run", flush=True)
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
