"""Places for the nodes of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError
from itertools import pairwise

import pytest

from jupyter_mlops.lineage.drawing import Node, draw
from jupyter_mlops.lineage.layers import lay_out


@dataclass(frozen=True)
class Case:
    name: str
    edges: str
    layers: str
    breadth: float = 0.0


CASES = [
    Case("nothing", "", ""),
    Case("a chain", "ab bc", "a|b|c"),
    Case("a diamond", "ab ac bd cd", "a|bc|d", 1.0),
    Case("a way around", "ab bc ac", "a|b|c", 0.7),
    Case("crossed lines are uncrossed", "ax by cz xz", "abc|xy|z", 2.0),
    Case("apart", "ab cd", "ac|bd", 1.0),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_layers(case: Case) -> None:
    edges = [(pair[0], pair[1]) for pair in case.edges.split()]
    nodes = sorted({node for edge in edges for node in edge})
    found = lay_out(nodes, edges)
    rows = ["" for _ in range(found.layers)]
    for node in nodes:
        rows[found.nodes[node][0]] += node
    assert "|".join(rows) == case.layers
    assert found.breadth == pytest.approx(case.breadth)
    for row in rows:
        places = sorted(found.nodes[node][1] for node in row)
        assert all(right - left > 0.999 for left, right in pairwise(places))
    for (source, target), points in found.edges.items():
        assert (points[0], points[-1]) == (found.nodes[source], found.nodes[target])
        layers = [layer for layer, _ in points]
        assert layers == list(range(layers[0], layers[-1] + 1))


def test_a_cycle_is_refused() -> None:
    with pytest.raises(CycleError):
        lay_out("ab", [("a", "b"), ("b", "a")])


def test_names_are_escaped_and_shortened() -> None:
    name = "<script>" + "x" * 30
    svg = draw([Node(name=name), Node(name="b")], {(name, "b"): "a & b"}, title='"')
    assert "<script" not in svg
    assert "&lt;script&gt;xxxxxxxxxxx…</text>" in svg
    assert "<title>a &amp; b</title>" in svg
    assert 'aria-label="&quot;"' in svg
