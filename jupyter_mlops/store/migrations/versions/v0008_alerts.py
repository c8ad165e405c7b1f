"""Alerts and hooks, what is wrong as they know it, and what they are told."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Integer, String, Text, column, true

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables; runs and ticks that are on record count as told."""
    untold = column("told", Boolean).is_(False)
    for name in ("runs", "ticks"):
        op.add_column(name, Column("told", Boolean, nullable=False, server_default=true()))
        columns = ["state", "serial"]
        op.create_index(
            f"{name}_untold", name, columns, sqlite_where=untold, postgresql_where=untold
        )
    op.create_table(
        "alerts",
        Column("name", String, primary_key=True),
        Column("kind", String, nullable=False),
        Column("state", String, nullable=False),
        Column("why", Text, nullable=False, server_default=""),
        Column("since", String, nullable=False),
        Column("document", Text, nullable=False),
        Column("revision", Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "troubles",
        Column("alert", String, primary_key=True),
        Column("subject", String, primary_key=True),
        Column("event", String, primary_key=True),
        Column("cause", Text, nullable=False),
        Column("since", String, nullable=False),
        Column("told", String, nullable=False),
    )
    op.create_table(
        "deliveries",
        Column("serial", Integer, primary_key=True, autoincrement=True),
        Column("key", String, nullable=False, unique=True),
        Column("alert", String, nullable=False),
        Column("state", String, nullable=False),
        Column("why", Text, nullable=False, server_default=""),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("created", String, nullable=False),
        Column("ready", String, nullable=False),
        Column("claim", String, nullable=False, server_default=""),
        Column("lease", String),
        Column("ended", String),
        Column("document", Text, nullable=False),
    )
    op.create_index("deliveries_by_state", "deliveries", ["state", "ready"])
    op.create_index("deliveries_by_alert", "deliveries", ["alert", "serial"])
