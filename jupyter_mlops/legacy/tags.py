"""Tags of a converted notebook: the steps that are proposed for it, or one step for all."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_mlops.compiler.suggest import suggest
from jupyter_mlops.legacy.draft import Draft, DraftCell
from jupyter_mlops.legacy.session import ENVIRON
from jupyter_mlops.notebook.document import METADATA_KEY, notebook_of

_SEEDS = re.compile(r"\bseed\(|random_state=(?!None)\w|default_rng\(\d")
_NUMPY = re.compile(r"\b(?:numpy|np|sklearn|pandas|scipy)\b")
WHOLE = "notebook"
"""Name of the one step that holds every cell."""
SEED = "seed"
PARAMETERS = "parameters"
"""Tag and id of the cell that holds what was lifted."""


def with_steps(draft: Draft) -> Draft:
    """The draft with the tags that are suggested for it."""
    notebook = notebook_of(draft.document({}), Path("draft.ipynb"))
    found = {one.cell_id: list(one.tags) for one in suggest(notebook)}
    if len(_body(draft)) < len(draft.code):  # it has parameters, and no cell is a second one
        found = {
            identity: ["shared" if tag == PARAMETERS else tag for tag in tags]
            for identity, tags in found.items()
            if identity != PARAMETERS
        }
    return _tagged(draft, found)


def in_one_step(draft: Draft) -> Draft:
    """The draft with every cell in one step, which gives what one kernel gives."""
    first = _body(draft)[0].id
    return _tagged(draft, {first: [f"step:{WHOLE}"]})


def repeatable(draft: Draft) -> Draft:
    """The draft whose steps have one thread, one hash seed and one time zone."""
    own = dict(draft.metadata.get(METADATA_KEY, {}))
    own["env"] = {**ENVIRON, **own.get("env", {})}
    return replace(draft, metadata={**draft.metadata, METADATA_KEY: own})


def seeded(draft: Draft, packages: Container[str]) -> Draft:
    """The draft that begins with seeds for the usual generators; itself if it sets one already.

    Args:
        draft: the notebook.
        packages: distributions that its environment has. A magic may name NumPy without it.
    """
    if any(_SEEDS.search(cell.source) for cell in draft.code):
        return draft
    uses_numpy = "numpy" in packages and any(_NUMPY.search(cell.source) for cell in draft.code)
    source = "import random\n\nrandom.seed(0)"
    if uses_numpy:
        source = "import random\n\nimport numpy\n\nrandom.seed(0)\nnumpy.random.seed(0)"
    first = _body(draft)[0]
    return draft.edited(
        first.id,
        f"{source}\n\n{first.source}",
        rule=SEED,
        reason="two fresh runs differed, and no cell sets a seed",
        confidence=0.8,
    )


def notebook_bytes(draft: Draft, outputs: Mapping[str, Any]) -> bytes:
    """The notebook's file."""
    text = json.dumps(draft.document(outputs), indent=1, ensure_ascii=False)
    return (text + "\n").encode()


def _body(draft: Draft) -> tuple[DraftCell, ...]:
    """The cells with code, but for the parameters."""
    return tuple(cell for cell in draft.code if cell.id != PARAMETERS)


def _tagged(draft: Draft, tags: Mapping[str, list[str]]) -> Draft:
    cells = tuple(
        replace(
            cell,
            metadata={
                **cell.metadata,
                "tags": [*cell.metadata.get("tags", ()), *tags[cell.id]],
            },
        )
        if cell.id in tags
        else cell
        for cell in draft.cells
    )
    return replace(draft, cells=cells)
