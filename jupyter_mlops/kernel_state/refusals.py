"""What cannot be carried to another step, and where in a variable it stands."""

from __future__ import annotations

import asyncio
import contextvars
import io
import sys
import types
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_DESCENTS = 200  # access paths longer than this help nobody

_REASONS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (types.GeneratorType, "a generator"),
    (types.CoroutineType, "a coroutine"),
    (types.AsyncGeneratorType, "an asynchronous generator"),
    (types.FrameType, "a stack frame"),
    (types.TracebackType, "a traceback"),
    (memoryview, "a memory view"),
    ((weakref.ReferenceType, *weakref.ProxyTypes), "a weak reference"),
    (asyncio.Future, "an asynchronous task"),
    (asyncio.AbstractEventLoop, "an event loop"),
    ((contextvars.ContextVar, contextvars.Context, contextvars.Token), "a context variable"),
)
_WRITTEN_MAP = "a memory-mapped file that can be written to"
# Named by module and class, so that nothing is imported for their sake.
_REASONS_BY_NAME: Mapping[tuple[str, str], str] = {
    ("_thread", "lock"): "a lock",
    ("_thread", "RLock"): "a lock",
    ("threading", "Condition"): "a lock",
    ("threading", "Semaphore"): "a lock",
    ("threading", "Event"): "a lock",
    ("threading", "Barrier"): "a lock",
    ("threading", "Thread"): "a thread",
    ("threading", "local"): "thread-local data",
    ("_thread", "_local"): "thread-local data",
    ("queue", "Queue"): "a queue between threads",
    ("_queue", "SimpleQueue"): "a queue between threads",
    ("concurrent.futures._base", "Executor"): "a pool of workers",
    ("concurrent.futures._base", "Future"): "the future of a running task",
    ("multiprocessing.pool", "Pool"): "a pool of workers",
    ("multiprocessing.process", "BaseProcess"): "a process",
    ("subprocess", "Popen"): "a process",
    ("socket", "socket"): "a socket",
    ("_socket", "socket"): "a socket",
    ("mmap", "mmap"): "a memory-mapped file",
    ("numpy", "memmap"): _WRITTEN_MAP,
    ("zipfile", "ZipFile"): "an open file",
    ("tarfile", "TarFile"): "an open file",
    ("tempfile", "_TemporaryFileWrapper"): "an open file",
    ("sqlite3", "Connection"): "a database connection",
    ("sqlite3", "Cursor"): "a database cursor",
    ("psycopg2.extensions", "connection"): "a database connection",
    ("duckdb", "DuckDBPyConnection"): "a database connection",
    ("_duckdb", "DuckDBPyConnection"): "a database connection",
    ("sqlalchemy.engine.base", "Connection"): "a database connection",
    ("sqlalchemy.engine.base", "Engine"): "a database connection",
    ("sqlalchemy.orm.session", "Session"): "a database connection",
    ("h5py._hl.files", "File"): "an open file",
    ("select", "epoll"): "a poll object",
    ("os", "DirEntry"): "a folder entry",
    ("posix", "DirEntry"): "a folder entry",
    ("posix", "ScandirIterator"): "an open folder",
}
_FILES = (io.FileIO, io.BufferedIOBase, io.TextIOWrapper)

_reasons: weakref.WeakKeyDictionary[type, str] = weakref.WeakKeyDictionary()


class Uncarriable(Exception):
    """The object ``obj`` cannot be carried; ``reason`` says what it is."""

    def __init__(self, obj: Any, reason: str) -> None:
        super().__init__(reason)
        self.obj, self.reason = obj, reason


def reason_for(obj: Any) -> str | None:
    """What the object is, if nothing of its type can be carried."""
    kind = type(obj)
    reason = _reasons.get(kind)
    if reason is None:
        reason = _reasons[kind] = _reason_for_type(kind)
    if reason == "an open file" and getattr(obj, "closed", False) is True:
        return "a closed file"
    if reason == _WRITTEN_MAP and not _is_written(obj):
        return None
    return reason or None


