"""The files that match a pattern, here or at a URL: what is there, and its digest."""

from __future__ import annotations

import glob
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.store.hashing import copy
from jupyter_mlops.store.systems import connect

if TYPE_CHECKING:
    from jupyter_mlops.store.systems import System

Marks = dict[str, str]
"""By the path or URL of a file, what is other once its content is."""


class PlaceError(ScheduleError):
    """A place of files that is not there or cannot be reached, now."""


_MAGIC = re.compile(r"[*?\[]")
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "ETag", "etag", "created")


def is_url(source: str) -> bool:
    """True if a pattern is not one of this machine's folders."""
    return "://" in source


def check_pattern(source: str) -> None:
    """Pass if files can be looked for by the pattern.

    Raises:
        ScheduleError: it holds a password, or its place is not there or not to be reached.
    """
    if is_url(source) and urlsplit(source).password:
        raise ScheduleError(
            "the URL of --file holds a password, and schedules are stored",
            fix="keep it where the client of that system looks for it",
        )
    list_files(source)


def list_files(source: str) -> Marks:
    """The files that match a pattern now; hidden ones only if it names them.

    Raises:
        PlaceError: the place is not there or cannot be reached.
    """
    with _problems(source):
        return _remote(source) if is_url(source) else _local(source)


def digests_of(
    source: str, paths: Iterable[str], unread: Callable[[str], None], *, most: int
) -> dict[str, str]:
    """The digests of the first of these files that can be read.

    Args:
        source: the pattern that they match.
        paths: as `list_files` names them.
        unread: hears of each file that cannot be read, in one sentence.
        most: how many digests are wanted.

    Raises:
        PlaceError: the place cannot be reached.
    """
    found: dict[str, str] = {}
    with _problems(source), _opener(source) as opened:
        for path in paths:
            if len(found) == most:
                break
            try:
                with opened(path) as file:
                    found[path] = copy(file)[0]
            except FileNotFoundError:
                continue  # it may come back
            except OSError as error:
                unread(f"{path} cannot be read: {error.strerror or error}")
    return found


def fixed_folder(source: str) -> Path:
    """The folder below which all files of a local pattern lie."""
    path = Path(source)
    for parent in reversed(path.parents):
        if _MAGIC.search(str(parent)):
            return parent.parent
    return path.parent


def _local(source: str) -> Marks:
    folder = fixed_folder(source)
    if not folder.is_dir():
        raise PlaceError(f"{folder}: no such folder", fix="make it first, or check --file")
    next(folder.iterdir(), None)  # raises what glob passes over in silence
    found = {}
    for path in glob.iglob(source, recursive=True):  # noqa: PTH207 the pattern is absolute
        with suppress(FileNotFoundError):
            status = Path(path).stat()
            if stat.S_ISREG(status.st_mode):
                found[path] = f"{status.st_size} {status.st_mtime_ns}"
    return found


def _remote(source: str) -> Marks:
    with _system(source) as system:
        if not source.endswith(system.root):
            raise PlaceError(f"{source} means {system.root}", fix="end the URL with that")
        known = system.files.glob(system.root, detail=True)
        server = source.removesuffix(system.root)  # fsspec's own URLs of paths leave it out
        return {
            f"{server}{path}": _mark(info)
            for path, info in known.items()
            if info.get("type") == "file"
        }


def _mark(info: dict[str, Any]) -> str:
    times = {name: str(info[name]) for name in _TIMES if info.get(name) is not None}
    return canonical_json({"size": info.get("size"), **times}).decode()


@contextmanager
def _opener(source: str) -> Iterator[Callable[[str], Any]]:
    if not is_url(source):
        yield partial(open, mode="rb")
        return
    with _system(source) as system:
        yield lambda path: system.files.open(system.files._strip_protocol(path), "rb")


@contextmanager
def _system(source: str) -> Iterator[System]:
    system = connect(source)
    try:
        yield system
    finally:
        system.close()


@contextmanager
def _problems(source: str) -> Iterator[None]:
    try:
        yield
    except PlaceError:
        raise
    except ImportError as error:
        raise PlaceError(f"{source} needs a package: {error}", fix="install it") from None
    except Exception as error:  # the clients of file systems have no common base of their errors
        text = str(error).partition("\n")[0] or type(error).__name__
        raise PlaceError(f"{source} cannot be looked at: {text}", fix="check --file") from error
