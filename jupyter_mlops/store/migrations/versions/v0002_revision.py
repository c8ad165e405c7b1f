"""How often a run was recorded among the objects."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; runs from before have no record."""
    op.add_column("runs", Column("revision", Integer, nullable=False, server_default="0"))
