"""Where the bytes of an object that is lost may lie besides: known by their digest alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.identity import PREFIX, of_bytes
from jupyter_mlops.model.run import Execution, StepResult
from jupyter_mlops.store.records import execution_record, label_record, run_record

if TYPE_CHECKING:
    from jupyter_mlops.store import Store
    from jupyter_mlops.store.agreement import Contents
    from jupyter_mlops.store.records import Records

_IN_STEP = ("inputs/*", "attempts/*/outputs/*", "attempts/*/executed.ipynb")
_KEPT = ("notebooks/*.ipynb", "steps/*/attempts/*/events.jsonl")


def find_remains(
    store: Store, wanted: set[str], contents: Contents, records: Records
) -> Iterator[tuple[str, bytes | Path, str]]:
    """Each wanted digest whose bytes are found: the bytes or a file that has them, and where.

    Args:
        store: whose run folders are looked through.
        wanted: digests.
        contents: of the catalog, whose rows say what their records were.
        records: what is on record.
    """
    for source in (
        _from_rows(contents),
        _from_step_folders(store),
        _from_files(store, wanted, contents, records),
    ):
        for found, where in source:
            if not wanted:
                return
            digest = of_bytes(found) if isinstance(found, bytes) else _digest(found)
            if digest in wanted:
                wanted.discard(digest)
                yield digest, found, where


def _from_rows(contents: Contents) -> Iterator[tuple[bytes, str]]:
    """What was recorded of the runs and labels that the catalog holds."""
    for run in contents.runs:
        yield run_record(run, contents.revisions[run.run]), "the catalog"
    for change in contents.labels.values():
        yield label_record(change), "the catalog"


def _from_step_folders(store: Store) -> Iterator[tuple[bytes, str]]:
    """The records of executions whose announcement and result still lie in their runs' folders."""
    for folder in sorted((store.root / "runs").glob("*/steps/*")):
        with suppress(OSError, ValueError, TypeError, KeyError):
            announced = from_json(Execution, json.loads((folder / "execution.json").read_bytes()))
            result = from_json(StepResult, json.loads((folder / "result.json").read_bytes()))
            result = replace(result, attempt=announced.attempt)
            yield execution_record(replace(announced, result=result)), str(folder)


def _from_files(
    store: Store, wanted: set[str], contents: Contents, records: Records
) -> Iterator[tuple[Path, str]]:
    """Copies at hand, what lies in the runs' folders, and the user's own files."""
    runs = store.root / "runs"
    paths = [store.objects.path(digest) for digest in sorted(wanted)]
    names = {path.name for path in paths}
    for pattern in _IN_STEP:
        for path in sorted(runs.glob(f"*/steps/*/{pattern}")):
            paths += [path] if path.name in names or path.suffix else []
    for pattern in _KEPT:
        paths += sorted(runs.glob(f"*/{pattern}"))
    notebooks = {run.run: Path(run.notebook) for run in contents.runs}
    notebooks |= {name: Path(record.run.notebook) for name, record in records.runs.items()}
    paths += sorted(set(notebooks.values()))
    for execution in records.executions.values():
        for file in (*execution.files, *execution.result.files_written):
            if file.digest in wanted and execution.run in notebooks:
                paths += _places(file, notebooks[execution.run])
    yield from ((path, str(path)) for path in dict.fromkeys(paths))


def _places(file: FileRef, notebook: Path) -> list[Path]:
    """Where the project's file may be: its root is the notebook's folder or above it."""
    return [folder / file.path for folder in notebook.parents]


def _digest(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        return PREFIX + hashlib.file_digest(file, "sha256").hexdigest()
    return ""
