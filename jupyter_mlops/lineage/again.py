"""Running a recorded run again, from recorded bytes only."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.lineage.layout import lay_out
from jupyter_mlops.lineage.past import NotReproducible, Past
from jupyter_mlops.model.run import Environment, Execution, Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.runner.files import ProjectFiles
from jupyter_mlops.runner.request import Past as Given
from jupyter_mlops.runner.table import Inputs, VersionTable
from jupyter_mlops.store import FileDigests

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops

Listener = Callable[[Mapping[str, Any]], None]
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A recorded run with all that is needed to run it again.

    Attributes:
        past: the run, or one step of it.
        copy: the project as it was; read only.
        engine: where it is to run.
        environments: of its steps, by name.
        inputs: what the only step receives, or None.
    """

    past: Past
    copy: Path
    engine: str
    environments: Mapping[str, Environment]
    inputs: Inputs | None

    def run(
        self,
        *,
        reason: str,
        settings: Mlops,
        secrets_file: Path | None,
        on_event: Listener,
        cancel: threading.Event,
    ) -> Run:
        """The new run, after its end; arguments and errors as of `run_pipeline`."""
        past, executions = self.past, self.past.executions
        request = RunRequest(
            notebook=self.copy / past.place,
            given_parameters={value.name: value.value for value in past.run.parameters},
            engine=cast(Literal["local", "docker"], self.engine),
            fresh=True,
            hermetic=all(e.environment.settings.get("hermetic") for e in executions.values()),
            secrets_file=secrets_file,
            reason=reason,
            past=Given(
                notebook=past.notebook.path,
                root=past.root,
                copy=self.copy,
                environments=self.environments,
                stages={step: execution.stage for step, execution in executions.items()},
                only=tuple(executions),
                inputs=self.inputs,
            ),
        )
        return run_pipeline(
            request, store=past.store, settings=settings, on_event=on_event, cancel=cancel
        )


@contextmanager
def make_ready(
    past: Past,
    *,
    step: str | None,
    engine: str,
    settings: Mlops,
    on_line: Callable[[str], None],
) -> Iterator[Ready]:
    """A run that can be run again, while the block lasts.

    Args:
        past: the run.
        step: the only step that is to run, with what it received; None for all that ran.
        engine: where.
        settings: of the installation.
        on_line: called with each line of what takes time.

    Raises:
        NotReproducible: what was recorded does not suffice, or what lies elsewhere has changed.
        EngineError: the engine does not answer.
        StoreError: an object is missing or damaged.
    """
    inputs = received(past, step) if step is not None else None
    chosen = past.of_step(step) if step is not None else past
    if not chosen.executions:
        raise NotReproducible(
            f"no step of run {past.run.run} ran", fix="name a run with steps that ran"
        )
    refuse_changed(chosen)
    environments = recreated(chosen, engine=engine, settings=settings, on_line=on_line)
    scratch = Path(tempfile.mkdtemp(prefix="again-", dir=past.store.cache))
    try:
        copy = scratch / (past.root.name or "project")
        copy.mkdir()
        if missing := lay_out(chosen, copy):
            raise NotReproducible(
                f"run {past.run.run} cannot be made again: {'; '.join(missing[:_SHOWN])}",
                fix="put the files back as they were; what later runs read is kept in the store",
            )
        yield Ready(past=chosen, copy=copy, engine=engine, environments=environments, inputs=inputs)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def received(past: Past, step: str) -> Inputs:
    """What a step of the run received: by its own record, and of refusals by the earlier steps'."""
    execution = past.of_step(step).executions[step]
    table = VersionTable()
    for report, compiled in zip(past.run.steps, past.compiled.pipeline.steps, strict=True):
        inputs = table.inputs_of(compiled)
        if report.step == step:
            break
        earlier = past.executions.get(report.step)
        if earlier is not None and earlier.result.state == "succeeded":
            table.advance(inputs, earlier.result)
    return replace(inputs, groups=execution.inputs, files=execution.files, refusals=())


def refuse_changed(past: Past) -> None:
    """Pass if what the run read outside of its project is as it was.

    Raises:
        NotReproducible: names what has changed.
    """
    digests = FileDigests(past.store.cache / "digests")
    now = ProjectFiles(past.root, digests=digests)
    changed = [
        f"{ref.path} {'is gone' if version is None else 'has changed'}"
        for ref in past.outside
        if (version := now.version(ref, ())) != ref.version
    ]
    if changed:
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        raise NotReproducible(
            f"run {past.run.run} read what lies outside of its project, or in data folders, and is "
            f"not kept: {', '.join(changed[:_SHOWN])}{more}",
            fix="put it back as it was",
        )


def recreated(
    past: Past, *, engine: str, settings: Mlops, on_line: Callable[[str], None]
) -> Mapping[str, Environment]:
    """The environment of each step that ran, by its name; equal ones are made once.

    Raises:
        NotReproducible: one cannot be made as it was.
        EngineError: the engine does not answer.
    """
    from jupyter_mlops.environments.recreate import Recreator

    recreator = Recreator(
        engine=engine,
        kernel=past.compiled.pipeline.kernel,
        settings=settings,
        store_cache=past.store.cache,
        read=past.store.objects.read_bytes,
        on_line=on_line,
    )
    steps = {step.name: step for step in past.compiled.pipeline.steps}
    made: dict[tuple[Any, ...], Environment] = {}
    found = {}
    for name, execution in past.executions.items():
        recorded = execution.environment
        own = steps[name].image is not None or steps[name].dockerfile is not None
        key = (recorded.lock, recorded.image, recorded.base, recorded.interpreter, own)
        if key not in made:
            made[key] = _recreate(recreator.recreate, execution, own_image=own)
        found[name] = made[key]
    return found


def _recreate(
    recreate: Callable[..., Environment], execution: Execution, *, own_image: bool
) -> Environment:
    try:
        return recreate(execution.environment, own_image=own_image)
    except EnvironmentFailure as error:
        raise NotReproducible(
            f"step {execution.step} of run {execution.run} cannot be made again: {error.message}",
            fix=error.fix,
        ) from error