def _is_written(array: Any) -> bool:
    """True for a ``numpy.memmap`` whose changes go to its file; by value they would not."""
    return array._mmap is not None and array.mode in ("r+", "w+")


def find_culprit(
    name: str, value: Any, fails: Callable[[Any], Exception | None]
) -> tuple[str, str]:
    """Access path to what makes a variable uncarriable, and what stands there.

    Args:
        name: of the variable.
        value: of the variable.
        fails: gives the exception with which an object cannot be pickled, or None.
    """
    path, error = name, fails(value)
    seen = {id(value)}
    for _ in range(_DESCENTS):
        if reason_for(value) is not None:
            break
        for label, child in _parts(value):
            if id(child) in seen:
                continue
            seen.add(id(child))
            if (child_error := fails(child)) is not None:
                path, value, error = path + label, child, child_error
                break
        else:
            break
    return path, reason_for(value) or _describe(value, error)


def _reason_for_type(kind: type) -> str:
    for kinds, reason in _REASONS:
        if issubclass(kind, kinds):
            return reason
    if issubclass(kind, _FILES) and not issubclass(kind, io.BytesIO):
        return "an open file"
    for cls in kind.__mro__:
        if (reason := _REASONS_BY_NAME.get((cls.__module__, cls.__name__), "")) != "":
            return reason
    return ""


def _describe(value: Any, error: Exception | None) -> str:
    kind = type(value)
    home = "" if kind.__module__ in {"builtins", "__main__"} else f"{kind.__module__}."
    if isinstance(error, RecursionError) or isinstance(
        getattr(error, "__cause__", None), RecursionError
    ):
        return f"an object of {home}{kind.__qualname__} that is nested too deeply"
    return f"an object of {home}{kind.__qualname__} that cannot be pickled ({error})"


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """What an object is made of for a pickler, with what to add to its access path."""
    if isinstance(value, Mapping):
        for key, item in list(value.items()):
            yield f"[{key!r}]", item
            yield f".<key {key!r}>", key
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield f"[{index}]", item
    elif isinstance(value, (set, frozenset)):
        for item in list(value):
            yield f".<item {item!r}>", item
    elif isinstance(value, types.FunctionType):
        yield from _parts_of_function(value)
    elif isinstance(value, types.MethodType):
        yield ".__self__", value.__self__
    elif isinstance(value, types.CellType):
        try:
            yield "", value.cell_contents
        except ValueError:
            return
    elif isinstance(value, type):
        for key, item in list(vars(value).items()):
            yield f".{key}", item
    if not isinstance(value, (type, types.FunctionType, types.ModuleType)):
        yield from _parts_of_state(value)


def _parts_of_function(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield f".<closure {name}>", cell
    for index, item in enumerate(function.__defaults__ or ()):
        yield f".__defaults__[{index}]", item
    for name, item in (function.__kwdefaults__ or {}).items():
        yield f".__kwdefaults__[{name!r}]", item
    for name, item in vars(function).items():
        yield f".{name}", item


def _parts_of_state(value: Any) -> Iterator[tuple[str, Any]]:
    try:
        reduced = value.__reduce_ex__(5)
    except Exception:
        reduced = None
    state = reduced[2] if isinstance(reduced, tuple) and len(reduced) > 2 else None
    if state is None:
        state = getattr(value, "__dict__", None)
    for part in state if isinstance(state, tuple) else (state,):
        if isinstance(part, dict):
            for key, item in list(part.items()):
                yield f".{key}", item
    if isinstance(reduced, tuple):
        for index, item in enumerate(reduced[1] if isinstance(reduced[1], tuple) else ()):
            yield f".<argument {index}>", item
    if type(value).__module__ == "numpy" and getattr(value, "dtype", None) is not None:
        numpy = sys.modules["numpy"]
        if value.dtype.hasobject and isinstance(value, numpy.ndarray):
            for index, item in enumerate(value.flat):
                yield f".flat[{index}]", item
