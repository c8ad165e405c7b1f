"""Stores with schedules; puts the helpers of ``tests/store`` within reach."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "store"))

from postgres_server import PostgresServer, postgres
from s3_server import bucket, s3_server
from ssh_server import ssh_server, ssh_user

from jupyter_mlops.store import Store

__all__ = ["bucket", "postgres", "s3_server", "ssh_server", "ssh_user"]

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))]


@pytest.fixture(params=DATABASES)
def catalog_url(request: pytest.FixtureRequest) -> str:
    """Where the catalog is: empty for a file in the store."""
    if request.param == "sqlite":
        return ""
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create_database()


@pytest.fixture
def store(tmp_path: Path, catalog_url: str) -> Iterator[Store]:
    store = Store(tmp_path / "store", catalog=catalog_url).open()
    yield store
    store.close()


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    """A store whose catalog is a file."""
    store = Store(tmp_path / "store").open()
    yield store
    store.close()
