"""Requests that are refused, and the HTTP status of every problem."""

from __future__ import annotations

from jupyter_mlops.errors import (
    AlertError,
    CompileError,
    MlopsError,
    NotebookError,
    ParameterError,
    ScheduleError,
    UnknownAlert,
    UnknownConversion,
    UnknownRun,
    UnknownSchedule,
    UnknownStepError,
)
from jupyter_mlops.legacy.choice import UnknownChange
from jupyter_mlops.lineage.label import LabelError
from jupyter_mlops.runner.executed import NoExecutedNotebook
from jupyter_mlops.sweeping.book import UnknownSweep


class BadRequest(MlopsError):
    """The request itself is malformed."""

    exit_code = 2


class OutsideContents(BadRequest):
    """A path leads out of the contents root, or to what the server does not show."""


class NoSuchFile(MlopsError):
    """There is no such file below the contents root."""

    exit_code = 2


class DriverFailed(MlopsError):
    """The process of a run ended before the run began, and did not say why."""


_STATUS: tuple[tuple[type[MlopsError], int], ...] = (
    (BadRequest, 400),
    (NoSuchFile, 404),
    (UnknownRun, 404),
    (UnknownStepError, 404),
    (UnknownSchedule, 404),
    (UnknownAlert, 404),
    (UnknownConversion, 404),
    (UnknownSweep, 404),
    (NoExecutedNotebook, 404),
    (NotebookError, 422),
    (CompileError, 422),
    (ParameterError, 422),
    (ScheduleError, 422),
    (AlertError, 422),
    (LabelError, 422),
    (UnknownChange, 422),
)
"""All other problems that a user can do something about are conflicts with what is there: 409."""


def status_of(error: MlopsError) -> int:
    """The HTTP status of a problem: always one of the client's, never the server's."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 409)
