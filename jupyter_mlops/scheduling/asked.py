"""Timings and rules as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.schedule import Timing
from jupyter_mlops.scheduling.timing import (
    cron_timing,
    interval_timing,
    once_timing,
    read_duration,
)

_NONE = ("", "0", "never")
_WITHOUT = {"timeout": None, "backoff": 0.0, "jitter": 0.0}
"""Rules that are durations, and what they are without one."""


def timing_asked_for(
    *,
    cron: str | None,
    zone: str | None,
    every: str | None,
    at: str | None,
    moment: datetime,
    before: Timing | None = None,
) -> Timing | None:
    """The timing that is given, or None if none is.

    Args:
        cron: an expression.
        zone: of ``cron`` and ``at``; UTC, or that of ``before``, if it is not given.
        every: an interval, counted from ``moment``.
        at: one time.
        moment: the present.
        before: the timing that is changed; a zone alone changes its zone.

    Raises:
        ScheduleError: they contradict each other, cannot be read, or have no tick.
    """
    if sum(one is not None for one in (cron, every, at)) > 1:
        raise ScheduleError("cron, every and at contradict each other", fix="give one of them")
    if zone is not None and every is not None:
        raise ScheduleError("an interval needs no time zone: it is the same everywhere")
    if zone is not None and before is not None and before.kind == "cron" and at is None:
        cron = cron or before.cron
    zone = zone or (before.zone if before is not None else "UTC")
    if cron is not None:
        return cron_timing(cron, zone)
    if every is not None:
        return interval_timing(read_duration(every), moment)
    return once_timing(at, zone, after=moment) if at is not None else None


def rules_asked_for(given: Mapping[str, Any]) -> dict[str, Any]:
    """The rules that are given, as a schedule has them; None means not given.

    Durations are texts, and one of no length (``0``, ``never`` or nothing) takes the rule away.

    Raises:
        ScheduleError: a duration cannot be read.
    """
    return {
        name: _duration(name, value) if name in _WITHOUT else value
        for name, value in given.items()
        if value is not None
    }


def _duration(name: str, text: str) -> float | None:
    return _WITHOUT[name] if text.strip() in _NONE else float(read_duration(text))
