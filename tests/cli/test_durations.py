"""Durations as people read them."""

from __future__ import annotations

import pytest

from jupyter_mlops.cli.text import span_text

START = "2026-11-23T15:00:00.000+00:00"
SPANS = {
    "2026-11-23T15:00:00.400+00:00": "0.4 s",
    "2026-11-23T15:00:59.960+00:00": "1 min 00 s",
    "2026-11-23T15:02:05.000+00:00": "2 min 05 s",
    "2026-11-23T17:02:05.000+01:00": "1 h 02 min",
    "2026-11-23T14:00:00.000+00:00": "0.0 s",  # the clock was put back
    None: "-",
}


@pytest.mark.parametrize("end", SPANS)
def test_span(end: str | None) -> None:
    assert span_text(START, end) == SPANS[end]
