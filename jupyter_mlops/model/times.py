"""How times and durations are shown to people."""

from __future__ import annotations

from datetime import datetime


def seconds_text(seconds: float) -> str:
    """``0.4 s``, ``2 min 05 s`` or ``1 h 02 min``."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def span_text(started: str | None, ended: str | None) -> str:
    """The time between two ISO 8601 times, or ``-`` if one of them is not known."""
    if started is None or ended is None:
        return "-"
    seconds = (_time(ended) - _time(started)).total_seconds()
    return seconds_text(max(0.0, seconds))  # an earlier clock may have been put back


def local_text(time: str) -> str:
    """An ISO 8601 time as the reader's clock shows it, to the second."""
    return _time(time).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
