"""A graph as inline SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from jupyter_mlops.lineage.layers import Layout, Point, lay_out

_WIDTH, _HEIGHT = 150, 46
_ALONG, _ACROSS = 46, 18
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

    Raises:
        graphlib.CycleError: the edges form a cycle.
    """
    layout = lay_out([node.name for node in nodes], edges)
    across = layout.layers * (_WIDTH + _ALONG) <= _WIDEST
    plan = _Plan(layout=layout, rightwards=across)
    width, height = plan.size
    parts = [
        f'<svg class="graph" role="img" aria-label="{escape(title)}" width="{width:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" xmlns="http://www.w3.org/2000/svg">',
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
    ]
    parts += [_edge(plan.path(layout.edges[pair]), text) for pair, text in edges.items()]
    parts += [_box(node, *plan.corner(layout.nodes[node.name])) for node in nodes]
    return "\n".join([*parts, "</svg>"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """From layers and places to pixels."""

    layout: Layout
    rightwards: bool

    @property
    def size(self) -> tuple[float, float]:
        x, y = self.corner((self.layout.layers - 1, self.layout.breadth))
        return x + _WIDTH + _MARGIN, y + _HEIGHT + _MARGIN

    def corner(self, point: Point) -> tuple[float, float]:
        along, across = point
        if self.rightwards:
            return (
                _MARGIN + along * (_WIDTH + _ALONG),
                _MARGIN + across * (_HEIGHT + _ACROSS),
            )
        return _MARGIN + across * (_WIDTH + _ACROSS), _MARGIN + along * (_HEIGHT + _ALONG)

    def path(self, points: Iterable[Point]) -> str:
        """The line of an edge: curved between layers, straight through those that it passes."""
        ends = [end for point in points for end in self._ends(point)]
        (x, y), *rest = ends[1:-1]
        path = [f"M{x:.0f} {y:.0f}"]
        for number, (u, v) in enumerate(rest):
            if number % 2:
                path.append(f"L{u:.0f} {v:.0f}")
            elif self.rightwards:
                half = (x + u) / 2
                path.append(f"C{half:.0f} {y:.0f} {half:.0f} {v:.0f} {u:.0f} {v:.0f}")
            else:
                half = (y + v) / 2
                path.append(f"C{x:.0f} {half:.0f} {u:.0f} {half:.0f} {u:.0f} {v:.0f}")
            x, y = u, v
        return " ".join(path)

    def _ends(self, point: Point) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where a line enters and leaves a layer."""
        x, y = self.corner(point)
        if self.rightwards:
            return (x, y + _HEIGHT / 2), (x + _WIDTH, y + _HEIGHT / 2)
        return (x + _WIDTH / 2, y), (x + _WIDTH / 2, y + _HEIGHT)


def _edge(path: str, text: str) -> str:
    tip = f"<title>{escape(text)}</title>" if text else ""
    return f'<path class="edge" d="{path}" marker-end="url(#arrow)">{tip}</path>'


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
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
        f'<text x="{middle:.0f}" y="{at:.0f}">{name}</text>{note}</g>'
    )
    return f'<a href="{escape(node.link)}">{box}</a>' if node.link else box


def _shortened(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
