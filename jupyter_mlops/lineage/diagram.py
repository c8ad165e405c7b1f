"""A directed graph as a self-contained SVG, from top to bottom, legible in light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from jupyter_mlops.lineage.layering import Edge, Placed, lay_out

_CHARACTER = 6.7
_LINE = 16
_PADDING = 10
_MOST_CHARACTERS = 38
_MARGIN = 20

_LOOKS: Mapping[str, tuple[str, str, str, str]] = {
    # kind: fill and border in light, fill and border in dark
    "step": ("#dbeafe", "#2563eb", "#1e3a5f", "#60a5fa"),
    "file": ("#fef3c7", "#b45309", "#4a3310", "#fbbf24"),
    "variables": ("#f3f4f6", "#6b7280", "#2d333b", "#9ca3af"),
    "notebook": ("#ede9fe", "#7c3aed", "#3b2a63", "#a78bfa"),
    "figure": ("#dcfce7", "#15803d", "#14401f", "#4ade80"),
    "failed": ("#fee2e2", "#b91c1c", "#4c1616", "#f87171"),
}
_STYLE = """
.dag {{ font: 12px system-ui, "DejaVu Sans", sans-serif; }}
.dag .paper {{ fill: #ffffff; }}
.dag text {{ fill: #111827; }}
.dag .more {{ fill: #4b5563; font-size: 11px; }}
.dag .edge {{ fill: none; stroke: #9ca3af; stroke-width: 1.3; }}
.dag .tip {{ fill: #9ca3af; }}
.dag .asked rect {{ stroke-width: 3; }}
{light}
@media (prefers-color-scheme: dark) {{
.dag .paper {{ fill: #0d1117; }}
.dag text {{ fill: #e6edf3; }}
.dag .more {{ fill: #a3adb8; }}
.dag .edge {{ stroke: #6e7681; }}
.dag .tip {{ fill: #6e7681; }}
{dark}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A box of the drawing.

    Attributes:
        id: unique.
        lines: its text; the first line is its name.
        kind: ``step``, ``file``, ``variables``, ``notebook``, ``figure`` or ``failed``.
        title: what a pointer over it shows.
        is_asked: True if the drawing is about it.
    """

    id: str
    lines: Sequence[str]
    kind: str = "step"
    title: str = ""
    is_asked: bool = False


def draw(nodes: Sequence[Node], edges: Sequence[Edge], *, title: str) -> str:
    """The graph as SVG: equal graphs give equal text, and it refers to nothing outside itself.

    Args:
        nodes: in the order in which they are stacked where nothing else decides.
        edges: pairs of the ids of nodes. One that closes a circle is drawn, and not obeyed.
        title: of the drawing, for people who hear it.
    """
    sizes = {node.id: _size(node) for node in nodes}
    placed = lay_out(sizes, edges)
    width, height = placed.width + 2 * _MARGIN, placed.height + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="dag" role="img" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">',
        f"<title>{escape(title)}</title>",
        f"<style>{_style()}</style>",
        '<defs><marker id="dag-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>',
        '<rect class="paper" width="100%" height="100%"/>',
        f'<g transform="translate({_MARGIN} {_MARGIN})">',
        *(_path(points) for points in placed.routes),
        *(_box(node, placed, sizes[node.id]) for node in nodes),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


def _size(node: Node) -> tuple[float, float]:
    longest = max(len(_short(line)) for line in node.lines)
    return longest * _CHARACTER + 2 * _PADDING, len(node.lines) * _LINE + _PADDING


def _box(node: Node, placed: Placed, size: tuple[float, float]) -> str:
    x, y = placed.corners[node.id]
    width, height = size
    radius = 4 if node.kind in ("file", "notebook", "figure") else height / 2.5
    texts = [
        f'<text{" class=" + chr(34) + "more" + chr(34) if number else ""} x="{width / 2:.1f}" '
        f'y="{_PADDING / 2 + _LINE * number + 12:.1f}" text-anchor="middle">'
        f"{escape(_short(line))}</text>"
        for number, line in enumerate(node.lines)
    ]
    classes = f"{node.kind} asked" if node.is_asked else node.kind
    return (
        f'<g class="{classes}" transform="translate({x:.1f} {y:.1f})">'
        f"<title>{escape(node.title or node.lines[0])}</title>"
        f'<rect width="{width:.1f}" height="{height:.1f}" rx="{radius:.1f}"/>'
        f"{''.join(texts)}</g>"
    )


def _path(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *others = points
    curve = [f"M{x:.1f} {y:.1f}"]
    for right, down in others:
        middle = (y + down) / 2
        curve.append(f"C{x:.1f} {middle:.1f} {right:.1f} {middle:.1f} {right:.1f} {down:.1f}")
        x, y = right, down
    return f'<path class="edge" marker-end="url(#dag-tip)" d="{" ".join(curve)}"/>'


def _short(line: str) -> str:
    return line if len(line) <= _MOST_CHARACTERS else f"{line[: _MOST_CHARACTERS - 1]}…"


def _style() -> str:
    def rules(first: int) -> str:
        return "\n".join(
            f".dag .{kind} rect {{ fill: {look[first]}; stroke: {look[first + 1]}; }}"
            for kind, look in _LOOKS.items()
        )

    return _STYLE.format(light=rules(0), dark=rules(2))
