"""Steps of the local engine in an environment of locked packages."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from projects import Project

from jupyter_mlops.environments.venv import list_venvs
from jupyter_mlops.model.run import Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import load_settings

VERSIONS = """\
import importlib.metadata as m
versions = sorted({(d.name.lower().replace("_", "-"), d.version) for d in m.distributions()})
"""
SHOWS = """\
import shutil, subprocess, sys
command = ["python", "-c", "import sys; print(sys.prefix)"]
print(sys.prefix, shutil.which("python"), subprocess.check_output(command, text=True).strip())
print([name for name in sys.path if "elsewhere" in name], len(versions))
"""


@dataclass(kw_only=True)
class Heard:
    """A run, what was said of its environment, and what its cells printed."""

    run: Run
    said: list[str] = field(default_factory=list)
    printed: str = ""


def run(
    project: Project, *, engine: Literal["local", "docker"], environment: str | None = None
) -> Heard:
    events: list[Mapping[str, Any]] = []
    done = run_pipeline(
        RunRequest(notebook=project.notebook, engine=engine, environment=environment),
        store=project.store,
        settings=load_settings(),
        on_event=events.append,
    )
    assert [step.error for step in done.steps if step.error] == []
    return Heard(
        run=done,
        said=[event["text"] for event in events if event["event"] == "environment"],
        printed="".join(event["text"] for event in events if event["event"] == "output"),
    )


@pytest.mark.docker
@pytest.mark.kernel
def test_one_lock_is_the_same_versions_on_both_engines(project: Project, step_image: str) -> None:
    project.write(("step:versions", f"{VERSIONS}print(versions)"))
    locally = run(project, engine="local", environment="locked")
    contained = run(project, engine="docker")
    here, there = (heard.run.steps[0].environment for heard in (locally, contained))
    assert here is not None
    assert there is not None
    assert (here.lock, here.source, here.packages) == (there.lock, there.source, there.packages)
    assert locally.printed == contained.printed == f"{sorted(here.packages.items())}\n"


@pytest.mark.kernel
def test_a_kernel_that_has_other_packages_is_not_used(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "elsewhere"))
    project.write(
        ("step:load", f"import six\n{VERSIONS}print(six.__version__)"), ("step:show", SHOWS)
    )
    (project.folder / "requirements.txt").write_text("six==1.16.0\n")
    locally = run(project, engine="local")
    (venv,) = list_venvs(project.store.cache)
    shown = f"{venv.folder} {venv.python} {venv.folder}\n[] {venv.mark.packages}\n"
    assert locally.printed == f"1.16.0\n{shown}"
    assert locally.said[1].startswith(
        "kernel 'python3' has not what requirements.txt asks for (six "
    )
    environment = locally.run.steps[0].environment
    assert environment is not None
    assert (environment.interpreter, environment.lock) == (str(venv.python), venv.mark.lock)
    lock = project.store.objects.read_bytes(venv.mark.lock).decode()
    assert "\nsix==1.16.0 " in lock

    again = run(project, engine="local")
    assert [step.state for step in again.run.steps] == ["reused", "reused"]
    assert again.said == locally.said[:2]

    kernel = run(project, engine="local", environment="kernel")
    assert [step.why for step in kernel.run.steps] == [
        "packages of a lock → packages of the kernel"
    ] * 2
    assert kernel.printed.splitlines()[1].split()[0] == sys.prefix
