"""What no pickle can carry to another step, by type."""

from __future__ import annotations

import asyncio
import contextvars
import io
import types
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.kernel_state import codes


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an object cannot be carried.

    Attributes:
        text: what it is, such as ``an open file``.
        code: of the kind of problem.
    """

    text: str
    code: str


_REASONS: tuple[tuple[type | tuple[type, ...], Reason], ...] = (
    (types.GeneratorType, Reason("a generator", codes.RUNNING)),
    (types.CoroutineType, Reason("a coroutine", codes.RUNNING)),
    (types.AsyncGeneratorType, Reason("an asynchronous generator", codes.RUNNING)),
    (types.FrameType, Reason("a stack frame", codes.RUNNING)),
    (types.TracebackType, Reason("a traceback", codes.RUNNING)),
    (memoryview, Reason("a memory view", codes.REFERENCE)),
    (
        (weakref.ReferenceType, *weakref.ProxyTypes),
        Reason("a weak reference", codes.REFERENCE),
    ),
    (asyncio.Future, Reason("an asynchronous task", codes.WORKER)),
    (asyncio.AbstractEventLoop, Reason("an event loop", codes.WORKER)),
    (
        (contextvars.ContextVar, contextvars.Context, contextvars.Token),
        Reason("a context variable", codes.REFERENCE),
    ),
)
_LOCK = Reason("a lock", codes.WORKER)
_LOCAL = Reason("thread-local data", codes.WORKER)
_QUEUE = Reason("a queue between threads", codes.WORKER)
_POOL = Reason("a pool of workers", codes.WORKER)
_PROCESS = Reason("a process", codes.WORKER)
_SOCKET = Reason("a socket", codes.CONNECTION)
_DATABASE = Reason("a database connection", codes.CONNECTION)
_OPEN_FILE = Reason("an open file", codes.FILE)
_CLOSED_FILE = Reason("a closed file", codes.FILE)
_ENTRY = Reason("a folder entry", codes.FILE)
_WRITTEN_MAP = Reason("a memory-mapped file that can be written to", codes.MAPPED_FILE)
_GRAPH = Reason("a tensor in a computation graph (`.detach()` gives its value)", codes.RUNNING)
# Named by module and class, so that nothing is imported for their sake.
_REASONS_BY_NAME: Mapping[tuple[str, str], Reason] = {
    ("_thread", "lock"): _LOCK,
    ("_thread", "RLock"): _LOCK,
    ("threading", "Condition"): _LOCK,
    ("threading", "Semaphore"): _LOCK,
    ("threading", "Event"): _LOCK,
    ("threading", "Barrier"): _LOCK,
    ("threading", "Thread"): Reason("a thread", codes.WORKER),
    ("threading", "local"): _LOCAL,
    ("_thread", "_local"): _LOCAL,
    ("queue", "Queue"): _QUEUE,
    ("_queue", "SimpleQueue"): _QUEUE,
    ("concurrent.futures._base", "Executor"): _POOL,
    ("concurrent.futures._base", "Future"): Reason("the future of a running task", codes.WORKER),
    ("multiprocessing.pool", "Pool"): _POOL,
    ("multiprocessing.process", "BaseProcess"): _PROCESS,
    ("subprocess", "Popen"): _PROCESS,
    ("socket", "socket"): _SOCKET,
    ("_socket", "socket"): _SOCKET,
    ("torch", "Tensor"): _GRAPH,
    ("mmap", "mmap"): Reason("a memory-mapped file", codes.MAPPED_FILE),
    ("numpy", "memmap"): _WRITTEN_MAP,
    ("zipfile", "ZipFile"): _OPEN_FILE,
    ("tarfile", "TarFile"): _OPEN_FILE,
    ("tempfile", "_TemporaryFileWrapper"): _OPEN_FILE,
    ("sqlite3", "Connection"): _DATABASE,
    ("sqlite3", "Cursor"): Reason("a database cursor", codes.CONNECTION),
    ("psycopg2.extensions", "connection"): _DATABASE,
    ("duckdb", "DuckDBPyConnection"): _DATABASE,
    ("_duckdb", "DuckDBPyConnection"): _DATABASE,
    ("sqlalchemy.engine.base", "Connection"): _DATABASE,
    ("sqlalchemy.engine.base", "Engine"): _DATABASE,
    ("sqlalchemy.orm.session", "Session"): _DATABASE,
    ("h5py._hl.files", "File"): _OPEN_FILE,
    ("IPython.core.display_functions", "DisplayHandle"): Reason(
        "the handle of a display", codes.REFERENCE
    ),
    ("select", "epoll"): Reason("a poll object", codes.WORKER),
    ("os", "DirEntry"): _ENTRY,
    ("posix", "DirEntry"): _ENTRY,
    ("posix", "ScandirIterator"): Reason("an open folder", codes.FILE),
}
STAND_IN = "_jupyter_mlops_refusal"
"""Attribute of the classes of stand-ins (``standin.py``): the refusal behind them."""

_FILES = (io.FileIO, io.BufferedIOBase, io.TextIOWrapper)

_reasons: weakref.WeakKeyDictionary[type, Reason | None] = weakref.WeakKeyDictionary()


class Uncarriable(Exception):
    """An object cannot be carried."""


class HoldsSecret(Uncarriable):
    """An object holds the secret ``name``, which is never stored."""

    def __init__(self, name: str) -> None:
        super().__init__(f"holds the secret {name}")
        self.reason = Reason(
            f"a value that holds the secret {name}, which is never stored", codes.SECRET
        )


def reason_for(obj: Any) -> Reason | None:
    """What the object is, if nothing of its type can be carried."""
    kind = type(obj)
    try:
        reason = _reasons[kind]
    except KeyError:
        reason = _reasons[kind] = _reason_for_type(kind)
    if reason is _OPEN_FILE and getattr(obj, "closed", False) is True:
        return _CLOSED_FILE
    if reason is _WRITTEN_MAP and not _is_written(obj):
        return None
    if reason is _GRAPH and obj.grad_fn is None:
        return None
    return reason


def _is_written(array: Any) -> bool:
    """True for a ``numpy.memmap`` whose changes go to its file; by value they would not."""
    return array._mmap is not None and array.mode in ("r+", "w+")


def _reason_for_type(kind: type) -> Reason | None:
    if (behind := vars(kind).get(STAND_IN)) is not None:
        return Reason(behind.reason, behind.code)
    for kinds, reason in _REASONS:
        if issubclass(kind, kinds):
            return reason
    if issubclass(kind, _FILES) and not issubclass(kind, io.BytesIO):
        return _OPEN_FILE
    names = ((cls.__module__, cls.__name__) for cls in kind.__mro__)
    return next((_REASONS_BY_NAME[name] for name in names if name in _REASONS_BY_NAME), None)
