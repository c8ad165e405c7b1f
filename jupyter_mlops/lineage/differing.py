"""Variables whose bytes differ, loaded and compared in a kernel such as their step had."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.kernel_state import equality
from jupyter_mlops.model.artifact import Group
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.pipeline import Cell, Pipeline, Step
from jupyter_mlops.runner.variables import not_inherited, own_variables
from jupyter_mlops.verify.whole import Whole, WholeFailed, run_whole

if TYPE_CHECKING:
    from jupyter_mlops.lineage.again import Ready
    from jupyter_mlops.model.run import Execution
    from jupyter_mlops.settings import Mlops

_CELL = "mlops-compare"
_CALL = "compare_groups(_mlops_recorded, _mlops_again, _mlops_wanted)"


def compare_variables(
    ready: Ready,
    one: Execution,
    other: Execution,
    wanted: Sequence[Group],
    *,
    settings: Mlops,
    is_cancelled: Callable[[], bool],
) -> Mapping[str, str | None]:
    """By the joined names of variables: where they first differ, or None if they are equal.

    Nothing is loaded in this process: it is done on the engine, in the step's environment, with
    nothing but the store's own objects, whose digests are checked before.

    Args:
        ready: the run that is made again.
        one: a step's execution.
        other: the same step's, again.
        wanted: groups that both left, with other bytes.
        settings: of the installation.
        is_cancelled: True once it is to stop.

    Raises:
        Cancelled: it is to stop.
        EngineError: the engine does not answer.
    """
    from jupyter_mlops.engines import open_engine

    names = [list(group.names) for group in wanted]
    whole = _whole(ready, one, other, names)
    try:
        with contextlib.closing(open_engine(ready.engine, settings)) as engine:
            outputs = run_whole(
                whole,
                run=other.run,
                engine=engine,
                scratch=ready.past.store.cache,
                on_event=lambda event: None,
                is_cancelled=is_cancelled,
                objects=ready.past.store.objects,
            )
        printed = "\n".join(part.text for part in outputs.get(_CELL, ()))
        (line,) = [s for s in printed.splitlines() if s.startswith(equality.ANSWER)]
    except (WholeFailed, ValueError) as problem:
        return {", ".join(n): f"cannot be loaded and compared: {problem}" for n in names}
    found: dict[str, str | None] = json.loads(line.removeprefix(equality.ANSWER))
    return found


def _whole(ready: Ready, one: Execution, other: Execution, names: list[list[str]]) -> Whole:
    pipeline = ready.past.compiled.pipeline
    (step,) = [step for step in pipeline.steps if step.name == one.step]
    environment = ready.environments[step.name]
    groups = {group.digest: group for group in (*other.result.groups, *one.result.groups)}
    return Whole(
        name=f"the comparison of step {step.name}",
        cells=_cells(pipeline, step),
        parameters={
            **one.parameters,
            "_mlops_recorded": to_json(one.result.groups),
            "_mlops_again": to_json(other.result.groups),
            "_mlops_wanted": names,
        },
        environment=environment,
        root=ready.copy,
        folder=ready.past.place.parent.as_posix(),
        kernel=pipeline.kernel,
        environ={"PYTHONHASHSEED": "0", **own_variables(environment), **step.environ},
        withheld=not_inherited(environment),
        groups=tuple(groups.values()),
    )


def _cells(pipeline: Pipeline, step: Step) -> list[Cell]:
    """The shared cells, to which variables may refer, and the comparison."""
    last = step.cells[-1].position
    imports = "\n".join(pipeline.parameter_imports)
    text = Path(equality.__file__).read_text(encoding="utf-8")
    return [
        Cell(id="mlops-parameters", position=0, source=imports, tags=("parameters",)),
        *(cell for cell in pipeline.shared if cell.position < last),
        Cell(id=_CELL, position=last, source=f"{text}\n\n{_CALL}"),
    ]
