"""The catalog made anew from the records, whatever became of the file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from catalog_conformance import everything, record_history
from catalog_samples import execution_named, run_named

from jupyter_mlops.errors import StoreError
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.identity import canonical_json, of_bytes
from jupyter_mlops.store import Rebuilt, Store
from jupyter_mlops.store.records import execution_record, run_record


def cut_with_log(path: Path) -> None:
    os.truncate(path, 5000)
    path.with_name(f"{path.name}-wal").write_bytes(b"an old log")


@dataclass(frozen=True)
class Damage:
    name: str
    do: Callable[[Path], object]
    kept: str | None = "catalog.sqlite.before-1"


DAMAGES = [
    Damage("deleted", Path.unlink, kept=None),
    Damage("cut short, with a log", cut_with_log),
    Damage("empty", lambda path: os.truncate(path, 0)),
    Damage("no database", lambda path: path.write_bytes(b"<html>" * 1000)),
    Damage("without tables", lambda path: (path.unlink(), sqlite3.connect(path).execute("VACUUM"))),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damaged_catalog_is_restored_and_kept(store: Store, damage: Damage) -> None:
    record_history(store)
    before = everything(store)
    store.close()
    path = store.root / "catalog.sqlite"
    damage.do(path)
    damaged = path.read_bytes() if path.exists() else None
    rebuilt = store.rebuild_catalog()
    assert everything(store) == before
    kept = None if damage.kept is None else store.root / damage.kept
    assert rebuilt == Rebuilt(runs=3, executions=3, kept=str(kept) if kept else None)
    if kept is not None and damage.name != "without tables":  # which its own log has joined
        assert kept.read_bytes() == damaged
    assert [p.name for p in store.root.glob(".*.tmp*")] == []


def test_the_earlier_catalog_is_kept_whole(store: Store) -> None:
    record_history(store)
    before = everything(store)  # all of it still in the write-ahead log
    kept = Path(str(store.rebuild_catalog().kept))
    store.close()
    kept.replace(store.root / "catalog.sqlite")
    assert everything(store) == before


def test_a_catalog_in_use_is_left_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    record_history(store)
    before = everything(store)
    monkeypatch.setattr("jupyter_mlops.store.connection.BUSY_SECONDS", 0.1)
    holder = sqlite3.connect(store.root / "catalog.sqlite", isolation_level=None)
    holder.execute("BEGIN")
    holder.execute("SELECT * FROM runs").fetchall()
    with pytest.raises(StoreError, match="is in use by another process"):
        store.rebuild_catalog()
    holder.close()
    assert everything(store) == before
    assert sorted(p.name for p in store.root.glob("catalog.sqlite.*")) == []


def test_what_only_looks_like_a_record_is_left_out(store: Store) -> None:
    record_history(store)
    orphan = execution_named("absent.train.1")
    other = execution_named("r1.train.1", why="a later record of this name")
    other = replace(other, result=replace(other.result, started="2027"))
    store.objects.put_bytes(execution_record(orphan))
    store.objects.put_bytes(execution_record(other))
    strange = [
        store.objects.put_bytes(data)
        for data in (
            b'{"_kind":"run"}',
            b'{"_kind":"execution",',
            run_record(run_named("x"), 1)[:99],
        )
    ]
    store.objects.put_bytes(canonical_json(to_json(run_named("unmarked"))))
    before = everything(store)
    rebuilt = store.rebuild_catalog()
    assert sorted(rebuilt.left_out) == sorted(["absent.train.1", "r1.train.1", *strange])
    assert everything(store) == before


def test_records_that_lost_a_bit_are_not_believed(store: Store) -> None:
    record_history(store)
    lost = of_bytes(run_record(store.catalog.find_run("r1"), 2))
    path = store.objects.path(lost)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b'"user":"ada"', b'"user":"eve"'))
    rebuilt = store.rebuild_catalog()
    assert (rebuilt.lost, rebuilt.left_out) == (("r1",), (lost,))
    assert store.catalog.find_run("r1").user == "ada"


KILLED = """
import os, sys
from pathlib import Path
from jupyter_mlops.store import Store
where, number = sys.argv[2], 0
def kill(event, arguments):
    if event == where:
        os._exit(9)
store = Store(Path(sys.argv[1])).open()
sys.addaudithook(kill)
store.rebuild_catalog()
"""


@pytest.mark.parametrize("event", ["sqlite3.connect", "os.link", "os.rename", "os.remove"])
def test_killed_at_any_moment_it_is_the_old_or_the_new_catalog(store: Store, event: str) -> None:
    record_history(store)
    before = everything(store)
    store.close()
    killed = subprocess.run([sys.executable, "-c", KILLED, store.root, event], check=False)
    assert killed.returncode == 9
    assert everything(store) == before
    assert store.rebuild_catalog().runs == 3
