"""The catalog's tables: a few indexed columns beside the whole value as JSON."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("run", String, nullable=False, unique=True),
    Column("notebook", String, nullable=False),
    Column("state", String, nullable=False),
    Column("document", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("sweep", String),
    Column("told", Boolean, nullable=False, server_default=true()),
    Index("runs_by_notebook", "notebook", "serial"),
    Index("runs_by_state", "state", "serial"),
    Index("runs_by_notebook_and_state", "notebook", "state", "serial"),
)
Index(
    "runs_by_sweep",
    runs.c.sweep,
    runs.c.serial,
    sqlite_where=runs.c.sweep.is_not(None),
    postgresql_where=runs.c.sweep.is_not(None),
)
Index(
    "runs_untold",
    runs.c.state,
    runs.c.serial,
    sqlite_where=runs.c.told.is_(False),
    postgresql_where=runs.c.told.is_(False),
)
"""Runs without their steps; ``serial`` orders them whatever the clock did, ``revision`` is that of
the newest record among the objects (0: there is none). A run is ``told`` once its end was held
against the alerts, or if that is not to be: its tick tells of it, or it came from elsewhere."""

steps = Table(
    "steps",
    metadata,
    Column("run", String, ForeignKey("runs.run", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("step", String),
    Column("execution", String),
    Index("steps_by_execution", "execution"),
)
"""Step reports in notebook order; ``execution`` names the one whose outputs they are."""

executions = Table(
    "executions",
    metadata,
    Column("serial", Integer, primary_key=True, autoincrement=True),
    Column("execution", String, nullable=False, unique=True),
    Column("key", String, nullable=False),
    Column("run", String, ForeignKey("runs.run", ondelete="CASCADE"), nullable=False),
    Column("step", String, nullable=False),
    Column("state", String, nullable=False),
    Column("started", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("indexed", Boolean, nullable=False, server_default=false()),
    Index("executions_by_key", "key", "serial"),
    Index("executions_by_step", "step", "serial"),
    Index("executions_by_run", "run"),
)
Index(
    "executions_not_indexed",
    executions.c.serial,
    sqlite_where=executions.c.indexed.is_(False),
    postgresql_where=executions.c.indexed.is_(False),
)
"""The index of execution records; the record itself is the object ``digest``, and ``indexed`` says
whether the table ``uses`` has what it made and took."""

uses = Table(
    "uses",
    metadata,
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
    Index("uses_by_execution", "execution", "how"),
    sqlite_with_rowid=False,
)
Index(
    "uses_by_source",
    uses.c.source,
    sqlite_where=uses.c.source.is_not(None),
    postgresql_where=uses.c.source.is_not(None),
)
"""What executions ``made``, ``read`` from outside, or ``received`` from an earlier step (of which
``source`` is the execution), by digest, and within one by time: microseconds since the epoch."""

schedules = Table(
    "schedules",
    metadata,
    Column("name", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("due", String),
    Column("why", Text, nullable=False, server_default=""),
    Column("document", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("waits", String),
    Column("source", String),
    Column("since", String),
    Column("cursor", Integer, nullable=False, server_default="0"),
    Index("schedules_by_due", "state", "due"),
    Index("schedules_by_source", "waits", "state", "source"),
)
"""Schedules as JSON; ``due`` is the next tick, ISO 8601 with milliseconds in UTC (NULL: there is
none, or of an active one the first after now); ``revision`` is that of the newest record among the
objects. A schedule that was removed stays, so that its next record is a later one. ``waits`` and
``source`` are its trigger's (NULL: it has none); what happened after ``since`` counts (NULL: after
the next look), and nothing before the serial ``cursor`` does."""

ticks = Table(
    "ticks",
    metadata,
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
    Column("event", String),
    Column("cause", Text, nullable=False, server_default=""),
    Column("given", Text, nullable=False, server_default="{}"),
    Column("told", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("schedule", "due", name="one_tick_at_a_moment"),
    Index("one_tick_of_an_event", "schedule", "event", unique=True),
    Index("ticks_by_state", "state", "ready"),
    Index("ticks_by_schedule", "schedule", "state"),
    Index("ticks_by_host", "host", "state"),
)
Index(
    "ticks_untold",
    ticks.c.state,
    ticks.c.serial,
    sqlite_where=ticks.c.told.is_(False),
    postgresql_where=ticks.c.told.is_(False),
)
"""What became of each moment at which a schedule was due. ``claim`` is the token of the driver that
may begin it before ``lease``, ``starts`` counts the claims of this attempt; ``deadline`` is when
its run is stopped, ``ending`` why it was told to stop. ``event`` names what its trigger saw (NULL:
it has none), ``cause`` says it to people, ``given`` are the parameters that came of it, as JSON. A
tick is ``told`` once its end was held against the alerts."""

alerts = Table(
    "alerts",
    metadata,
    Column("name", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("since", String, nullable=False),
    Column("document", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default="0"),
)
"""Alerts and hooks as JSON. What ended before ``since`` (ISO 8601, UTC) is not told: the alert was
not there or paused. One that was removed stays, so that its next record is a later one."""

troubles = Table(
    "troubles",
    metadata,
    Column("alert", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("event", String, primary_key=True),
    Column("cause", Text, nullable=False),
    Column("since", String, nullable=False),
    Column("told", String, nullable=False),
)
"""What is wrong now, as each alert knows it; ``subject`` is a schedule's name or a notebook."""

deliveries = Table(
    "deliveries",
    metadata,
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
    Index("deliveries_by_state", "state", "ready"),
    Index("deliveries_by_alert", "alert", "serial"),
)
"""What alerts and hooks are told. ``claim`` is the token of who sends it, before ``lease``."""

landings = Table(
    "landings",
    metadata,
    Column("schedule", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("mark", String, nullable=False),
    Column("since", String, nullable=False),
    Column("done", Integer, nullable=False),
)
"""Files where a schedule waits for some: ``mark`` is other once the content is, ``since`` when it
is as it is, ``done`` 1 if it makes no tick any more."""

payloads = Table(
    "payloads",
    metadata,
    Column("schedule", String, primary_key=True),
    Column("received", String, nullable=False),
    Column("cause", Text, nullable=False),
    Column("document", Text, nullable=False),
)
"""The last that was posted to each schedule, as JSON."""

tokens = Table(
    "tokens",
    metadata,
    Column("token", String, primary_key=True),
    Column("document", Text, nullable=False),
    Column("used", String),
)
"""Tokens for the API as JSON; ``used`` is when the ledger last told of a use."""

labels = Table(
    "labels",
    metadata,
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
    Index("labels_by_label", "label", "serial"),
    Index("labels_by_name", "kind", "name", "serial"),
    Index("labels_by_run", "run", "serial"),
    Index("labels_by_target", "target", "serial"),
)
"""Changes of labels; ``label`` is the same in all changes of one, ``recorded`` is 1 once its record
is among the objects."""

writers = Table(
    "writers",
    metadata,
    Column("writer", String, primary_key=True),
    Column("place", String, nullable=False),
)
"""Who may have put objects that nothing on record refers to yet; ``place`` says where it lives."""

removals = Table("removals", metadata, Column("run", String, primary_key=True))
"""Runs that were removed, and of which something is left still."""

piles = Table(
    "piles",
    metadata,
    Column("pile", String, primary_key=True),
    Column("waits", Text, nullable=False),
)
"""Piles of objects moved aside, and the writers that lived then, as JSON."""

version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))
"""One row: the number of the newest migration, where Alembic looks for it."""
