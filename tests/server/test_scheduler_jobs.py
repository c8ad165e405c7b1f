"""jupyter-scheduler's jobs and job definitions, run as pipelines by its own scheduler class."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_scheduler.environments import CondaEnvironmentManager
from jupyter_scheduler.exceptions import SchedulerError
from jupyter_scheduler.models import (
    CreateJob,
    CreateJobDefinition,
    CreateJobFromDefinition,
    DescribeJob,
    Status,
    UpdateJobDefinition,
)
from jupyter_scheduler.orm import create_tables
from serving import document

from jupyter_mlops.server.jobs import PipelineJobs, PipelineScheduler
from jupyter_mlops.store import Store

SOURCE = "__import__('os').getpid()"
CELLS = (
    ("parameters", "word = 'x'\nnumber = 1"),
    ("step:load", "text = open('words.txt').read()\nprint(text, word, number + 1)"),
    ("step:count", "assert len(text) < 10, 'too long'"),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def write(root: Path) -> Callable[..., Path]:
    def one(*cells: tuple[str, str]) -> Path:
        path = root / "book.ipynb"
        path.write_text(json.dumps(document(*cells)))
        return path

    return one


@pytest.fixture
def scheduler(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> PipelineScheduler:
    """As its server extension makes it, without the loop that looks for due definitions."""
    monkeypatch.setenv("JUPYTER_MLOPS_STORE", str(tmp_path / "store"))
    url = f"sqlite:///{tmp_path}/scheduler.sqlite"
    create_tables(url)
    made = PipelineScheduler(
        root_dir=str(root),
        environments_manager=CondaEnvironmentManager(),
        db_url=url,
        task_runner_class=None,
        staging_path=str(tmp_path / "staging"),
    )
    monkeypatch.setenv("JUPYTER_MLOPS_LOCAL_ENVIRONMENT", "kernel")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere")
    return made


def asked(**changes: object) -> dict[str, object]:
    plain = {
        "name": "nightly",
        "input_uri": "book.ipynb",
        "runtime_environment_name": "python",
        "output_formats": ["ipynb"],
    }
    return plain | changes


def done(scheduler: PipelineScheduler, job: str) -> DescribeJob:
    """The job when it has ended; pytest's timeout ends the wait."""
    never = threading.Event()
    while (found := scheduler.get_job(job)).status not in (Status.COMPLETED, Status.FAILED):
        never.wait(0.1)
    return found


def again(scheduler: PipelineScheduler, job: DescribeJob) -> DescribeJob:
    """The job after it was done once more, in this process."""
    PipelineJobs(
        job_id=job.job_id,
        staging_paths=scheduler.get_staging_paths(job),
        root_dir=scheduler.root_dir,
        db_url=scheduler.db_url,
    ).process()
    return scheduler.get_job(job.job_id)


@pytest.mark.kernel
def test_a_job_definition_runs_the_notebook_that_it_was_made_of(
    tmp_path: Path, root: Path, write: Callable[..., Path], scheduler: PipelineScheduler
) -> None:
    """Parameters are values and not source; other files are those of the project."""
    path = write(*CELLS)
    parameters = {"word": SOURCE, "number": "2"}
    made = scheduler.create_job_definition(CreateJobDefinition(**asked(parameters=parameters)))
    write(("step:load", "raise SystemExit"))
    (root / "words.txt").write_text("a b c")
    request = CreateJobFromDefinition(parameters=parameters)
    job = done(scheduler, scheduler.create_job_from_definition(made, request))
    assert (job.status, job.status_message) == (Status.COMPLETED, None)
    paths = scheduler.get_staging_paths(job)
    cells = json.loads(Path(paths["ipynb"]).read_text())["cells"]
    assert [cell["metadata"]["tags"] for cell in cells] == [[tags] for tags, _ in CELLS]
    assert cells[1]["outputs"][0]["text"] == [f"a b c {SOURCE} 3\n"]
    (run,) = Store(tmp_path / "store").open().catalog.list_runs()
    assert (run.state, run.notebook) == ("succeeded", str(path))
    assert run.reason == f"job nightly of jupyter-scheduler ({job.job_id})"

    (root / "words.txt").write_text("a b c d e f")
    failed = again(scheduler, job)
    assert failed.status == Status.FAILED
    assert "is failed: step count: AssertionError: too long" in str(failed.status_message)
    newest = Store(tmp_path / "store").open().catalog.list_runs()[0]
    assert [step.state for step in newest.steps] == ["succeeded", "failed"]

    Path(paths["input"]).write_text(json.dumps(document(("", "print(6 * 7)"))))
    own = again(scheduler, job)  # a notebook without steps is jupyter-scheduler's own
    assert own.status == Status.COMPLETED
    assert not [name for name in own.packaged_files or [] if "mlops" in name]
    cells = json.loads(Path(paths["ipynb"]).read_text())["cells"]
    assert cells[-1]["outputs"][0]["text"] == ["42\n"]
    assert len(Store(tmp_path / "store").open().catalog.list_runs()) == 2


@pytest.mark.parametrize(
    ("cell", "parameters", "message"),
    [
        ("x = ", {}, "cannot be compiled"),
        ("x = 1", {"m": "1"}, "declares no parameter 'm'"),
        ("x = 1", {"n": "many"}, "takes int, not 'many'"),
    ],
)
@pytest.mark.parametrize("kind", [CreateJob, CreateJobDefinition])
def test_what_cannot_run_is_refused_at_once(
    write: Callable[..., Path],
    scheduler: PipelineScheduler,
    cell: str,
    parameters: dict[str, str],
    message: str,
    kind: type,
) -> None:
    write(("parameters", "n = 1"), ("step:a", cell))
    create = scheduler.create_job if kind is CreateJob else scheduler.create_job_definition
    with pytest.raises(SchedulerError, match=message):
        create(kind(**asked(parameters=parameters)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parameters": {"n": "many"}}, "takes int, not 'many'"),
        ({"input_uri": "broken.ipynb"}, "cannot be compiled"),
    ],
)
def test_what_cannot_run_changes_no_definition(
    root: Path,
    write: Callable[..., Path],
    scheduler: PipelineScheduler,
    change: dict[str, Any],
    message: str,
) -> None:
    write(("parameters", "n = 1"), ("step:a", "x = n"))
    (root / "broken.ipynb").write_text(json.dumps(document(("step:a", "x = "))))
    made = scheduler.create_job_definition(CreateJobDefinition(**asked()))
    before = scheduler.get_job_definition(made)
    with pytest.raises(SchedulerError, match=message):
        scheduler.update_job_definition(made, UpdateJobDefinition(**change))
    assert scheduler.get_job_definition(made) == before
    scheduler.update_job_definition(made, UpdateJobDefinition(active=False))
    assert scheduler.get_job_definition(made).active is False
