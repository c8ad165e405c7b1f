"""Catalogs as released versions made them, frozen as SQL: each becomes today's, and keeps its rows.

When a migration is released, what a catalog looks like after it is added to ``schemas``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from catalog_samples import execution_named, run_named
from postgres_server import PostgresServer
from sqlalchemy import Engine, inspect, select

from jupyter_mlops.model.run import StepReport
from jupyter_mlops.store import Store
from jupyter_mlops.store.database import open_database
from jupyter_mlops.store.rows import execution_row
from jupyter_mlops.store.schema import executions

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.sql"))
DIGEST = "sha256:" + "0" * 64

pytestmark = pytest.mark.xdist_group("postgres")


def described(engine: Engine) -> dict[str, Any]:
    """What the tables are, but for the order of columns, which additions change."""
    tables = inspect(engine)
    return {
        name: {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"])
                for column in tables.get_columns(name)
            ),
            "indexes": sorted(
                (index["name"], tuple(index["column_names"])) for index in tables.get_indexes(name)
            ),
            "key": tables.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted(u["column_names"] for u in tables.get_unique_constraints(name)),
            "foreign": [
                (key["referred_table"], key["constrained_columns"], key["options"])
                for key in tables.get_foreign_keys(name)
            ],
        }
        for name in tables.get_table_names()
    }


@pytest.fixture(params=SCHEMAS, ids=lambda path: path.stem)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    """A store with the frozen catalog, and a new one of the same kind."""
    statements = request.param.read_text()
    old, new = tmp_path / "old", tmp_path / "new"
    if request.param.stem.startswith("sqlite"):
        pair = Store(old).open(), Store(new).open()
        connection = sqlite3.connect(old / "catalog.sqlite")
        connection.executescript(statements)
        connection.close()
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        urls = server.create_database(), server.create_database()
        engine = open_database(urls[0])
        with engine.begin() as made:
            made.exec_driver_sql(statements.replace("%", "%%"))
        engine.dispose()
        pair = Store(old, catalog=urls[0]).open(), Store(new, catalog=urls[1]).open()
    yield pair
    for store in pair:
        store.close()


def test_a_released_catalog_becomes_todays_and_keeps_its_rows(stores: tuple[Store, Store]) -> None:
    old, new = stores
    runs = [run_named("old2"), run_named("old1", state="succeeded")]
    assert old.catalog.list_runs() == runs
    assert new.catalog.list_runs() == []
    engines = [open_database(store.catalog.where) for store in stores]
    with engines[0].connect() as connection:
        row = connection.execute(select(executions)).mappings().one()
        wanted = execution_row(execution_named("old1.load.1"), DIGEST)
        assert {name: row[name] for name in wanted} == wanted
    assert described(engines[0]) == described(engines[1])
    for engine in engines:
        engine.dispose()

    ended = run_named("old2", state="failed")
    old.catalog.save_run(ended)
    old.catalog.save_step("old1", 0, StepReport(step="load", state="reused"))
    old.catalog.save_run(run_named("new"))
    assert [run.run for run in old.catalog.list_runs()] == ["new", "old2", "old1"]
    assert old.catalog.find_run("old2") == ended
