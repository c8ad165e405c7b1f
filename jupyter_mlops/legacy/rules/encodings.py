"""Text that is no UTF-8: Python 2, and pandas on it, read its bytes as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlops.legacy.calls import by_name, change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

if TYPE_CHECKING:
    import libcst as cst

RULE = "encoding"
_READERS = ("read_csv", "read_table", "read_fwf", "open")


def name_latin1(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that reads the file, which UTF-8 cannot be, a byte a character."""
    if failure.kind != "UnicodeDecodeError" or "'utf-8' codec" not in failure.message:
        return None
    for reader in _READERS:
        changed = change_call(
            draft,
            failure,
            lambda call, reader=reader: _decoded(call, reader),  # type: ignore[misc]
            name=reader,
            rule=RULE,
            reason="the file is no UTF-8; Latin-1 takes each of its bytes for a character",
            confidence=0.8,
        )
        if changed is not None:
            return changed
    return None


def _decoded(call: cst.Call, reader: str) -> cst.Call:
    import libcst as cst

    named = [a.keyword.value for a in call.args if a.keyword is not None]
    if name_of(call) != reader or "encoding" in named or any(a.star for a in call.args):
        return call
    added = by_name(cst.Arg(cst.SimpleString('"latin-1"')), "encoding")
    *kept, last = call.args
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return call.with_changes(args=[*kept, last.with_changes(comma=comma), added])
