"""Which cell of a step is not what it was: its stage notebook of then against that of now."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCell:
    """A cell of the source notebook as a stage notebook has it; equal if it does the same.

    Attributes:
        shared: True if it is replayed at the start of every step.
        tags: of the cell.
        code: its syntax tree.
        source: its text.
    """

    shared: bool
    tags: tuple[str, ...]
    code: str
    source: str = field(compare=False)


def changed_cell(before: bytes, after: bytes, positions: Mapping[str, int]) -> str | None:
    """A sentence such as ``code of cell 7 changed``; None if no cell can be named.

    The step's own cells come before shared ones, of which it may need a part only.

    Args:
        before: the stage notebook that ran.
        after: the stage notebook as it is now.
        positions: cell id → position in the source notebook now.
    """
    old, new = stage_cells(before), stage_cells(after)
    for shared in (False, True):
        for identity, cell in new.items():
            if cell.shared != shared:
                continue
            if identity not in old:
                return f"cell {positions.get(identity, '?')} is new"
            if cell != old[identity]:
                return f"code of cell {positions.get(identity, '?')} changed"
        if any(cell.shared == shared and identity not in new for identity, cell in old.items()):
            return "a shared cell is gone" if shared else "a cell of the step is gone"
    return None


def stage_cells(stage: bytes) -> dict[str, StageCell]:
    """The cells of the source notebook that a stage notebook holds, by id, in their order."""
    from jupyter_mlops.notebook.source import tree_of

    found = {}
    for cell in json.loads(stage)["cells"]:
        tags = tuple(cell["metadata"].get("tags", ()))
        if cell["cell_type"] == "code" and not cell["id"].startswith("mlops-"):
            source = "".join(cell["source"])
            found[cell["id"]] = StageCell(
                shared="shared" in tags, tags=tags, code=ast.dump(tree_of(source)), source=source
            )
    return found
