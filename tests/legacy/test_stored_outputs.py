"""A cell's outputs against those that were stored, whatever era they are of."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from jupyter_mlops.legacy.oracle import level_of, levels, score
from jupyter_mlops.model.conversion import OracleScore

Outputs = Sequence[Mapping[str, Any]]


def printed(text: str, name: str = "stdout") -> Outputs:
    return [{"output_type": "stream", "name": name, "text": text}]


def returned(text: str, **more: str) -> Outputs:
    data = {"text/plain": text, **more}
    return [{"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}]


def raised(name: str) -> Outputs:
    return [{"output_type": "error", "ename": name, "evalue": "", "traceback": []}]


def pictured(height: float, size: int = 192) -> Outputs:
    """A picture of a curve of that height, in a frame."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 8, size - 8, size - 8), outline="black", width=3)
    points = [
        (x, size * (0.9 - 0.8 * height * math.sin(math.pi * x / size))) for x in range(8, size - 8)
    ]
    draw.line(points, fill="blue", width=5)
    file = io.BytesIO()
    image.save(file, "PNG")
    png = base64.b64encode(file.getvalue()).decode()
    data = {"text/plain": "<Figure>", "image/png": png}
    return [{"output_type": "display_data", "data": data, "metadata": {}}]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What was stored, what the cell puts out now, and the level of that."""

    stored: Outputs
    now: Outputs | None
    level: str


CASES = [
    Case(stored=(), now=printed("x"), level="L0"),
    Case(stored=printed("a b"), now=printed("a  b\n"), level="L2"),
    Case(stored=returned("u'a'"), now=returned("'a'"), level="L2"),
    Case(stored=returned("10000000000000L"), now=returned("10000000000000"), level="L2"),
    Case(stored=returned("<type 'int'>"), now=returned("<class 'int'>"), level="L2"),
    Case(stored=returned("3.5"), now=returned("np.float64(3.5)"), level="L2"),
    Case(
        stored=returned("<matplotlib.axes.AxesSubplot at 0x10f6d>"),
        now=returned("<Axes: xlabel='x'>"),
        level="L2",
    ),
    Case(stored=returned("array([ 1.,  2.])"), now=returned("array([1., 2.])"), level="L2"),
    Case(stored=returned("array([True], dtype=bool)"), now=returned("array([True])"), level="L2"),
    Case(stored=returned("{'a': 1, 'b': 2}"), now=returned("{'b': 2, u'a': 1}"), level="L2"),
    Case(stored=returned(r"[u'\xe8n']"), now=returned("['èn']"), level="L2"),
    Case(stored=returned("set([1, 2])"), now=returned("{1, 2}"), level="L2"),
    Case(stored=printed("0.333333333333"), now=printed("0.3333333333333333"), level="L2"),
    Case(stored=returned("Int64Index([2])"), now=returned("Index([2])"), level="L2"),
    Case(stored=returned("0.33333333"), now=returned("0.33333334"), level="L3"),
    Case(stored=returned("0.33"), now=returned("0.34"), level="L3"),
    Case(stored=returned("0.33"), now=returned("0.39"), level="L1"),
    Case(stored=returned("a"), now=returned("b"), level="L1"),
    Case(stored=returned("a"), now=printed("a"), level="L2"),
    Case(stored=printed("old warning", "stderr"), now=(), level="L0"),
    Case(stored=pictured(1), now=pictured(1), level="L2"),
    Case(stored=pictured(1), now=pictured(0.97, 240), level="L3"),
    Case(stored=pictured(1), now=pictured(0.2), level="L1"),
    Case(stored=pictured(1), now=printed("x"), level="differs"),
    Case(stored=raised("ValueError"), now=raised("TypeError"), level="L2"),
    Case(stored=raised("ValueError"), now=returned("1"), level="differs"),
    Case(stored=returned("1"), now=None, level="not reached"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.level)
def test_outputs_have_a_level(case: Case) -> None:
    level, why = level_of(case.stored, case.now)
    assert level == case.level
    assert bool(why) == (level in ("L1", "differs", "not reached"))


@pytest.mark.parametrize(
    ("now", "varies", "drawn", "level", "why"),
    [
        ("0.33", True, False, "L2", ""),
        ("0.34", True, False, "L3", ""),
        ("0.39", True, False, "varies", "two fresh runs differ from one another"),
        ("0.39", False, True, "L1", "drawn at random, and the old notebook set no seed"),
        ("0.39", False, False, "L1", "stored …0.33…, now …0.39…"),
    ],
)
def test_what_no_run_could_give_is_told_apart(
    now: str, varies: bool, drawn: bool, level: str, why: str
) -> None:
    (found,) = levels(
        [("a", 2, returned("0.33"), returned(now))],
        varying={"a"} if varies else set(),
        drawn={"a"} if drawn else set(),
    )
    assert (found.id, found.cell, found.level, found.why.partition(":")[0]) == ("a", 2, level, why)


def test_a_command_that_lacked_the_network_or_a_program_is_told() -> None:
    stored = printed("Cloning into 'b'...\ndone.\n")
    unresolved = "fatal: unable to access 'https://e.org/': Could not resolve host: e.org"
    absent = "/bin/sh: 1: git: not found"
    lines = [{"output_type": "stream", "name": "stdout", "text": ["Cloning\r\n", unresolved]}]
    assert level_of(stored, lines) == level_of(stored, printed(unresolved))
    assert [level_of(stored, printed(f"{said}\n")) for said in (unresolved, absent)] == [
        ("L1", f"its command did not reach the network: {unresolved}"),
        ("L1", f"its command needs what is not installed: {absent}"),
    ]


def test_equal_outputs_are_counted() -> None:
    cells: list[tuple[Outputs, Outputs | None]] = [(case.stored, case.now) for case in CASES]
    assert score(cells) == OracleScore(text_outputs=19, equal_l2=14, images=4, equal_images=2)
