"""Garbage: runs that no rule keeps, and objects that nothing on record needs.

Everything is safe beside writers and other collections, and after a kill at any moment:

- The runs leave the catalog in one transaction, which hears of every run and label that came since
  the plan was made. A run that is about to reuse an execution says so in a transaction that fails
  if the execution is gone.
- A record says that they are removed before the first of their own records goes, so that a catalog
  that is made anew does not hold half of them.
- Objects are moved aside, where nobody takes them for being in the store, and come back when
  somebody who knew of them needs them. They are removed for good when every writer has ended that
  lived when they were moved, and still nothing on record needs them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_mlops.errors import ObjectMissing
from jupyter_mlops.lineage.retention import Retention
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.retention import Collected, Rules
from jupyter_mlops.runner.naming import now
from jupyter_mlops.runner.take import remove_all
from jupyter_mlops.store.agreement import Contents
from jupyter_mlops.store.disk import disk_problems
from jupyter_mlops.store.marks import Marks, contents_of
from jupyter_mlops.store.objects import GARBAGE
from jupyter_mlops.store.records import read_removals, removal_record

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

_IN_AN_ENTRY = 1000
"""How many objects one entry of the ledger tells of."""


def collect(
    store: Store, rules: Rules, *, dry_run: bool, clock: Callable[[], datetime] = now
) -> Collected:
    """What went, or would go: runs that no rule keeps, and what nothing on record needs.

    Besides what the rules keep, runs stay that are under way, that have a label or an artifact with
    one, and those on whose executions a run rests that stays.

    Args:
        store: where it is removed.
        rules: of retention; without any, no run goes.
        dry_run: nothing is removed.
        clock: the present moment.

    Raises:
        StoreError: the store cannot be read or written, or something on record is damaged, so that
            it is not known what is needed; then nothing was removed.
    """
    from jupyter_mlops.runner.past import mark_lost_runs

    if dry_run:
        return _plan(store, rules, clock())[0]
    mark_lost_runs(store)
    with store.ledger.act(action="gc", details={"rules": to_json(rules)}) as outcome:
        done = _collect(store, rules, clock())
        outcome.details.update(runs=done.runs, objects=done.objects, bytes=done.bytes)
    return done


def _collect(store: Store, rules: Rules, moment: datetime) -> Collected:
    """What went."""
    with _pile(store) as pile:
        _finish(store, pile)
    with _pile(store) as pile:
        store.catalog.labels.settle()
        collected, contents, retention = _plan(store, rules, moment)
        if collected.runs:
            collected = _remove_runs(store, collected, contents, retention)
        marks = Marks(store)
        removed, size = _sweep(store, marks, pile)
        waiting, names = _free(store, marks, pile)
    return replace(
        collected,
        dry_run=False,
        objects=removed,
        bytes=size,
        waiting=waiting,
        waiting_for=tuple(sorted(names)),
    )


@contextmanager
def _pile(store: Store) -> Iterator[str]:
    """The name of a new pile, which other collections leave alone meanwhile."""
    pile = f"{GARBAGE}{secrets.token_hex(6)}"
    with store.catalog.writers.enter(pile):
        yield pile


def _plan(store: Store, rules: Rules, moment: datetime) -> tuple[Collected, Contents, Retention]:
    """What would go, and what it was found from."""
    under_way = store.catalog.writers.living()
    contents = contents_of(store)
    runs_of = {name: row["run"] for name, row in contents.rows.items()}
    retention = Retention(contents.runs, runs_of)
    kept = retention.keep(rules, store.catalog.labels.all_held(), under_way, moment)
    going = tuple(run.run for run in contents.runs if run.run not in kept)
    marks = Marks(store)
    others = marks.others(marks.needed(contents, going), contents, going)
    collected = Collected(
        dry_run=True,
        rules=rules,
        runs=going,
        kept=kept,
        objects=len(others),
        bytes=sum(_size(store, digest) for digest in others),
    )
    return collected, contents, retention


def _remove_runs(
    store: Store, planned: Collected, contents: Contents, retention: Retention
) -> Collected:
    """What was planned, without the runs that something needs by now; the others are removed."""
    store.ledger.append(
        action="delete",
        subject="runs",
        details={"runs": list(planned.runs), "rules": to_json(planned.rules)},
    )
    removed = store.catalog.removals.remove(
        planned.runs,
        seen=[run.run for run in contents.runs if run.state != "running"],
        labels=max((change.number for change in contents.labels.values()), default=0),
        spare=retention.spared,
    )
    gone = tuple(name for name in planned.runs if name in removed)
    spared = dict.fromkeys(set(planned.runs) - set(gone), "needed by what came meanwhile")
    return replace(planned, runs=gone, kept={**planned.kept, **spared})


def _finish(store: Store, pile: str) -> None:
    """Go on with removals and piles that earlier collections left behind."""
    marks = Marks(store)
    if store.catalog.removals.pending() or read_removals(store.objects):
        _sweep(store, marks, pile)
    _free(store, marks, pile)


def _sweep(store: Store, marks: Marks, pile: str) -> tuple[int, int]:
    """How many objects were moved aside, and their bytes; nothing is left of removed runs."""
    catalog, objects = store.catalog, store.objects
    said = read_removals(objects)
    going = catalog.removals.pending().union(*said.values())
    if going:
        said[objects.put_bytes(removal_record(going))] = going
    contents = contents_of(store)
    count = size = 0
    others = marks.others(marks.needed(contents), contents, going)
    for begin in range(0, len(others), _IN_AN_ENTRY):
        some = others[begin : begin + _IN_AN_ENTRY]
        store.ledger.append(action="delete", subject="objects", objects=tuple(some))
        for digest in some:
            size += _size(store, digest)
            count += objects.move_aside(digest, pile)
    with disk_problems(store.root):
        for folder in map(store.run_folder, sorted(going)):
            while folder.exists():
                with suppress(FileNotFoundError):  # another collection removes it, too
                    remove_all(folder)
    for digest in said:
        objects.move_aside(digest, pile)
        objects.drop(digest, pile)
    catalog.removals.done(going)
    return count, size


def _free(store: Store, marks: Marks, mine: str) -> tuple[int, set[str]]:
    """How many objects still lie aside, and for whom they wait; all others are gone for good.

    What somebody needs by now is brought back first. Piles that other collections work on are left
    to them.
    """
    writers, objects = store.catalog.writers, store.objects
    # In this order: who is not alive has moved all that it moved, and noted for whom that waits.
    piles = [pile for pile in objects.piles() if pile.startswith(GARBAGE)]
    alive = writers.living() | _running(contents_of(store))
    known = writers.waits()
    at_work = {name for name in alive if name.startswith(GARBAGE)} - {mine}
    alive = {name for name in alive if not name.startswith(GARBAGE)}
    for pile in known.keys() - piles - at_work:
        writers.forget(pile)
    free = []
    waiting, names = 0, set()
    for pile in piles:
        if pile in at_work:
            continue
        if pile == mine or pile not in known:
            writers.wait_for(pile, alive)
            left = alive
        else:
            left = known[pile] & alive
        if left:
            waiting += len(objects.aside(pile))
            names |= left
        else:
            free.append(pile)
    # After they have ended: what they refer to is on record.
    needed = marks.needed(contents_of(store)) if free else set()
    for pile in free:
        for digest in objects.aside(pile):
            if digest not in needed or objects.bring_back(digest, pile):
                objects.drop(digest, pile)
        writers.forget(pile)
    return waiting, names


def _running(contents: Contents) -> set[str]:
    return {run.run for run in contents.runs if run.state == "running"}


def _size(store: Store, digest: str) -> int:
    with suppress(ObjectMissing):
        return store.objects.size(digest)
    return 0
