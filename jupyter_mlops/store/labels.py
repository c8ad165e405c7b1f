"""The changes of labels, in one order for all writers; what holds is each label's latest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import ObjectMissing, StoreError, UnknownRun
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.model.label import LabelChange, LabelKind, Labels
from jupyter_mlops.store.database import Database
from jupyter_mlops.store.objects import Objects
from jupyter_mlops.store.records import label_record

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

_MOST = 500
"""How many runs are asked for by one statement."""


class LabelBook:
    """The labels on record, in the catalog's database and among the objects.

    Every method raises `StoreError` if the database or the objects cannot be used.
    """

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    def record(
        self, draft: LabelChange, allow: Callable[[LabelChange | None], None] = lambda held: None
    ) -> LabelChange:
        """The change with its number, on record now; or the latest one if that says the same.

        The row comes before the record: the database is what orders the writers. A change that a
        killed writer left without its record gets it with the next change.

        Args:
            draft: the change; its number does not count.
            allow: hears what holds, while nobody else can change it, and raises what forbids it.

        Raises:
            UnknownRun: the labelled run is gone.
            StoreError: the change cannot be recorded; the label is as it was.
        """
        from sqlalchemy import func, select

        from jupyter_mlops.store.schema import labels, runs

        def work(connection: Connection) -> LabelChange:
            lock_labels(connection)
            mine = labels.select().where(labels.c.change == draft.change)
            if (row := connection.execute(mine).first()) is not None:
                return read_change(row.document)  # only the answer to the commit was lost
            held = _latest(connection, draft.label)
            allow(held)
            if held is None and draft.removed:
                return draft
            if held is not None and held.says_what(draft):
                return held
            target = draft.target
            if target is not None and target.run is not None and not draft.removed:
                there = select(runs.c.run).where(runs.c.run == target.run)
                if connection.scalar(there) is None:
                    raise UnknownRun(target.run)
            last = connection.scalar(select(func.max(labels.c.serial)))
            change = replace(draft, number=1 + (last or 0))
            connection.execute(labels.insert().values(label_row(change, change.number, False)))
            return change

        self.settle()
        change = self._database.write(work)
        if change.change == draft.change and change.number:
            try:
                self._see_to_target(change)
                self._put(change)
            except StoreError:
                with suppress(StoreError):
                    self._take_back(change)
                raise
        return change

    def settle(self) -> int:
        """How many changes got the record that a killed writer had not come to."""
        from jupyter_mlops.store.schema import labels

        query = labels.select().where(labels.c.recorded == 0).order_by(labels.c.serial)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        for row in rows:
            self._put(read_change(row.document))
        return len(rows)

    def held(self, kind: LabelKind, name: str | None = None) -> list[LabelChange]:
        """The labels of a kind that hold now, by name; of one name, on whatever they are."""
        from jupyter_mlops.store.schema import labels

        wanted = labels.c.kind == kind
        return self._read(_held(wanted if name is None else wanted & (labels.c.name == name)))

    def all_held(self) -> list[LabelChange]:
        """All labels that hold now, by name."""
        from jupyter_mlops.store.schema import labels

        return self._read(_held(labels.c.serial > 0))

    def history(self, label: str) -> list[LabelChange]:
        """The changes of one label, the first one first."""
        from jupyter_mlops.store.schema import labels

        return self._read(labels.select().where(labels.c.label == label).order_by(labels.c.serial))

    def on(self, run: str, digests: Iterable[str] = ()) -> list[LabelChange]:
        """The labels on a run, its steps and artifacts, and on these digests, by name."""
        from jupyter_mlops.store.schema import labels

        found = self._read(_held(labels.c.run == run))
        wanted = sorted(set(digests))
        for begin in range(0, len(wanted), _MOST):
            chosen = labels.c.target.in_(wanted[begin : begin + _MOST])
            found += self._read(_held(chosen))
        return found

    def of_runs(self, runs: Iterable[str]) -> dict[str, Labels]:
        """The labels of each of the runs that has any."""
        from jupyter_mlops.store.schema import labels

        names = list(runs)
        found: dict[str, Labels] = {}
        for begin in range(0, len(names), _MOST):
            chosen = labels.c.run.in_(names[begin : begin + _MOST])
            for change in self._read(_held(chosen)):
                target = change.target
                assert target is not None
                assert target.run is not None
                known = found.get(target.run, Labels())
                if change.kind == "alias":
                    known = replace(known, aliases=(*known.aliases, change.name))
                elif target.text == target.run and change.kind == "tag":
                    known = replace(known, tags=(*known.tags, change.name))
                elif target.text == target.run:
                    known = replace(known, note=change.text)
                found[target.run] = known
        return found

    def _read(self, query: Select[Any]) -> list[LabelChange]:
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [read_change(row.document) for row in rows]

    def _put(self, change: LabelChange) -> None:
        from jupyter_mlops.store.schema import labels

        self._objects.put_bytes(label_record(change))
        done = labels.update().where(labels.c.change == change.change).values(recorded=1)
        self._database.write(lambda connection: connection.execute(done))

    def _see_to_target(self, change: LabelChange) -> None:
        """The labelled object is there to stay, whatever a collection of garbage did meanwhile."""
        target = None if change.removed else change.target
        if target is not None and target.digest is not None and target.digest not in self._objects:
            raise ObjectMissing(target.digest, where="the store")

    def _take_back(self, change: LabelChange) -> None:
        """Undo a change that cannot be recorded, unless somebody has built on it already."""
        from jupyter_mlops.store.schema import labels

        def work(connection: Connection) -> None:
            lock_labels(connection)
            if _latest(connection, change.label) == change:
                mine = (labels.c.change == change.change) & (labels.c.recorded == 0)
                connection.execute(labels.delete().where(mine))

        self._database.write(work)


def lock_labels(connection: Connection) -> None:
    """Let nobody else change a label before the transaction ends."""
    from sqlalchemy import text

    if connection.dialect.name != "sqlite":  # where every write transaction is alone
        connection.execute(text("LOCK TABLE labels IN SHARE ROW EXCLUSIVE MODE"))


def label_row(change: LabelChange, serial: int, recorded: bool) -> dict[str, Any]:
    """The row of a change; ``recorded``: its record is among the objects."""
    target = change.target
    return {
        "serial": serial,
        "change": change.change,
        "label": change.label,
        "kind": change.kind,
        "name": change.name,
        "target": None if target is None else target.text,
        "run": None if target is None else target.run,
        "removed": int(change.removed),
        "recorded": int(recorded),
        "document": canonical_json(to_json(change)).decode(),
    }


def label_rows(changes: Iterable[LabelChange]) -> list[dict[str, Any]]:
    """The rows of changes that are on record, in their order."""
    rows, serial = [], 0
    for change in sorted(changes, key=lambda change: (change.number, change.time, change.change)):
        serial = max(serial + 1, change.number)
        rows.append(label_row(change, serial, True))
    return rows


def read_change(document: str) -> LabelChange:
    """The change that a row holds."""
    return from_json(LabelChange, json.loads(document))


def runs_tagged(tag: str) -> Select[Any]:
    """The query for the names of the runs that have a tag."""
    from jupyter_mlops.store.schema import labels

    wanted = (labels.c.kind == "tag") & (labels.c.name == tag) & (labels.c.target == labels.c.run)
    return _held(wanted).with_only_columns(labels.c.run)


def run_of_alias(connection: Connection, name: str) -> str | None:
    """The run that an alias leads to; None if it leads to none, or if there is no such alias."""
    held = _latest(connection, f"alias {name}")
    return None if held is None or held.target is None else held.target.run


def _held(where: ColumnElement[bool]) -> Select[Any]:
    """The query for the latest changes among the chosen ones that leave a label, by name."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import labels

    later = labels.alias()
    is_old = (
        select(later.c.serial)
        .where((later.c.label == labels.c.label) & (later.c.serial > labels.c.serial))
        .exists()
    )
    chosen = where & (labels.c.removed == 0) & ~is_old
    return labels.select().where(chosen).order_by(labels.c.name, labels.c.serial)


def _latest(connection: Connection, label: str) -> LabelChange | None:
    from jupyter_mlops.store.schema import labels

    here = labels.select().where(labels.c.label == label).order_by(labels.c.serial.desc()).limit(1)
    row = connection.execute(here).first()
    return None if row is None else read_change(row.document)
