"""The catalog on a database server: PostgreSQL, named by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Engine

_DIALECT = "postgresql"
_DRIVER = "psycopg"
_SILENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""How soon a server that says nothing any more counts as gone (libpq's words; s, s, s, 1, ms)."""


def server_engine(where: str) -> Engine:
    """An engine for the database at a URL; nothing is connected yet.

    Raises:
        StoreError: it is no PostgreSQL URL, or the driver is not installed.
    """
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError

    example = "write it as postgresql://user@host/database"
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):
        raise StoreError("the catalog's URL cannot be read", fix=example) from None
    if url.get_backend_name() != _DIALECT:
        raise StoreError(f"the catalog {shown(where)} is not a PostgreSQL database", fix=example)
    if url.drivername == _DIALECT:
        url = url.set(drivername=f"{_DIALECT}+{_DRIVER}")
    options = _SILENCE if url.get_driver_name() == _DRIVER else {}
    try:
        return create_engine(url, pool_pre_ping=True, connect_args=dict(options))
    except ImportError as error:
        raise StoreError(
            f"the catalog {shown(where)} needs a driver: {error}",
            fix="pip install 'jupyter-mlops[postgres]'",
        ) from error


def shown(where: Path | str) -> str:
    """The catalog's place as messages name it: without a password."""
    if isinstance(where, Path):
        return str(where)
    from sqlalchemy import make_url

    return make_url(where).render_as_string(hide_password=True)
