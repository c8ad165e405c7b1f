"""Diagnostics that need the whole notebook; one family a module, each with a ``check`` function."""

from __future__ import annotations

from collections.abc import Iterator

from jupyter_mlops.compiler.layout import Layout
from jupyter_mlops.compiler.rules import (
    displays,
    exceptions,
    history,
    modules,
    names,
    pickles,
    shared,
    steps,
)
from jupyter_mlops.errors import Diagnostic


def check_layout(layout: Layout) -> Iterator[Diagnostic]:
    """Every finding about a laid-out notebook."""
    yield from steps.check(layout)
    yield from shared.check(layout)
    yield from names.check(layout)
    yield from history.check(layout)
    yield from modules.check(layout)
    yield from pickles.check(layout)
    yield from exceptions.check(layout)
    yield from displays.check(layout)
