"""Runs a notebook whole and as a pipeline, and says of each cell whether both agree."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.pipeline import Cell, Pipeline
from jupyter_mlops.model.run import ParameterValue, Run
from jupyter_mlops.notebook import Notebook
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.driver import run_pipeline
from jupyter_mlops.runner.request import RunRequest
from jupyter_mlops.runner.variables import not_inherited, own_variables
from jupyter_mlops.store import Store
from jupyter_mlops.verify.compare import Outputs, Verification, compare_cells
from jupyter_mlops.verify.whole import Whole, read_outputs, run_whole

if TYPE_CHECKING:
    from jupyter_mlops.engines import Engine
    from jupyter_mlops.runner.contain import Contained
    from jupyter_mlops.settings import Mlops

_ENVIRON = {"PYTHONHASHSEED": "0"}
"""The order of sets is that of the steps: else it would only tell that hashes are random."""


def verify_notebook(
    request: RunRequest,
    *,
    store: Store,
    settings: Mlops,
    on_event: Callable[[Mapping[str, Any]], None] = lambda event: None,
    cancel: threading.Event | None = None,
) -> Verification:
    """What each cell puts out in one kernel, against what it puts out in the pipeline.

    The pipeline's run is an ordinary one, on record in the store and always fresh. The two runs in
    one kernel, and a third where a cell differs, leave nothing: they have the engine, the
    environment and a working folder of their own, as a step has, but no limits of resources.

    Args:
        request: the notebook, its parameters and the engine; what it says of reuse does not count.
        store: where the run is recorded.
        settings: of the installation.
        on_event: hears the events of all runs; those in one kernel are of a step ``whole``.
        cancel: once it is set, all stops.

    Raises:
        Cancelled: the runs were to stop.
        MlopsError: as ``run_pipeline`` raises it, before anything has run.
        WholeFailed: the notebook cannot be run in one kernel.
    """
    from jupyter_mlops.compiler import compile_notebook
    from jupyter_mlops.engines import choose_engine
    from jupyter_mlops.notebook import read_notebook
    from jupyter_mlops.runner.contain import contain
    from jupyter_mlops.step.project import project_root

    stop = cancel or threading.Event()
    reason = "verifies that the pipeline gives what the notebook gives"
    run = run_pipeline(
        replace(request, fresh=True, resume=None, reason=reason),
        store=store,
        settings=settings,
        on_event=on_event,
        cancel=stop,
    )
    if run.state == "cancelled":
        raise Cancelled
    path = request.notebook.absolute()
    notebook = read_notebook(path)
    pipeline = compile_notebook(notebook).pipeline
    root = project_root(path, pipeline.uses_parent_folder)
    contained = contain(
        request,
        pipeline,
        notebook=notebook,
        parameters=run.parameters,
        root=root,
        store=store.root,
        settings=settings,
    )
    engine, _ = choose_engine("docker" if run.engine == "docker" else "local", settings)
    with contextlib.closing(engine):
        whole = _whole(
            notebook,
            contained,
            run,
            engine,
            chosen=request.environment,
            settings=settings,
            store=store,
            root=root,
        )
        run_once = partial(
            run_whole,
            whole,
            run=run.run,
            engine=engine,
            scratch=store.cache,
            on_event=on_event,
            is_cancelled=stop.is_set,
        )
        outputs, steps = run_outputs(run), {step.step: step for step in run.steps}
        wholes = [run_once(), run_once()]
        cells = compare_cells(compared_cells(pipeline), wholes, outputs, steps)
        if any(cell.state == "differs" for cell in cells):
            wholes.append(run_once())  # two may have agreed by chance
            cells = compare_cells(compared_cells(pipeline), wholes, outputs, steps)
    return Verification(
        notebook=str(path),
        run=run.run,
        engine=run.engine,
        same=not any(cell.state in ("differs", "refused") for cell in cells),
        cells=cells,
    )


def _whole(
    notebook: Notebook,
    contained: Contained,
    run: Run,
    engine: Engine,
    *,
    chosen: str | None,
    settings: Mlops,
    store: Store,
    root: Path,
) -> Whole:
    from jupyter_mlops.environments import common_choice, prepare

    pipeline = contained.pipeline
    choice = common_choice(pipeline, chosen)
    environment = prepare(
        pipeline,
        notebook=notebook.path,
        engine=engine.name,
        settings=settings,
        store_cache=store.cache,
        put=store.objects.put_bytes,
        on_line=lambda line: None,
        environment=choice.environment,
        place=choice.place,
    )
    cells = [*_parameter_cells(notebook), *(cell for _, cell in compared_cells(pipeline))]
    return Whole(
        name=str(notebook.path),
        cells=sorted(cells, key=lambda cell: cell.position),
        parameters=_values(run.parameters),
        environment=environment,
        root=root,
        folder=notebook.path.parent.relative_to(root).as_posix(),
        kernel=pipeline.kernel,
        environ={**_ENVIRON, **own_variables(environment)},
        withheld=not_inherited(environment),
        containment=contained.whole,
        secrets=contained.secrets,
        left_out=contained.left_out,
    )


def _parameter_cells(notebook: Notebook) -> list[Cell]:
    from jupyter_mlops.notebook.tags import read_tags

    return [
        Cell(id=cell.id, position=cell.position, source=cell.source, tags=("parameters",))
        for cell in notebook.cells
        if cell.kind == "code" and read_tags(cell)[0].role == "parameters"
    ]


def _values(parameters: tuple[ParameterValue, ...]) -> dict[str, Any]:
    return {parameter.name: parameter.value for parameter in parameters}


def compared_cells(pipeline: Pipeline) -> list[tuple[str, Cell]]:
    """Every cell that both run, with the name of its step, in notebook order."""
    cells = [("", cell) for cell in pipeline.shared]
    cells += [(step.name, cell) for step in pipeline.steps for cell in step.cells]
    return sorted(cells, key=lambda pair: pair[1].position)


def run_outputs(run: Run) -> Outputs:
    """What the cells put out in the pipeline; a shared cell, what it put out in the first step."""
    found: dict[str, Any] = {}
    for report in run.steps:
        if report.notebook is None or not Path(report.notebook).exists():
            continue
        last = report.error.cell_id if report.error is not None else None
        document = json.loads(Path(report.notebook).read_bytes())
        for identity, parts in read_outputs(document, last=last).items():
            found.setdefault(identity, parts)
    return found
