"""Bytes of files that runs read and wrote, as far as they are still to be had."""

from __future__ import annotations

from pathlib import Path

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.lineage.tables import MOST_BYTES, compare_tables
from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.comparison import TableDiff
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import Run
from jupyter_mlops.step.project import project_root
from jupyter_mlops.store import Store


class Contents:
    """The files of one run: from the store, else from where they lie if they still are the same.

    Args:
        store: holds what the run wrote.
        run: the run.
    """

    def __init__(self, store: Store, run: Run) -> None:
        self._store = store
        notebook = Path(run.notebook)
        self._roots = {project_root(notebook, leads_out) for leads_out in (False, True)}

    def read(self, file: FileRef | None) -> bytes | None:
        """The bytes of that digest; None if they are gone, too many, or no plain file's."""
        if file is None or file.digest is None or file.kind == "link" or file.size > MOST_BYTES:
            return None
        try:
            return self._store.objects.read_bytes(file.digest)
        except (ObjectMissing, ObjectCorrupted):
            return self._from_project(file)

    def _from_project(self, file: FileRef) -> bytes | None:
        for root in self._roots:
            path = root / file.path
            try:
                if path.is_file() and path.stat().st_size == file.size:
                    data = path.read_bytes()
                    if of_bytes(data) == file.digest:
                        return data
            except OSError:
                continue
        return None


class Versions:
    """The files of two runs.

    Args:
        store: holds what they wrote.
        a: the earlier run.
        b: the later run.
    """

    def __init__(self, store: Store, a: Run, b: Run) -> None:
        self._contents = Contents(store, a), Contents(store, b)
        self._tables: dict[tuple[FileRef, FileRef], TableDiff | None] = {}

    def read(self, before: FileRef, after: FileRef) -> tuple[bytes, bytes] | None:
        """Both contents; None if one of them cannot be had."""
        one, other = self._contents[0].read(before), self._contents[1].read(after)
        return None if one is None or other is None else (one, other)

    def table(self, before: FileRef, after: FileRef) -> TableDiff | None:
        """What differs between them; None if they are no tables or cannot be had."""
        key = before, after
        if key not in self._tables:
            both = self.read(before, after)
            self._tables[key] = compare_tables(before.path, *both) if both else None
        return self._tables[key]
