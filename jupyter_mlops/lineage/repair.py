"""A store brought back in order, as far as that can be done without losing anything."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import ObjectMissing, StoreError
from jupyter_mlops.lineage.remains import find_remains
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.store.agreement import Contents, read_contents
from jupyter_mlops.store.disk import disk_problems, leftovers
from jupyter_mlops.store.fsck import Checked, examine_store
from jupyter_mlops.store.records import Records, label_record, read_records, run_record

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

DAMAGED = "damaged"
"""How the names of piles begin that hold damaged objects."""

_BY_REBUILDING = frozenset(
    {
        "unreadable catalog",
        "run not in the catalog",
        "run differs from its record",
        "execution not in the catalog",
        "execution differs from its record",
        "label not in the catalog",
        "label differs from its record",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One thing that was repaired. Field names don't change.

    Attributes:
        kind: of the problem, as `Problem.kind` names it.
        what: the digest, name or path that it was about.
        how: what was done.
    """

    kind: str
    what: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What was repaired, and what a check found afterwards. Field names don't change."""

    repairs: tuple[Repair, ...]
    left: Checked


def repair_store(store: Store) -> Repaired:
    """What was repaired of the store, and what is wrong with it still.

    A damaged object is moved aside, so that nothing uses it, and its bytes are put back if they
    are found elsewhere. Nothing is removed but unfinished temporary files. Killed at any moment, it
    leaves a store that the next repair goes on with; on a sound store it does nothing.

    Raises:
        StoreError: the store cannot be read or written.
    """
    repairs: list[Repair] = []
    checked = examine_store(store)
    if not checked.problems:
        return Repaired(repairs=(), left=checked)
    details = {"problems": len(checked.problems)}
    with store.ledger.act(action="repair", subject="store", details=details) as outcome:
        repairs += _files(store)  # before they are swept by opening it
        store.open()
        repairs += _objects(store, checked)
        if all(problem.kind != "unreadable catalog" for problem in checked.problems):
            repairs += _records(store)
        checked = examine_store(store)
        if any(problem.kind in _BY_REBUILDING for problem in checked.problems):
            repairs += _catalog(store, checked)
            checked = examine_store(store)
        outcome.details.update(repairs=to_json(repairs), left=len(checked.problems))
    return Repaired(repairs=tuple(repairs), left=checked)


def _objects(store: Store, checked: Checked) -> Iterator[Repair]:
    """Damaged objects moved aside, their bytes and those of missing ones put back if found."""
    pile, kinds = f"{DAMAGED}.{secrets.token_hex(4)}", {}
    for problem in checked.problems:
        if problem.kind in ("corrupted object", "missing object"):
            kinds[problem.what] = problem.kind
        if problem.kind == "corrupted object" and store.objects.move_aside(problem.what, pile):
            how = f"moved aside, into the pile {pile}"
            yield Repair(kind=problem.kind, what=problem.what, how=how)
        elif problem.kind == "writable object":
            with suppress(ObjectMissing):
                store.objects.protect(problem.what)
                yield Repair(kind=problem.kind, what=problem.what, how="made read-only")
    if not kinds:
        return
    contents, records = _known(store)
    for digest, found, where in find_remains(store, set(kinds), contents, records):
        if isinstance(found, Path):
            put = store.objects.put_file(found)[0]
        else:
            put = store.objects.put_bytes(found)
        if put == digest:  # the file may have changed since
            yield Repair(kind=kinds[digest], what=digest, how=f"its bytes put back from {where}")


def _records(store: Store) -> Iterator[Repair]:
    """Records made anew of what only the catalog holds, or holds in a later state."""
    contents, records = _known(store)
    for run in contents.runs:
        record, revision = records.runs.get(run.run), contents.revisions[run.run]
        if run.state != "running" and (record is None or record.revision < revision):
            store.objects.put_bytes(run_record(run, revision))
            yield Repair(kind="run not on record", what=run.run, how="recorded from the catalog")
    recorded = {change.change for change in records.labels.values()}
    for name, change in contents.labels.items():
        if name not in recorded:
            store.objects.put_bytes(label_record(change))
            how = "recorded from the catalog"
            yield Repair(kind="label not on record", what=change.label, how=how)
    store.catalog.labels.settle()


def _files(store: Store) -> Iterator[Repair]:
    """What killed writers left, a day ago or longer, removed."""
    with disk_problems(store.root):
        for part in [*leftovers(store.root), *leftovers(store.objects.root / "tmp")]:
            part.unlink(missing_ok=True)
            yield Repair(kind="stray file", what=str(part), how="removed")


def _catalog(store: Store, checked: Checked) -> Iterator[Repair]:
    """The catalog made anew, unless a run writes to it."""
    try:
        rebuilt = store.rebuild_catalog()
    except StoreError:
        return  # the problems stay, each with its fix
    how = "the catalog was made anew from the records"
    if rebuilt.kept is not None:
        how += f"; the earlier one is kept as {rebuilt.kept}"
    for problem in checked.problems:
        if problem.kind in _BY_REBUILDING:
            yield Repair(kind=problem.kind, what=problem.what, how=how)


def _known(store: Store) -> tuple[Contents, Records]:
    try:
        contents = read_contents(store.catalog.where)
    except StoreError:
        contents = Contents()
    return contents, read_records(store.objects)
