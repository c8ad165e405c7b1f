"""The source notebook of a run with what its cells put out in the run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import MlopsError, ObjectCorrupted, ObjectMissing
from jupyter_mlops.lineage.given import all_given
from jupyter_mlops.lineage.outputs import clean_html, has_content
from jupyter_mlops.model.run import Run
from jupyter_mlops.notebook import Notebook, parse_notebook
from jupyter_mlops.store import Store

_NEEDS_STYLE = "sk-text-repr-fallback"
"""Stands in scikit-learn's drawings of estimators: a heap of words without their style sheet."""


def source_notebook(store: Store, run: Run) -> Notebook | None:
    """The notebook that was run; None if it is gone from the store."""
    try:
        return parse_notebook(store.objects.read_bytes(run.source), Path(run.notebook))
    except (ObjectMissing, ObjectCorrupted, MlopsError):
        return None


def whole_notebook(store: Store, run: Run, notebook: Notebook) -> dict[str, Any]:
    """The notebook as a document of format 4 that holds the outputs of the run.

    ``metadata.mlops`` of a code cell is ``{"position", "tags", "step", "first"}``: ``step`` is the
    one that ran it (empty for a shared cell, or one that did not run), ``first`` is true for the
    first cell of a step.
    """
    ran = dict(_ran(store, run))
    attachments = _attachments(notebook)
    met: set[str] = set()
    cells = []
    for cell in notebook.cells:
        found: dict[str, Any] = {
            "cell_type": cell.kind,
            "id": cell.id,
            "metadata": {},
            "source": cell.source,
        }
        if cell.kind == "code":
            step, executed = ran.get(cell.id, ("", {}))
            found["metadata"]["mlops"] = {
                "position": cell.position,
                "tags": list(cell.tags),
                "step": step,
                "first": step not in met,
            }
            met.add(step)
            found["execution_count"] = executed.get("execution_count")
            found["outputs"] = [shown(output) for output in executed.get("outputs", ())]
        elif cell.position in attachments:
            found["attachments"] = attachments[cell.position]
        cells.append(found)
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def steps_in(document: Mapping[str, Any]) -> set[str]:
    """The steps whose cells ran, of a notebook as `whole_notebook` gives it."""
    marks = (cell["metadata"].get("mlops", {}) for cell in document["cells"])
    return {mark["step"] for mark in marks if mark.get("step")}


def _ran(store: Store, run: Run) -> Iterator[tuple[str, tuple[str, Mapping[str, Any]]]]:
    """Id, step and executed cell; a shared cell as the first step ran it, with an empty step."""
    shared: set[str] = set()
    for step, given in all_given(store, run).items():
        if given.executed is None:
            continue
        for cell in json.loads(given.executed)["cells"]:
            identity = cell.get("id", "")
            if cell["cell_type"] != "code" or identity in shared:
                continue
            is_shared = "shared" in cell["metadata"].get("tags", ())
            if is_shared:
                shared.add(identity)
            yield identity, ("" if is_shared else step, cell)


def shown(output: Mapping[str, Any]) -> dict[str, Any]:
    """The output; HTML that shows nothing once it is clean gives way to the text beside it."""
    data = dict(output.get("data", {}))
    html = data.pop("text/html", None)
    if html is None:
        return dict(output)
    text = html if isinstance(html, str) else "".join(html)
    cleaned = clean_html(text)
    if has_content(cleaned) and _NEEDS_STYLE not in text:
        data["text/html"] = cleaned
    return {**output, "data": data}


def _attachments(notebook: Notebook) -> dict[int, Any]:
    """What the notebook's markdown cells hold besides their text, by position."""
    document = json.loads(notebook.raw)
    return {
        position: cell["attachments"]
        for position, cell in enumerate(document.get("cells", ()), start=1)
        if cell.get("attachments")
    }
