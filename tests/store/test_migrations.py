"""Catalogs of other versions: older ones are brought up to date, newer ones are left alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from catalog_samples import run_named

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store import Store
from jupyter_mlops.store.migrate import HEAD
from jupyter_mlops.store.rows import run_row, step_rows

UNVERSIONED = """
CREATE TABLE runs (
    serial INTEGER NOT NULL, run VARCHAR NOT NULL, notebook VARCHAR NOT NULL,
    state VARCHAR NOT NULL, document TEXT NOT NULL, PRIMARY KEY (serial), UNIQUE (run)
);
CREATE INDEX runs_by_notebook ON runs (notebook, serial);
CREATE INDEX runs_by_state ON runs (state, serial);
CREATE TABLE steps (
    run VARCHAR NOT NULL, position INTEGER NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (run, position), FOREIGN KEY(run) REFERENCES runs (run) ON DELETE CASCADE
);
CREATE TABLE executions (
    serial INTEGER NOT NULL, execution VARCHAR NOT NULL, key VARCHAR NOT NULL,
    run VARCHAR NOT NULL, step VARCHAR NOT NULL, state VARCHAR NOT NULL,
    started VARCHAR NOT NULL, digest VARCHAR NOT NULL, PRIMARY KEY (serial),
    UNIQUE (execution), FOREIGN KEY(run) REFERENCES runs (run) ON DELETE CASCADE
);
CREATE INDEX executions_by_key ON executions ("key", serial);
CREATE INDEX executions_by_run ON executions (run);
CREATE INDEX executions_by_step ON executions (step, serial);
PRAGMA journal_mode = WAL;
"""
"""The catalog as it was before its tables had versions."""


def tables_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Columns and indexes of every table, without the words in which they were made."""
    with sqlite3.connect(path) as connection:
        names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE sql <> ''")]
        return {
            name: sorted(
                [
                    *connection.execute(f"SELECT name, type, pk FROM pragma_table_info('{name}')"),
                    *connection.execute(f"SELECT name FROM pragma_index_info('{name}')"),
                    *connection.execute(
                        f"SELECT 'to', \"table\" FROM pragma_foreign_key_list('{name}')"
                    ),
                ]
            )
            for name in names
        }


def put_unversioned(path: Path) -> None:
    """A catalog of that time with the run ``old`` in it."""
    run = run_named("old")
    connection = sqlite3.connect(path)
    connection.executescript(UNVERSIONED)
    connection.execute(
        "INSERT INTO runs (run, notebook, state, document)"
        " VALUES (:run, :notebook, :state, :document)",
        run_row(run, 0),
    )
    connection.executemany("INSERT INTO steps VALUES (:run, :position, :document)", step_rows(run))
    connection.commit()
    connection.close()


def test_the_newest_migration_is_the_head() -> None:
    config = Config()
    config.set_main_option("script_location", "jupyter_mlops.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_an_old_catalog_becomes_what_a_new_one_is(store: Store, tmp_path: Path) -> None:
    path = store.root / "catalog.sqlite"
    put_unversioned(path)
    assert store.catalog.list_runs() == [run_named("old")]
    ended = run_named("old", state="succeeded")
    store.catalog.save_run(ended)
    assert store.catalog.list_runs() == [ended]
    new = Store(tmp_path / "new").open()
    new.catalog.list_runs()
    new.close()
    store.close()
    assert tables_of(path) == tables_of(new.root / "catalog.sqlite")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [(HEAD,)]


def test_a_newer_catalog_is_left_alone(store: Store) -> None:
    path = store.root / "catalog.sqlite"
    store.catalog.save_run(run_named("r1"))
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreError, match=r"written by a newer version[\s\S]*fix: upgrade"):
            store.catalog.list_runs()
    store.close()
    assert path.read_bytes() == before


READER = """
import sys
from pathlib import Path
from jupyter_mlops.store import Store
store = Store(Path(sys.argv[1])).open()
print([run.run for run in store.catalog.list_runs()], "alembic" in sys.modules)
"""


def test_two_processes_bring_one_catalog_up_to_date(store: Store) -> None:
    put_unversioned(store.root / "catalog.sqlite")
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, store.root], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert {reader.communicate()[0][:7] for reader in readers} == {"['old']"}
    command = [sys.executable, "-c", READER, store.root]
    again = subprocess.run(command, check=True, capture_output=True, text=True)
    assert again.stdout == "['old'] False\n"  # no migration is due: Alembic is not even imported
