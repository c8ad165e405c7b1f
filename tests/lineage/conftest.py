"""The runs that are asked about."""

from __future__ import annotations

from two_runs import past

__all__ = ["past"]
