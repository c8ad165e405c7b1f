"""The image commands, and the compiled folder's image made by hand as its README says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

CELLS = (("step:load", "x = 20"), ("step:more", "import cloudpickle\nprint(x + 1)"))


def test_build_list_and_gc(
    mlops: Callable[..., Result], write_notebook: Callable[..., Path], step_image: str
) -> None:
    path = write_notebook("n.ipynb", *CELLS)
    (built,) = json.loads(mlops("image", "build", path, "--json").stdout)
    assert built["steps"] == ["load", "more"]
    assert built["image"]["tag"] == step_image  # built already: the lock is the same one
    said = mlops("image", "build", path).stdout
    assert said.startswith(f"{step_image} (load, more): Python 3.")

    listed = {i["id"]: i for i in json.loads(mlops("image", "list", "--json").stdout)}
    mine = listed[built["image"]["id"]]
    assert (mine["kind"], mine["lock"], mine["runs"]) == ("step", built["lock"], [])
    assert any(line.startswith(step_image) for line in mlops("image", "list").stdout.splitlines())

    # This store had nothing built, so that nothing is its to remove.
    assert json.loads(mlops("image", "gc", "--keep", "0", "--json").stdout)["removed"] == []
    done = mlops("image", "gc", "--keep", "0", "--dry-run")
    assert re.fullmatch(r"0 would be removed, \d+ kept\n", done.stdout)


def test_push_needs_one_image(
    mlops: Callable[..., Result], write_notebook: Callable[..., Path], step_image: str
) -> None:
    path = write_notebook("n.ipynb", *CELLS)
    refused = mlops("image", "push", path, "127.0.0.1:1/x", "--step", "absent")
    assert refused.exit_code == 2
    assert "n.ipynb has 0 images for step 'absent'" in refused.stderr
    assert "--step: load, more" in refused.stderr


def test_the_readme_of_a_compiled_folder_makes_an_image_that_runs_its_stages(
    mlops: Callable[..., Result],
    write_notebook: Callable[..., Path],
    base_image: str,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "out"
    compiled = mlops("compile", write_notebook("n.ipynb", *CELLS), "-o", folder)
    assert compiled.exit_code == 0, compiled.output
    readme = (folder / "README.md").read_text()
    commands = re.search(r"and build:\n\n((?:    .*\n)+)", readme)
    assert commands is not None
    name = f"jupyter-mlops-test-by-hand:{os.getpid()}"
    script = commands.group(1).replace("my-steps", name).replace("--python 3", "--python python3")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "DOCKER_BUILDKIT": "0"}
    subprocess.run(["sh", "-ec", script], cwd=folder, env=environ, check=True)
    try:
        stages = "".join(
            f"papermill -k python3 --log-output stages/{step}.ipynb /tmp/{step}.ipynb\n"
            for step in ("load", "more")
        )
        inside = f"export JUPYTER_MLOPS_STATE=$(mktemp -d) HOME=/tmp\n{stages}"
        ran = subprocess.run(
            ["docker", "run", "--rm", "--network", "none", "-v", f"{folder}:/in:ro", "-w", "/in",
             name, "sh", "-ec", inside],
            capture_output=True, text=True,
        )  # fmt: skip
        assert (ran.returncode, "\n21\n" in ran.stdout + ran.stderr) == (0, True), ran.stderr
    finally:
        subprocess.run(["docker", "rmi", "-f", name], check=True, capture_output=True)
