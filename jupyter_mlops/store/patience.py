"""How long a place that does not answer is waited for, and what of its errors may pass."""

from __future__ import annotations

import errno
import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from jupyter_mlops.errors import MlopsError

T = TypeVar("T")

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 30.0
"""How long a place may say nothing while it is connected to, and while it answers."""

SLOWEST = 100_000
"""Bytes a second that an upload makes at least."""

PAUSES = (0.1, 0.4, 1.5, 5.0, 10.0)
"""Seconds between one try and the next; the last error counts."""

_FINAL = (
    MlopsError,
    FileExistsError,
    FileNotFoundError,
    ImportError,
    IsADirectoryError,
    NotADirectoryError,
    NotImplementedError,
    PermissionError,
    TypeError,
    ValueError,
)
_FINAL_NUMBERS = {errno.EINVAL, errno.ENOSYS}
_FINAL_NAMES = {
    "AuthenticationException",
    "BadHostKeyException",
    "NoCredentialsError",
    "PartialCredentialsError",
}


def allowance(size: int) -> float:
    """Seconds that an upload of so many bytes may take.

    While aiohttp waits to be told to send the body, it does not count the silence.
    """
    return 2 * SILENCE_SECONDS + size / SLOWEST


def may_pass(error: Exception) -> bool:
    """True for what another try may not meet again: silence, a broken connection, an overload."""
    if isinstance(error, _FINAL) or getattr(error, "errno", None) in _FINAL_NUMBERS:
        return False
    return type(error).__name__ not in _FINAL_NAMES and "not found in known_hosts" not in str(error)


def patiently(work: Callable[[], T]) -> T:
    """What ``work`` gives, tried again with growing pauses while its errors may pass."""
    for pause in _pauses():
        try:
            return work()
        except Exception as error:  # each system's library has exceptions of its own
            if not may_pass(error):
                raise
        time.sleep(pause)
    return work()


def _pauses() -> Iterator[float]:
    """Of different lengths, so that many clients do not come back all at once."""
    for pause in PAUSES:
        yield pause * random.uniform(0.5, 1.5)
