"""Nothing that an attempt writes holds a secret, however it arrives."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.step.scrub import Scrubber, SecretStored

VALUES = {"P": "hunter2-secret", "Q": "hunter2", "K": "line one is long\nline two is long\n"}


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*VALUES.values(), "hun", "ter2", "x", "line one", "\n", "é"])),
    st.lists(st.integers(1, 9), min_size=1),
)
def test_stream_is_scrubbed_as_a_whole(words: list[str], sizes: list[int]) -> None:
    scrubber = Scrubber(VALUES)
    text, stream, given_out = "".join(words), scrubber.stream(), ""
    turn = 0
    while text:
        size = sizes[turn % len(sizes)]
        given_out += stream.feed(text[:size])
        text, turn = text[size:], turn + 1
    given_out += stream.rest()
    assert all(value not in given_out for value in VALUES.values())
    plain = Scrubber({}).stream()
    assert (plain.feed("hunter2"), plain.rest()) == ("hunter2", "")


def test_stream_holds_back_no_more_than_it_must() -> None:
    stream = Scrubber({"P": "hunter2-secret"}).stream()
    fed = [stream.feed(part) for part in ("ready\n", "a hunt", "er2-sec", "ret!", "hunt")]
    assert (fed, stream.rest()) == (["ready\n", "a ", "", "[secret P]!", ""], "hunt")


CONTENTS: dict[str, tuple[Any, Any]] = {
    "nothing in it": ({"a": [1, None, True, "x"]}, {"a": [1, None, True, "x"]}),
    "values and names": ({"hunter2": ["a hunter2 b"]}, {"[secret Q]": ["a [secret Q] b"]}),
    "colours within": ("hun\x1b[31mter2", "[secret Q]"),
    "colours beside": ("\x1b[31mhunter2\x1b[0m", "\x1b[31m[secret Q]\x1b[0m"),
    "several lines": (["line one is long\n", "line two is long\n", "x"], ["[secret K]x"]),
    "buffers": ([b"...hunter2-secret", b"fine"], [b"", b"fine"]),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_value(name: str) -> None:
    content, expected = CONTENTS[name]
    assert Scrubber(VALUES).value(content) == expected
    assert Scrubber({}).value(content) is content


def test_number_that_is_a_secret() -> None:
    scrubber = Scrubber({"N": "31415926"})
    assert scrubber.value({"x": 31415926, "y": 3}) == {"x": "[secret N]", "y": 3}
    with pytest.raises(SecretStored, match="a metric holds the secret N, which is never stored"):
        scrubber.refuse({"metrics": {"pi": 31415926}}, "a metric", "choose another")


def test_pipe() -> None:
    reading, target = os.pipe()
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(open(reading, "rb").read()))  # noqa: SIM115, PTH123
    reader.start()
    with Scrubber({"P": "pässword-9"}).pipe(target) as writing:
        for part in ("a pä", "sswo", "rd-9 b\n", "päss"):
            os.write(writing, part.encode())
    os.close(target)
    reader.join()
    assert b"".join(read).decode() == "a [secret P] b\npäss"
