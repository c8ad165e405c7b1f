"""Checkpoints as lines of a file."""

from __future__ import annotations

import json
from collections.abc import Iterable

from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.model.ledger import Checkpoint

_HEAD = b'{"checkpoint":'


def checkpoint_line(checkpoint: Checkpoint) -> bytes:
    """The line that keeps a checkpoint."""
    return canonical_json({"checkpoint": to_json(checkpoint)})


def is_checkpoint(line: bytes) -> bool:
    """True for a line that keeps a checkpoint and no entry."""
    return line.startswith(_HEAD)


def read_checkpoints(lines: Iterable[bytes]) -> list[Checkpoint | None]:
    """The checkpoint of each line; None for one that cannot be read."""
    return [_read(line) for line in lines]


def _read(line: bytes) -> Checkpoint | None:
    try:
        checkpoint = from_json(Checkpoint, json.loads(line)["checkpoint"])
    except (ValueError, TypeError, KeyError):
        return None
    return checkpoint if isinstance(checkpoint.number, int) else None
