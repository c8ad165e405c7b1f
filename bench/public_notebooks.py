"""Verifies notebooks that others wrote: tags copies at their headings and runs ``verify`` on each.

    python bench/public_notebooks.py FOLDER... [--limit 600] [--sample 45] [--results results.jsonl]

Each folder is a project: all notebooks below it are taken, in an order that is shuffled over all
folders and always the same, until so many ran as ``--sample`` says. Their data must lie there, too.
Nothing is written to the folders: every notebook runs in a copy of its project. The kernel is the
interpreter that runs this script: install what the notebooks import beside jupyter_mlops. Notebooks
that the results file has already are left out, so that a stopped run can be continued.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.notebook.document import read_notebook
from jupyter_mlops.notebook.suggest import suggest_tags

_WORSE = ("differs", "refused", "not deterministic", "same")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a notebook.

    Attributes:
        notebook: its path.
        verdict: the worst state of a cell: ``differs`` (wrong), ``refused``, ``not deterministic``,
            ``same``; or ``not runnable``: not compiled, not run at all, or out of time.
        steps: number of its steps.
        cells: state → number of cells.
        why: of the first cell with that verdict, or why nothing ran.
    """

    notebook: str
    verdict: str
    steps: int = 0
    cells: dict[str, int] = field(default_factory=dict)
    why: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one notebook")
    parser.add_argument("--sample", type=int, help="stop when so many ran at all")
    parser.add_argument("--seed", type=int, default=0, help="of the order")
    parser.add_argument("--results", type=Path, default=Path("results.jsonl"))
    options = parser.parse_args()
    results = options.results
    found = [Result(**json.loads(line)) for line in _lines(results)]
    notebooks = list(_notebooks(options.folders))
    random.Random(options.seed).shuffle(notebooks)
    for project, path in notebooks:
        if sum(result.verdict != "not runnable" for result in found) == options.sample:
            break
        if all(result.notebook != str(path) for result in found):
            found.append(verify_copy(path, project, options.limit))
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(found[-1])) + "\n")
    print(table(found))


def verify_copy(path: Path, project: Path, limit: float) -> Result:
    """Copies the notebook's project, tags the copy at its headings and verifies that."""
    with tempfile.TemporaryDirectory(prefix="public-") as scratch:
        copy = Path(scratch) / project.name / path.relative_to(project)
        leave = shutil.ignore_patterns(".git")
        shutil.copytree(project, Path(scratch) / project.name, symlinks=True, ignore=leave)
        try:
            steps = tag(copy)
        except MlopsError as error:
            return Result(notebook=str(path), verdict="not runnable", why=error.message)
        command = [sys.executable, "-m", "jupyter_mlops.cli", "verify", str(copy), "--json"]
        command += ["--engine", "local"]
        environ = {**os.environ, "JUPYTER_MLOPS_STORE": str(Path(scratch) / "store")}
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=copy.parent,
            env=environ,
        )
        try:
            output, errors = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.communicate()
            return Result(
                notebook=str(path), verdict="not runnable", steps=steps, why=f"over {limit:g} s"
            )
        try:
            found = json.loads(output)
        except ValueError:
            found = {"message": errors[-500:]}
        return judged(str(path), steps, found)


def tag(copy: Path) -> int:
    """Tags the notebook at its headings, for this interpreter's kernel; the number of steps.

    A cell whose stored output is an error is tagged ``raises-exception``: it was meant to fail.
    """
    notebook = read_notebook(copy)
    suggested = suggest_tags(notebook)
    cells: list[dict[str, Any]] = []
    for cell, stored in zip(notebook.cells, _stored(notebook.raw), strict=True):
        tags = list(suggested.get(cell.id, ()))
        if any(output.get("output_type") in ("error", "pyerr") for output in stored):
            tags.append("raises-exception")
        item: dict[str, Any] = {
            "id": cell.id,
            "cell_type": cell.kind,
            "metadata": {"tags": tags},
            "source": cell.source,
        }
        cells.append(
            item | ({"outputs": [], "execution_count": None} if cell.kind == "code" else {})
        )
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    copy.write_text(json.dumps(document), encoding="utf-8")
    return sum(tags[0] != "shared" for tags in suggested.values())


def _stored(raw: bytes) -> Iterator[list[dict[str, Any]]]:
    """The stored outputs of each cell, of old formats too."""
    document = json.loads(raw)
    sheets = document.get("worksheets") or [document]
    for cell in (cell for sheet in sheets for cell in sheet["cells"]):
        yield cell.get("outputs", [])


def judged(path: str, steps: int, found: dict[str, Any]) -> Result:
    """The result that verify's JSON, or that of its error, amounts to."""
    cells = found.get("cells")
    if cells is None:
        return Result(
            notebook=path, verdict="not runnable", steps=steps, why=found.get("message", "")
        )
    states = Counter(cell["state"] for cell in cells)
    verdict = next((state for state in _WORSE if states[state]), "not runnable")
    first = next((cell for cell in cells if cell["state"] == verdict), {})
    why = f"cell {first.get('cell')}: {first.get('why')}\n{first.get('diff')}"
    return Result(
        notebook=path,
        verdict=verdict,
        steps=steps,
        cells=dict(states),
        why="" if verdict == "same" else why,
    )


def table(results: list[Result]) -> str:
    """One line a notebook, and the sums."""
    lines = []
    for result in results:
        counts = ", ".join(f"{number} {state}" for state, number in result.cells.items())
        lines.append(f"{result.verdict:18}{result.steps:4} steps  {result.notebook}  {counts}")
    verdicts = Counter(result.verdict for result in results)
    cells = Counter({})
    for result in results:
        cells.update(result.cells)
    lines.append("notebooks: " + ", ".join(f"{n} {what}" for what, n in verdicts.most_common()))
    lines.append("cells: " + ", ".join(f"{n} {what}" for what, n in cells.most_common()))
    return "\n".join(lines)


def _notebooks(folders: list[Path]) -> Iterator[tuple[Path, Path]]:
    """Each notebook with its project's folder; those in hidden folders left out."""
    for folder in map(Path.absolute, folders):
        for path in sorted(folder.rglob("*.ipynb")):
            if not any(part.startswith(".") for part in path.relative_to(folder).parts):
                yield folder, path


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


if __name__ == "__main__":
    main()
