"""From a request to a run: every step in order, every change on record."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError, NotebookError, StoreError, UnknownStepError
from jupyter_mlops.model.run import Run, RunState, StepReport
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.changes import changed_files
from jupyter_mlops.runner.contain import contain
from jupyter_mlops.runner.context import RunContext
from jupyter_mlops.runner.files import ProjectFiles
from jupyter_mlops.runner.journal import Listener, journal
from jupyter_mlops.runner.keep import Keeper
from jupyter_mlops.runner.naming import iso, now, run_name
from jupyter_mlops.runner.provenance import git_state
from jupyter_mlops.runner.recorder import Recorder
from jupyter_mlops.runner.recovery import recover
from jupyter_mlops.runner.request import RunRequest
from jupyter_mlops.runner.reuse import Judge
from jupyter_mlops.runner.sequence import run_steps
from jupyter_mlops.runner.telling import tell_settings
from jupyter_mlops.runner.together import Together, open_together
from jupyter_mlops.standards import open_standards
from jupyter_mlops.store import FileDigests, Store, lifeline
from jupyter_mlops.store.disk import disk_problems

if TYPE_CHECKING:
    from jupyter_mlops.model.pipeline import Pipeline
    from jupyter_mlops.notebook.document import Notebook
    from jupyter_mlops.settings import Mlops


def run_pipeline(
    request: RunRequest,
    *,
    store: Store,
    settings: Mlops,
    on_event: Listener = lambda event: None,
    cancel: threading.Event | None = None,
    together: Together | None = None,
) -> Run:
    """The run of the notebook's pipeline after it ended, as it is on record.

    A failed step ends in a run that is ``failed``, not in an exception. What is raised before the
    run begins leaves no run; what is raised later leaves one that is ``failed``.

    Args:
        request: what to run, and with what.
        store: where it is recorded.
        settings: of the installation.
        on_event: hears events as they come (see the architecture page), from this thread.
        cancel: once it is set, the run stops and ends ``cancelled``.
        together: what it shares with other runs of the notebook that go on in this process.

    Raises:
        NotebookError, CompileError, ParameterError, ObjectMissing: the request cannot be run.
        SecretError: a secret is missing, or would be stored.
        EngineError: the engine does not answer, or cannot honour what a step asks for.
        EnvironmentFailure: the environment cannot be made.
        StoreError: the store cannot be written.
    """
    from jupyter_mlops.compiler import bind_parameters, compile_notebook
    from jupyter_mlops.engines import refuse_unsupported
    from jupyter_mlops.environments import prepare_steps
    from jupyter_mlops.step.project import count_files, project_root
    from jupyter_mlops.store.signing import load_signer

    path, past = request.notebook.absolute(), request.past
    notebook = _source(request, store, path)
    compiled = compile_notebook(notebook)
    pipeline = _chosen(compiled.pipeline, past.only if past else None)
    earlier = _resumed(request, store, path)
    parameters = bind_parameters(
        pipeline.parameters,
        text=request.text_parameters,
        given=request.given_parameters,
        values=request.file_parameters,
        earlier={
            value.name: value.value
            for value in (earlier.parameters if earlier is not None else ())
            if value.origin != "default"
        },
    )
    fresh = _first_fresh(request, pipeline)
    root = past.copy if past else project_root(path, pipeline.uses_parent_folder)
    contained = contain(
        request,
        pipeline,
        notebook=replace(notebook, path=past.notebook) if past else notebook,
        parameters=parameters,
        root=past.root if past else root,
        store=store.root,
        settings=settings,
    )
    if past:  # its copy of the project holds no file that anybody keeps secrets in
        contained = replace(contained, left_out=())
    if count_files(root, settings.max_files, contained.not_copied) > settings.max_files:
        raise NotebookError(
            f"{root} holds more than {settings.max_files} files, and each step gets a copy of them",
            fix="put the notebook into a folder of its own, or raise JUPYTER_MLOPS_MAX_FILES",
        )
    store.open()
    signer = load_signer(Path(settings.ledger_key).expanduser()) if settings.ledger_key else None
    alone = open_together(request.engine, settings)
    with alone if together is None else contextlib.nullcontext(together) as together:
        engine = together.engine
        refuse_unsupported(engine, contained.pipeline)
        recover(store, [engine])
        moment = now()
        folder = _claim(store, path, moment)

        def is_cancelled() -> bool:
            return (cancel is not None and cancel.is_set()) or (folder / "cancel").exists()

        def on_line(line: str) -> None:
            recorder.announce({"event": "environment", "text": line})
            if is_cancelled():
                raise Cancelled

        with contextlib.ExitStack() as held:
            held.enter_context(lifeline.hold(folder))
            held.enter_context(store.catalog.writers.enter(folder.name))
            run = Run(
                run=folder.name,
                state="running",
                reason=request.reason,
                notebook=str(past.notebook if past else path),
                source=store.objects.put_bytes(notebook.raw),
                pipeline=compiled.digest,
                parameters=parameters,
                engine=engine.name,
                user=getpass.getuser(),
                host=platform.node(),
                git=None if past else git_state(path),
                started=iso(moment),
                notice=together.notice,
                steps=tuple(StepReport(step=step.name, state="pending") for step in pipeline.steps),
                root=str(past.root if past else root),
                sweep=request.sweep,
            )
            listener = held.enter_context(journal(folder, on_event))
            standards = open_standards(settings, store)
            recorder = held.enter_context(_ending(Recorder(run, store, listener, standards)))
            recorder.begin(tell_settings(store.ledger, settings))
            project = ProjectFiles(root, contained.left_out, FileDigests(store.cache / "digests"))
            if past is None:
                names = [step.name for step in pipeline.steps]
                recorder.changed(
                    changed_files(store.catalog, str(path), names, project, is_cancelled)
                )
            environments = (
                past.environments
                if past
                else together.environments(
                    lambda: prepare_steps(
                        pipeline,
                        environment=request.environment,
                        notebook=path,
                        engine=engine.name,
                        settings=settings,
                        store_cache=store.cache,
                        put=store.objects.put_bytes,
                        on_line=on_line,
                    )
                )
            )
            context = RunContext(
                run=run.run,
                folder=folder,
                store=store,
                engine=engine,
                environments=environments,
                pipeline=contained.pipeline,
                stages={
                    **{name: store.objects.put_bytes(s) for name, s in compiled.stages.items()},
                    **(past.stages if past else {}),
                },
                parameters={parameter.name: parameter.value for parameter in parameters},
                notebook=path,
                source=run.source,
                root=root,
                judge=Judge(objects=store.objects, project=project),
                keeper=Keeper(
                    project=project,
                    objects=store.objects,
                    limit=settings.keep_files,
                    secrets=contained.secrets,
                ),
                fresh=fresh,
                trusted=_succeeded(earlier),
                user=run.user,
                host=run.host,
                is_cancelled=is_cancelled,
                turn=lambda key: together.turn(key, is_cancelled),
                secrets=contained.secrets,
                left_out=contained.left_out,
                place=past.root if past else None,
                inputs=past.inputs if past else None,
            )
            recorder.end(run_steps(context, recorder))
        if signer is not None:
            signer.sign(store.ledger)
        return recorder.run


def _chosen(pipeline: Pipeline, only: tuple[str, ...] | None) -> Pipeline:
    """The pipeline without the steps that are not to run."""
    if only is None:
        return pipeline
    return replace(pipeline, steps=tuple(step for step in pipeline.steps if step.name in only))


def _source(request: RunRequest, store: Store, path: Path) -> Notebook:
    """The notebook as it is run."""
    from jupyter_mlops.notebook.document import parse_notebook, read_notebook

    if request.revision is None:
        return read_notebook(path)
    return parse_notebook(store.open().objects.read_bytes(request.revision), path)


def _resumed(request: RunRequest, store: Store, notebook: Path) -> Run | None:
    """The run that the request resumes.

    Raises:
        UnknownRun: there is no such run, or more than one.
        NotebookError: it is a run of another notebook.
    """
    if request.resume is None:
        return None
    run = store.open().catalog.find_run(request.resume)
    if os.path.realpath(run.notebook) != os.path.realpath(notebook):
        raise NotebookError(
            f"{run.run} is a run of {run.notebook}, not of {notebook}",
            fix=f"`jupyter mlops run --resume {run.run}` alone takes the run's own notebook",
        )
    return run


def _first_fresh(request: RunRequest, pipeline: Pipeline) -> int | None:
    """Position of the first step from which on nothing is reused.

    Raises:
        UnknownStepError: the notebook has no such step.
    """
    if request.fresh or request.fresh_from is None:
        return 0 if request.fresh else None
    names = [step.name for step in pipeline.steps]
    if request.fresh_from not in names:
        raise UnknownStepError(f"the notebook {request.notebook}", request.fresh_from, names)
    return names.index(request.fresh_from)


def _succeeded(run: Run | None) -> tuple[str, ...]:
    """Executions that the run's succeeded steps rest on."""
    reports = run.steps if run is not None else ()
    return tuple(report.execution for report in reports if report.execution and not report.error)


def _claim(store: Store, notebook: Path, moment: datetime) -> Path:
    """The new folder of a run whose name nobody else has."""
    while True:
        folder = store.run_folder(run_name(notebook, moment))
        with disk_problems(folder.parent), contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder


@contextlib.contextmanager
def _ending(recorder: Recorder) -> Iterator[Recorder]:
    """The recorder of a run that ends on record, however the body ends."""
    try:
        yield recorder
    except Cancelled:
        recorder.end("cancelled", why="the run was cancelled")
    except BaseException as problem:
        state: RunState = "failed" if isinstance(problem, Exception) else "cancelled"
        text = problem.message if isinstance(problem, MlopsError) else repr(problem)
        # The store itself may be what is broken: the problem is what the caller has to see.
        with contextlib.suppress(StoreError):
            recorder.end(state, why=text.partition("\n")[0].rstrip(":"))
        raise
