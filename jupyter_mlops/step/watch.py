"""Which files are read while a step runs, by whatever process and library, as the kernel sees it.

Python's audit events tell what Python opens. Libraries that open files themselves (Arrow, HDF5,
OpenCV, SQLite …) and commands of the shell are seen here, through inotify(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import re
import select
import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.workfolder import Scan

MOST_DATA_FOLDERS = 10_000
"""Folders below the data folders that are watched at most."""

_ACCESS, _CLOSE_WRITE, _CLOSE_NOWRITE = 0x01, 0x08, 0x10
_OVERFLOW, _IS_FOLDER = 0x4000, 0x4000_0000
_EVENT = struct.Struct("iIII")
_PAUSE_SECONDS = 0.02
"""How long events gather, of which equal ones become one, so that many small reads cost little."""

_ABSOLUTE_PATH = re.compile(r"""["'](/[^"'\n]+)["']""")
_LIBC = ctypes.CDLL(None, use_errno=True)
_UNSEEN = "files that a library or command opens without Python are not recorded as read"


@dataclass(slots=True, kw_only=True)
class Seen:
    """What was read: relative to the working folder, or named as data folders are.

    Attributes:
        first: files read before anybody closed them after writing.
        later: files read only after that.
        listed: folders, each with a trailing ``/``.
        complete: False if not all could be followed.
    """

    first: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    complete: bool = True

    def folders(self, before: Scan, data: Collection[str], searched: Iterable[str]) -> set[str]:
        """Folders that were listed, without those in which Python looked for modules.

        Args:
            before: the scan of the working folder before the step.
            data: names of the data folders.
            searched: where Python looked for modules.
        """
        given = {"./", *(f"{path}/" for path, stamp in before.items() if stamp.kind == "folder")}
        in_data = {path for path in self.listed if path.startswith(_below(data))}
        return ((given & self.listed if self.complete else given) | in_data) - set(searched)

    def files(self, before: Scan, data: Collection[str], made: Iterable[str]) -> set[str]:
        """Those that were there before the step, without what it made anew before it read it.

        Args:
            before: the scan of the working folder before the step.
            data: names of the data folders.
            made: files that it made anew.
        """
        given = {path for path, stamp in before.items() if stamp.kind != "folder"}
        read = self.first | (self.later - set(made))
        others = {path for path in read if path.startswith(("/", *_below(data)))}
        return (given & read if self.complete else given) | others


def _below(data: Collection[str]) -> tuple[str, ...]:
    """How the names of what is in data folders begin."""
    return tuple(f"{name}/" for name in data)


@contextlib.contextmanager
def watch_reads(
    layout: Layout,
    before: Scan,
    data: Collection[str],
    named: Collection[str],
    note: Callable[[str], None],
) -> Iterator[Seen]:
    """Within it, reads are watched; what is seen is whole after it.

    Args:
        layout: of the attempt.
        before: the scan of its working folder.
        data: names of the data folders.
        named: absolute paths of files elsewhere.
        note: gets a sentence about what cannot be watched.
    """
    seen = Seen()
    try:
        descriptor = _checked(_LIBC.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        note(f"reads cannot be watched ({error.strerror}): {_UNSEEN}")
        yield seen
        return
    stopped, stop = os.pipe()
    try:
        places = (
            *_work_places(layout, before),
            *_data_places(layout, data, note),
            *((path, Path(path)) for path in named),
        )
        names = _watch(descriptor, places, note)
        collector = Thread(target=_collect, args=(descriptor, stopped, names, seen), daemon=True)
        collector.start()
        try:
            yield seen
        finally:
            os.close(stop)
            collector.join()
    finally:
        os.close(descriptor)
        os.close(stopped)
    if not seen.complete:
        note(
            "more was read at once than can be followed: all counts as read, but in data "
            f"folders {_UNSEEN}"
        )


def named_files(layout: Layout, parameters: Mapping[str, Any]) -> set[str]:
    """Files elsewhere that the stage's cells or parameters spell out by their absolute paths."""
    cells = json.loads(layout.stage.read_bytes())["cells"]
    texts = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    found = {path for text in texts for path in _ABSOLUTE_PATH.findall(text)}
    found |= {v for v in parameters.values() if isinstance(v, str) and v.startswith("/")}
    return {path for path in found if os.path.isfile(path)}  # noqa: PTH113 - any text, no error


def _work_places(layout: Layout, before: Scan) -> Iterator[tuple[str, Path]]:
    """Folders of the working folder, and large files that it links to, with their names."""
    yield "", layout.own_work
    for path, stamp in before.items():
        if stamp.kind == "folder":
            yield f"{path}/", layout.own_work / path
        elif stamp.stands_for_file:
            yield path, layout.own_work / path


def _data_places(
    layout: Layout, data: Collection[str], note: Callable[[str], None]
) -> Iterator[tuple[str, Path]]:
    count = 0
    for name in data:
        root = layout.source / name
        for folder, _, _ in os.walk(root):
            count += 1
            if count > MOST_DATA_FOLDERS:
                note(f"only {MOST_DATA_FOLDERS} folders of data are watched: in others {_UNSEEN}")
                return
            yield (Path(name) / Path(folder).relative_to(root)).as_posix() + "/", Path(folder)


def _watch(
    descriptor: int, places: Iterable[tuple[str, Path]], note: Callable[[str], None]
) -> dict[int, list[str]]:
    """The names of what is watched by the numbers that events have; two names may be one file."""
    names: dict[int, list[str]] = {}
    for name, place in places:
        try:
            number = _checked(
                _LIBC.inotify_add_watch(
                    descriptor, os.fsencode(place), _ACCESS | _CLOSE_WRITE | _CLOSE_NOWRITE
                )
            )
        except OSError as error:
            if error.errno == errno.ENOSPC:
                note(f"the system lets nobody watch more folders than these: in others {_UNSEEN}")
                break
            continue  # nobody can read what this user cannot
        names.setdefault(number, []).append(name)
    return names


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _collect(descriptor: int, stopped: int, names: Mapping[int, Sequence[str]], seen: Seen) -> None:
    """Take events until ``stopped`` is closed at its other end, and those that came before that."""
    written: set[str] = set()
    is_stopped = False
    while not is_stopped:
        select.select([descriptor, stopped], [], [])
        is_stopped = bool(select.select([stopped], [], [], _PAUSE_SECONDS)[0])
        for number, mask, name in _events(descriptor):
            if mask & _OVERFLOW:
                seen.complete = False
            for path in (f"{folder}{name}" for folder in names.get(number, ())):
                if mask & _IS_FOLDER:
                    if mask & _ACCESS and not name:
                        seen.listed.add(path or "./")
                elif mask & _CLOSE_WRITE:
                    written.add(path)
                elif mask & (_ACCESS | _CLOSE_NOWRITE):
                    (seen.later if path in written else seen.first).add(path)


def _events(descriptor: int) -> Iterator[tuple[int, int, str]]:
    """All events that there are now: number of the watch, kind, name in the folder."""
    while True:
        try:
            data = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            return
        start = 0
        while start < len(data):
            number, mask, _, length = _EVENT.unpack_from(data, start)
            start += _EVENT.size + length
            yield number, mask, os.fsdecode(data[start - length : start].rstrip(b"\0"))
