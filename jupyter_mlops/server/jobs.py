"""jupyter-scheduler's jobs as runs of pipelines, where its setting names `PipelineScheduler`."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_scheduler.exceptions import SchedulerError
from jupyter_scheduler.executors import DefaultExecutionManager
from jupyter_scheduler.scheduler import Scheduler
from traitlets import Type

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.installation import Installation
from jupyter_mlops.notebook import read_notebook
from jupyter_mlops.notebook.tags import read_tags

if TYPE_CHECKING:
    from jupyter_scheduler.models import (
        CreateJob,
        CreateJobDefinition,
        DescribeJob,
        UpdateJobDefinition,
    )

    from jupyter_mlops.model.run import Run
    from jupyter_mlops.store import Store

_ORIGIN = ".jupyter_mlops-origin"
"""Beside the copy of a job's notebook: the path of the notebook that was copied."""


class JobFailed(MlopsError):
    """The run of a job did not succeed."""


class PipelineJobs(DefaultExecutionManager):  # type: ignore[misc]
    """Runs one job in the process that jupyter-scheduler has for it.

    A notebook with steps is run as `jupyter mlops run` does; any other one as jupyter-scheduler
    does.
    """

    def execute(self) -> None:
        """Run the job, and write the executed notebook in the formats that were asked for.

        Raises:
            MlopsError: the run could not begin, or did not succeed.
        """
        staged = Path(self.staging_paths["input"])
        origin = _origin_of(staged)
        if not _has_steps(staged):
            (staged.parent / _ORIGIN).unlink(missing_ok=True)  # it would be taken for an output
            super().execute()
            return
        installation = Installation()
        with closing(installation.open_store()) as store:
            run = _run(self.model, staged, origin or staged, store, installation)
            self.create_output_files(self.model, _executed(store, run))
        if run.state != "succeeded":
            from jupyter_mlops.scheduling.conclude import failure

            raise JobFailed(f"run {run.run} is {run.state}: {failure(run)}")


class PipelineScheduler(Scheduler):  # type: ignore[misc]
    """jupyter-scheduler's scheduler, whose jobs run notebooks with steps as pipelines."""

    execution_manager_class = Type(
        klass="jupyter_scheduler.executors.ExecutionManager",
        default_value=PipelineJobs,
        config=True,
        help="The execution manager class to use.",
    )

    def create_job(self, model: CreateJob) -> str:
        """The new job's id, once its notebook is found to compile with its parameters.

        Raises:
            SchedulerError: it does not.
        """
        self._check(model.input_uri, model.parameters)
        return str(super().create_job(model))

    def create_job_definition(self, model: CreateJobDefinition) -> str:
        """The new definition's id, once its notebook is found to compile with its parameters.

        Raises:
            SchedulerError: it does not.
        """
        self._check(model.input_uri, model.parameters)
        return str(super().create_job_definition(model))

    def update_job_definition(self, job_definition_id: str, model: UpdateJobDefinition) -> None:
        """Change a definition, once another notebook or other parameters are found to be in order.

        Raises:
            SchedulerError: they are not.
        """
        if model.input_uri or model.parameters:
            known = self.get_job_definition(job_definition_id)
            notebook = model.input_uri or self.get_staging_paths(known)["input"]
            self._check(notebook, model.parameters or known.parameters)
        super().update_job_definition(job_definition_id, model)

    def copy_input_file(self, input_uri: str, copy_to_path: str) -> None:
        """Copy the notebook, and note where it comes from: its run finds its project there."""
        super().copy_input_file(input_uri, copy_to_path)
        source = Path(self.root_dir, input_uri)
        origin = _origin_of(source) or source.absolute()
        Path(copy_to_path).with_name(_ORIGIN).write_text(str(origin))

    def _check(self, input_uri: str, parameters: dict[str, str] | None) -> None:
        from jupyter_mlops.compiler import bind_parameters, compile_notebook

        path = Path(self.root_dir, input_uri)
        if not path.is_file():
            return  # jupyter-scheduler says so in its own words
        try:
            if _has_steps(path):
                pipeline = compile_notebook(read_notebook(path)).pipeline
                bind_parameters(pipeline.parameters, text=parameters or {})
        except MlopsError as problem:
            raise SchedulerError(str(problem)) from None


def _run(
    job: DescribeJob, staged: Path, notebook: Path, store: Store, installation: Installation
) -> Run:
    """The ended run of a job: the copy of its notebook, in the project that it comes from."""
    from jupyter_mlops.runner import RunRequest, run_pipeline
    from jupyter_mlops.runner.signals import cancelled_by_signals

    request = RunRequest(
        notebook=notebook,
        text_parameters=job.parameters or {},
        revision=store.objects.put_bytes(staged.read_bytes()),
        reason=f"job {job.name} of jupyter-scheduler ({job.job_id})",
    )
    cancel = threading.Event()
    with cancelled_by_signals(cancel, print):
        return run_pipeline(
            request,
            store=store,
            settings=installation.settings(),
            on_event=lambda event: None,
            cancel=cancel,
        )


def _executed(store: Store, run: Run) -> Any:
    """The notebook with what its cells put out in the run, tags and kernel as they were."""
    import nbformat

    from jupyter_mlops.lineage.wholebook import source_notebook, whole_notebook

    source = source_notebook(store, run)
    assert source is not None  # it was put there for this run
    document = whole_notebook(store, run, source)
    document["metadata"] = json.loads(source.raw).get("metadata", {})
    for cell in document["cells"]:
        marks = cell["metadata"].pop("mlops", {})
        cell["metadata"]["tags"] = marks.get("tags", [])
    return nbformat.from_dict(document)


def _has_steps(path: Path) -> bool:
    return any(read_tags(cell)[0].step is not None for cell in read_notebook(path).cells)


def _origin_of(path: Path) -> Path | None:
    """The notebook of which ``path`` is a job's copy."""
    note = path.with_name(_ORIGIN)
    return Path(note.read_text()) if note.is_file() else None
