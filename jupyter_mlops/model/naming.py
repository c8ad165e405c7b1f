"""What people may call schedules, alerts and hooks."""

from __future__ import annotations

import re

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""Fits whole names, which can be file names, too."""
