"""Names and times of runs, and the paths that follow from them."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from pathlib import Path


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """A moment as the records write it: ISO 8601 with milliseconds."""
    return moment.isoformat(timespec="milliseconds")


def run_name(notebook: Path, moment: datetime) -> str:
    """A new run's name, sortable by time, such as ``20261123-150405-iris-3fa9``."""
    slug = re.sub(r"[^a-z0-9]+", "-", notebook.stem.lower()).strip("-")[:40].rstrip("-")
    return f"{moment:%Y%m%d-%H%M%S}-{slug or 'notebook'}-{secrets.token_hex(2)}"


def execution_name(run: str, step: str, attempt: int) -> str:
    """The name of one attempt of one step."""
    return f"{run}.{step}.{attempt}"


def step_slot(position: int, step: str) -> str:
    """``<NN>-<step>``: what a step's folder and executed notebook are called.

    Args:
        position: of the step, from 0.
        step: its name.
    """
    return f"{position + 1:02d}-{step}"
