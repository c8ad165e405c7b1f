"""Whether a store is sound: every object, every reference, the catalog against the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing, StoreError
from jupyter_mlops.store.agreement import Contents, disagreements, read_contents
from jupyter_mlops.store.audit import Told, check_lines
from jupyter_mlops.store.checkpoints import read_checkpoints
from jupyter_mlops.store.disk import disk_problems, leftovers
from jupyter_mlops.store.objects import GARBAGE, Objects
from jupyter_mlops.store.problem import Problem
from jupyter_mlops.store.records import Records, read_records
from jupyter_mlops.store.references import (
    references_of_execution,
    references_of_run,
    references_of_schedule,
)

if TYPE_CHECKING:
    from jupyter_mlops.store.store import Store

_REMOVE = "remove it"
PROTECT = "`jupyter mlops fsck --repair` makes it read-only again"
_COMPARE = "compare the ledger with an exported copy, and find out who changed it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check looked at, and what is wrong.

    Attributes:
        objects, runs, executions: how many were found.
        problems: in the order objects, references, ledger, catalog, folders.
    """

    objects: int
    runs: int
    executions: int
    problems: tuple[Problem, ...]


def check_store(store: Store) -> tuple[Problem, ...]:
    """What is wrong with the store; nothing in it is changed.

    Raises:
        StoreError: the folder holds no store, or cannot be read at all.
    """
    return examine_store(store).problems


def examine_store(store: Store) -> Checked:
    """What is in the store and what is wrong with it; nothing in it is changed.

    Runs may go on meanwhile: what they are about to write is not missed.

    Raises:
        StoreError: the folder holds no store, or cannot be read at all.
    """
    store.check()
    # Read before the objects, so that what it refers to is among them; and after, so that it holds
    # all that is on record among them.
    before, problem = _catalog(store)
    told = Told()
    ledger = list(_ledger(store, before, told))
    sound, damaged = _check_objects(store.objects)
    records = read_records(store.objects)
    after, _ = _catalog(store)
    if problem is None:
        before, records = _without_removed(before, after, records)
    found = _referenced(before, records, told, sound, damaged, before.removed | after.removed)
    problems = [
        *(p for p in found if p.kind != "missing object" or _is_missing(store.objects, p.what)),
        *ledger,
        *([problem] if problem is not None else disagreements(before, after, records)),
        *_writable(store.objects, sound),
        *_folders(store, after if problem is None else None, records),
    ]
    return Checked(
        objects=len(sound) + len(damaged),
        runs=len(records.runs.keys() | {run.run for run in before.runs}),
        executions=len(records.executions),
        problems=tuple(problems),
    )


def _catalog(store: Store) -> tuple[Contents, Problem | None]:
    where = store.catalog.where
    try:
        return read_contents(where), None
    except StoreError as error:
        problem = Problem(kind="unreadable catalog", what=error.message, fix=error.fix)
        return Contents(), problem


def _without_removed(
    before: Contents, after: Contents, records: Records
) -> tuple[Contents, Records]:
    """Both without the runs that a collection took out of the catalog meanwhile."""
    gone = {run.run for run in before.runs} - {run.run for run in after.runs}
    return (
        replace(
            before,
            runs=tuple(run for run in before.runs if run.run not in gone),
            rows={name: row for name, row in before.rows.items() if row["run"] not in gone},
        ),
        replace(
            records,
            runs={name: record for name, record in records.runs.items() if name not in gone},
            executions={d: e for d, e in records.executions.items() if e.run not in gone},
        ),
    )


def _check_objects(objects: Objects) -> tuple[set[str], dict[str, ObjectCorrupted]]:
    sound, damaged = set(), {}
    for digest in objects.digests():
        try:
            objects.inspect(digest)
        except ObjectCorrupted as error:
            damaged[digest] = error
        except ObjectMissing:
            continue
        else:
            sound.add(digest)
    return sound, damaged


def _is_missing(objects: Objects, digest: str) -> bool:
    """True if the object is nowhere; it may have been put, or moved aside, since it was missed.

    What lies aside as garbage is brought back when somebody needs it.
    """

    def is_there() -> bool:
        try:
            objects.inspect(digest)
        except (ObjectMissing, ObjectCorrupted):
            return False
        return True

    def is_aside() -> bool:
        piles = (pile for pile in objects.piles() if pile.startswith(GARBAGE))
        return any(digest in objects.aside(pile) for pile in piles)

    return not (is_there() or is_aside() or is_there())


def _referenced(
    contents: Contents,
    records: Records,
    told: Told,
    sound: set[str],
    damaged: dict[str, ObjectCorrupted],
    removed: frozenset[str],
) -> Iterator[Problem]:
    """Damaged objects, and absent ones that something refers to, each with all that does so."""
    referrers: dict[str, list[str]] = {digest: [] for digest in damaged}

    def refer(digest: str, referrer: str) -> None:
        if digest not in sound:
            referrers.setdefault(digest, []).append(referrer)

    for name, row in contents.rows.items():
        if row["run"] in removed:
            continue
        digest = row["digest"]
        refer(digest, f"the record of execution {name}")
    for digest, entry in told.vouched.items():
        if digest not in told.deleted:
            refer(digest, f"entry {entry} of the ledger")
    for execution in records.executions.values():
        if execution.run in removed:
            continue
        for reference in references_of_execution(execution):
            refer(*reference)
    runs = {record.run.run: record.run for record in records.runs.values()}
    for run in (runs | {run.run: run for run in contents.runs}).values():
        if run.run in removed:
            continue
        for reference in references_of_run(run):
            refer(*reference)
    for kept in records.schedules.values():
        for reference in references_of_schedule(kept.schedule) if kept.state != "removed" else ():
            refer(*reference)
    for digest, names in referrers.items():
        error = damaged.get(digest) or ObjectMissing(digest, where="the store")
        yield Problem(
            kind="corrupted object" if digest in damaged else "missing object",
            what=digest,
            referrers=tuple(names),
            fix=error.fix,
        )


def _writable(objects: Objects, sound: set[str]) -> Iterator[Problem]:
    for digest in objects.writable():
        if digest in sound:
            yield Problem(kind="writable object", what=digest, fix=PROTECT)


def _ledger(store: Store, contents: Contents, told: Told) -> Iterator[Problem]:
    """What is wrong with the ledger by itself, and the runs that it does not tell of."""
    kept = read_checkpoints(store.ledger.checkpoints())
    checked = check_lines(store.ledger.lines(), kept, on_entry=told.hear)
    for problem in checked.problems:
        yield Problem(kind=f"ledger: {problem.kind}", what=problem.message, fix=_COMPARE)
    for name in told.untold([run.run for run in reversed(contents.runs)]):
        yield Problem(kind="run not in the ledger", what=name, fix=_COMPARE)


def _folders(store: Store, contents: Contents | None, records: Records) -> Iterator[Problem]:
    """Files that a killed process left, files that are foreign, and run folders of no run."""
    with disk_problems(store.root):
        for path in (*map(str, leftovers(store.root)), *store.objects.strays()):
            yield Problem(kind="stray file", what=path, fix=_REMOVE)
        known = {run.run for run in contents.runs} if contents is not None else set()
        for folder in sorted((store.root / "runs").glob("*")):
            begun = folder.is_dir() and any((folder / n).exists() for n in ("steps", "notebooks"))
            if begun and folder.name not in known | records.runs.keys() | records.removed:
                yield Problem(kind="folder of no run", what=str(folder), fix=_REMOVE)
