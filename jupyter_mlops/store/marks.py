"""Which objects something on record needs."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing, StoreError
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import Execution
from jupyter_mlops.store.agreement import Contents, read_contents
from jupyter_mlops.store.records import read_removals, record_head, run_record
from jupyter_mlops.store.references import references_of_execution, references_of_run

if TYPE_CHECKING:
    from jupyter_mlops.store.store import Store

_DIGESTS = re.compile(rb"sha256:[0-9a-f]{64}")
_FIX = "`jupyter mlops fsck --repair` repairs it or says what to do; nothing was removed"


class Marks:
    """What is needed, looked up as often as it takes; an execution's record is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, tuple[str, ...]] = {}
        self._locks: dict[str, tuple[str, ...] | None] = {}

    def needed(self, contents: Contents, but: Collection[str] = ()) -> set[str]:
        """The digests of all that the catalog's runs and labels need, ``but`` for some runs.

        Raises:
            StoreError: the record of an execution is missing or damaged, so nobody knows.
        """
        found: set[str] = set()
        for run in contents.runs:
            if run.run not in but:
                found.update(digest for digest, _ in references_of_run(run))
                found.add(of_bytes(run_record(run, contents.revisions[run.run])))
        for row in contents.rows.values():
            if row["run"] not in but:
                found.add(row["digest"])
                found.update(self._references(row["execution"], row["digest"]))
        for lock in [digest for digest in found if digest in self._locks]:
            found.update(self._wheels(lock))
        held = {change.label: change for change in contents.labels.values()}
        for change in held.values():
            target = None if change.removed else change.target
            if target is not None and target.digest is not None:
                found.add(target.digest)
        return found

    def others(self, needed: set[str], contents: Contents, going: Collection[str]) -> list[str]:
        """All objects that are not needed, and the records of the runs that go.

        Records of runs that stay, of labels, schedules and tokens, and of kinds that this version
        does not know are left out, and so is what these refer to.

        Raises:
            StoreError: something is on record that the catalog lacks, so what it needs is not
                known; or a record cannot be read.
        """
        runs = {run.run for run in contents.runs}
        found = []
        kept: set[str] = set()
        lacking: dict[str, tuple[str, str]] = {}
        for digest in self._store.objects.digests():
            if digest in needed:
                continue
            try:
                kind = record_head(self._store.objects, digest)
                if kind is None:
                    found.append(digest)
                    continue
                data = self._store.objects.read_stored(digest)
                value = json.loads(data)
            except ObjectMissing:
                continue
            except (ObjectCorrupted, ValueError):
                raise StoreError(f"record {digest} cannot be read", fix=_FIX) from None
            run = value.get("run")
            if kind in (b"run", b"execution") and run in going:
                found.append(digest)
            elif kind == b"run" and run not in runs:
                lacking[run] = (digest, f"run {run}")
            elif kind == b"label" and value["change"] not in contents.labels:
                what = f"a change of the {value['kind']} {value['name']}"
                lacking[value["change"]] = (digest, what)
            elif kind in (b"execution", b"schedule", b"alert", b"token", b"?"):
                kept.update(match.decode() for match in _DIGESTS.findall(data))
        self._refuse(lacking)
        return [digest for digest in found if digest not in kept]

    def _references(self, name: str, record: str) -> tuple[str, ...]:
        if record not in self._known:
            try:
                data = self._read(name, record)
            except (ObjectMissing, ObjectCorrupted) as error:
                raise StoreError(error.message, fix=_FIX) from error
            self._known[record] = ()
            if data:
                execution = from_json(Execution, json.loads(data))
                found = references_of_execution(execution)
                self._known[record] = tuple(digest for digest, _ in found)
                if execution.environment.lock is not None:
                    self._locks.setdefault(execution.environment.lock, None)
        return self._known[record]

    def _wheels(self, lock: str) -> tuple[str, ...]:
        """What a lock names by hash: of packages that no index has, the store keeps the wheels."""
        known = self._locks[lock]
        if known is None:
            with suppress(ObjectMissing, ObjectCorrupted):
                data = self._store.objects.read_bytes(lock)
                known = tuple(match.decode() for match in _DIGESTS.findall(data))
            self._locks[lock] = known = known or ()
        return known

    def _read(self, name: str, record: str) -> bytes:
        """The record of an execution; empty if it was removed since the catalog was read."""
        try:
            return self._store.objects.read_stored(record)
        except ObjectMissing:
            if name not in contents_of(self._store).rows:
                return b""
            return self._store.objects.read_bytes(record)

    def _refuse(self, lacking: Mapping[str, tuple[str, str]]) -> None:
        """Raise if the catalog still lacks what is on record, now that all records were read."""
        if not lacking:
            return
        now = contents_of(self._store)
        removed = now.removed.union(*read_removals(self._store.objects).values())
        for name in lacking.keys() - {run.run for run in now.runs} - now.labels.keys() - removed:
            record, what = lacking[name]
            with suppress(ObjectMissing):  # another collection has removed it meanwhile
                self._store.objects.head(record, 1)
                raise StoreError(
                    f"the catalog lacks {what}, which is on record: what it needs is not known",
                    fix="`jupyter mlops fsck --repair` makes the catalog anew; nothing was removed",
                )


def contents_of(store: Store) -> Contents:
    """All that the catalog holds at one moment."""
    return read_contents(store.catalog.where)
