"""An old notebook → a job that runs in containers, and what of its stored outputs it gives."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.legacy.cause import cause_of
from jupyter_mlops.legacy.choice import Choice
from jupyter_mlops.legacy.division import round_down
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.era import Era, date_of
from jupyter_mlops.legacy.fetched import FOLDER as FETCHED
from jupyter_mlops.legacy.fetched import RULE as FETCH
from jupyter_mlops.legacy.fetched import keep_fetched
from jupyter_mlops.legacy.folder import LOCK, copy_files, mark_root, refuse_occupied, write_notebook
from jupyter_mlops.legacy.lift import lift
from jupyter_mlops.legacy.limits import Limits
from jupyter_mlops.legacy.literals import LIFTS
from jupyter_mlops.legacy.oracle import Compared, levels, score
from jupyter_mlops.legacy.order import arrange
from jupyter_mlops.legacy.prepare import prepared
from jupyter_mlops.legacy.project import copied, repository_of
from jupyter_mlops.legacy.proof import Outputs, Proof, changed_cell, files_of, prove
from jupyter_mlops.legacy.python2 import modernise
from jupyter_mlops.legacy.read import read_old
from jupyter_mlops.legacy.report import write_reports
from jupyter_mlops.legacy.rules import DATED, MENDING, STATIC
from jupyter_mlops.legacy.rules.missing_files import missing_file
from jupyter_mlops.legacy.tags import PARAMETERS, SEED
from jupyter_mlops.legacy.today import runs_today
from jupyter_mlops.legacy.trying import Attempt, Bench, attempts
from jupyter_mlops.model.conversion import Conversion, Input
from jupyter_mlops.model.identity import of_bytes

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops
    from jupyter_mlops.store import Store

_MODULES = [
    sys.modules[rule.__module__]
    for rule in (modernise, round_down, arrange, *DATED, *STATIC, *MENDING)
]
RULES = tuple(
    dict.fromkeys((*(module.RULE for module in _MODULES), FETCH, SEED, PARAMETERS, *LIFTS))
)
"""Ids of all rules that can be accepted and refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for.

    Attributes:
        notebook: the old one.
        folder: where the job is written.
        engine: where it is proven.
        timeout: seconds for mending, in all environments together; installing does not count.
        cell_timeout: seconds for one cell.
        steps: False to keep all cells in one step.
        today: True to try, too, whether it runs as it stands.
        choice: which changes may be made.
        network: True if the notebook may use it; what it fetches is kept.
    """

    notebook: Path
    folder: Path
    engine: Literal["auto", "docker", "local"] = "auto"
    timeout: float = 900.0
    cell_timeout: float = 300.0
    steps: bool = True
    today: bool = False
    choice: Choice = Choice()
    network: bool = False


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
        OccupiedFolder: something lies where the job should be written.
        StoreError: the store or the folder cannot be written.
    """
    from jupyter_mlops.environments.kernel import find_kernel

    old = wish.notebook.absolute()
    read, document, digest = read_old(old)
    refuse_occupied(wish.folder)
    era = date_of(read, document, old, date.today())
    plain = _plain(wish, read, digest, era)
    if not read.code:
        write_notebook(Path(plain.notebook), read, {}, None)
        found = replace(
            plain,
            cause="it has no code: all of its cells are text",
            next="read it as it is; there is nothing to run",
        )
        write_reports(found, wish.folder)
        return found
    store.open()
    with tempfile.TemporaryDirectory(prefix="convert-", dir=store.cache) as name:
        bench = Bench(
            old=old,
            root=repository_of(old),
            era=era,
            kernel=find_kernel("python3"),
            limits=Limits(cell=wish.cell_timeout, total=wish.timeout),
            choice=wish.choice,
            network=wish.network,
            scratch=Path(name),
            cache=store.cache,
            settings=settings,
            on_line=on_line,
        )
        draft = prepared(read, document.get("metadata", {}), era, wish.choice)
        if wish.network:
            on_line("files of the network that it reads")
            there = keep_fetched(draft, old.parent.relative_to(bench.root), store.cache)
            draft = wish.choice.kept(draft, there)
        tried = list(attempts(draft, bench))
        best = max(tried, key=lambda one: one.rank)
        plain = replace(
            plain,
            environment=best.tried if best.built is not None else None,
            tried=tuple(one.tried for one in tried),
            patches=best.draft.patches,
            oracle=best.tried.score,
        )
        if wish.today:
            bench.on_line("as it stands, with the newest releases")
            plain = replace(plain, today=runs_today(read, tried, bench))
        found = _job(plain, best, wish, bench, store) if best.is_whole else _refusal(plain, best)
    write_reports(found, wish.folder)
    return found


