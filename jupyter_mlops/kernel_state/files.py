"""What a step reads, as the interpreter's audit events tell: files, folders, addresses."""

# An audit hook runs at every open of the process, for which path objects are too slow.
# ruff: noqa: PTH100, PTH110, PTH111, PTH112, PTH116, PTH117, PTH118, PTH120

from __future__ import annotations

import os
import site
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import unquote

from jupyter_mlops.kernel_state import urls
from jupyter_mlops.kernel_state.containment import (
    CHANGES,
    Containment,
    ReadOnlyFolder,
    UndeclaredRead,
)
from jupyter_mlops.kernel_state.detach import detach, is_write
from jupyter_mlops.kernel_state.urls import Fetched

_IGNORED_FOLDERS = frozenset({"node_modules", "venv", "__pycache__"})
_SYSTEM_PREFIXES = ("/proc/", "/sys/", "/dev/", "/etc/", "/usr/", "/lib/", "/lib64/", "/bin/")
# No data of anybody's, though below these: what changes by itself, and fonts that are looked over.
_STATE_OF_MACHINE = (
    *("/proc/", "/sys/", "/dev/", "/usr/share/fonts/"),
    *("/etc/hostname/", "/etc/hosts/", "/etc/mtab/", "/etc/resolv.conf/"),
)
_SHARED_PREFIXES = frozenset({"/", "/usr", "/usr/local"})
_HOME_FOLDERS = (".cache", ".config", ".ipython", ".jupyter", ".matplotlib", ".local")
# Folders that these list are places to look for modules, not data.
_IMPORT_SYSTEM = frozenset(
    {
        "importlib",
        "importlib_metadata",
        "pkgutil",
        "pkg_resources",
        "zipimport",
        "_frozen_importlib",
    }
)


class Recorder:
    """Collects the paths that the process reads, and what it fetches, while it records.

    Args:
        work: the root of the working folder.
        state: the state folder, which is no data.
        containment: what the step may read, and what it must not change.

    Attributes:
        undeclared: the first read that was refused to a hermetic step, or None.
        fetched: what came from the network.

    A file that is opened in vain counts as a listing of its folder. What the step itself made
    before is no read, and places where modules are looked for are no data. Files of the system are
    data on a machine, and not in an image, which the environment's identity covers.
    """

    def __init__(self, work: Path, state: Path, containment: Containment) -> None:
        self.undeclared: UndeclaredRead | None = None
        self.fetched = Fetched()
        self._containment = containment
        self._began = time.time()
        self._work = f"{os.path.abspath(work)}{os.sep}"
        self._real_work = os.path.realpath(work)
        ignored = (f"{os.path.abspath(state)}{os.sep}", *_interpreter_prefixes())
        self._ignored = tuple(path for path in ignored if not self._work.startswith(path))
        self._outside = _outside_prefixes()
        self._is_contained = os.environ.get("JUPYTER_MLOPS_CONTAINER") == "1"
        self._temporary = (f"{tempfile.gettempdir()}{os.sep}", "/tmp/")
        self._read: dict[str, None] = {}
        self._listed: dict[str, None] = {}
        self._made: set[str] = set()
        self._is_recording = True

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is recorded within."""
        before, self._is_recording = self._is_recording, False
        try:
            yield
        finally:
            self._is_recording = before

    def files(self) -> list[str]:
        """The files read, sorted: relative to the working folder with ``/``, else absolute.

        The sources of modules that were imported from the working folder are among them, also where
        only their compiled form was opened.
        """
        found = dict(self._read)
        for module in list(sys.modules.values()):
            source = getattr(module, "__file__", None)
            if isinstance(source, str) and source.startswith(self._work):
                self._note(found, source)
        return sorted(path for path in found if not os.path.isdir(self._absolute(path)))

    def listed(self) -> list[str]:
        """The folders listed, in the manner of ``files``, each with a trailing ``/``."""
        return sorted(f"{path}/" for path in self._listed)

    def made(self) -> list[str]:
        """The files that the step wrote anew before it read them, in the manner of ``files``."""
        inside = (path for path in self._made if path.startswith(self._work))
        return sorted(path[len(self._work) :].replace(os.sep, "/") for path in inside)

    def searched(self) -> list[str]:
        """The folders of the step's in which Python looked for modules, as ``listed`` has them."""
        found: dict[str, None] = {}
        for folder in map(os.path.abspath, list(sys.path_importer_cache)):
            in_data = self._containment.data_name(folder) is not None
            if in_data or f"{folder}{os.sep}".startswith(self._work):
                self._note(found, folder)
        return sorted(f"{path}/" for path in found)

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        """Takes an audit event.

        Raises:
            UndeclaredRead, ReadOnlyFolder: the step may not do that.
        """
        if not self._is_recording:
            return
        if event in urls.EVENTS:
            self.fetched.hear(event, args)
        if event in CHANGES:
            for path in args[1:] if event == "os.symlink" else args:
                self._containment.refuse_change(path)
        if event == "open":
            if is_write(args[2]):
                self._containment.refuse_change(args[0])
                with self.paused():
                    detach(args[0], self._real_work, truncates=bool(args[2] & os.O_TRUNC))
            self._hear_open(args[0], args[2])
        elif event == "sqlite3.connect":
            with self.paused():
                detach(args[0], self._real_work, truncates=False)
            self._hear_connect(args[0])
        elif event == "os.mkdir":
            self._note_made(args[0])
        elif event in _LISTINGS and not _is_import_system(
            sys._getframe(2).f_globals.get("__name__")
        ):
            self._note_listing("." if args[0] is None else args[0])

    def _hear_open(self, path: Any, flags: int) -> None:
        is_write_only = flags & os.O_ACCMODE == os.O_WRONLY
        if flags & os.O_TRUNC or (is_write_only and not flags & os.O_APPEND):
            self._note_made(path)
        elif isinstance(path, int) or os.path.exists(path):
            self._note_path(self._read, path)
        elif flags & os.O_CREAT:
            self._note_made(path)
        elif not _is_import_system(sys._getframe(3).f_globals.get("__name__")):
            # That the file is missing is something that the step learned of the folder.
            folder = os.path.dirname(os.path.abspath(os.fsdecode(path)))
            if os.path.isdir(folder) and not self._is_undeclared(folder):
                self._note_listing(folder)

    def _hear_connect(self, database: Any) -> None:
        text = os.fsdecode(database) if isinstance(database, (bytes, os.PathLike)) else database
        if not isinstance(text, str) or text in {"", ":memory:"}:
            return
        if text.startswith("file:"):
            text = unquote(text[5:].partition("#")[0].partition("?")[0])
            text = f"/{text.lstrip('/')}" if text.startswith("//") else text
        if os.path.exists(text):
            self._note_path(self._read, text)
        else:
            self._note_made(text)

    def _absolute(self, path: str) -> str:
        return os.path.join(self._work, *path.split("/")) if not os.path.isabs(path) else path

    def _note_made(self, path: Any) -> None:
        if isinstance(path, (str, bytes, os.PathLike)):
            self._made.add(os.path.abspath(os.fsdecode(path)))

    def _note_path(self, found: dict[str, None], path: Any) -> None:
        if isinstance(path, (str, bytes, os.PathLike)):
            self._note(found, os.path.abspath(os.fsdecode(path)))

    def _note_listing(self, path: Any) -> None:
        """Folders of temporary files list differently every time, and say nothing."""
        if isinstance(path, (str, bytes, os.PathLike)):
            folder = os.path.abspath(os.fsdecode(path))
            if (
                f"{folder}{os.sep}".startswith(self._work)
                or not f"{folder}{os.sep}".startswith(self._temporary)
                or self._containment.data_name(folder) is not None
            ):
                self._note_path(self._listed, path)

    def _note(self, found: dict[str, None], path: str) -> None:
        if (name := self._containment.data_name(path)) is not None:
            found[name] = None
            return
        place = f"{path}{os.sep}"
        if path in self._made or place.startswith(self._ignored):
            return
        if place == self._work:
            found["."] = None
        elif path.startswith(self._work):
            relative = path[len(self._work) :].replace(os.sep, "/")
            folders = relative.split("/")[:-1]
            if not any(name.startswith(".") or name in _IGNORED_FOLDERS for name in folders):
                found[relative] = None
        elif not place.startswith(self._outside):
            if self._is_undeclared(path):
                self._refuse(path)
            found[path] = None
        elif found is not self._listed and self._is_of_system(place):
            found[path] = None

    def _is_of_system(self, place: str) -> bool:
        """True for files of the machine that a step may read as data, such as time zones.

        What modules read while they are imported is theirs.
        """
        return (
            not self._is_contained
            and place.startswith(_SYSTEM_PREFIXES)
            and not place.startswith(_STATE_OF_MACHINE)
            and not _is_importing()
        )

    def _is_undeclared(self, path: str) -> bool:
        """True for what a hermetic step may not read; temporary files of its own are none."""
        if not self._containment.hermetic or f"{path}{os.sep}".startswith(
            (self._work, *self._ignored, *self._outside)
        ):
            return False
        if path.startswith(self._temporary):
            return not os.path.exists(path) or os.stat(path).st_ctime < self._began
        return self._containment.is_undeclared(path)

    def _refuse(self, path: str) -> None:
        refused = UndeclaredRead(path)
        self.undeclared = self.undeclared or refused
        raise refused


