"""Errors of a step as records: which cell, which line, what the user should read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from jupyter_mlops.errors import MlopsError, code_of
from jupyter_mlops.model.run import CellError
from jupyter_mlops.step.memory import MemoryUse, format_bytes

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TIMED = re.compile(r"File <timed \w+>:(\d+)")

_OWN_CELLS = {
    "mlops-enter": "EnterFailed",
    "mlops-restore": "RestoreFailed",
    "mlops-capture": "CaptureFailed",
}


def without_colour(text: str) -> str:
    """The text without ANSI escape sequences."""
    return _COLOUR.sub("", text)


def line_of(traceback: str, count: int) -> int | None:
    """The 1-based line of the cell that the error came from.

    Args:
        traceback: as IPython writes it, without colour.
        count: the cell's execution count, by which IPython names its code.

    Returns:
        The line of the last frame in the cell's own code; None if there is none.
    """
    own = re.compile(rf"(?:Cell|Input) In ?\[{count}\], (?:line|in <cell line:) ?(\d+)")
    line = max(own.finditer(traceback), key=re.Match.start, default=None)
    if line is None:
        return None
    timed = max(_TIMED.finditer(traceback, line.end()), key=re.Match.start, default=None)
    return int(line[1]) + int(timed[1]) if timed else int(line[1])


def of_cell(
    *,
    cell_id: str,
    place: tuple[int, str] | None,
    count: int,
    kind: str,
    message: str,
    traceback: Iterable[str],
) -> CellError:
    """The record of an exception that a cell raised.

    Args:
        cell_id: the cell's nbformat id.
        place: its position in the source notebook and role; None for a cell of the stage's own.
        count: its execution count.
        kind: the exception's class name.
        message: the exception's text.
        traceback: as the kernel sent it.
    """
    text = without_colour("\n".join(traceback))
    message = without_colour(message)
    if place is None:
        own = _OWN_CELLS.get(cell_id)
        if own is not None and kind != "Refused":
            kind, message = own, f"{kind}: {message}"
        return CellError(kind=kind, message=message, traceback=text, code=code_of(message))
    position, role = place
    return CellError(
        cell=position,
        cell_id=cell_id,
        line=line_of(text, count),
        kind=kind,
        message=message,
        traceback=text,
        check=role == "check",
        code=code_of(message),
    )


def of_dead_kernel(
    *,
    where: str,
    place: tuple[str, int] | None,
    exit_code: int | None,
    before: MemoryUse,
    after: MemoryUse,
) -> CellError:
    """The record of a kernel that ended while it should have worked.

    Args:
        where: what it was doing, such as ``in cell 7``.
        place: id and source position of the running cell, or None.
        exit_code: of the kernel's process; negative: the signal that ended it.
        before, after: memory counters at the start and at the end of the stage.
    """
    if after.kills > before.kills:
        kind, message = "OutOfMemory", f"the kernel was killed for memory {where}: {_limits(after)}"
    else:
        how = "for an unknown reason" if exit_code is None else f"with exit code {exit_code}"
        if exit_code is not None and exit_code < 0:
            how = f"by signal {-exit_code}"
        kind, message = "KernelDied", f"the kernel ended {where} {how}"
    cell_id, cell = place or (None, None)
    return CellError(kind=kind, message=message, cell=cell, cell_id=cell_id)


def with_memory(error: CellError, before: MemoryUse, after: MemoryUse) -> CellError:
    """The same record, which says so if one of the step's processes was killed for memory."""
    if after.kills <= before.kills or error.kind == "OutOfMemory":
        return error
    hint = f"{error.message} (a process of the step was killed for memory: {_limits(after)})"
    return replace(error, message=hint)


def _limits(memory: MemoryUse) -> str:
    return f"limit {format_bytes(memory.limit)}, peak {format_bytes(memory.peak)}"


def of_timeout(where: str, place: tuple[str, int] | None, timeout: float | None) -> CellError:
    """The record of an attempt that took longer than its step allows.

    Args:
        where: what it was doing, such as ``in cell 7``.
        place: id and source position of the running cell, or None.
        timeout: seconds allowed.
    """
    cell_id, cell = place or (None, None)
    message = f"the step was stopped {where} after its timeout of {timeout:g} s"
    return CellError(kind="Timeout", message=message, cell=cell, cell_id=cell_id)


def of_exception(error: BaseException) -> CellError:
    """The record of anything else that ended an attempt."""
    import traceback

    known = isinstance(error, MlopsError)
    return CellError(
        kind=type(error).__name__,
        message=str(error) or repr(error),
        traceback="" if known else "".join(traceback.format_exception(error)),
    )
