"""An old notebook → a job that runs in containers, and what of its stored outputs it gives."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.legacy.cause import cause_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.era import date_of
from jupyter_mlops.legacy.oracle import levels, score
from jupyter_mlops.legacy.order import arrange
from jupyter_mlops.legacy.project import copied, repository_of
from jupyter_mlops.legacy.proof import Outputs, Proof, files_of, prove
from jupyter_mlops.legacy.python2 import is_python2, modernise
from jupyter_mlops.legacy.read import read_old
from jupyter_mlops.legacy.repair import Limits
from jupyter_mlops.legacy.report import write_reports
from jupyter_mlops.legacy.rules import STATIC
from jupyter_mlops.legacy.tags import notebook_bytes
from jupyter_mlops.legacy.trying import Attempt, Bench, attempts
from jupyter_mlops.model.conversion import CellLevel, Conversion
from jupyter_mlops.store.disk import disk_problems

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store

LOCK = "requirements.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for.

    Attributes:
        notebook: the old one.
        folder: where the job is written.
        engine: where it is proven.
        timeout: seconds for mending, in all environments together.
        cell_timeout: seconds for one cell.
        steps: False to keep all cells in one step.
    """

    notebook: Path
    folder: Path
    engine: Literal["auto", "docker", "local"] = "auto"
    timeout: float = 900.0
    cell_timeout: float = 300.0
    steps: bool = True


def convert_notebook(
    wish: Wish,
    *,
    store: Store,
    settings: Mlops,
    on_line: Callable[[str], None] = lambda line: None,
) -> Conversion:
    """The job, written to its folder, and what it is worth. The old notebook is only read.

    Args:
        wish: what is asked for.
        store: where the runs that prove it are recorded.
        settings: of the installation.
        on_line: called with what is being done.

    Raises:
        NotebookError: it is no Python notebook.
        MlopsError: the folder is not empty or cannot be written, or the engine does not answer.
    """
    from jupyter_mlops.environments.kernel import find_kernel

    old = wish.notebook.absolute()
    read, document, digest = read_old(old)
    if not read.code:
        raise MlopsError(f"{old} has no code", fix="there is nothing to convert")
    _refuse_occupied(wish.folder)
    era = date_of(read, document, old, date.today())
    store.open()
    with tempfile.TemporaryDirectory(prefix="convert-", dir=store.cache) as name:
        bench = Bench(
            old=old,
            root=repository_of(old),
            era=era,
            kernel=find_kernel("python3"),
            limits=Limits(cell=wish.cell_timeout, deadline=time.monotonic() + wish.timeout),
            scratch=Path(name),
            cache=store.cache,
            settings=settings,
            on_line=on_line,
        )
        tried = list(attempts(_prepared(read, document.get("metadata", {})), bench))
        best = max(tried, key=lambda one: one.rank)
        plain = Conversion(
            state="refused",
            cause="",
            next="",
            old=str(old),
            digest=digest,
            written=(era.earliest, era.latest, *era.evidence),
            environment=best.tried if best.built is not None else None,
            tried=tuple(one.tried for one in tried),
            patches=best.draft.patches,
            oracle=best.tried.score,
            cells=(),
            steps=(),
            staged=False,
            run=None,
            files=(),
            notebook=str(wish.folder.absolute() / old.name),
        )
        found = (
            _job(plain, best, wish, bench, store) if best.is_whole else _refusal(plain, best, wish)
        )
    write_reports(found, wish.folder)
    return found


def _prepared(draft: Draft, metadata: Mapping[str, Any]) -> Draft:
    """The draft after all that can be seen without running it."""
    if is_python2(draft, metadata):
        draft = modernise(draft)
    for rule in STATIC:
        draft = rule(draft)
    return arrange(draft)


def _refusal(plain: Conversion, best: Attempt, wish: Wish) -> Conversion:
    """What was reached, written, with why it goes no further."""
    if best.repaired is None or best.repaired.failure is None or best.built is None:
        cause, then = best.tried.problem, "name its packages in a requirements.txt beside it"
        outputs: Outputs = {}
    else:
        cause, then = cause_of(best.draft, best.repaired.failure, best.built.unknown)
        outputs = best.repaired.outputs
    _write(wish.folder, Path(plain.notebook), best, best.draft, outputs)
    cells = _levels(best.draft, outputs, frozenset())
    return replace(plain, cause=cause, next=then, cells=cells)


def _job(plain: Conversion, best: Attempt, wish: Wish, bench: Bench, store: Store) -> Conversion:
    """The job, proven and written."""
    assert best.built is not None
    bench.on_line("proof: the pipeline and two fresh runs in one kernel")
    with copied(bench.root, bench.old, bench.scratch / "proof") as scene:
        notebook = scene.folder / bench.old.name
        (scene.folder / LOCK).write_text(best.built.lock.text, encoding="utf-8")
        proof = prove(
            best.draft,
            notebook,
            steps=wish.steps,
            engine=wish.engine,
            store=store,
            settings=bench.settings,
        )
        root = scene.root if any(f.startswith("..") for f in files_of(proof.run)) else scene.folder
        files = _copy_files(proof, scene.folder, root, wish.folder)
    written = Path(plain.notebook)
    _write(wish.folder, written, best, proof.draft, proof.outputs)
    code = proof.draft.code
    cells = _levels(proof.draft, proof.outputs, proof.varying)
    found = score([(cell.stored, proof.outputs.get(cell.id)) for cell in code])
    if proof.problem:
        return replace(
            plain,
            cause=f"its pipeline does not give what one kernel gives: {proof.problem}",
            next=f"see `jupyter mlops verify {written}`",
            cells=cells,
            oracle=found,
            run=proof.run.run,
            files=files,
        )
    return replace(
        plain,
        state="converted",
        next=f"jupyter mlops run {written}",
        patches=proof.draft.patches,
        oracle=found,
        cells=cells,
        steps=tuple(step.step for step in proof.run.steps),
        staged=proof.staged,
        run=proof.run.run,
        files=files,
    )


def _copy_files(proof: Proof, folder: Path, root: Path, target: Path) -> tuple[str, ...]:
    """Copy what the job reads, at the same paths from its notebook."""
    files = tuple(f for f in files_of(proof.run) if Path(f).name != LOCK)
    for name in files:
        place = target / name
        with disk_problems(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, place)
    return files


def _write(folder: Path, notebook: Path, best: Attempt, draft: Draft, outputs: Outputs) -> None:
    with disk_problems(folder):
        folder.mkdir(parents=True, exist_ok=True)
        notebook.write_bytes(notebook_bytes(draft, outputs))
        if best.built is not None:
            (folder / LOCK).write_text(best.built.lock.text, encoding="utf-8")


def _refuse_occupied(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MlopsError(
            f"{folder} is not an empty folder",
            fix="name a new one with -o; nothing is overwritten",
        )


def _levels(draft: Draft, outputs: Outputs, varying: frozenset[str]) -> tuple[CellLevel, ...]:
    return levels(
        [
            (cell.id, cell.position, cell.stored, outputs.get(cell.id), cell.id in varying)
            for cell in draft.code
        ]
    )
