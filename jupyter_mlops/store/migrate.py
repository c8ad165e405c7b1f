"""The version of a catalog's tables, and the way from an older one to today's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import StoreError
from jupyter_mlops.store.connection import alone, writing
from jupyter_mlops.store.server import shown

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

HEAD = "0010"
"""The newest migration in ``migrations/versions``; they are numbered."""

_LOCK = 0x4D4C4F5053
"""The key of the advisory lock under which a server's tables are made or changed."""


def create_tables(connection: Connection) -> None:
    """Make today's tables in an empty database."""
    from jupyter_mlops.store.schema import metadata, version

    metadata.create_all(connection)
    connection.execute(version.insert().values(version_num=HEAD))


def is_current(engine: Engine, where: Path | str) -> bool:
    """True if the tables are today's, False if they are older or absent; by one small query.

    Raises:
        StoreError: they were written by a newer version.
    """
    found = _read_version(engine)
    if found > HEAD:
        raise StoreError(
            f"the catalog {shown(where)} was written by a newer version of this program "
            f"(tables {found}; this version reads {HEAD})",
            fix="upgrade jupyter_mlops, or choose another folder with --store or "
            "JUPYTER_MLOPS_STORE",
        )
    return found == HEAD


def migrate(engine: Engine, where: Path | str) -> None:
    """Bring the tables to today's form, in one transaction in which nobody else does so.

    Raises:
        StoreError: they were written by a newer version; they are as they were.
    """
    if is_current(engine, where):
        return
    from sqlalchemy import inspect

    with writing(engine) as connection:
        alone(connection, _LOCK)
        if inspect(connection).has_table("runs"):
            _upgrade(connection)
        else:
            create_tables(connection)


def _read_version(engine: Engine) -> str:
    """The number of the newest migration that the tables have seen; "" before there were any."""
    from sqlalchemy import select
    from sqlalchemy.exc import DBAPIError

    from jupyter_mlops.store.schema import version

    try:
        with engine.connect() as connection:
            return connection.scalar(select(version.c.version_num)) or ""
    except DBAPIError as error:
        undefined = getattr(error.orig, "sqlstate", None) == "42P01"
        if undefined or "no such table" in str(error.orig):
            return ""
        raise


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "jupyter_mlops.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
