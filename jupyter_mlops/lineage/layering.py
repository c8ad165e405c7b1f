"""Where the boxes of a directed graph stand, in rows from top to bottom.

The method is that of Sugiyama, Tagawa and Toda (1981): rows by the longest way, what spans several
rows goes through each of them, crossings are lessened by sweeps of medians, and boxes are drawn
towards their neighbours. Inside, all is turned: columns from left to right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

Edge = tuple[str, str]
Point = tuple[float, float]

_BETWEEN_COLUMNS = 34.0
_BETWEEN_BOXES = 18.0
_SWEEPS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A layout.

    Attributes:
        corners: the upper left corner of each box.
        routes: of each edge the points through which it goes.
        width, height: of all.
    """

    corners: Mapping[str, Point]
    routes: Sequence[Sequence[Point]]
    width: float
    height: float


def lay_out(boxes: Mapping[str, Point], edges: Sequence[Edge]) -> Placed:
    """Where boxes of these widths and heights stand, and how the edges go; equal in, equal out."""
    sizes = {name: (height, width) for name, (width, height) in boxes.items()}
    forward = _without_circles(sizes, edges)
    columns = _columns(sizes, forward)
    chains = {edge: _chain(edge, columns) for edge in dict.fromkeys(forward)}
    size = {**dict.fromkeys((p for c in chains.values() for p in c), (0.0, 4.0)), **sizes}
    place = dict(columns)
    for chain in chains.values():
        for step, name in enumerate(chain):
            place.setdefault(name, columns[chain[0]] + step)
    before: dict[str, list[str]] = {name: [] for name in size}
    after: dict[str, list[str]] = {name: [] for name in size}
    for chain in chains.values():
        for left, right in pairwise(chain):
            after[left].append(right)
            before[right].append(left)
    order: list[list[str]] = [[] for _ in range(max(place.values(), default=-1) + 1)]
    for name in (*sizes, *(name for name in size if name not in sizes)):
        order[place[name]].append(name)
    _lessen_crossings(order, before, after)
    middles = _middles(order, size, before, after)
    return _placed(sizes, size, order, middles, chains, edges)


def _without_circles(names: Mapping[str, Point], edges: Sequence[Edge]) -> list[Edge]:
    """The edges, those that close a circle turned round, and none from a box to itself."""
    after: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        after[source].append(target)
    state: dict[str, int] = {}
    turned = set()
    for start in names:
        stack = [(start, iter(after[start]))] if start not in state else []
        state.setdefault(start, 1)
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[name] = 2
                stack.pop()
            elif following not in state:
                state[following] = 1
                stack.append((following, iter(after[following])))
            elif state[following] == 1:
                turned.add((name, following))
    return [(edge[1], edge[0]) if edge in turned else edge for edge in edges if edge[0] != edge[1]]


def _columns(names: Mapping[str, Point], edges: Sequence[Edge]) -> dict[str, int]:
    """The column of each box: one right of the last that leads to it; sources move to the right."""
    waiting = dict.fromkeys(names, 0)
    after: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        waiting[target] += 1
        after[source].append(target)
    columns = dict.fromkeys(names, 0)
    sources = [name for name in names if not waiting[name]]
    ready = deque(sources)
    while ready:
        name = ready.popleft()
        for target in after[name]:
            columns[target] = max(columns[target], columns[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for name in sources:
        if after[name]:
            columns[name] = min(columns[target] for target in after[name]) - 1
    return columns


def _chain(edge: Edge, columns: Mapping[str, int]) -> list[str]:
    """The edge as a way from column to column, through points that stand for nothing else."""
    source, target = edge
    between = range(columns[source] + 1, columns[target])
    return [source, *(f"\0{source}\0{target}\0{column}" for column in between), target]


def _lessen_crossings(
    order: list[list[str]], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> None:
    for sweep in range(_SWEEPS):
        to_right = sweep % 2 == 0
        columns = range(1, len(order)) if to_right else range(len(order) - 2, -1, -1)
        neighbours = before if to_right else after
        for column in columns:
            fixed = order[column - 1 if to_right else column + 1]
            rank = {name: number for number, name in enumerate(fixed)}
            own = {name: number for number, name in enumerate(order[column])}
            order[column].sort(
                key=lambda name: (
                    median([rank[other] for other in neighbours[name]] or [own[name]]),
                    own[name],
                )
            )


def _middles(
    order: list[list[str]],
    size: Mapping[str, Point],
    before: Mapping[str, list[str]],
    after: Mapping[str, list[str]],
) -> dict[str, float]:
    """The height of each middle: in order, apart, and near to the middles of the neighbours."""
    middles: dict[str, float] = {}
    for column in order:
        down = 0.0
        for name in column:
            middles[name] = down + size[name][1] / 2
            down += size[name][1] + _BETWEEN_BOXES
    for sweep in range(_SWEEPS):
        for column in order if sweep % 2 == 0 else reversed(order):
            wanted = [
                sum(near) / len(near)
                if (near := [middles[n] for n in (*before[name], *after[name])])
                else middles[name]
                for name in column
            ]
            for name, at in zip(column, _apart(column, wanted, size), strict=True):
                middles[name] = at
    return middles


def _apart(column: list[str], wanted: list[float], size: Mapping[str, Point]) -> list[float]:
    """The nearest heights to those wanted that keep order and distance (pooled neighbours)."""
    offsets, total = [], 0.0
    for number, name in enumerate(column):
        if number:
            total += (size[column[number - 1]][1] + size[name][1]) / 2 + _BETWEEN_BOXES
        offsets.append(total)
    blocks: list[tuple[float, int]] = []  # the mean of what its members want, and how many
    for want, offset in zip(wanted, offsets, strict=True):
        mean, members = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            earlier, number = blocks.pop()
            mean = (mean * members + earlier * number) / (members + number)
            members += number
        blocks.append((mean, members))
    means = [mean for mean, members in blocks for _ in range(members)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _placed(
    sizes: Mapping[str, Point],
    size: Mapping[str, Point],
    order: list[list[str]],
    middles: Mapping[str, float],
    chains: Mapping[Edge, list[str]],
    edges: Sequence[Edge],
) -> Placed:
    top = min((middles[name] - size[name][1] / 2 for name in size), default=0.0)
    corners: dict[str, Point] = {}
    x = 0.0
    ends: dict[str, tuple[Point, Point]] = {}
    for column in order:
        width = max(size[name][0] for name in column)
        for name in column:
            own = size[name][0] if name in sizes else width
            left, y = x + (width - own) / 2, middles[name] - top
            ends[name] = ((left, y), (left + own, y))
            if name in sizes:
                corners[name] = (left, y - size[name][1] / 2)
        x += width + _BETWEEN_COLUMNS
    routes = []
    for edge in dict.fromkeys(edges):
        turned = edge not in chains
        chain = chains.get((edge[1], edge[0]) if turned else edge, [])
        points = [point for name in chain for point in ends[name]][1:-1]
        routes.append(points[::-1] if turned else points)
    bottom = max((middles[name] + size[name][1] / 2 - top for name in size), default=0.0)
    return Placed(
        corners={name: (down, right) for name, (right, down) in corners.items()},
        routes=[[(down, right) for right, down in route] for route in routes if route],
        width=bottom,
        height=max(0.0, x - _BETWEEN_COLUMNS),
    )
