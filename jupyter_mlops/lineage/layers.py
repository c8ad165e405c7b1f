"""Places for the nodes of a directed graph without cycles: layers, after Sugiyama.

The method: each node's layer is its longest way from a source; edges over several layers pass
through bends in between; within a layer nodes are ordered by the mean place of their neighbours
(Sugiyama, Tagawa and Toda 1981), and moved towards it as far as their neighbours leave room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

_SWEEPS = 8
_BEND = 0.4
"""Room that a bend takes, where a node takes 1."""

Item = str | tuple[str, str, int]
"""A node, or the bend of an edge (source, target) in a layer."""

Point = tuple[int, float]
"""A layer, and a place in it; nodes side by side are at least 1 apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A drawing in units of nodes.

    Attributes:
        nodes: where each node stands; the least place is 0.
        edges: by (source, target), the points that its line passes, ends included.
        layers: how many there are.
        breadth: the greatest place.
    """

    nodes: Mapping[str, Point]
    edges: Mapping[tuple[str, str], tuple[Point, ...]]
    layers: int
    breadth: float


def lay_out(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> Layout:
    """Where nodes and edges are drawn.

    Args:
        nodes: all of them; where nothing else decides they stand in this order.
        edges: pairs of different nodes.

    Raises:
        graphlib.CycleError: the edges form a cycle.
    """
    pairs = list(dict.fromkeys(edges))
    layer = _layers(nodes, pairs)
    lines = {(s, t): _line(s, t, layer) for s, t in pairs}
    rows: list[list[Item]] = [[] for _ in range(1 + max(layer.values(), default=-1))]
    for node in nodes:
        rows[layer[node]].append(node)
    before: dict[Item, list[Item]] = {}
    after: dict[Item, list[Item]] = {}
    for line in lines.values():
        for bend in line[1:-1]:
            rows[int(bend[2])].append(bend)
        for one, other in pairwise(line):
            after.setdefault(one, []).append(other)
            before.setdefault(other, []).append(one)
    place = _places(rows, before, after)
    least = min(place.values(), default=0.0)
    points: dict[Item, Point] = {
        item: (number, place[item] - least) for number, row in enumerate(rows) for item in row
    }
    return Layout(
        nodes={node: points[node] for node in nodes},
        edges={pair: tuple(points[item] for item in line) for pair, line in lines.items()},
        layers=len(rows),
        breadth=max((across for _, across in points.values()), default=0.0),
    )


def _layers(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    sources: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        sources[target].append(source)
    layer: dict[str, int] = {}
    for node in TopologicalSorter(sources).static_order():
        layer[node] = 1 + max((layer[source] for source in sources[node]), default=-1)
    return layer


def _line(source: str, target: str, layer: Mapping[str, int]) -> list[Item]:
    between = range(layer[source] + 1, layer[target])
    return [source, *((source, target, number) for number in between), target]


def _places(
    rows: list[list[Item]], before: Mapping[Item, list[Item]], after: Mapping[Item, list[Item]]
) -> dict[Item, float]:
    place = {item: float(at) for row in rows for at, item in enumerate(row)}
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        neighbours = before if down else after
        for row in rows if down else reversed(rows):
            wish = {item: _mean(item, neighbours, place) for item in row}
            row.sort(key=wish.__getitem__)
            _settle(row, wish, place)
    return place


def _mean(item: Item, neighbours: Mapping[Item, list[Item]], place: Mapping[Item, float]) -> float:
    near = neighbours.get(item)
    return sum(place[n] for n in near) / len(near) if near else place[item]


def _settle(row: list[Item], wish: Mapping[Item, float], place: dict[Item, float]) -> None:
    """Put a row's items as near to their wishes as they have room, in their order."""
    for left, item in zip([None, *row], row, strict=False):
        least = place[left] + (_room(left) + _room(item)) / 2 if left is not None else wish[item]
        place[item] = max(wish[item], least)
    shift = sum(wish[item] - place[item] for item in row) / len(row)
    for item in row:
        place[item] += shift


def _room(item: Item) -> float:
    return 1.0 if isinstance(item, str) else _BEND
