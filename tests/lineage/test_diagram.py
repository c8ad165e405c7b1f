"""Drawn graphs: boxes in rows, apart, below those that lead to them, the same each time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

import pytest

from jupyter_mlops.lineage.diagram import Node, draw
from jupyter_mlops.lineage.layering import Edge, lay_out


@dataclass(frozen=True)
class Case:
    """A graph, and its boxes row by row from left to right."""

    name: str
    edges: tuple[Edge, ...]
    rows: tuple[str, ...]
    boxes: str = "abcde"


CASES = [
    Case("no edges", (), ("ab",), "ab"),
    Case("a chain", (("a", "b"), ("b", "c")), ("a", "b", "c"), "abc"),
    Case("crossings", (("a", "d"), ("b", "c")), ("ab", "dc"), "abcd"),
    Case("a long edge", (("a", "b"), ("b", "c"), ("a", "c")), ("a", "b", "c"), "abc"),
    Case(
        "around everything",
        (("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("a", "e"), ("e", "d")),
        ("a", "be", "c", "d"),
    ),
    Case("a late source", (("a", "b"), ("b", "c"), ("d", "c")), ("a", "bd", "c"), "abcd"),
    Case("a circle", (("a", "b"), ("b", "c"), ("c", "a")), ("a", "b", "c"), "abc"),
    Case("to itself", (("a", "a"), ("a", "b")), ("a", "b"), "ab"),
    Case("twice", (("a", "b"), ("a", "b")), ("a", "b"), "ab"),
    Case("both ways", (("a", "b"), ("b", "a")), ("a", "b"), "ab"),
    Case("nothing", (), (), ""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_layout(case: Case) -> None:
    sizes = {box: (50.0 + 10 * number, 20.0) for number, box in enumerate(case.boxes)}
    placed = lay_out(sizes, case.edges)
    heights = sorted({y for _, y in placed.corners.values()})
    rows = (
        sorted((x, box) for box, (x, y) in placed.corners.items() if y == height)
        for height in heights
    )
    assert tuple("".join(box for _, box in row) for row in rows) == case.rows
    for one, two in combinations(sizes, 2):
        (x, y), (right, down) = placed.corners[one], placed.corners[two]
        apart = x + sizes[one][0] < right or right + sizes[two][0] < x
        assert apart or abs(y - down) >= 20
    for (x, y), (width, height) in ((placed.corners[box], sizes[box]) for box in sizes):
        assert 0 <= x <= x + width <= placed.width
        assert 0 <= y <= y + height <= placed.height
    for route in placed.routes:
        assert all(0 <= x <= placed.width and 0 <= y <= placed.height for x, y in route)
        ends = [route[0][1], route[-1][1]]
        assert ends != sorted(ends, reverse=True) or case.name in ("a circle", "both ways")


def test_drawings_are_sound_and_escape_what_they_show() -> None:
    nodes = [
        Node(id="a", lines=("<script>alert(1)</script>", "x" * 99), title='"&'),
        Node(id="b", lines=("b",), kind="file", is_asked=True),
    ]
    drawn = draw(nodes, [("a", "b")], title="a < b")
    assert drawn == draw(nodes, [("a", "b")], title="a < b")
    root = ElementTree.fromstring(drawn)
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["<script>alert(1)</script>", "x" * 37 + "…", "b"]
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) == 2  # the edge and its tip
