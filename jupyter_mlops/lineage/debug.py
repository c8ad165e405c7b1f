"""A step of a run, opened: its variables, its files and its cells, to be run by hand."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_mlops.engines.container import work_target
from jupyter_mlops.errors import EngineError
from jupyter_mlops.lineage.again import received, recreated
from jupyter_mlops.lineage.debugbook import Opened, Seen, debugging_notebook, opened_cells
from jupyter_mlops.lineage.debugkernel import CONTAINER, STATE, ContainedKernel, kernel_command
from jupyter_mlops.lineage.layout import lay_out, lay_over
from jupyter_mlops.lineage.past import NotReproducible, Past, look_back
from jupyter_mlops.lineage.wholefolder import Place, whole_folder
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.pipeline import Step
from jupyter_mlops.model.reproduction import OpenedStep
from jupyter_mlops.model.run import Environment, Execution, StepSpec
from jupyter_mlops.runner.past import find_run
from jupyter_mlops.runner.table import Inputs
from jupyter_mlops.runner.variables import own_variables
from jupyter_mlops.step.interpreter import missing_modules
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.project import count_files
from jupyter_mlops.step.runtime import make_kernel_path
from jupyter_mlops.step.workfolder import build

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store

ABOUT = "opened.json"
"""In the folder: what was opened, and the cells as they were."""


def open_step(
    store: Store,
    name: str,
    step: str,
    folder: Path | None,
    *,
    settings: Mlops,
    engine: str = "auto",
    on_line: Callable[[str], None] = lambda line: None,
) -> OpenedStep:
    """A step laid out in a folder: a notebook of its cells, all that it received, and a kernel.

    The folder appears whole or not at all; neither the source notebook nor the project is written
    to.

    Args:
        store: holds the run.
        name: of the run.
        step: of the step, which ran and failed or succeeded.
        folder: does not exist or is empty; None for one in the present folder.
        settings: of the installation.
        engine: ``docker`` or ``local``: where its kernel runs; ``auto``: where the step ran, or in
            a local kernel if that cannot be had, of which a note then tells.
        on_line: called with each line of what takes time.

    Raises:
        EngineError: the engine does not answer.
        NotReproducible: the step never ran, or its environment cannot be had on this machine.
        MlopsError: the folder is not empty, or cannot be written.
        UnknownRun, UnknownStepError: there is no such run or step.
        StoreError: an object is missing or damaged.
    """
    past = look_back(store, find_run(store, name))
    chosen = past.of_step(step)
    inputs = received(past, step)
    environment, notice = _environment(chosen, engine, settings, on_line)
    target = folder or Path(f"{past.run.run}-{step}")
    with whole_folder(target, force=False) as place:
        return _Opening(
            past=past,
            chosen=chosen,
            step=next(one for one in past.compiled.pipeline.steps if one.name == step),
            inputs=inputs,
            environment=environment,
            notice=notice,
            place=place,
        ).fill(settings)


def _environment(
    chosen: Past, engine: str, settings: Mlops, on_line: Callable[[str], None]
) -> tuple[Environment, str]:
    """What the kernel runs in, and why it is not where the step ran, or ""."""
    (execution,) = chosen.executions.values()
    ran = execution.environment.engine
    notice = ""
    if engine == "auto" and ran != "local":
        try:
            return _recreated(chosen, ran, settings, on_line), ""
        except (EngineError, NotReproducible) as error:
            notice = f"its kernel runs on this machine instead of in a container: {error.message}"
    return _recreated(chosen, "local" if engine == "auto" else engine, settings, on_line), notice


def _recreated(
    chosen: Past, engine: str, settings: Mlops, on_line: Callable[[str], None]
) -> Environment:
    (made,) = recreated(chosen, engine=engine, settings=settings, on_line=on_line).values()
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """A folder that is being filled with what a step received."""

    past: Past
    chosen: Past
    step: Step
    inputs: Inputs
    environment: Environment
    notice: str
    place: Place

    @property
    def _is_contained(self) -> bool:
        return self.environment.engine == "docker"

    @property
    def execution(self) -> Execution:
        return self.chosen.executions[self.step.name]

    def fill(self, settings: Mlops) -> OpenedStep:
        fresh, folder = self.place.fresh, self.place.folder
        run, step = self.past.run.run, self.step.name
        notes = [*self._notes(), *self._lay_files(settings), *self._lay_data()]
        self._lay_state()
        seen, kernel = self._seen(), self._write_kernel()
        stage = json.loads(self.past.store.objects.read_bytes(self.execution.stage))
        notebook = debugging_notebook(
            stage,
            self.execution,
            folder=folder,
            seen=seen,
            kernel=kernel,
        )
        _write_json(fresh / f"{step}.ipynb", notebook)
        opened = Opened(
            run=run,
            step=step,
            notebook=str(self.past.notebook.path),
            cells=opened_cells(stage),
        )
        _write_json(fresh / ABOUT, to_json(opened))
        path, book = str(folder / "jupyter"), str(folder / f"{step}.ipynb")
        return OpenedStep(
            run=run,
            step=step,
            engine=self.environment.engine,
            folder=str(folder),
            notebook=book,
            kernel=kernel,
            jupyter_path=path,
            command=(
                "env",
                f"JUPYTER_PATH={path}",
                "jupyter",
                "lab",
                str(folder / f"{step}.ipynb"),
            ),
            notes=tuple(notes),
        )

    def _notes(self) -> Iterator[str]:
        recorded = self.execution.environment
        if self.notice:
            yield self.notice
        if recorded.engine == "docker" and not self._is_contained:
            yield (
                "the step ran in a container; here its locked packages are in an environment of "
                "this machine, without the container's limits, system and paths"
            )
        if self.environment.python != recorded.python:
            yield f"Python {self.environment.python} instead of {recorded.python}"
        for secret in self.step.containment.secrets:
            yield f"the secret {secret.name} is not kept: set {secret.variable} before you start"

    def _lay_files(self, settings: Mlops) -> Iterator[str]:
        """The project as the step saw it; what no step read, as it is now."""
        work, root = self.place.fresh / "work", self.past.root
        work.mkdir()
        notes: list[str] = []
        data = self.step.containment.data
        if root.is_dir() and count_files(root, settings.max_files, data) <= settings.max_files:
            layout = Layout(number=1, step=self.place.fresh, inputs=work, source=root, work=work)
            build(layout, StepSpec(run="", step="", stage="", left_out=data), notes.append)
            notes.append("files that no step was seen to read are as they are now")
        with contextlib.suppress(NotReproducible):  # other steps read other versions
            lay_out(self.past, work)
        yield from notes
        yield from lay_out(self.chosen, work)
        yield from lay_over(self.past, self.inputs.files, work)

    def _data(self) -> Iterator[tuple[str, Path]]:
        """Name and place of each data folder."""
        for name in self.execution.environment.settings.get("data", ()):
            yield name, self.past.root / name

    def _lay_data(self) -> Iterator[str]:
        """Links to data folders, where relative paths lead; in a container, where they go."""
        work = self.place.fresh / "work"
        for name, real in self._data():
            link = Path(os.path.normpath(work / os.path.relpath(real, self.past.root)))
            if not real.is_dir():
                yield f"the data folder {name} is gone"
            elif self._is_contained:
                if link.is_relative_to(work):
                    link.mkdir(parents=True, exist_ok=True)
            elif link.is_relative_to(self.place.fresh) and not os.path.lexists(link):
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(real)
            else:
                yield f"the data folder {name} is only found by its absolute path"

    def _lay_state(self) -> None:
        state = self.place.fresh / "state"
        (state / "objects").mkdir(parents=True)
        for digest in {group.digest for group in self.inputs.groups}:
            self.past.store.objects.checkout(digest, state / "objects")
        table = {"groups": self.inputs.groups, "refused": self.inputs.stand_ins}
        _write_json(state / "table.json", to_json(table))

    def _write_kernel(self) -> str:
        """The name of a kernelspec that starts the step's interpreter."""
        words = f"mlops-{self.past.run.run}-{self.step.name}".lower()
        name = re.sub(r"[^a-z0-9._-]+", "-", words)
        spec = {
            **(self._contained() if self._is_contained else self._local()),
            "display_name": f"{self.step.name} of {self.past.run.run}",
            "language": "python",
        }
        place = self.place.fresh / "jupyter" / "kernels" / name
        place.mkdir(parents=True)
        _write_json(place / "kernel.json", spec)
        return name

    def _local(self) -> dict[str, Any]:
        python, folder = str(self.environment.interpreter), self.place.folder
        lend = "cloudpickle" in missing_modules(python, "cloudpickle")
        make_kernel_path(self.place.fresh / "path", cloudpickle=lend)
        return {
            "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "env": {
                "PYTHONHASHSEED": "0",
                "PYTHONPATH": str(folder / "path"),
                **own_variables(self.environment),
                **self.step.environ,
            },
        }

    def _contained(self) -> dict[str, Any]:
        resources, work = self.step.resources, Path(self._work)
        if self.execution.environment.settings.get("hermetic"):
            resources = replace(resources, network="none")
        kernel = ContainedKernel(
            image=str(self.environment.image),
            folder=str(self.place.folder),
            work=str(work),
            data={str(work / name): str(p.resolve()) for name, p in self._data() if p.is_dir()},
            resources=resources,
            environ=self.step.environ,
            secrets=self.step.containment.secrets,
        )
        _write_json(self.place.fresh / CONTAINER, to_json(kernel))
        return {
            "argv": kernel_command(self.place.folder / CONTAINER),
            "interrupt_mode": "message",
        }

    @property
    def _work(self) -> str:
        """Where the kernel sees the working folder."""
        if self._is_contained:
            return work_target(str(self.past.root))
        return str(self.place.folder / "work")

    def _seen(self) -> Seen:
        return Seen(
            state=STATE if self._is_contained else str(self.place.folder / "state"),
            work=self._work,
            start=str(PurePosixPath(self._work) / self.past.place.parent),
        )


def _write_json(path: Path, value: Any) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8", errors="backslashreplace")
