"""One result record a step: written whole, published create-if-absent, first wins."""

from __future__ import annotations

import json
import os
from enum import IntEnum
from pathlib import Path

from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.run import StepResult
from jupyter_mlops.step.layout import Layout


class Exit(IntEnum):
    """Exit codes of the step command."""

    SUCCEEDED = 0
    FAILED = 1
    SUPERSEDED = 3
    UNPUBLISHED = 4


def publish(layout: Layout, result: StepResult) -> Exit:
    """Write the record under the attempt and publish it unless another attempt has.

    Raises:
        OSError: if it cannot be written.
    """
    write_whole(layout.result, json.dumps(to_json(result), ensure_ascii=False, indent=1))
    try:
        os.link(layout.result, layout.published)
    except FileExistsError:
        return Exit.SUPERSEDED
    sync_folder(layout.step)
    return Exit.SUCCEEDED if result.state == "succeeded" else Exit.FAILED


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there with all its bytes, or not at all, whatever happens."""
    partial = path.with_name(f".{path.name}.part")
    with partial.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
