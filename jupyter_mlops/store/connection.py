"""How the catalog reaches its database, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store.disk import disk_problems, publish, temporary

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

BUSY_SECONDS = 30
"""How long a locked catalog is waited for."""

_LOGS = ("-wal", "-shm")
_ANEW = "move it away; the next run starts a new catalog, and the objects stay as they are"
_SQLITE_PROBLEMS = {
    "SQLITE_BUSY": (
        f"is locked by another process for more than {BUSY_SECONDS} s",
        "find the process that holds it, and try again",
    ),
    "SQLITE_NOTADB": ("is not a database", _ANEW),
    "SQLITE_CORRUPT": ("is damaged or cut short", _ANEW),
    "SQLITE_FULL": ("cannot be written: no space is left on its disk", "free some space"),
    "SQLITE_READONLY": ("cannot be written: it is read-only", "make it writable for this user"),
    "SQLITE_CANTOPEN": ("cannot be opened", "make its folder readable and writable"),
    "SQLITE_IOERR": ("cannot be read or written", "look at its disk"),
}


def connect(where: Path | str) -> Engine:
    """An engine for the catalog with its tables in place.

    Args:
        where: a SQLite file, created if absent; or a database URL.

    Raises:
        StoreError: the file is damaged or cannot be created.
    """
    from sqlalchemy import create_engine

    from jupyter_mlops.store.schema import metadata

    if isinstance(where, Path):
        if not where.exists():
            _create_sqlite(where)
        if where.stat().st_size == 0:
            raise StoreError(f"the catalog {where} is damaged: it is empty", fix=_ANEW)
        return _sqlite_engine(where)
    engine = create_engine(where)
    metadata.create_all(engine)
    return engine


@contextmanager
def database_problems(where: Path | str) -> Iterator[None]:
    """Turn a database error of the body into a `StoreError` about the catalog ``where``."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        name: str = getattr(error.orig, "sqlite_errorname", "")
        for code, (message, fix) in _SQLITE_PROBLEMS.items():
            if name.startswith(code):
                raise StoreError(f"the catalog {where} {message}", fix=fix) from error
        raise StoreError(
            f"the catalog {where} does not answer: {error.orig}", fix="look at its database"
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection whose reads see one state of the catalog."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one write transaction, committed at the end; writers wait for each other."""
    options = {"jupyter_mlops_write": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _create_sqlite(path: Path) -> None:
    """Publish a whole catalog without rows, so that an empty file is damage and no beginning."""
    from filelock import FileLock, Timeout

    from jupyter_mlops.store.schema import metadata

    part = temporary(path.parent)
    try:
        with disk_problems(path), FileLock(path.with_suffix(".lock"), timeout=BUSY_SECONDS):
            if path.exists():
                return
            # A write-ahead log without its database would be replayed into the new one.
            for suffix in _LOGS:
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            engine = _sqlite_engine(part)
            metadata.create_all(engine)
            engine.dispose()
            publish(part, path)
    except Timeout:
        raise StoreError(
            f"the catalog {path} is being made by another process for more than {BUSY_SECONDS} s",
            fix="find that process, and try again",
        ) from None
    finally:
        for suffix in ("", *_LOGS):
            part.with_name(part.name + suffix).unlink(missing_ok=True)


def _sqlite_engine(path: Path) -> Engine:
    from sqlalchemy import URL, create_engine, event

    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver opens no transactions of its own
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("jupyter_mlops_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
