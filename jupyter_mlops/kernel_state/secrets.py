"""The values that a step was given by name and that must not be stored: how they are found."""

from __future__ import annotations

import base64
import html
import json
import pickle
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus

LEAST_TEXT = 4
"""Characters that a value needs to be told apart from other text."""
LEAST_BYTES = 8
"""Characters that a value needs to be looked for in bytes, and in other forms than its own."""

_SLICE = 1 << 20
_ARMOUR = "-----"


def text_forms(value: str) -> set[str]:
    """The value and the ways in which it commonly stands in other text.

    As JSON, ``repr``, HTML and URLs write it, in hexadecimal digits, and in base64, also within
    other text that was encoded; of a value of many lines, each line.
    """
    if len(value) < LEAST_BYTES:
        return {value}
    data = value.encode(errors="surrogateescape")
    quoted = {quote(data), quote(data, safe=""), quote_plus(data)}
    forms = {value, *quoted, *(re.sub("%..", lambda m: m[0].lower(), text) for text in quoted)}
    plain = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {*plain, *(json.dumps(text)[1:-1] for text in plain)}
    forms |= {repr(value)[1:-1], repr(data)[2:-1], html.escape(value), html.escape(value, False)}
    forms |= {data.hex(), data.hex().upper(), *_base64_forms(data)}
    lines = value.splitlines()
    if len(lines) > 1:
        forms |= {line for line in lines if len(line) >= LEAST_BYTES and _ARMOUR not in line}
    return forms


def byte_forms(value: str) -> set[bytes]:
    """The value's forms as bytes, also as UTF-16 and UTF-32; none of a value that is too short."""
    if len(value) < LEAST_BYTES:
        return set()
    wide = {value.encode(code, errors="replace") for code in ("utf-16-le", "utf-32-le")}
    return wide | {form.encode(errors="surrogateescape") for form in text_forms(value)}


def _base64_forms(data: bytes) -> Iterable[str]:
    """What encoding a text around the value gives of it, wherever in the text it stands."""
    yield base64.b64encode(data).decode()
    yield base64.urlsafe_b64encode(data).decode()
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(data)) * 8 // 6
        padded = b"\0" * before + data
        yield base64.b64encode(padded).decode()[first:last]
        yield base64.urlsafe_b64encode(padded).decode()[first:last]


class Secrets:
    """The secrets of one step.

    Args:
        values: by name.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {name: value for name, value in values.items() if value}
        forms = {form: name for name, value in self._values.items() for form in text_forms(value)}
        self._names = dict(sorted(forms.items(), key=lambda item: -len(item[0])))

    def __bool__(self) -> bool:
        return bool(self._values)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(self._values)})"

    @property
    def forms(self) -> Mapping[str, str]:
        """Each form as text and the secret's name, the longest first."""
        return self._names

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self._names)))

    def find(self, text: str) -> str | None:
        """The name of a secret that the text holds in any form, or None."""
        found = self._pattern.search(text) if self._names else None
        return self._names[found[0]] if found else None

    def find_in(self, value: Any) -> str | None:
        """The name of a secret that a text or number within a JSON value holds, or None."""
        return next((name for text in _texts(value) if (name := self.find(text))), None)

    def scrub(self, text: str) -> str:
        """The text with ``[secret NAME]`` in place of each secret in any form."""
        if not self._names:
            return text
        return self._pattern.sub(lambda found: f"[secret {self._names[found[0]]}]", text)

    @cached_property
    def _bytes(self) -> list[tuple[bytes, str]]:
        return [(f, name) for name, value in self._values.items() for f in byte_forms(value)]

    @cached_property
    def _longest(self) -> int:
        return max((len(form) for form, _ in self._bytes), default=1)

    def watch(self) -> Watch:
        """Looks at bytes that come in parts."""
        return Watch(self._bytes, self._longest)

    def split(self, text: str) -> list[str | tuple[str]]:
        """The text in parts, a one-tuple with the name for each secret.

        What holds a secret in another form than its own becomes one part that ``join`` never gives.
        """
        values = {value: name for name, value in self._values.items()}
        pattern = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
        parts: list[str | tuple[str]] = [
            (values[part],) if part in values else part
            for part in re.split(f"({pattern})", text)
            if part
        ]
        hidden = any(isinstance(part, str) and self.find(part) for part in parts)
        return [("",)] if hidden else parts

    def join(self, parts: Iterable[str | tuple[str]]) -> str | None:
        """The text that ``split`` took apart; None if a secret in it is not among these."""
        texts = [self._values.get(p[0]) if isinstance(p, tuple) else p for p in parts]
        return None if None in texts else "".join(map(str, texts))


class Watch:
    """Finds secrets in a stream of bytes."""

    def __init__(self, forms: Iterable[tuple[bytes, str]], longest: int) -> None:
        self._forms = list(forms)
        self._keep = longest - 1
        self._tail = b""

    def find(self, data: Any) -> str | None:
        """The name of a secret in these bytes, or across the border to those before; or None.

        Args:
            data: bytes, or anything with a contiguous buffer.
        """
        if not self._forms:
            return None
        with pickle.PickleBuffer(data).raw() as flat:
            for start in range(0, flat.nbytes, _SLICE):
                part = self._tail + bytes(flat[start : start + _SLICE])
                for form, name in self._forms:
                    if form in part:
                        return name
                self._tail = part[-self._keep :] if self._keep else b""
        return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from (str(key), *_texts(item))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


guarded = Secrets({})
"""The secrets of the step in whose kernel this runs."""


def guard(values: Mapping[str, str]) -> Secrets:
    """From now on these are the step's secrets: no object may hold them."""
    global guarded
    guarded = Secrets(values)
    return guarded
