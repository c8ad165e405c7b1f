"""The catalog in PostgreSQL: the suite, and a server that goes away and comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from catalog_conformance import CatalogConformance
from catalog_samples import execution_named, run_named
from postgres_server import PostgresServer
from trace_conformance import TraceConformance

from jupyter_mlops.errors import StoreError
from jupyter_mlops.model.run import StepReport
from jupyter_mlops.store import Store
from jupyter_mlops.store.server import server_engine

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture
def store(tmp_path: Path, postgres: PostgresServer) -> Iterator[Store]:
    store = Store(tmp_path / "store", catalog=postgres.create_database()).open()
    yield store
    store.close()


class TestPostgresCatalog(CatalogConformance):
    pass


class TestPostgresTrace(TraceConformance):
    pass


def test_nothing_of_the_catalog_is_in_the_folder(store: Store) -> None:
    store.catalog.save_run(run_named("r1"))
    assert not list(store.root.glob("catalog*"))


def test_a_server_that_comes_back_is_waited_for(store: Store, postgres: PostgresServer) -> None:
    run = run_named("r1")
    store.catalog.save_run(run)
    report = StepReport(step="load", state="reused")
    for attempt in (1, 2):  # once with a dead connection in the pool, once with none
        postgres.stop()
        starter = threading.Timer(0.3 * attempt, postgres.start)
        starter.start()
        try:
            store.catalog.save_step("r1", 0, report)
        finally:
            starter.join()
        store.catalog.record_execution(execution_named(f"r1.load.{attempt}"))
    store.close()
    assert store.catalog.find_run("r1").steps == (report, run.steps[1])
    assert [e.attempt for e in store.catalog.executions("sha256:k")] == [2, 1]


def test_a_server_that_stays_away_is_named(
    store: Store, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.catalog.save_run(run_named("r1"))
    monkeypatch.setattr("jupyter_mlops.store.database.PATIENCE", 0.2)
    postgres.stop()
    try:
        with pytest.raises(StoreError, match=r"the catalog postgresql.* does not answer"):
            store.catalog.save_run(run_named("r2"))
    finally:
        postgres.start()
    assert store.catalog.list_runs() == [run_named("r1")]


def test_passwords_are_not_shown(tmp_path: Path) -> None:
    url = f"postgresql://ada:secret@/none?host={tmp_path}"
    with pytest.raises(StoreError, match=r"ada:\*\*\*@") as caught:
        Store(tmp_path / "store", catalog=url).open().catalog.list_runs()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite:///file", "not a URL"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(StoreError, match=r"fix: write it as postgresql://"):
        server_engine(url)
