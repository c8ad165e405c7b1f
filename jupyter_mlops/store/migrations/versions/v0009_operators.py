"""The newest run of a notebook in a state is found at once; tokens for the API."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the index and the table."""
    op.create_index("runs_by_notebook_and_state", "runs", ["notebook", "state", "serial"])
    op.create_table(
        "tokens",
        Column("token", String, primary_key=True),
        Column("document", Text, nullable=False),
        Column("used", String),
    )