_recorder: Recorder | None = None
_is_installed = False


def start_recording(recorder: Recorder) -> None:
    """From now on the recorder, and no other, hears the process's audit events."""
    global _recorder, _is_installed
    _recorder = recorder
    if not _is_installed:
        sys.addaudithook(_hook)
        _is_installed = True


_LISTINGS = frozenset({"os.listdir", "os.scandir"})
_EVENTS = frozenset({"open", "sqlite3.connect", "os.mkdir"}) | _LISTINGS | CHANGES | urls.EVENTS


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if event in _EVENTS and _recorder is not None:
        try:
            _recorder.hear(event, args)
        except (UndeclaredRead, ReadOnlyFolder):
            raise
        except Exception:
            return  # an observer must not break what it observes


def _is_import_system(module: Any) -> bool:
    return isinstance(module, str) and module.partition(".")[0] in _IMPORT_SYSTEM


def _is_importing() -> bool:
    """True if a module is being imported somewhere up the stack."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == "importlib._bootstrap":
            return True
        frame = frame.f_back
    return False


def _interpreter_prefixes() -> tuple[str, ...]:
    """Folders of the interpreter and its packages, wherever they lie."""
    paths = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    paths.update(site.getsitepackages())
    paths.add(site.getusersitepackages())
    paths.update(path for path in sys.path if path.startswith(_SYSTEM_PREFIXES))
    found = {os.path.abspath(path) for path in paths} - _SHARED_PREFIXES
    return tuple(f"{path}{os.sep}" for path in sorted(found))


def _outside_prefixes() -> tuple[str, ...]:
    """Beginnings of paths outside the working folder that hold no data of the user's."""
    home = os.path.expanduser("~")
    hidden = [os.path.join(home, name) for name in _HOME_FOLDERS]
    folders = tuple(f"{folder}{os.sep}" for folder in hidden)
    return (*_SYSTEM_PREFIXES, *folders, os.path.join(tempfile.gettempdir(), "jmlops-"))
