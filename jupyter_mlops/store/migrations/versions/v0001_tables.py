"""The first tables. A catalog from before versions were written has them already."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String, Text, inspect

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables, unless they are there."""
    if inspect(op.get_bind()).has_table("runs"):
        return
    op.create_table(
        "runs",
        Column("serial", Integer, primary_key=True, autoincrement=True),
        Column("run", String, nullable=False, unique=True),
        Column("notebook", String, nullable=False),
        Column("state", String, nullable=False),
        Column("document", Text, nullable=False),
    )
    op.create_index("runs_by_notebook", "runs", ["notebook", "serial"])
    op.create_index("runs_by_state", "runs", ["state", "serial"])
    op.create_table(
        "steps",
        Column("run", String, ForeignKey("runs.run", ondelete="CASCADE"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("document", Text, nullable=False),
    )
    op.create_table(
        "executions",
        Column("serial", Integer, primary_key=True, autoincrement=True),
        Column("execution", String, nullable=False, unique=True),
        Column("key", String, nullable=False),
        Column("run", String, ForeignKey("runs.run", ondelete="CASCADE"), nullable=False),
        Column("step", String, nullable=False),
        Column("state", String, nullable=False),
        Column("started", String, nullable=False),
        Column("digest", String, nullable=False),
    )
    op.create_index("executions_by_key", "executions", ["key", "serial"])
    op.create_index("executions_by_step", "executions", ["step", "serial"])
    op.create_index("executions_by_run", "executions", ["run"])
