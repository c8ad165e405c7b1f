"""One attempt from its spec to its published result."""

from __future__ import annotations

import json
import math
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import CellError, StepResult, StepSpec
from jupyter_mlops.step import workfolder
from jupyter_mlops.step.containment import kernel_variables, lay_data, secrets_folder
from jupyter_mlops.step.events import EventLog, open_event_log
from jupyter_mlops.step.failure import of_exception, of_timeout
from jupyter_mlops.step.harvest import Harvest, harvest, harvest_failed, keep, lay_out_state
from jupyter_mlops.step.interpreter import kernel_command, kernel_environment
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.memory import peak_of_children, read_memory
from jupyter_mlops.step.processes import kill_descendants
from jupyter_mlops.step.publish import Exit, publish
from jupyter_mlops.step.scratch import scratch_folder
from jupyter_mlops.step.scrub import Scrubber
from jupyter_mlops.step.watch import named_files, watch_reads

if TYPE_CHECKING:
    from jupyter_mlops.step.stage import Stage


def run_attempt(layout: Layout, *, alone: bool, secrets: Mapping[str, str]) -> int:
    """Run the attempt and publish what became of it.

    Args:
        layout: where everything is.
        alone: True if the process exists for this attempt only.
        secrets: values by name; nothing that is written holds one of them.

    Returns:
        The exit code.
    """
    contained = os.environ.get("JUPYTER_MLOPS_CONTAINER") == "1"
    started = _now()
    python = platform.python_version()
    harvested, error = Harvest(), None
    scrubber = Scrubber(secrets)
    note = partial(_note, scrubber)
    try:
        spec = from_json(StepSpec, json.loads((layout.step / "spec.json").read_text("utf-8")))
        _make_folders(layout)
        try:
            python, harvested, error = _run(
                layout, spec, secrets, scrubber, alone=alone, contained=contained
            )
        except Exception as problem:
            error = of_exception(problem)
            note(error.traceback or str(problem))
        if error is not None:
            error = from_json(CellError, scrubber.value(to_json(error)))
        result = StepResult(
            attempt=layout.number,
            state="failed" if error else "succeeded",
            started=started,
            ended=max(started, _now()),  # the clock may have been put back
            groups=harvested.groups,
            refused=harvested.refused,
            files_read=harvested.files_read,
            files_written=harvested.files_written,
            metrics=harvested.metrics or {},
            notebook=keep(layout, layout.executed),
            log=keep(layout, layout.events),
            peak_memory=(read_memory().peak if contained else None) or peak_of_children(),
            python=python,
            error=error,
            observed=harvested.observed,
            urls=harvested.urls,
        )
        code = publish(layout, result)
    except OSError as problem:
        note(f"the result cannot be published: {problem}")
        return Exit.UNPUBLISHED
    for folder in (layout.own_work, layout.state):
        _clear(folder)
    return code


def _run(
    layout: Layout,
    spec: StepSpec,
    secrets: Mapping[str, str],
    scrubber: Scrubber,
    *,
    alone: bool,
    contained: bool,
) -> tuple[str, Harvest, CellError | None]:
    """The interpreter's version, what the stage left, and the error that ended it."""
    deadline = time.monotonic() + (math.inf if spec.timeout is None else spec.timeout)
    note = partial(_note, scrubber)
    workfolder.build(layout, spec, note)
    lay_data(layout, spec.containment.data)
    lay_out_state(layout, spec.groups, spec.refused)
    _take_stage(layout, spec)
    before = workfolder.scan(layout.own_work, spec.containment.data)
    interpreter = spec.python or sys.executable
    with scratch_folder() as scratch, open_event_log(layout.events) as file:
        environment = kernel_environment(
            layout,
            {**spec.environ, **kernel_variables(layout, spec.containment, secrets, scratch)},
            scratch,
            python=interpreter,
            contained=contained,
            withheld=spec.withheld,
            hermetic=spec.containment.hermetic,
        )
        if time.monotonic() > deadline:
            return "", Harvest(), of_timeout("before its kernel was started", None, spec.timeout)
        from jupyter_mlops.step.kernel import launch_options, make_kernel_manager
        from jupyter_mlops.step.stage import Stage, run_stage

        stage = Stage(
            cells=spec.cells,
            log=EventLog(file, spec.cells),
            make_manager=partial(make_kernel_manager, kernel_command(interpreter), scratch),
            launch=launch_options(layout.work / spec.folder, environment),
            timeout=spec.timeout,
            deadline=deadline,
            scrubber=scrubber,
        )
        named = () if contained else named_files(layout, spec.parameters)
        with (
            watch_reads(layout, before, spec.containment.data, named, note) as seen,
            _kernel_output(stage, scrubber),
        ):
            run_stage(stage, layout.stage, layout.executed, spec.parameters)
            if alone:
                kill_descendants()
    if stage.error is not None:
        return stage.python, harvest_failed(layout, spec, before, seen), stage.error
    return stage.python, harvest(layout, spec, before, scrubber, note, seen), None


@contextmanager
def _kernel_output(stage: Stage, scrubber: Scrubber) -> Iterator[None]:
    """See to it that also what a kernel writes past its client comes out scrubbed.

    Files that hold secrets are removed at the end.
    """
    if not scrubber:
        yield
        return
    try:
        with scrubber.pipe(1) as out, scrubber.pipe(2) as err:
            stage.launch = {**stage.launch, "stdout": out, "stderr": err}
            yield
    finally:
        shutil.rmtree(secrets_folder(), ignore_errors=True)


def _make_folders(layout: Layout) -> None:
    """Make the attempt's folders, without what a killed process of the same attempt left there."""
    layout.folder.mkdir(parents=True, exist_ok=True)
    layout.work.mkdir(parents=True, exist_ok=True)
    _clear(layout.own_work)
    for folder in (layout.state, layout.outputs):
        shutil.rmtree(folder, ignore_errors=True)
    layout.outputs.mkdir()


def _clear(folder: Path) -> None:
    """Remove what is in a folder; the folder itself may be a mount and stays."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _take_stage(layout: Layout, spec: StepSpec) -> None:
    content = layout.input(spec.stage).read_bytes()
    if of_bytes(content) != spec.stage:
        raise EnvironmentFailure(
            f"the stage notebook of step {spec.step!r} was damaged on its way: its digest differs",
            fix="run the pipeline again",
        )
    layout.stage.write_bytes(content)


def _note(scrubber: Scrubber, text: str) -> None:
    print(scrubber.text(text), file=sys.stderr, flush=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
