"""The order in which a notebook's cells can run: as they stand, or as they were run."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass, replace

from jupyter_mlops.compiler.names import Names
from jupyter_mlops.legacy.draft import Draft, DraftCell

RULE = "order"
_KNOWN = frozenset(dir(builtins)) | {"get_ipython", "display", "In", "Out", "exit", "quit", "_"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A name that a cell reads and no cell of the notebook binds: its cell was deleted.

    Attributes:
        name: of the variable.
        cell: 1-based position of the first cell that reads it.
    """

    name: str
    cell: int


def arrange(draft: Draft) -> Draft:
    """The draft with its cells in an order in which each name is bound before it is read.

    Top to bottom where that holds. Else the order of the execution counts, or the cells that bind
    what others read moved above them, whichever leaves fewest names unbound; counts break ties.
    """
    code = draft.code
    names = {cell.id: names_in(cell.source) for cell in code}
    best = min(
        (tuple(code), _by_counts(code), _by_names(code, names)),
        key=lambda order: len(_early(order, names)),
    )
    if [cell.id for cell in best] == [cell.id for cell in code]:
        return draft
    left = len(_early(best, names))
    was = len(_early(code, names))
    return replace(draft, cells=_placed(draft.cells, best)).noted(
        rule=RULE,
        reason=f"names read above the cell that binds them: {was} before, {left} now",
        before=", ".join(str(cell.position) for cell in code),
        after=", ".join(str(cell.position) for cell in best),
        confidence=0.8 if left == 0 else 0.6,
    )


def lost_names(draft: Draft) -> tuple[Lost, ...]:
    """The names that some cell reads for certain and none binds, by cell."""
    names = {cell.id: names_in(cell.source) for cell in draft.code}
    if any(n is None or n.stars or n.everything for n in names.values()):
        return ()  # what these bind nobody can tell
    bound = {name for n in names.values() if n is not None for name in n.binds}
    found: dict[str, Lost] = {}
    for cell in draft.code:
        known = names[cell.id]
        for name in set() if known is None else known.exposed.keys() - known.guarded:
            if name not in bound | _KNOWN:
                found.setdefault(name, Lost(name=name, cell=cell.position))
    return tuple(found.values())


def names_in(source: str) -> Names | None:
    """What a cell does to names; None if it is no Python."""
    from jupyter_mlops.compiler.walker import names_of
    from jupyter_mlops.notebook.source import parse_source

    try:
        return names_of(parse_source(source))
    except (SyntaxError, RecursionError):
        return None


def _early(order: Sequence[DraftCell], names: dict[str, Names | None]) -> list[tuple[str, str]]:
    """Cell and name of each read before the first cell that binds the name, which comes later."""
    bound_anywhere = {n for known in names.values() if known is not None for n in known.binds}
    bound: set[str] = set()
    found = []
    for cell in order:
        known = names[cell.id]
        if known is None:
            continue
        reads = known.exposed.keys() - known.guarded
        found += [(cell.id, n) for n in reads if n in bound_anywhere and n not in bound]
        bound |= known.binds.keys()
    return [pair for pair in found if pair[1] not in _KNOWN]


def _by_counts(code: Sequence[DraftCell]) -> tuple[DraftCell, ...]:
    """The cells by execution count; one without a count stays behind the cell above it."""
    keys: list[tuple[int, int]] = []
    last = 0
    for number, cell in enumerate(code):
        last = cell.count if cell.count is not None else last
        keys.append((last, number))
    return tuple(cell for _, cell in sorted(zip(keys, code, strict=True), key=lambda pair: pair[0]))


def _by_names(code: Sequence[DraftCell], names: dict[str, Names | None]) -> tuple[DraftCell, ...]:
    """The cells with those that bind a name moved above the first that reads it."""
    order = list(code)
    for _ in range(len(order)):
        early = _early(order, names)
        moved = False
        for reader, name in early:
            here = next(i for i, cell in enumerate(order) if cell.id == reader)
            binders = [
                i
                for i, cell in enumerate(order)
                if i > here and (known := names[cell.id]) is not None and name in known.binds
            ]
            if binders:
                trial = list(order)
                trial.insert(here, trial.pop(binders[0]))
                if len(_early(trial, names)) < len(early):
                    order, moved = trial, True
                    break
        if not moved:
            break
    return tuple(order)


def _placed(cells: Sequence[DraftCell], code: Sequence[DraftCell]) -> tuple[DraftCell, ...]:
    """All cells, the code in its new order; text stays above the cell that it stood above."""
    above: dict[str, list[DraftCell]] = {}
    held: list[DraftCell] = []
    ids = {cell.id for cell in code}
    for cell in cells:
        if cell.id in ids:
            above[cell.id], held = held, []
        else:
            held.append(cell)
    return (*(part for cell in code for part in (*above[cell.id], cell)), *held)
