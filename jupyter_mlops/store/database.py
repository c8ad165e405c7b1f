"""The catalog's database, wherever it is: opened at its first use, waited for when it goes away."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store.connection import ANEW, database_problems, reading, writing
from jupyter_mlops.store.server import server_engine
from jupyter_mlops.store.sqlite import create_sqlite, sqlite_engine

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.exc import DBAPIError

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds for which a server that went away is waited for."""

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 2.0


class Database:
    """A SQLite file (created at its first use) or a PostgreSQL database at a URL.

    Every method raises `StoreError` if the database is damaged, was written by a newer version,
    cannot be written, stays locked or stays away.
    """

    def __init__(self, where: Path | str) -> None:
        self.where = where
        self._engine: Engine | None = None
        self._lock = Lock()

    def read(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` gives, all of whose reads see one state; it may be called again."""
        return self._do(reading, work)

    def write(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` gives, done whole or not at all.

        It is called again after the server went away, also if only the answer to its commit was
        lost: it must be the same to do it twice.
        """
        return self._do(writing, work)

    def close(self) -> None:
        """Let go of all connections; the next call opens new ones."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _do(
        self,
        transaction: Callable[[Engine], AbstractContextManager[Connection]],
        work: Callable[[Connection], T],
    ) -> T:
        from sqlalchemy.exc import DBAPIError

        with database_problems(self.where):
            engine = self._connected()
            end, pause = time.monotonic() + PATIENCE, _FIRST_PAUSE
            while True:
                try:
                    with transaction(engine) as connection:
                        return work(connection)
                except DBAPIError as error:
                    if not _may_pass(error, engine) or time.monotonic() + pause > end:
                        raise
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _connected(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = connect(self.where)
            return self._engine


def connect(where: Path | str) -> Engine:
    """An engine for the catalog with its tables in place, as this version knows them.

    Raises:
        StoreError: the catalog is damaged, was written by a newer version, or cannot be created.
    """
    from jupyter_mlops.store.migrate import create_tables, migrate

    with database_problems(where):
        if isinstance(where, Path) and not where.exists():
            create_sqlite(where, create_tables)
        engine = open_database(where)
        migrate(engine, where)
    return engine


def open_database(where: Path | str) -> Engine:
    """An engine for a catalog that exists, whatever version wrote it.

    Raises:
        StoreError: the file is missing or empty, or the URL cannot be used.
    """
    if not isinstance(where, Path):
        return server_engine(where)
    if not where.exists():
        raise StoreError(f"the catalog {where} is missing", fix=ANEW)
    if where.stat().st_size == 0:
        raise StoreError(f"the catalog {where} is damaged: it is empty", fix=ANEW)
    return sqlite_engine(where)


def _may_pass(error: DBAPIError, engine: Engine) -> bool:
    """True for what a server says while it stops or starts, or when two transactions collide."""
    from sqlalchemy.exc import InterfaceError, OperationalError

    return engine.dialect.name != "sqlite" and isinstance(error, (InterfaceError, OperationalError))
