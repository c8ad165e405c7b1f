"""The notebook in which a step is debugged: its stage, made to run by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlops.compiler.stage import CAPTURE, ENTER, PARAMETERS
from jupyter_mlops.model.run import Execution
from jupyter_mlops.store.reports import describe_failure

_GIVEN = "mlops-given"
_TITLE = "mlops-title"
_OWN = "mlops-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a folder was opened from.

    Attributes:
        run, step: what was opened.
        notebook: absolute path of the source notebook.
        cells: source of each cell that the notebook had, by its id.
    """

    run: str
    step: str
    notebook: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Absolute paths as the kernel sees them.

    Attributes:
        state: folder of the step's variables.
        work: folder that stands for the project root.
        start: folder in which the step's cells run.
    """

    state: str
    work: str
    start: str


def opened_cells(stage: Mapping[str, Any]) -> dict[str, str]:
    """Source by id of the cells that a stage, or a debugging notebook, has of its notebook."""
    return {
        cell["id"]: "".join(cell["source"])
        for cell in stage["cells"]
        if cell["cell_type"] == "code" and not cell.get("id", _OWN).startswith(_OWN)
    }


def debugging_notebook(
    stage: Mapping[str, Any], execution: Execution, *, folder: Path, seen: Seen, kernel: str
) -> dict[str, Any]:
    """The stage as a notebook that a person runs from top to bottom, as often as they like.

    It leaves nothing for later steps, so each restart finds what the step received.

    Args:
        stage: the recorded stage notebook.
        execution: of the step.
        folder: where it will lie.
        seen: paths by which its kernel knows what the step received.
        kernel: name of its kernelspec.
    """
    return {
        **stage,
        "cells": list(_cells(stage, execution, folder, seen)),
        "metadata": {
            **stage["metadata"],
            "kernelspec": {
                "name": kernel,
                "display_name": f"{execution.step} of {execution.run}",
                "language": "python",
            },
        },
    }


def _cells(
    stage: Mapping[str, Any], execution: Execution, folder: Path, seen: Seen
) -> Iterator[dict[str, Any]]:
    for cell in stage["cells"]:
        identity = cell.get("id")
        if identity == _TITLE:
            yield {**cell, "source": f"{''.join(cell['source'])}\n\n{_about(execution, folder)}"}
        elif identity == ENTER:
            yield {**cell, "source": _enter(seen)}
        elif identity != CAPTURE:
            yield dict(cell)
        if identity == PARAMETERS and execution.parameters:
            yield _given(execution)


def _about(execution: Execution, folder: Path) -> str:
    error = execution.result.error
    ended = f"It failed: `{describe_failure(error)}`." if error is not None else "It succeeded."
    return (
        f"Opened from run `{execution.run}`, with what the step received. {ended} To put mended "
        f"cells back into the source notebook: `jupyter mlops open --save-back -o {folder}`, then "
        f"`jupyter mlops run --resume {execution.run}`."
    )


def _enter(seen: Seen) -> str:
    return "\n".join(
        (
            "import os",
            "",
            f"os.environ['JUPYTER_MLOPS_STATE'] = {seen.state!r}",
            f"os.environ['JUPYTER_MLOPS_WORK'] = {seen.work!r}",
            f"os.chdir({seen.start!r})",
            "del os",
            "import jupyter_mlops.kernel_state as _mlops",
            "",
            "_mlops.enter()",
        )
    )


def _given(execution: Execution) -> dict[str, Any]:
    """The values that the step was given, as papermill injects them."""
    from papermill.translators import PythonTranslator

    source: str = PythonTranslator.codify(dict(execution.parameters), "Parameters of the run")
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": _GIVEN,
        "metadata": {"tags": ["injected-parameters"]},
        "outputs": [],
        "source": source,
    }
