"""Literals out of the code into a ``parameters`` cell, where nothing can come out otherwise."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from jupyter_mlops.compiler.names import Names
from jupyter_mlops.legacy.choice import Choice
from jupyter_mlops.legacy.draft import Draft, DraftCell
from jupyter_mlops.legacy.lifting import lifter
from jupyter_mlops.legacy.literals import LIFTS
from jupyter_mlops.legacy.naming import Naming
from jupyter_mlops.legacy.rewrite import aliases_of, rewrite
from jupyter_mlops.legacy.tags import PARAMETERS
from jupyter_mlops.notebook.source import parse_source

_REASON = "somebody who runs this again may want another value; the default is what stood here"


def lift(draft: Draft, choice: Choice) -> Draft:
    """The draft with a ``parameters`` cell for its literals; itself if there is none to lift.

    A literal is lifted if it is assigned at the top of a cell to a name that is bound nowhere else
    and read nowhere above, or if it is an argument of a known kind outside of any function.
    Nothing is lifted where names may be bound unseen: by ``import *``, ``exec``, ``%run``, or in a
    cell that cannot be read; nor if the notebook has parameters already.

    Args:
        draft: runs to its end.
        choice: which literals may be lifted.
    """
    has_parameters = any(PARAMETERS in cell.metadata.get("tags", ()) for cell in draft.cells)
    names = _readable(draft)
    if names is None or has_parameters or not choice.allows(PARAMETERS, 0):
        return draft
    naming = _naming(draft)
    aliases = aliases_of(draft)
    written = {path for one in names.values() for path in one.writes_paths}
    above: set[str] = set()
    for cell in draft.code:
        known = names[cell.id]
        for rule in LIFTS if not cell.source.lstrip().startswith("%%") else ():
            if not choice.allows(rule, cell.position):
                continue
            make = partial(
                lifter,
                rule,
                naming=naming,
                aliases=aliases,
                early=above | known.exposed.keys() | known.later,
                paths=known.reads_paths - written,
            )
            source = rewrite(draft.cell(cell.id).source, make)
            draft = draft.edited(cell.id, source, rule=rule, reason=_REASON, confidence=1.0)
        above |= known.exposed.keys() | known.later | known.deferred.reads.keys()
    if not naming.lifted:
        return draft
    source = "\n".join(f"{p.name}: {p.type} = {p.text}  # {p.help}" for p in naming.lifted.values())
    cell = DraftCell(
        id=PARAMETERS, position=0, kind="code", source=source, metadata={"tags": [PARAMETERS]}
    )
    return replace(draft, cells=_inserted(draft.cells, cell)).noted(
        rule=PARAMETERS,
        reason="what was lifted can be set for each run",
        before="",
        after=source,
        confidence=1.0,
    )


def _readable(draft: Draft) -> dict[str, Names] | None:
    """What each cell does to names; None if that cannot be told of one of them."""
    from jupyter_mlops.compiler.walker import names_of

    found = {}
    for cell in draft.code:
        try:
            found[cell.id] = names_of(parse_source(cell.source))
        except (SyntaxError, RecursionError):
            return None
        if found[cell.id].stars or found[cell.id].everything:
            return None
    return found


def _naming(draft: Draft) -> Naming:
    used: set[str] = set()
    bound: Counter[str] = Counter()
    for cell in draft.code:
        for name, binds in _mentions(parse_source(cell.source).tree):
            used.add(name)
            bound[name] += binds
    return Naming(used=used, bound=bound)


def _mentions(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Every name that stands in the code, and whether it is bound or deleted there."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=context):
                yield name, not isinstance(context, ast.Load)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                yield name, True
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, True
            case ast.ClassDef(name=name) | ast.MatchAs(name=str(name)):
                yield name, True
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name, True
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0], True
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from ((name, True) for name in names)


def _inserted(cells: Sequence[DraftCell], new: DraftCell) -> tuple[DraftCell, ...]:
    """The cells with a new one above the first that holds code."""
    first = next(i for i, cell in enumerate(cells) if cell.kind == "code" and cell.source.strip())
    return (*cells[:first], new, *cells[first:])
