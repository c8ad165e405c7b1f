"""The catalog in a SQLite file: the suite, and what only a file can suffer."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from catalog_conformance import CatalogConformance
from catalog_samples import run_named
from trace_conformance import TraceConformance

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store import Store


class TestSqliteCatalog(CatalogConformance):
    pass


class TestSqliteTrace(TraceConformance):
    pass


@dataclass(frozen=True)
class Damage:
    name: str
    do: Callable[[Path], object]
    message: str


DAMAGES = [
    Damage("no database", lambda p: p.write_bytes(b"<html>" * 1000), "is not a database"),
    Damage("cut short", lambda p: os.truncate(p, 8192), "is damaged or cut short"),
    Damage("empty", lambda p: os.truncate(p, 0), "is damaged: it is empty"),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damaged_catalog_is_named_with_a_fix(store: Store, damage: Damage) -> None:
    for number in range(50):
        store.catalog.save_run(run_named(f"r{number}"))
    store.close()
    damage.do(store.root / "catalog.sqlite")
    with pytest.raises(StoreError, match=rf"catalog\.sqlite {damage.message}") as caught:
        store.catalog.list_runs()
    assert "jupyter mlops catalog rebuild" in caught.value.fix


def test_a_deleted_catalog_starts_anew_without_the_old_log(store: Store) -> None:
    path = store.root / "catalog.sqlite"
    store.catalog.save_run(run_named("r1"))
    log = path.with_name("catalog.sqlite-wal").read_bytes()
    assert log
    store.close()
    path.unlink()
    path.with_name("catalog.sqlite-wal").write_bytes(log)
    assert store.catalog.list_runs() == []


def test_a_locked_catalog_is_waited_for_then_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.catalog.save_run(run_named("r1"))
    store.close()
    monkeypatch.setattr("jupyter_mlops.store.connection.BUSY_SECONDS", 0.2)
    holder = sqlite3.connect(store.root / "catalog.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert [run.run for run in store.catalog.list_runs()] == ["r1"]  # readers are not held up
    with pytest.raises(StoreError, match="is locked by another process"):
        store.catalog.save_run(run_named("r2"))
    holder.execute("ROLLBACK")
    holder.close()
    store.catalog.save_run(run_named("r2"))
