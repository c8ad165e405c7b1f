"""The whole notebook in one kernel, on an engine, in a working folder such as a step gets."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.compiler.stage import ENTER
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.artifact import Group
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.pipeline import Cell, Containment, Resources
from jupyter_mlops.model.run import Environment, StepSpec
from jupyter_mlops.model.task import Task
from jupyter_mlops.runner.attempt import Attempt
from jupyter_mlops.step.layout import object_name
from jupyter_mlops.verify.compare import Outputs
from jupyter_mlops.verify.normalise import normalise

if TYPE_CHECKING:
    from jupyter_mlops.engines import Engine
    from jupyter_mlops.store import Objects

STEP = "whole"


class WholeFailed(MlopsError):
    """The notebook could not be run in one kernel, for another reason than an error of a cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A notebook as one stage.

    Attributes:
        name: of the notebook, for people.
        cells: what runs, in notebook order; parameters cells are tagged ``parameters``.
        parameters: values to inject.
        environment: what it runs in.
        root: the project root.
        folder: the notebook's folder relative to it.
        kernel: name of the notebook's kernel.
        environ: environment variables of the kernel.
        withheld: variables that the kernel does not inherit.
        containment: data folders and secrets of all steps.
        secrets: values by name.
        left_out: files below the root that the kernel does not get.
        groups: variables whose objects it finds in its state folder.
    """

    name: str
    cells: Sequence[Cell]
    parameters: Mapping[str, Any]
    environment: Environment
    root: Path
    folder: str
    kernel: str
    environ: Mapping[str, str]
    withheld: tuple[str, ...] = ()
    containment: Containment = Containment()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    left_out: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()

    def notebook(self) -> bytes:
        """The notebook of its own cells and one before them that only watches what they open.

        That cell keeps large files of the project from being written through a link.
        """
        enter = "import jupyter_mlops.kernel_state as _mlops\n\n_mlops.enter()"
        language = {"name": self.kernel, "display_name": self.kernel, "language": "python"}
        cells = [_code(ENTER, enter, ()), *(_code(c.id, c.source, c.tags) for c in self.cells)]
        metadata = {"kernelspec": language, "language_info": {"name": "python"}}
        document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        return json.dumps(document).encode()


def run_whole(
    whole: Whole,
    *,
    run: str,
    engine: Engine,
    scratch: Path,
    on_event: Callable[[Mapping[str, Any]], None],
    is_cancelled: Callable[[], bool],
    objects: Objects | None = None,
) -> Outputs:
    """What each cell put out that ran; none after the first whose error nothing allows.

    Args:
        whole: the notebook.
        run: name that the engine's labels get.
        engine: where it runs.
        scratch: a folder that the engine can reach; nothing is left in it.
        on_event: hears its events.
        is_cancelled: True once it is to stop.
        objects: has those of the notebook's groups.

    Raises:
        Cancelled: it is to stop.
        EngineError: the engine does not answer.
        WholeFailed: the kernel or the engine failed, and no cell's error tells why.
    """
    with _temporary(scratch) as folder:
        _lay_out(whole, folder, run)
        if objects is not None:
            for digest in {group.digest for group in whole.groups}:
                objects.checkout(digest, folder / "inputs")
        task = Task(
            run=run,
            step=STEP,
            attempt=1,
            folder=str(folder),
            source=str(whole.root),
            resources=Resources(),
            image=whole.environment.image,
            data=whole.containment.data,
            left_out=whole.left_out,
            secrets=whole.secrets,
        )
        attempt = Attempt(engine=engine, task=task, on_event=on_event, is_cancelled=is_cancelled)
        result = attempt.run()
        executed = attempt.folder / "executed.ipynb"
        if result.error is not None and (result.error.cell_id is None or not executed.exists()):
            raise WholeFailed(
                f"{whole.name} cannot be run in one kernel: {result.error.message}",
                fix="run it from top to bottom in JupyterLab first",
            )
        last = result.error.cell_id if result.error is not None else None
        return read_outputs(json.loads(executed.read_bytes()), last=last)


def read_outputs(document: Mapping[str, Any], *, last: str | None = None) -> Outputs:
    """The outputs of each code cell of an executed notebook that ran, by cell id.

    Args:
        document: the notebook as JSON.
        last: id of the cell whose error ended it, or None if it ran to its end.
    """
    found = {}
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            found[cell["id"]] = normalise(cell["outputs"])
            if cell["id"] == last:
                break
    return found


def _lay_out(whole: Whole, folder: Path, run: str) -> None:
    """The step folder that the step command expects."""
    content = whole.notebook()
    stage = of_bytes(content)
    spec = StepSpec(
        run=run,
        step=STEP,
        stage=stage,
        parameters=whole.parameters,
        groups=whole.groups,
        folder=whole.folder,
        python=whole.environment.interpreter,
        cells={cell.id: (cell.position, cell.role) for cell in whole.cells},
        environ=whole.environ,
        withheld=whole.withheld,
        containment=whole.containment,
        left_out=whole.left_out,
    )
    (folder / "attempts" / "1").mkdir(parents=True)
    (folder / "inputs").mkdir()
    (folder / "inputs" / object_name(stage)).write_bytes(content)
    (folder / "spec.json").write_text(json.dumps(to_json(spec)), encoding="utf-8")


@contextmanager
def _temporary(scratch: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="verify-", dir=scratch))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _code(identity: str, source: str, tags: Sequence[str]) -> dict[str, Any]:
    kept = [tag for tag in tags if tag in ("parameters", "raises-exception")]
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": identity,
        "metadata": {"tags": kept} if kept else {},
        "outputs": [],
        "source": source,
    }
