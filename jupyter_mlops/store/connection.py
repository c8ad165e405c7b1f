"""Transactions on the catalog's database, and what is said when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store.server import shown

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

BUSY_SECONDS = 30
"""How long a locked catalog is waited for."""

WRITES = "jupyter_mlops_write"
"""The execution option of a connection whose transaction will write."""

ANEW = "`jupyter mlops catalog rebuild` makes it anew from the records among the objects"
_SQLITE_PROBLEMS = {
    "SQLITE_BUSY": (
        f"is locked by another process for more than {BUSY_SECONDS} s",
        "find the process that holds it, and try again",
    ),
    "SQLITE_NOTADB": ("is not a database", ANEW),
    "SQLITE_CORRUPT": ("is damaged or cut short", ANEW),
    "SQLITE_FULL": ("cannot be written: no space is left on its disk", "free some space"),
    "SQLITE_READONLY": ("cannot be written: it is read-only", "make it writable for this user"),
    "SQLITE_CANTOPEN": ("cannot be opened", "make its folder readable and writable"),
    "SQLITE_IOERR": ("cannot be read or written", "look at its disk"),
}


@contextmanager
def database_problems(where: Path | str) -> Iterator[None]:
    """Turn a database error of the body into a `StoreError` about the catalog ``where``."""
    from sqlalchemy.exc import DBAPIError, IntegrityError

    try:
        yield
    except IntegrityError as error:
        raise StoreError(f"the catalog {shown(where)} refuses a row: {error.orig}") from error
    except DBAPIError as error:
        name: str = getattr(error.orig, "sqlite_errorname", "")
        for code, (message, fix) in _SQLITE_PROBLEMS.items():
            if name.startswith(code):
                raise StoreError(f"the catalog {where} {message}", fix=fix) from error
        raise StoreError(
            f"the catalog {shown(where)} does not answer: {error.orig}", fix="look at its database"
        ) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection whose reads see one state of the catalog."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":  # which has no other level
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in one write transaction, committed at the end; writers wait for each other."""
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        yield connection


def alone(connection: Connection, key: int) -> None:
    """Wait until no other transaction has the key, which is this one's until its end."""
    from sqlalchemy import func, select

    if connection.dialect.name != "sqlite":  # where every write transaction is alone
        connection.execute(select(func.pg_advisory_xact_lock(key)))
