"""The steps of a run as a drawing of a page."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

from jupyter_mlops.lineage.drawing import Node, draw

SVG = "{http://www.w3.org/2000/svg}"


def boxes(svg: str) -> list[tuple[float, float]]:
    rects = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [(float(rect.attrib["x"]), float(rect.attrib["y"])) for rect in rects]


def chain(length: int) -> str:
    names = [f"step{number}" for number in range(length)]
    edges = dict.fromkeys(pairwise(names), "df")
    return draw([Node(name=name) for name in names], edges, title="a chain")


def test_a_short_chain_goes_to_the_right_and_a_long_one_down() -> None:
    short, long = boxes(chain(4)), boxes(chain(20))
    assert (len({y for _, y in short}), short) == (1, sorted(short))
    assert (len({x for x, _ in long}), [y for _, y in long]) == (1, sorted(y for _, y in long))


def test_each_edge_shows_its_own_text() -> None:
    edges = {("a", "c"): "around", ("a", "b"): "first", ("b", "c"): "second"}
    svg = draw([Node(name=name) for name in "abc"], edges, title="a way around")
    paths = ElementTree.fromstring(svg).iter(f"{SVG}path")
    bends = {p.findtext(f"{SVG}title"): p.attrib["d"].count("C") for p in paths if len(p)}
    assert bends == {"around": 2, "first": 1, "second": 1}


def test_names_are_escaped_and_shortened() -> None:
    name = "<script>" + "x" * 30
    svg = draw([Node(name=name), Node(name="b")], {(name, "b"): "a & b"}, title='"')
    assert "<script" not in svg
    assert "&lt;script&gt;xxxxxxxxxxx…</text>" in svg
    assert "<title>a &amp; b</title>" in svg
    assert 'aria-label="&quot;"' in svg