def _plain(wish: Wish, read: Draft, digest: str, era: Era) -> Conversion:
    """What is known before anything is tried."""
    old = wish.notebook.absolute()
    return Conversion(
        state="refused",
        cause="",
        next="",
        old=str(old),
        digest=digest,
        written=(era.earliest, era.latest, *era.evidence),
        environment=None,
        tried=(),
        patches=read.patches,
        oracle=score([(cell.stored, None) for cell in read.code]),
        cells=(),
        steps=(),
        staged=False,
        run=None,
        files=(),
        notebook=str(wish.folder.absolute() / old.name),
    )


def _refusal(plain: Conversion, best: Attempt, cause: str = "", then: str = "") -> Conversion:
    """What was reached, written, with why it goes no further."""
    outputs: Outputs = {}
    inputs: tuple[Input, ...] = ()
    if best.repaired is not None and best.built is not None:
        outputs, failure = best.repaired.outputs, best.repaired.failure
        if failure is not None:
            cause, then = cause_of(best.draft, failure, best.built.unknown, outputs)
            if path := missing_file(failure):
                inputs = (Input(path=path, state="missing"),)
    elif not cause:
        cause, then = best.tried.problem, "name its packages in a requirements.txt beside it"
    lock = None if best.built is None else best.built.lock.text
    write_notebook(Path(plain.notebook), best.draft, outputs, lock)
    cells = levels(_cells(best.draft, outputs))
    return replace(plain, cause=cause, next=then, cells=cells, inputs=inputs)


def _job(plain: Conversion, best: Attempt, wish: Wish, bench: Bench, store: Store) -> Conversion:
    """The job, proven and written."""
    assert best.built is not None
    bench.on_line("proof: the pipeline and two fresh runs in one kernel")
    lock = best.built.lock.text
    with copied(bench.root, bench.old, bench.scratch / "proof", best.draft.files) as scene:
        notebook = scene.folder / bench.old.name
        (scene.folder / LOCK).write_text(lock, encoding="utf-8")
        try:
            proof = _proven(best, notebook, wish, bench, store)
        except MlopsError as error:
            cause = f"it runs, and could not be proven: {error.message}"
            return _refusal(plain, best, cause, error.fix)
        files = tuple(f for f in files_of(proof.run) if Path(f).name != LOCK)
        root = Path(proof.run.root)
        copy_files(files, root, wish.folder)
        within = scene.folder.resolve().relative_to(root.resolve())
    if within.parts:
        mark_root(wish.folder)
    written = wish.folder.absolute() / within / bench.old.name
    write_notebook(written, proof.draft, proof.outputs, lock)
    code = proof.draft.code
    told = replace(
        plain,
        patches=proof.draft.patches,
        cells=levels(_cells(proof.draft, proof.outputs), varying=proof.varying, drawn=proof.drawn),
        oracle=score([(cell.stored, proof.outputs.get(cell.id)) for cell in code]),
        run=proof.run.run,
        files=files,
        inputs=tuple(_input(name, wish.folder) for name in files),
        notebook=str(written),
    )
    if proof.problem:
        return replace(
            told,
            cause=proof.problem,
            next=f"see `jupyter mlops verify {written}`",
        )
    return replace(
        told,
        state="converted",
        next=f"jupyter mlops run {written}",
        steps=tuple(step.step for step in proof.run.steps),
        staged=proof.staged,
    )


def _input(name: str, folder: Path) -> Input:
    state: Literal["found", "fetched"] = "fetched" if FETCHED in Path(name).parts[:-1] else "found"
    return Input(path=name, state=state, digest=of_bytes((folder / name).read_bytes()))


def _proven(best: Attempt, notebook: Path, wish: Wish, bench: Bench, store: Store) -> Proof:
    """The job's proof; with its literals lifted if every cell then puts out what it did before."""
    assert best.repaired is not None
    assert best.built is not None
    packages = best.built.lock.packages

    def proof_of(draft: Draft) -> Proof:
        return prove(
            draft,
            notebook,
            steps=wish.steps,
            engine=wish.engine,
            choice=wish.choice,
            packages=packages,
            store=store,
            settings=bench.settings,
        )

    lifted = lift(best.draft, wish.choice)
    if lifted != best.draft:
        proof = proof_of(lifted)
        changed = changed_cell(proof, best.repaired.outputs)
        if changed is None and not proof.problem:
            return proof
        bench.on_line(
            "no parameters are lifted: "
            + (proof.problem or f"cell {lifted.cell(changed or '').position} would change")
        )
    return proof_of(best.draft)


def _cells(draft: Draft, outputs: Outputs) -> Iterator[Compared]:
    for cell in draft.code:
        if cell.id != PARAMETERS:
            yield cell.id, cell.position, cell.stored, outputs.get(cell.id)
