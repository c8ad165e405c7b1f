"""The newest run of a notebook in a state is found at once."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    """Make the index."""
    op.create_index("runs_by_notebook_and_state", "runs", ["notebook", "state", "serial"])
