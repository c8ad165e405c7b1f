"""Which executions made and read the bytes of a digest, and which stand behind a run's steps.

The rows of ``uses`` follow from the records among the objects, which a migration does not see: each
execution is marked as not indexed, and `Catalog.index_uses` makes up for it.
"""

from __future__ import annotations

import json

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Text,
    bindparam,
    column,
    false,
    select,
    table,
)

revision = "0004"
down_revision = "0003"

_BATCH = 1000


def upgrade() -> None:
    """Make the table and the columns; name step and execution in the rows of steps."""
    op.add_column("steps", Column("step", String))
    op.add_column("steps", Column("execution", String))
    _name_executions()
    op.create_index("steps_by_execution", "steps", ["execution"])
    op.add_column("executions", Column("indexed", Boolean, nullable=False, server_default=false()))
    waiting = column("indexed", Boolean).is_(False)
    op.create_index(
        "executions_not_indexed",
        "executions",
        ["serial"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "uses",
        Column("digest", String, primary_key=True),
        Column("how", String, primary_key=True),
        Column("moment", BigInteger, primary_key=True),
        Column(
            "execution",
            Integer,
            ForeignKey("executions.serial", ondelete="CASCADE"),
            primary_key=True,
        ),
        Column("name", String, primary_key=True),
        Column("kind", String, nullable=False),
        Column("source", Integer, ForeignKey("executions.serial", ondelete="SET NULL")),
        sqlite_with_rowid=False,
    )
    op.create_index("uses_by_execution", "uses", ["execution", "how"])
    known = column("source", Integer).is_not(None)
    op.create_index(
        "uses_by_source", "uses", ["source"], sqlite_where=known, postgresql_where=known
    )


def _name_executions() -> None:
    steps = table(
        "steps",
        column("run", String),
        column("position", Integer),
        column("document", Text),
        column("step", String),
        column("execution", String),
    )
    connection = op.get_bind()
    naming = (
        steps.update()
        .where((steps.c.run == bindparam("of_run")) & (steps.c.position == bindparam("at")))
        .values(step=bindparam("its_step"), execution=bindparam("its_execution"))
    )
    unnamed = (
        select(steps.c.run, steps.c.position, steps.c.document)
        .where(steps.c.step.is_(None))
        .order_by(steps.c.run, steps.c.position)
        .limit(_BATCH)
    )
    last = ("", -1)
    while True:
        after = (steps.c.run > last[0]) | ((steps.c.run == last[0]) & (steps.c.position > last[1]))
        rows = connection.execute(unnamed.where(after)).all()
        if not rows:
            return
        last = (rows[-1].run, rows[-1].position)
        named = []
        for row in rows:
            report = json.loads(row.document)
            named.append(
                {
                    "of_run": row.run,
                    "at": row.position,
                    "its_step": report["step"],
                    "its_execution": report.get("execution"),
                }
            )
        connection.execute(naming, named)
