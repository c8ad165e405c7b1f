"""The papermill notebook of a step."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable
from typing import Any

from jupyter_mlops.compiler.layout import MEANT_TO_FAIL
from jupyter_mlops.model.pipeline import Cell, Parameter, Pipeline, Step

ENTER = "mlops-enter"
RESTORE = "mlops-restore"
CAPTURE = "mlops-capture"
PARAMETERS = "mlops-parameters"
_PRINTABLE_TYPES = frozenset({"int", "float", "bool", "str", "list", "dict"})


def stage_notebook(pipeline: Pipeline, step: Step) -> bytes:
    """The bytes of the stage notebook; equal pipelines give equal bytes."""
    first = step.cells[0].position
    shared = [cell for cell in pipeline.shared if cell.position < first]
    inside = [cell for cell in pipeline.shared if first < cell.position < step.cells[-1].position]
    cells = [
        _markdown("mlops-title", _title(pipeline, step)),
        _code(PARAMETERS, parameters_source(pipeline, step), ["parameters"]),
        _code(
            ENTER,
            "import jupyter_mlops.kernel_state as _mlops\n\n_mlops.enter()",
            ["jupyter-mlops"],
        ),
        *(_code(cell.id, cell.source, ["shared"]) for cell in shared),
        _code(RESTORE, _restore(step), ["jupyter-mlops"]),
        *(
            _code(cell.id, cell.source, _tags(cell))
            for cell in sorted([*step.cells, *inside], key=lambda c: c.position)
        ),
        _code(CAPTURE, _capture(step), ["jupyter-mlops"]),
    ]
    document = {
        "cells": cells,
        "metadata": {
            "jupyter_mlops": {"pipeline": pipeline.name, "step": step.name},
            "kernelspec": {
                "display_name": pipeline.kernel,
                "language": "python",
                "name": pipeline.kernel,
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def parameters_source(pipeline: Pipeline, step: Step) -> str:
    """The source of the step's ``parameters`` cell."""
    wanted = [p for p in pipeline.parameters if p.name in step.parameters]
    lines = [*pipeline.parameter_imports, *([""] if pipeline.parameter_imports and wanted else [])]
    lines += [_assignment(parameter) for parameter in wanted]
    return "\n".join(lines) or "# This step reads no parameters."


def _assignment(parameter: Parameter) -> str:
    """``lr: float = 0.1  # help``; other types stand in the comment, for they need imports."""
    simple = parameter.type in _PRINTABLE_TYPES
    annotation = f": {parameter.type}" if simple else ""
    notes = ([] if simple else [parameter.type]) + ([parameter.help] if parameter.help else [])
    comment = f"  # {': '.join(notes)}" if notes else ""
    return f"{parameter.name}{annotation} = {parameter.default!r}{comment}"


def _title(pipeline: Pipeline, step: Step) -> str:
    lines = [f"# {step.name}", "", f"A step of the pipeline `{pipeline.name}`."]
    received = [f"`{r.name}` ({', '.join(r.sources)})" for r in step.reads if r.sources]
    if step.reads_everything:
        lines += ["", "It may receive every variable of earlier steps."]
    elif received:
        lines += ["", f"May receive: {', '.join(received)}."]
    if step.description:
        lines += ["", step.description]
    return "\n".join(lines)


def _restore(step: Step) -> str:
    if step.reads_everything:
        return "_mlops.restore(everything=True)"
    return _call("restore", (read.name for read in step.reads), [])


def _capture(step: Step) -> str:
    options = [f"step={step.name!r}"]
    if step.metrics:
        options.append(f"metrics={list(step.metrics)!r}")
    if step.live_everything:
        return _call("capture", (), ["everything=True", *options])
    return _call("capture", step.live, options)


def _call(function: str, names: Iterable[str], options: list[str]) -> str:
    code = f"_mlops.{function}({', '.join([*map(repr, names), *options])})"
    return ast.unparse(ast.parse(code)) if len(code) < 90 else _folded(function, code)


def _folded(function: str, code: str) -> str:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    parts = [ast.unparse(a) for a in call.args]
    parts += [f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords]
    return f"_mlops.{function}(\n" + "".join(f"    {part},\n" for part in parts) + ")"


def _tags(cell: Cell) -> list[str]:
    kept = [tag for tag in cell.tags if tag == MEANT_TO_FAIL]
    return kept if cell.role == "code" else [cell.role, *kept]


def _markdown(identity: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": identity, "metadata": {}, "source": _lines(source)}


def _code(identity: str, source: str, tags: list[str]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": identity,
        "metadata": {"tags": tags} if tags else {},
        "outputs": [],
        "source": _lines(source),
    }


def _lines(source: str) -> list[str]:
    return source.splitlines(keepends=True)
