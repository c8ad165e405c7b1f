"""Secrets are found in text and in bytes, in whatever form and wherever the bytes are cut."""

from __future__ import annotations

import base64
import html
import json
import pickle
import re
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlops.kernel_state.secrets import Secrets

VALUE = 'hunter2 "se/cret"+ä\'x<'
KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n"
DATA = VALUE.encode()

FORMS = {
    "plain": VALUE,
    "json": json.dumps({"a": [VALUE]}),
    "json, not escaped": json.dumps({"a": VALUE}, ensure_ascii=False),
    "json in json": json.dumps(json.dumps(VALUE)),
    "repr": repr([VALUE]),
    "repr of bytes": repr(DATA),
    "url": f"https://ada:{quote(VALUE, safe='')}@h/",
    "path": quote(VALUE),
    "query": quote_plus(VALUE),
    "query, lower case": re.sub("%..", lambda found: found[0].lower(), quote(VALUE)),
    "html": f"<b>{html.escape(VALUE)}</b>",
    "hex": DATA.hex(),
    "hex, upper case": DATA.hex().upper(),
    "base64": base64.b64encode(DATA).decode(),
    **{
        f"base64 behind {before}": base64.b64encode(b"a" * before + DATA + b"zz").decode()
        for before in range(4)
    },
    "base64 for urls": base64.urlsafe_b64encode(b"ada:" + DATA).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_form(form: str) -> None:
    secrets = Secrets({"P": VALUE})
    scrubbed = secrets.scrub(f"before {FORMS[form]} behind")
    assert (secrets.find(FORMS[form]), secrets.find(scrubbed)) == ("P", None)
    assert "[secret P]" in scrubbed


@dataclass(frozen=True, kw_only=True)
class Line:
    """What is left of a text."""

    id: str
    text: str
    left: str


LINES = [
    Line(id="whole key", text=f"<{KEY}>", left="<[secret K]>"),
    Line(id="one line of it", text=">> kqhkiG9w0BAQEF", left=">> [secret K]"),
    Line(id="its armour", text="-----BEGIN KEY-----", left="-----BEGIN KEY-----"),
    Line(id="short value", text="a pass word", left="a [secret S] word"),
    Line(id="longer before shorter", text="hunter22-long hunter22", left="[secret L] [secret M]"),
]
SEVERAL = {"K": KEY, "S": "pass", "M": "hunter22", "L": "hunter22-long"}


@pytest.mark.parametrize("case", LINES, ids=lambda case: case.id)
def test_scrub(case: Line) -> None:
    assert Secrets(SEVERAL).scrub(case.text) == case.left


OBJECTS = {
    "text": ({"a": [VALUE]}, "P"),
    "bytes": (DATA, "P"),
    "within a megabyte": (b"\0" * (1 << 20) + DATA, "P"),
    "utf-16": (VALUE.encode("utf-16"), "P"),
    "utf-32, as NumPy has it": (VALUE.encode("utf-32-le"), "P"),
    "url": (f"pg://ada:{quote(VALUE)}@h", "P"),
    "half of it": (VALUE[:9], None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_find_in_bytes(name: str) -> None:
    content, expected = OBJECTS[name]
    assert Secrets({"P": VALUE}).watch().find(pickle.dumps(content)) == expected


@settings(deadline=None)
@given(st.integers(0, 300), st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_find_across_borders(before: int, sizes: list[int]) -> None:
    data, found, watch = b"x" * before + DATA + b"x" * 400, [], Secrets({"P": VALUE}).watch()
    while data:
        size = sizes[len(found) % len(sizes)]
        found.append(watch.find(data[:size]))
        data = data[size:]
    assert "P" in found


@dataclass(frozen=True, kw_only=True)
class Variable:
    """An environment variable of a step, and what a later one with other secrets makes of it."""

    id: str
    text: str
    given: dict[str, str]
    becomes: str | None


VARIABLES = [
    Variable(id="alone", text=VALUE, given={"P": "new"}, becomes="new"),
    Variable(id="within", text=f"u:{VALUE}@h", given={"P": "new"}, becomes="u:new@h"),
    Variable(id="not given", text=f"u:{VALUE}@h", given={"Q": "new"}, becomes=None),
    Variable(id="another form", text=quote(VALUE), given={"P": "new"}, becomes=None),
    Variable(id="no secret", text="plain", given={}, becomes="plain"),
]


@pytest.mark.parametrize("case", VARIABLES, ids=lambda case: case.id)
def test_split_and_join(case: Variable) -> None:
    parts = Secrets({"P": VALUE}).split(case.text)
    assert Secrets({"P": VALUE}).watch().find(pickle.dumps(parts)) is None
    assert Secrets(case.given).join(parts) == case.becomes


def test_values_are_not_shown() -> None:
    assert repr(Secrets({"P": VALUE, "Q": KEY})) == "Secrets(P, Q)"
