from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.verify.normalise import Part, normalise


def stream(text: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def result(count: int, **data: object) -> dict:
    return {
        "output_type": "execute_result",
        "execution_count": count,
        "metadata": {},
        "data": {key.replace("_", "/"): value for key, value in data.items()},
    }


def display(**data: object) -> dict:
    return {**result(0, **data), "output_type": "display_data"}


def error(message: str, *traceback: str) -> dict:
    return {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": message,
        "traceback": list(traceback),
    }


@dataclass(frozen=True, kw_only=True)
class Case:
    """Outputs in two kernels, and whether they are the same."""

    name: str
    one: tuple[dict, ...]
    other: tuple[dict, ...]
    same: bool = True


CASES = [
    Case(name="a stream in pieces", one=(stream("a\n"), stream("b\n")), other=(stream("a\nb\n"),)),
    Case(
        name="two streams that take turns",
        one=(stream("a"), stream("!", "stderr"), stream("b")),
        other=(stream("!", "stderr"), stream("ab")),
    ),
    Case(
        name="one text on two streams",
        one=(stream("a"),),
        other=(stream("a", "stderr"),),
        same=False,
    ),
    Case(
        name="text as lines", one=(stream("a\nb"),), other=({**stream(""), "text": ["a\n", "b"]},)
    ),
    Case(
        name="addresses",
        one=(result(3, text_plain="<object at 0x7fdbe6da7000>"),),
        other=(result(9, text_plain="<object at 0x7f6b91f4f150>"),),
    ),
    Case(
        name="short hexadecimal numbers are values",
        one=(stream("0xff"),),
        other=(stream("0xfe"),),
        same=False,
    ),
    Case(
        name="kernel files and folders",
        one=(
            stream("/tmp/ipykernel_12/345.py:1: UserWarning\n/s/runs/r/steps/01-a/attempts/1/work"),
        ),
        other=(stream("/tmp/ipykernel_9/8.py:1: UserWarning\n/s/cache/verify-x/attempts/1/work"),),
    ),
    Case(
        name="files within the working folder",
        one=(stream("/s/attempts/1/work/a.csv"),),
        other=(stream("/s/attempts/1/work/b.csv"),),
        same=False,
    ),
    Case(
        name="counters", one=(stream("Cell In[3], line 1"),), other=(stream("Cell In[12], line 1"),)
    ),
    Case(name="colours", one=(stream("\x1b[31mred\x1b[0m"),), other=(stream("red"),)),
    Case(
        name="ids in HTML",
        one=(display(text_html='<table id="T_1a2b3_row0"><div id="sk-container-id-1">'),),
        other=(display(text_html='<table id="T_9f8e7_row0"><div id="sk-container-id-4">'),),
    ),
    Case(
        name="widgets",
        one=(display(application_widget={"model_id": "aa", "version": 2}),),
        other=(display(application_widget={"model_id": "bb", "version": 2}),),
    ),
    Case(
        name="JSON that differs",
        one=(display(application_json={"a": [1]}),),
        other=(display(application_json={"a": [2]}),),
        same=False,
    ),
    Case(
        name="a result is no display",
        one=(result(1, text_plain="x"),),
        other=(display(text_plain="x"),),
        same=False,
    ),
    Case(
        name="a representation that is missing",
        one=(display(text_plain="x", image_png="aGk="),),
        other=(display(text_plain="x"),),
        same=False,
    ),
    Case(
        name="displays in another order",
        one=(display(text_plain="x"), display(text_plain="y")),
        other=(display(text_plain="y"), display(text_plain="x")),
        same=False,
    ),
    Case(
        name="an error from another place",
        one=(error("no", "line 1", "line 2"),),
        other=(error("no", "line 7"),),
    ),
    Case(name="another error", one=(error("no"),), other=(error("yes"),), same=False),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_what_counts_as_the_same(case: Case) -> None:
    assert (normalise(case.one) == normalise(case.other)) == case.same


def test_parts_of_a_cell() -> None:
    outputs = [result(2, text_plain="5"), stream("a"), error("no"), stream("b")]
    assert normalise(outputs) == (
        Part(kind="stream stdout", text="ab"),
        Part(kind="result text/plain", text="5"),
        Part(kind="error", text="ValueError: no"),
    )


def test_a_long_word_costs_its_length_and_not_its_square() -> None:
    word = "A" * 3_000_000
    assert normalise([result(1, image_png=word)])[0].text == word
