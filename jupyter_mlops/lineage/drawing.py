"""A graph as inline SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from jupyter_mlops.lineage.layering import Edge, Placed, Point, lay_out

_WIDTH, _HEIGHT = 150.0, 46.0
_MARGIN = 8
_WIDEST = 1400
_LETTERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box.

    Attributes:
        name: unique in the graph; what stands in the box.
        note: a second, smaller line.
        kind: CSS class of the box.
        link: where it leads, such as ``#train``; empty for nowhere.
    """

    name: str
    note: str = ""
    kind: str = ""
    link: str = ""


def draw(nodes: Sequence[Node], edges: Mapping[tuple[str, str], str], *, title: str) -> str:
    """An ``<svg>`` element, from left to right if that is not too wide, else from top to bottom.

    Args:
        nodes: where nothing else decides they stand in this order.
        edges: by (source, target) the text that the edge shows when it is pointed at.
        title: what the drawing is called for those who don't see it.
    """
    sizes = {node.name: (_WIDTH, _HEIGHT) for node in nodes}
    placed, rightwards = _rightwards(sizes, list(edges)), True
    if placed.width > _WIDEST:
        placed, rightwards = lay_out(sizes, list(edges)), False
    width, height = placed.width + 2 * _MARGIN, placed.height + 2 * _MARGIN
    lines = zip(placed.routes, edges.values(), strict=True)
    return "\n".join(
        [
            f'<svg class="graph" role="img" aria-label="{escape(title)}" width="{width:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" xmlns="http://www.w3.org/2000/svg">',
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
            f'<g transform="translate({_MARGIN} {_MARGIN})">',
            *(_edge(points, text, rightwards) for points, text in lines),
            *(_box(node, *placed.corners[node.name]) for node in nodes),
            "</g></svg>",
        ]
    )


def _rightwards(sizes: Mapping[str, Point], edges: Sequence[Edge]) -> Placed:
    """The layout from left to right: what is laid out from top to bottom, turned."""
    turned = lay_out({name: (height, width) for name, (width, height) in sizes.items()}, edges)
    return Placed(
        corners={name: (y, x) for name, (x, y) in turned.corners.items()},
        routes=[[(y, x) for x, y in route] for route in turned.routes],
        width=turned.height,
        height=turned.width,
    )


def _edge(points: Sequence[Point], text: str, rightwards: bool) -> str:
    """The line of an edge: curved between rows of boxes, straight through those that it passes."""
    (x, y), *rest = points
    path = [f"M{x:.0f} {y:.0f}"]
    for number, (u, v) in enumerate(rest):
        if number % 2:
            path.append(f"L{u:.0f} {v:.0f}")
        elif rightwards:
            half = (x + u) / 2
            path.append(f"C{half:.0f} {y:.0f} {half:.0f} {v:.0f} {u:.0f} {v:.0f}")
        else:
            half = (y + v) / 2
            path.append(f"C{x:.0f} {half:.0f} {u:.0f} {half:.0f} {u:.0f} {v:.0f}")
        x, y = u, v
    tip = f"<title>{escape(text)}</title>" if text else ""
    return f'<path class="edge" d="{" ".join(path)}" marker-end="url(#arrow)">{tip}</path>'


def _box(node: Node, x: float, y: float) -> str:
    middle = x + _WIDTH / 2
    name = escape(_shortened(node.name))
    at = y + (_HEIGHT / 2 + 5 if not node.note else _HEIGHT / 2 - 2)
    note = (
        f'<text class="note" x="{middle:.0f}" y="{y + _HEIGHT / 2 + 14:.0f}">'
        f"{escape(_shortened(node.note))}</text>"
        if node.note
        else ""
    )
    box = (
        f'<g class="node {escape(node.kind)}"><title>{escape(node.name)}</title>'
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_WIDTH:.0f}" height="{_HEIGHT:.0f}" rx="6"/>'
        f'<text x="{middle:.0f}" y="{at:.0f}">{name}</text>{note}</g>'
    )
    return f'<a href="{escape(node.link)}">{box}</a>' if node.link else box


def _shortened(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
