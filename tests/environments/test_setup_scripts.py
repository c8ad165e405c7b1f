from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"

pytestmark = pytest.mark.docker


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    script: str
    environ: Mapping[str, str] = field(default_factory=dict)
    code: int = 0
    stdout: str = ""
    stderr: str = ""


CASES = [
    Case(title="an engine that answers is used", script="docker-engine"),
    Case(
        title="an engine elsewhere is never replaced",
        script="docker-engine",
        environ={"DOCKER_HOST": "unix:///none.sock"},
        code=1,
        stderr="docker-engine: DOCKER_HOST=unix:///none.sock does not answer\n",
    ),
    Case(title="a base image that is here is used", script="base-image", stdout="{base}\n"),
    Case(
        title="another base image must be there",
        script="base-image",
        environ={"JUPYTER_MLOPS_BASE_IMAGE": "jupyter-mlops.invalid/none:1"},
        code=1,
        stderr="base-image: JUPYTER_MLOPS_BASE_IMAGE=jupyter-mlops.invalid/none:1 is neither here "
        "nor can it be pulled\n",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_set_up(case: Case, base_image: str) -> None:
    done = subprocess.run(
        [SCRIPTS / case.script],
        env={**os.environ, **case.environ},
        capture_output=True,
        text=True,
    )
    last = done.stderr.splitlines(keepends=True)[-1:]
    found = (done.returncode, done.stdout, "".join(last))
    assert found == (case.code, case.stdout.format(base=base_image), case.stderr)
