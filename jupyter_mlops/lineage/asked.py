"""What somebody asks about, told apart: a file, the digest of bytes, or a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError, StoreError, UnknownRun
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.model.run import Run
from jupyter_mlops.store import FileDigests

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

_DIGITS = re.compile(r"[0-9a-f]{4,64}")


class UnknownBytes(MlopsError):
    """No execution on record made or took these bytes; ``digest`` is theirs, or its beginning."""

    def __init__(self, asked: str, digest: str) -> None:
        self.digest = digest
        whole = len(digest) == len(PREFIX) + 64
        super().__init__(
            f"no execution on record made or took {asked}"
            + (f" ({digest})" if whole and asked != digest else ""),
            fix="the bytes must be exactly those that a step wrote or read; `jupyter mlops runs` "
            "lists the runs in this store",
        )


class NothingNamed(UnknownRun):
    """It is neither a file nor a run nor a digest; ``run`` is what was asked for."""

    def __init__(self, asked: str) -> None:
        self.run, self.candidates = asked, ()
        StoreError.__init__(
            self,
            f"{asked} is no file, and no run is named so",
            fix="name a file that is there, a digest or a run; `jupyter mlops runs` lists the runs",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One of both: the digest of bytes, or a run."""

    digest: str | None = None
    run: Run | None = None


def find_asked(store: Store, asked: str) -> Asked:
    """What ``asked`` means: an existing file, a run by its name, or a digest by its beginning.

    Raises:
        UnknownRun: it is none of these, or it names more than one run.
        UnknownBytes: no execution made or took the bytes.
        MlopsError: more than one digest begins so; or it is a folder.
    """
    path = Path(asked)
    if path.is_dir():
        raise MlopsError(f"{asked} is a folder", fix="name one file in it")
    if path.is_file():
        digest = FileDigests().of(path)
        if digest is None:
            raise MlopsError(f"{asked} changes while it is read", fix="wait until it is written")
        if _find_digest(store, digest) is None:
            raise UnknownBytes(asked, digest)
        return Asked(digest=digest)
    if not asked.startswith(PREFIX):
        try:
            return Asked(run=store.catalog.find_run(asked))
        except UnknownRun as unknown:
            if unknown.candidates:
                raise
            if not _DIGITS.fullmatch(asked):
                raise NothingNamed(asked) from unknown
    begin = PREFIX + asked.removeprefix(PREFIX)
    found = _find_digest(store, begin)
    if found is None:
        raise UnknownBytes(asked, begin)
    return Asked(digest=found)


def _find_digest(store: Store, begin: str) -> str | None:
    """The one digest in the index that begins so, or None."""
    from sqlalchemy import func, select

    from jupyter_mlops.store.schema import uses

    end = begin + "g"  # behind every hexadecimal digit
    first = select(func.min(uses.c.digest)).where((uses.c.digest >= begin) & (uses.c.digest < end))
    found: str | None = store.catalog.ask(lambda connection: connection.scalar(first))
    if found is None or found == begin:
        return found
    second = select(func.min(uses.c.digest)).where((uses.c.digest > found) & (uses.c.digest < end))
    other = store.catalog.ask(lambda connection: connection.scalar(second))
    if other is not None:
        raise MlopsError(
            f"more than one digest begins with {begin.removeprefix(PREFIX)}: {found}, {other} …",
            fix="give more of the digest",
        )
    return found
