"""Schedules and their ticks."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, String, Text, UniqueConstraint

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "schedules",
        Column("name", String, primary_key=True),
        Column("state", String, nullable=False),
        Column("due", String),
        Column("why", Text, nullable=False, server_default=""),
        Column("document", Text, nullable=False),
        Column("revision", Integer, nullable=False, server_default="0"),
    )
    op.create_index("schedules_by_due", "schedules", ["state", "due"])
    op.create_table(
        "ticks",
        Column("serial", Integer, primary_key=True, autoincrement=True),
        Column("schedule", String, nullable=False),
        Column("due", String, nullable=False),
        Column("state", String, nullable=False),
        Column("why", Text, nullable=False, server_default=""),
        Column("attempt", Integer, nullable=False, server_default="1"),
        Column("starts", Integer, nullable=False, server_default="0"),
        Column("ready", String, nullable=False),
        Column("priority", Integer, nullable=False, server_default="0"),
        Column("overlap", String, nullable=False),
        Column("host", String, nullable=False, server_default=""),
        Column("claim", String, nullable=False, server_default=""),
        Column("lease", String),
        Column("deadline", String),
        Column("ending", String, nullable=False, server_default=""),
        Column("run", String),
        Column("runs", Text, nullable=False, server_default="[]"),
        Column("ended", String),
        UniqueConstraint("schedule", "due", name="one_tick_at_a_moment"),
    )
    op.create_index("ticks_by_state", "ticks", ["state", "ready"])
    op.create_index("ticks_by_schedule", "ticks", ["schedule", "state"])
    op.create_index("ticks_by_host", "ticks", ["host", "state"])
