"""The call that failed, changed where it stands: other calls are left alone."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure
from jupyter_mlops.legacy.rewrite import dotted, rewrite, rewrite_cells

if TYPE_CHECKING:
    import libcst as cst

_EVALUATED = "File <string>"
"""How a traceback calls code that was given to ``eval``."""
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
    function in the cell that failed; if there is none of that name, all of that cell. Code that
    the notebook evaluates is changed where it stands in quotes.

    Args:
        draft: the notebook.
        failure: what is to be answered.
        change: gives the call itself where it has nothing to do.
        name: last name of the function that complained, or empty.
        rule, reason, confidence: of the patch.
    """
    for scope in _scopes(failure, name):
        changed = rewrite_cells(
            draft,
            partial(_calls, change, scope),
            rule=rule,
            reason=reason,
            confidence=confidence,
            cells=[scope.cell],
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


def by_name(argument: cst.Arg, name: str) -> cst.Arg:
    """The argument with a name, written ``name=value``."""
    import libcst as cst

    space = cst.SimpleWhitespace("")
    equal = cst.AssignEqual(whitespace_before=space, whitespace_after=space)
    return argument.with_changes(keyword=cst.Name(name), equal=equal)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """Calls that may be meant: of a cell, on a line if it is told, of a name, or in quotes."""

    cell: str
    line: int | None = None
    name: str = ""
    quoted: bool = False


def _scopes(failure: Failure, name: str) -> Iterator[_Scope]:
    """Where to look, the narrowest first."""
    if _EVALUATED in failure.traceback:
        yield _Scope(cell=failure.cell_id, quoted=True)
    for place in reversed(failure.places):
        if name:
            yield _Scope(cell=place.cell_id, line=place.line, name=name)
        yield _Scope(cell=place.cell_id, line=place.line)
    if name:
        yield _Scope(cell=failure.cell_id, name=name)
    if not failure.places:
        yield _Scope(cell=failure.cell_id)


def _calls(change: Callable[[cst.Call], cst.BaseExpression], scope: _Scope) -> cst.CSTTransformer:
    import libcst as cst
    from libcst.metadata import PositionProvider

    class Calls(cst.CSTTransformer):
        METADATA_DEPENDENCIES = (PositionProvider,)

        def leave_Call(  # noqa: N802
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.BaseExpression:
            if scope.quoted or (scope.name and name_of(original_node) != scope.name):
                return updated_node
            if scope.line is not None:
                place = self.get_metadata(PositionProvider, original_node)
                if not place.start.line <= scope.line <= place.end.line:
                    return updated_node
            return change(updated_node)

        def leave_SimpleString(  # noqa: N802
            self, original_node: cst.SimpleString, updated_node: cst.SimpleString
        ) -> cst.SimpleString:
            if not scope.quoted or updated_node.prefix:
                return updated_node
            quote = updated_node.quote
            code = updated_node.value[len(quote) : -len(quote)]
            new = rewrite(code, partial(_calls, change, _Scope(cell=scope.cell)))
            if new == code or quote in new:
                return updated_node
            return updated_node.with_changes(value=f"{quote}{new}{quote}")

    return Calls()
