"""The call that failed, changed where it stands: other calls are left alone."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure
from jupyter_mlops.legacy.rewrite import dotted, rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

_ASK = """
import importlib, inspect, json, sys
parts = sys.argv[1].split(".")
for n in range(len(parts) - 1, 0, -1):
    try:
        found = importlib.import_module(".".join(parts[:n]))
        for part in parts[n:]:
            found = getattr(found, part)
        break
    except (ImportError, AttributeError):
        found = None
told = inspect.signature(found).parameters.values() if callable(found) else ()
print(json.dumps([(p.name, p.kind is p.KEYWORD_ONLY) for p in told]))
"""


def change_call(
    draft: Draft,
    failure: Failure,
    change: Callable[[cst.Call], cst.BaseExpression],
    *,
    name: str,
    rule: str,
    reason: str,
    confidence: float,
) -> Draft | None:
    """The draft with the call that failed changed; None if no call takes the change.

    It is the call on the line that the traceback names. Where it names none, the calls of the
    function in the cell that failed; if there is none of that name, all of that cell.

    Args:
        draft: the notebook.
        failure: what is to be answered.
        change: gives the call itself where it has nothing to do.
        name: last name of the function that complained, or empty.
        rule, reason, confidence: of the patch.
    """
    for cell, lines, only in _scopes(failure, name):
        changed = rewrite_cells(
            draft,
            lambda lines=lines, only=only: _calls(change, lines, only),  # type: ignore[misc]
            rule=rule,
            reason=reason,
            confidence=confidence,
            cells=[cell],
        )
        if changed is not None:
            return changed
    return None


def name_of(call: cst.Call) -> str:
    """The last name of what is called, such as ``sort`` for ``f(x).sort()``."""
    import libcst as cst

    if isinstance(call.func, cst.Attribute):
        return call.func.attr.value
    return dotted(call.func) or ""


@lru_cache(maxsize=256)
def parameters_of(python: str, function: str) -> tuple[tuple[str, bool], ...]:
    """The parameters of a function or class, and whether each is given by name only.

    Args:
        python: interpreter of the environment that has it.
        function: dotted name.

    Returns:
        Nothing if the environment does not have it, or it does not tell.
    """
    try:
        said = subprocess.run(
            [python, "-c", _ASK, function], capture_output=True, timeout=60, check=True
        )
        return tuple((str(name), bool(named)) for name, named in json.loads(said.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()


def _scopes(failure: Failure, name: str) -> Iterator[tuple[str, int | None, str]]:
    """Where to look, the narrowest first: cell, line or None, name of the function or empty."""
    for place in reversed(failure.places):
        if name:
            yield place.cell_id, place.line, name
        yield place.cell_id, place.line, ""
    if name:
        yield failure.cell_id, None, name
    if not failure.places:
        yield failure.cell_id, None, ""


def _calls(
    change: Callable[[cst.Call], cst.BaseExpression], line: int | None, name: str
) -> cst.CSTTransformer:
    import libcst as cst
    from libcst.metadata import PositionProvider

    class Calls(cst.CSTTransformer):
        METADATA_DEPENDENCIES = (PositionProvider,)

        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.BaseExpression:
            if name and name_of(original_node) != name:
                return updated_node
            if line is not None:
                place = self.get_metadata(PositionProvider, original_node)
                if not place.start.line <= line <= place.end.line:
                    return updated_node
            return change(updated_node)

    return Calls()
