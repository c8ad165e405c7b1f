"""The store: one folder with all that was ever recorded."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_mlops.errors import StoreError, UnknownRun
from jupyter_mlops.store.catalog import Catalog
from jupyter_mlops.store.disk import disk_problems, leftovers, write_new
from jupyter_mlops.store.ledger import Ledger
from jupyter_mlops.store.lifeline import is_alive
from jupyter_mlops.store.numbered import open_numbered
from jupyter_mlops.store.rebuild import Rebuilt, rebuild_catalog
from jupyter_mlops.store.remote import open_objects

FORMAT = 1
"""The layout that this program reads and writes, as the file ``VERSION`` names it."""


class Store:
    """The store in folder ``root``; nothing is read or written before `open`.

    Args:
        root: the folder.
        catalog: URL of a PostgreSQL database that holds the catalog; empty: a file in the folder.
        objects: fsspec URL of the objects; empty: they are in the folder.
        limit: bytes of copies of objects at the URL that are kept in the folder; 0 for all.

    Attributes:
        root: the folder.
        objects: immutable bytes by digest.
        catalog: runs, steps and executions.
        ledger: who did what when.
        cache: folder for what can be made anew.
    """

    def __init__(self, root: Path, *, catalog: str = "", objects: str = "", limit: int = 0) -> None:
        self.root = root
        self.objects = open_objects(objects, root, limit=limit)
        where = catalog or root / "catalog.sqlite"
        self.catalog = Catalog(where, self.objects, root / "writers")
        self.ledger = Ledger(open_numbered(objects, root))
        self.cache = root / "cache"

    def open(self) -> Store:
        """The store itself, created if the folder is new or empty.

        Raises:
            StoreError: the folder cannot be written, holds something else, or was written by a
                newer version of this program.
        """
        with disk_problems(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            self._begin()
            self._check_version()
            for part in leftovers(self.root):
                part.unlink(missing_ok=True)
            self.objects.create()
            self.ledger.sweep()
            (self.root / "runs").mkdir(exist_ok=True)
            self.cache.mkdir(exist_ok=True)
        if not os.access(self.objects.root, os.W_OK):
            raise StoreError(
                f"the store {self.root} cannot be written: it is read-only",
                fix="make it writable for this user, or choose another folder with --store or "
                "JUPYTER_MLOPS_STORE",
            )
        return self

    def check(self) -> None:
        """Return if the folder is a store that this version can read; nothing is written.

        Raises:
            StoreError: it is not, or it was written by a newer version of this program.
        """
        with disk_problems(self.root):
            if not (self.root / "VERSION").is_file():
                raise StoreError(
                    f"{self.root} is not a store",
                    fix="name the store's folder with --store or JUPYTER_MLOPS_STORE",
                )
            self._check_version()

    def rebuild_catalog(self) -> Rebuilt:
        """What the catalog holds after it was made anew from the records among the objects.

        Raises:
            StoreError: a run is being driven, the catalog is in use or cannot be written; it is as
                it was.
        """
        self._refuse_living()
        self.catalog.close()
        with self.ledger.act(action="rebuild", subject="catalog") as outcome:
            rebuilt = rebuild_catalog(self.catalog.where, self.objects, self.root / "runs")
            for run in rebuilt.lost:
                self.ledger.append(action="run", subject=run, state="lost")
            outcome.details.update(runs=rebuilt.runs, executions=rebuilt.executions)
        return rebuilt

    def close(self) -> None:
        """Let go of the catalog's connections; the store can be used again afterwards."""
        self.catalog.close()

    def run_folder(self, run: str) -> Path:
        """The folder of a run's working files; it may not exist (any more).

        Raises:
            UnknownRun: no run can have that name.
        """
        if not run or run.startswith(".") or Path(run).name != run:
            raise UnknownRun(run)
        return self.root / "runs" / run

    def _begin(self) -> None:
        """Make an empty folder a store."""
        path = self.root / "VERSION"
        if path.exists():
            return
        others = [item for item in self.root.iterdir() if not item.name.startswith(".")]
        if others and not path.exists():
            raise StoreError(
                f"{self.root} is not a store: it has no VERSION, but holds {others[0].name}",
                fix="choose an empty or a new folder with --store or JUPYTER_MLOPS_STORE",
            )
        write_new(path, f"{FORMAT}\n".encode())

    def _refuse_living(self) -> None:
        for folder in sorted((self.root / "runs").iterdir()):
            if is_alive(folder):
                raise StoreError(
                    f"run {folder.name} is being driven, and writes to the catalog",
                    fix=f"wait for its end, or `jupyter mlops cancel {folder.name}`",
                )
        for folder in sorted((self.root / "writers").glob("*")):
            if is_alive(folder):
                raise StoreError(f"{folder.name} writes to the catalog", fix="wait for its end")

    def _check_version(self) -> None:
        path = self.root / "VERSION"
        text = path.read_text(errors="replace").strip()
        if not text.isdecimal():
            raise StoreError(
                f"{path} is damaged: it holds {text[:20]!r} and not a format number",
                fix=f"write {FORMAT} into it if the store was made by this version",
            )
        if int(text) > FORMAT:
            raise StoreError(
                f"the store {self.root} has format {text}; this version reads format {FORMAT}",
                fix="upgrade jupyter_mlops, or choose another folder with --store or "
                "JUPYTER_MLOPS_STORE",
            )
