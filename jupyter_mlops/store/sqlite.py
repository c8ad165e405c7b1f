"""The catalog in a SQLite file: made beside and published whole, never half a catalog."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store import connection as waiting
from jupyter_mlops.store.connection import WRITES, writing
from jupyter_mlops.store.disk import disk_problems, publish, sync_folder, temporary

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_LOGS = ("-wal", "-shm")


def sqlite_engine(path: Path) -> Engine:
    """An engine for the file, with a write-ahead log; nothing is opened yet."""
    from sqlalchemy import URL, create_engine, event

    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": waiting.BUSY_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver opens no transactions of its own
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def create_sqlite(path: Path, fill: Callable[[Connection], None]) -> None:
    """Publish a catalog that ``fill`` has filled; one that another process made stays.

    Raises:
        StoreError: the disk is full, read-only or broken.
    """
    with _alone(path), _made_beside(path, fill) as part:
        if not path.exists():
            # A write-ahead log without its database would be replayed into the new one.
            _remove_logs(path)
            publish(part, path)


def replace_sqlite(path: Path, fill: Callable[[Connection], None]) -> Path | None:
    """Put a catalog that ``fill`` has filled in the place of the one at ``path``, at one moment.

    Returns:
        where the earlier catalog is kept, damaged or not; None if there was none.

    Raises:
        StoreError: another process has the catalog open, or the disk is full or broken; the
            catalog is as it was.
    """
    with _alone(path), _made_beside(path, fill) as part:
        kept = _keep(path) if path.exists() else None
        _remove_logs(path)
        part.replace(path)
        sync_folder(path.parent)
    return kept


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """No other process makes or replaces the catalog meanwhile."""
    from filelock import FileLock, Timeout

    seconds = waiting.BUSY_SECONDS
    try:
        with disk_problems(path), FileLock(path.with_suffix(".lock"), timeout=seconds):
            yield
    except Timeout:
        raise StoreError(
            f"the catalog {path} is being made by another process for more than {seconds} s",
            fix="find that process, and try again",
        ) from None


@contextmanager
def _made_beside(path: Path, fill: Callable[[Connection], None]) -> Iterator[Path]:
    part = temporary(path.parent)
    engine = sqlite_engine(part)
    try:
        with writing(engine) as connection:
            fill(connection)
        engine.dispose()  # the last connection takes its log into the file and removes it
        yield part
    finally:
        engine.dispose()
        part.unlink(missing_ok=True)
        _remove_logs(part)


def _keep(path: Path) -> Path:
    """A second name for the catalog, which is whole under it: nothing of it is left in a log."""
    import sqlite3

    number = 1
    while (kept := path.with_name(f"{path.name}.before-{number}")).exists():
        number += 1
    try:
        with closing(sqlite3.connect(path, timeout=waiting.BUSY_SECONDS)) as old:
            old.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise StoreError(
                f"the catalog {path} is in use by another process",
                fix="wait until it is done, and try again",
            ) from None
        for suffix in _LOGS:  # it is damaged; what its log holds may still help somebody
            log = path.with_name(path.name + suffix)
            if log.exists():
                log.rename(kept.with_name(kept.name + suffix))
    kept.hardlink_to(path)
    return kept


def _remove_logs(path: Path) -> None:
    for suffix in _LOGS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
