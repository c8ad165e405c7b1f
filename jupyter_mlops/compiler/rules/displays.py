"""Displays that only another step has shown, and that are to be updated (ML315)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from jupyter_mlops.compiler.layout import Layout
from jupyter_mlops.errors import Diagnostic
from jupyter_mlops.notebook.source import Source


def check(layout: Layout) -> Iterator[Diagnostic]:
    """Updates by ``display_id`` of what earlier steps show and this one does not."""
    elsewhere: set[str] = set()
    for step in layout.steps:
        shown = {text for code in step.cells for text, _ in _shown(code.source)}
        for code in step.cells:
            for text, line in _updated(code.source):
                if text in elsewhere - shown:
                    yield code.diagnostic(
                        "ML315",
                        f"display {text} is one of an earlier step, whose output stays as it is",
                        "show and update it in one step, or show it anew here",
                        line=line,
                        severity="warning",
                    )
        elsewhere |= shown


def _shown(source: Source) -> Sequence[tuple[str, int]]:
    return [(text, line) for text, line, is_update in _displays(source) if not is_update]


def _updated(source: Source) -> Sequence[tuple[str, int]]:
    return [(text, line) for text, line, is_update in _displays(source) if is_update]


@lru_cache(maxsize=2048)
def _displays(source: Source) -> Sequence[tuple[str, int, bool]]:
    """The ``display_id`` of each display as it is written, the line, and whether it updates."""
    found = []
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        if name in ("display", "update_display") and "display_id" in given:
            is_update = name == "update_display" or given.get("update") == "True"
            found.append((given["display_id"], node.lineno, is_update))
    return found
