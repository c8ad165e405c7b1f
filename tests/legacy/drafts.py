"""Drafts of code cells alone."""

from __future__ import annotations

from typing import Any

from jupyter_mlops.legacy.draft import Draft, DraftCell


def draft_of(*sources: str, counts: tuple[int | None, ...] = (), **cell: Any) -> Draft:
    """A draft of these code cells, whose ids are ``c1``, ``c2`` …."""
    cells = tuple(
        DraftCell(
            id=f"c{number}",
            position=number,
            kind="code",
            source=source,
            count=counts[number - 1] if counts else None,
            metadata={},
            **cell,
        )
        for number, source in enumerate(sources, start=1)
    )
    return Draft(cells=cells, metadata={})
