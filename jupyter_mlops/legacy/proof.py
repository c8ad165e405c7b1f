"""The converted notebook as a job: staged, and run afresh against one kernel."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jupyter_mlops.errors import CompileError
from jupyter_mlops.legacy.choice import Choice
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.tags import in_one_step, notebook_bytes, repeatable, seeded, with_steps
from jupyter_mlops.model.run import Run
from jupyter_mlops.verify.normalise import normalise

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store

Outputs = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A job that was run.

    Attributes:
        draft: the notebook with its tags.
        run: the pipeline's run, on record.
        outputs: of its cells, by id.
        varying: ids of cells that differ between two fresh runs.
        drawn: ids of cells that differed before seeds were set.
        staged: True if the pipeline gives what one kernel gives, in more than one step.
        problem: why it is no proof, or empty.
    """

    draft: Draft
    run: Run
    outputs: Outputs
    varying: frozenset[str]
    drawn: frozenset[str] = frozenset()
    staged: bool
    problem: str = ""


def prove(
    draft: Draft,
    notebook: Path,
    *,
    steps: bool,
    engine: Literal["auto", "docker", "local"],
    choice: Choice,
    packages: Container[str],
    store: Store,
    settings: Mlops,
) -> Proof:
    """The best job of the notebook: in the steps that are proposed for it, else in one.

    Args:
        draft: runs to its end in one kernel.
        notebook: where it is written for the proof; its lock and data lie beside it.
        steps: False for one step in any case.
        engine: where it runs.
        choice: which changes may be made.
        packages: distributions of its lock.
        store: where the runs are recorded.
        settings: of the installation.

    Raises:
        MlopsError: the engine does not answer, or the environment cannot be made.
    """
    draft = repeatable(draft)
    one = None
    for number, staged in enumerate((with_steps(draft), in_one_step(draft))):
        if number == 0 and not steps:
            continue
        try:
            one = _proof(staged, notebook, number == 0, engine, store, settings)
        except CompileError:
            if number == 0:
                continue
            raise
        fixed = choice.kept(staged, seeded(staged, packages))
        if one.varying and not one.problem and fixed != staged:
            again = _proof(fixed, notebook, number == 0, engine, store, settings)
            if len(again.varying) < len(one.varying) and not again.problem:
                one = replace(again, drawn=one.varying)
        if not one.problem:
            break
    assert one is not None
    return one


def _proof(
    draft: Draft,
    notebook: Path,
    in_steps: bool,
    engine: Literal["auto", "docker", "local"],
    store: Store,
    settings: Mlops,
) -> Proof:
    from jupyter_mlops.runner import RunRequest
    from jupyter_mlops.verify import verify_notebook

    notebook.write_bytes(notebook_bytes(draft, {}))
    found = verify_notebook(
        RunRequest(notebook=notebook, engine=engine), store=store, settings=settings
    )
    run = store.catalog.find_run(found.run)
    bad = next((c for c in found.cells if c.state in ("differs", "refused")), None)
    return Proof(
        draft=draft,
        run=run,
        outputs=_outputs(run),
        varying=frozenset(c.cell_id for c in found.cells if c.state == "not deterministic"),
        staged=in_steps and len(run.steps) > 1 and bad is None,
        problem=_failure(run)
        if bad is None
        else f"its pipeline does not give what one kernel gives: cell {bad.cell}: {bad.why}",
    )


def _failure(run: Run) -> str:
    """What ended a run that did not come to its end; both it and one kernel may fail alike."""
    if run.state == "succeeded":
        return ""
    if run.failed is None or (error := run.failed.error) is None:
        return f"its job does not come to its end: {run.state}"
    at = "" if error.cell is None else f"cell {error.cell}: "
    return f"its job does not come to its end: {at}{error.kind}: {error.message}"


def changed_cell(proof: Proof, outputs: Outputs) -> str | None:
    """The first cell that puts out something else than in another run; None if none does.

    Args:
        proof: a job that was run; cells that vary by themselves are left aside.
        outputs: of the other run.
    """
    for identity, found in outputs.items():
        other = proof.outputs.get(identity)
        if identity not in proof.varying and (
            other is None or normalise(other) != normalise(found)
        ):
            return identity
    return None


def _outputs(run: Run) -> Outputs:
    """What the cells put out; of a shared cell, what it put out in the first step."""
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    for report in run.steps:
        if report.notebook is not None and Path(report.notebook).exists():
            for cell in json.loads(Path(report.notebook).read_bytes())["cells"]:
                if cell["cell_type"] == "code":
                    found.setdefault(cell["id"], cell["outputs"])
    return found


def files_of(run: Run) -> tuple[str, ...]:
    """What the run read of its project, and no step of it wrote: paths from the project's root."""
    from jupyter_mlops.model.artifact import FileRef

    read, written = set(), set()
    for report in run.steps:
        read |= {f.path for f in report.inputs if isinstance(f, FileRef) and f.digest}
        written |= {f.path for f in report.outputs if isinstance(f, FileRef)}
    return tuple(sorted(p for p in read - written if not p.endswith("/") and p[:1] != "/"))
