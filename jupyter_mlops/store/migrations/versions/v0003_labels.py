"""Labels of runs and artifacts; what a collection of garbage has to know."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, String, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "labels",
        Column("serial", Integer, primary_key=True, autoincrement=False),
        Column("change", String, nullable=False, unique=True),
        Column("label", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("name", String, nullable=False),
        Column("target", String),
        Column("run", String),
        Column("removed", Integer, nullable=False),
        Column("recorded", Integer, nullable=False),
        Column("document", Text, nullable=False),
    )
    op.create_index("labels_by_label", "labels", ["label", "serial"])
    op.create_index("labels_by_name", "labels", ["kind", "name", "serial"])
    op.create_index("labels_by_run", "labels", ["run", "serial"])
    op.create_index("labels_by_target", "labels", ["target", "serial"])
    op.create_table(
        "writers",
        Column("writer", String, primary_key=True),
        Column("place", String, nullable=False),
    )
    op.create_table("removals", Column("run", String, primary_key=True))
    op.create_table(
        "piles",
        Column("pile", String, primary_key=True),
        Column("waits", Text, nullable=False),
    )
