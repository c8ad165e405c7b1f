"""From `run` to the output of the first cell: seconds on the wall, by what is there already.

The notebook imports pandas, scikit-learn and matplotlib; the packages lie in uv's cache. A cold
environment is one of a new store; its images are removed in the end.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import write_notebook

IMPORTS = "import matplotlib, pandas, six, sklearn\nprint('first')"
REQUIREMENTS = "matplotlib\npandas\nscikit-learn\nsix=={version}\n"
VERSIONS = ("1.17.0", "1.16.0", "1.15.0", "1.14.0")


@dataclass(kw_only=True)
class Project:
    """A notebook whose packages are declared, and the stores that it was run with."""

    folder: Path
    stores: list[Path] = field(default_factory=list)
    running: subprocess.Popen[str] | None = None

    def command(self, *arguments: str) -> list[str]:
        store = str(self.stores[-1])
        return [sys.executable, "-m", "jupyter_mlops.cli", "--store", store, *arguments]

    def declare(self, version: str) -> None:
        (self.folder / "requirements.txt").write_text(REQUIREMENTS.format(version=version))

    def new_store(self) -> None:
        self.stores.append(self.folder.parent / f"store-{len(self.stores)}")

    def forget(self) -> None:
        """Remove what the newest store had built."""
        for what in ("image", "env"):
            subprocess.run(self.command(what, "gc", "--keep", "0"), capture_output=True)

    def to_first_cell(self, *options: str) -> None:
        """Run until the first cell has printed."""
        notebook = str(self.folder / "n.ipynb")
        self.running = subprocess.Popen(
            self.command("run", notebook, "--fresh", *options), stdout=subprocess.PIPE, text=True
        )
        for line in self.running.stdout or ():
            if line.rstrip().endswith("| first"):
                return
        raise AssertionError("the cell printed nothing")

    def end(self) -> None:
        """Wait for the rest of the run."""
        if self.running is not None:
            self.running.communicate()
            assert self.running.returncode == 0
            self.running = None


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(folder=tmp_path / "project")
    write_notebook(made.folder / "n.ipynb", [("step:one", IMPORTS)])
    made.declare(VERSIONS[0])
    made.new_store()
    yield made
    made.end()
    made.forget()


@dataclass(frozen=True, kw_only=True)
class Case:
    """``warm``: ran before; ``changed``: ran before with another version of one package."""

    title: str
    options: Sequence[str]
    state: str


LOCAL, LOCKED = ("--engine", "local"), ("--engine", "local", "--environment", "locked")
DOCKER = ("--engine", "docker")
CASES = [
    Case(title="kernel as it stands", options=(*LOCAL, "--environment", "kernel"), state="warm"),
    Case(title="locked, warm", options=LOCKED, state="warm"),
    Case(title="locked, one package changed", options=LOCKED, state="changed"),
    Case(title="locked, cold", options=LOCKED, state="cold"),
    Case(title="image, warm", options=DOCKER, state="warm"),
    Case(title="image, one package changed", options=DOCKER, state="changed"),
    Case(title="image, cold", options=DOCKER, state="cold"),
]


@pytest.mark.benchmark(group="from run to the first cell, seconds")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_first_cell(benchmark, project: Project, case: Case) -> None:
    versions = iter(VERSIONS[1:])
    if case.state != "cold":
        project.to_first_cell(*case.options)

    def before() -> None:
        project.end()
        if case.state == "changed":
            project.declare(next(versions))
        elif case.state == "cold":
            project.forget()
            project.new_store()

    benchmark.pedantic(
        lambda: project.to_first_cell(*case.options),
        setup=before,
        rounds=int(os.environ.get("BENCH_ROUNDS", "3")),
    )
    project.end()
    if case.options is DOCKER:
        images = subprocess.check_output(project.command("image", "list", "--json"))
        benchmark.extra_info["megabytes"] = max(
            image["size"] / 1e6 for image in json.loads(images) if image["runs"]
        )
