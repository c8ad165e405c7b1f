"""Code changed where its syntax tree says, every other character left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.masked import mask

if TYPE_CHECKING:
    import libcst as cst

Aliases = Mapping[str, str]
"""Name in the notebook → what it is bound to by an import, such as ``np`` → ``numpy``."""


def rewrite(source: str, make: Callable[[], cst.CSTTransformer]) -> str:
    """The cell after a transformer went over it; as it is if it cannot be read."""
    import libcst as cst

    masked = mask(source)
    if masked is None:
        return source
    try:
        module = cst.MetadataWrapper(cst.parse_module(masked.text), unsafe_skip_copy=True)
    except (cst.ParserSyntaxError, RecursionError):
        return source
    return masked.restore(module.visit(make()).code)


def rewrite_cells(
    draft: Draft,
    make: Callable[[], cst.CSTTransformer],
    *,
    rule: str,
    reason: str,
    confidence: float,
    cells: Iterable[str] | None = None,
) -> Draft | None:
    """The draft after a transformer went over its cells; None if that changes nothing.

    Args:
        draft: the notebook.
        make: a new transformer for each cell.
        rule, reason, confidence: of the patches.
        cells: ids of the cells to change; None for all.
    """
    before = draft
    chosen = None if cells is None else frozenset(cells)
    for cell in draft.code:
        if chosen is None or cell.id in chosen:
            draft = draft.edited(
                cell.id,
                rewrite(cell.source, make),
                rule=rule,
                reason=reason,
                confidence=confidence,
            )
    return None if draft is before else draft


def aliases_of(draft: Draft) -> Aliases:
    """What the notebook's imports bind, wherever they stand; the first of equal names holds."""
    import libcst as cst

    found: dict[str, str] = {}

    class Imports(cst.CSTTransformer):
        def visit_Import(self, node: cst.Import) -> None:  # noqa: N802
            for alias in node.names:
                module = dotted(alias.name) or ""
                bound = alias.evaluated_alias
                name = bound if bound is not None else module.partition(".")[0]
                found.setdefault(name, module if bound is not None else name)

        def visit_ImportFrom(self, node: cst.ImportFrom) -> None:  # noqa: N802
            module = dotted(node.module) if node.module is not None else None
            if module is None or node.relative or isinstance(node.names, cst.ImportStar):
                return
            for alias in node.names:
                name = alias.evaluated_name
                found.setdefault(alias.evaluated_alias or name, f"{module}.{name}")

    for cell in draft.code:
        rewrite(cell.source, Imports)
    return found


def dotted(node: cst.CSTNode | None) -> str | None:
    """``a.b.c`` for the expression that is written so, else None."""
    import libcst as cst

    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        head = dotted(node.value)
        return None if head is None else f"{head}.{node.attr.value}"
    return None


def resolved(node: cst.CSTNode | None, aliases: Aliases) -> str | None:
    """What an expression of names and dots stands for, its first name resolved by the imports."""
    text = dotted(node)
    if text is None:
        return None
    head, dot, rest = text.partition(".")
    return aliases[head] + dot + rest if head in aliases else None
