"""Keeping what a step read of the project, so that its run can be made again after it changed.

Not kept is what lies elsewhere: in data folders, which are read where they are, and outside of the
project, where nobody was asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from jupyter_mlops.errors import StoreError
from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import StepResult
from jupyter_mlops.runner.files import ProjectFiles
from jupyter_mlops.step.project import EMPTY_FOLDER, listing
from jupyter_mlops.step.scrub import Scrubber, SecretStored
from jupyter_mlops.step.workfolder import kind_of
from jupyter_mlops.store import Objects

_PRIVATE = ".env"
"""Files whose names begin so hold secrets, whether a step asks for them or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Puts what steps read into the store.

    Attributes:
        project: the files as they are now.
        objects: of the store.
        limit: bytes up to which a file is kept.
        secrets: values by name; no file that holds one is kept.
    """

    project: ProjectFiles
    objects: Objects
    limit: int
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def keep(
        self, result: StepResult, files: tuple[FileRef, ...], data: tuple[str, ...]
    ) -> tuple[FileRef, ...]:
        """What of the step's reads the store has now; what has changed since is left out.

        Args:
            result: of the step.
            files: files of earlier steps, which the store has anyway.
            data: its data folders.

        Raises:
            StoreError: the store cannot be written.
        """
        given = {file.path for file in files}
        kept: dict[str, FileRef] = {}
        for read in result.files_read:
            path = PurePosixPath(read.path)
            if read.digest is None or path.is_absolute() or read.path in given:
                continue
            if not any(path.is_relative_to(folder) for folder in data):
                for ref in self._kept(read, files):
                    if ref.path not in kept or ref in result.files_read:
                        kept[ref.path] = ref
        return tuple(kept[path] for path in sorted(kept))

    def _kept(self, read: FileRef, files: tuple[FileRef, ...]) -> Iterator[FileRef]:
        if read.path.endswith("/"):
            yield from self._listing(read, files)
        elif read.kind == "link":
            target = self.project.target(read.path)
            if target is not None and self._put(os.fsencode(target), read):
                yield read
        else:
            yield from self._file(read)

    def _file(self, read: FileRef) -> Iterator[FileRef]:
        place = (self.project.root / read.path).resolve()
        if read.size > self.limit or place.name.startswith(_PRIVATE) or not place.is_file():
            return
        known = str(read.digest) in self.objects
        if not known and self._holds_secret(read):
            return
        try:
            if known or self.objects.put_file(place)[0] == read.digest:
                yield replace(read, kind=kind_of(place.stat()))
        except (StoreError, FileNotFoundError):
            if place.is_file():
                raise

    def _listing(self, read: FileRef, files: tuple[FileRef, ...]) -> Iterator[FileRef]:
        names = self.project.names(read.path, files)
        if not self._put(listing(names), read):
            return
        yield read
        for name in names:
            path = f"{PurePosixPath(read.path, name)}/"
            if (self.project.root / path).is_dir():
                digest = self.objects.put_bytes(EMPTY_FOLDER)
                yield FileRef(path=path, digest=digest, size=len(EMPTY_FOLDER))

    def _put(self, content: bytes, read: FileRef) -> bool:
        """True if the content is what was read, and the store has it now."""
        return of_bytes(content) == read.digest and bool(self.objects.put_bytes(content))

    def _holds_secret(self, read: FileRef) -> bool:
        try:
            Scrubber(self.secrets).refuse_file(self.project.root / read.path, read.path, "")
        except SecretStored:
            return True
        return False
