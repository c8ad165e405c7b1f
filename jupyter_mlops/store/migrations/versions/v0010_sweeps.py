"""Which sweep a run belongs to."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String, column

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column; runs on record belong to none."""
    op.add_column("runs", Column("sweep", String))
    is_of_one = column("sweep").is_not(None)
    op.create_index(
        "runs_by_sweep",
        "runs",
        ["sweep", "serial"],
        sqlite_where=is_of_one,
        postgresql_where=is_of_one,
    )
