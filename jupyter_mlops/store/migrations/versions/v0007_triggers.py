"""What schedules wait for, and what ticks come of."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, String, Text

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns and the tables."""
    for column in (
        Column("waits", String),
        Column("source", String),
        Column("since", String),
        Column("cursor", Integer, nullable=False, server_default="0"),
    ):
        op.add_column("schedules", column)
    op.create_index("schedules_by_source", "schedules", ["waits", "state", "source"])
    for column in (
        Column("event", String),
        Column("cause", Text, nullable=False, server_default=""),
        Column("given", Text, nullable=False, server_default="{}"),
    ):
        op.add_column("ticks", column)
    op.create_index("one_tick_of_an_event", "ticks", ["schedule", "event"], unique=True)
    op.create_table(
        "landings",
        Column("schedule", String, primary_key=True),
        Column("path", String, primary_key=True),
        Column("mark", String, nullable=False),
        Column("since", String, nullable=False),
        Column("done", Integer, nullable=False),
    )
    op.create_table(
        "payloads",
        Column("schedule", String, primary_key=True),
        Column("received", String, nullable=False),
        Column("cause", Text, nullable=False),
        Column("document", Text, nullable=False),
    )
