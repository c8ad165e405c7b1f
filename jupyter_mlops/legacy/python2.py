"""Python 2 → 3, cell by cell, with the fixers of lib2to3's successor."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from jupyter_mlops.legacy.draft import Draft, DraftCell
from jupyter_mlops.legacy.masked import mask
from jupyter_mlops.notebook.source import parse_source

if TYPE_CHECKING:
    from fissix.refactor import RefactoringTool

RULE = "python2"
_LEFT_OUT = frozenset(
    {"idioms", "set_literal", "ws_comma", "buffer", "asserts", "future", "import", "sorted"}
)
"""Fixers of style, or that guess."""
_SURE = 0.95
_UNSURE = 0.8
_LAZY = ("map(", "filter(", "zip(", ".keys(", ".values(", ".items(", "range(")


def is_python2(draft: Draft, language: Mapping[str, Any]) -> bool:
    """True if the notebook was written for Python 2.

    Args:
        draft: the notebook.
        language: ``metadata`` as the old notebook held it.
    """
    info = language.get("language_info", {})
    spec = language.get("kernelspec", {})
    if str(info.get("version", "")).startswith("2."):
        return True
    if str(info.get("version", "")).startswith("3."):
        return False
    if spec.get("name") == "python2" or spec.get("display_name") == "Python 2":
        return True
    return any(not _parses(cell.source) and to_python3(cell.source) for cell in draft.code)


def modernise(draft: Draft, *, every: bool = True) -> Draft:
    """The draft with its cells in Python 3; a cell that no fixer understands stays as it is.

    Args:
        draft: the notebook.
        every: False to leave alone what is Python 3, too, and what was refused when it was stored:
            a notebook of Python 3 has such cells where it was saved anew and not run.
    """
    for cell in draft.code:
        if not every and (_parses(cell.source) or _was_refused(cell)):
            continue
        text = to_python3(cell.source)
        if text is None or text == cell.source:
            continue
        changes_order = any(word in cell.source for word in _LAZY)
        draft = draft.edited(
            cell.id,
            text,
            rule=RULE,
            reason="Python 2 syntax and names, as Python 3 writes them",
            confidence=_UNSURE if changes_order else _SURE,
        )
    return draft


def _was_refused(cell: DraftCell) -> bool:
    return any(output.get("ename") == "SyntaxError" for output in cell.stored)


def to_python3(source: str) -> str | None:
    """The cell in Python 3, or None if it is neither Python 2 nor 3."""
    masked = mask(source)
    if masked is None:
        return source if _parses(source) else None
    from fissix.pgen2.parse import ParseError
    from fissix.pgen2.tokenize import TokenError

    for statement in (True, False):
        try:
            tree = _tool(statement).refactor_string(masked.text.rstrip() + "\n", "cell")
        except (ParseError, TokenError, IndentationError, AssertionError):
            continue
        if tree is None:
            return source if _parses(source) else None
        text = masked.restore(str(tree).rstrip("\n"))
        if _parses(text):
            return text
    return source if _parses(source) else None


def _parses(source: str) -> bool:
    try:
        parse_source(source)
    except (SyntaxError, RecursionError):
        return False
    return True


@cache
def _tool(print_statement: bool) -> RefactoringTool:
    import logging

    from fissix.refactor import RefactoringTool, get_fixers_from_package

    logging.getLogger("RefactoringTool").setLevel(logging.ERROR)
    names = [
        name
        for name in get_fixers_from_package("fissix.fixes")
        if name.rpartition("fix_")[2] not in _LEFT_OUT
    ]
    options = {} if print_statement else {"print_function": True}
    return RefactoringTool(names, options)
