"""What uv says when nothing satisfies the requirements: one sentence, and what led to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_LED = 2  # sentences that are kept
_LONG = 300  # characters of one of them

_SENTENCE = re.compile(r"(?:And b|B)ecause .+?(?:(?=\.? And because )|\.?$)")
_PREMISE = re.compile(
    r"(?:And b|B)ecause you require .+, we can conclude that your requirements .*"
)
_CONCLUSION = re.compile(r"(?:And b|B)ecause (.+), we can conclude that (.+)")
_ALL = re.compile(r"all versions of (\S+) depend on")
_MARKER = re.compile(r"\{[^{}]*\}")
_INCOMPATIBLE = re.compile(r"we can conclude that (.+?) and (.+?) are incompatible")
_REQUIRED = re.compile(
    r"(?<!conclude that )you require (.+?)(?=, we can conclude| and you require|$)"
)
_REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?(?:[<>=!~]\S*)?")
_NO_VERSION = re.compile(r"^Because there (?:is|are) no versions? of (\S+)")
_ONLY = re.compile(r"^Because only (\S+) (?:is|are) available and you require (\S+), we can")
_UNKNOWN = re.compile(r"^Because (\S+) was not found in the (?:package|provided)")
_NO_WHEEL = re.compile(r"(\S+) has no wheels with a matching (.+?) tag")
_WHEELS = re.compile(r"the following .*?: (`.+`)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """Why requirements cannot be satisfied.

    Attributes:
        sentence: in short, with the names of the packages; "" if that cannot be said.
        led: what the resolver concluded it from, if the sentence does not say so.
        lacks_wheel: True if a package has no wheel that fits.
    """

    sentence: str
    led: tuple[str, ...]
    lacks_wheel: bool = False


def odds_of(lines: Sequence[str], *, python: str, every_step: Mapping[str, str]) -> Odds:
    """What uv's message comes to.

    Args:
        lines: the message without decoration.
        python: X.Y that was asked for.
        every_step: what is required for a step itself and not by the user: distribution → versions.
    """
    hints = [line for line in lines if _WHEELS.search(line)]
    text = " ".join(" ".join(line for line in lines if line not in hints).split())
    sentences = _SENTENCE.findall(text)
    if wheel := _NO_WHEEL.search(text):
        sentence, lacks_wheel = _no_wheel(wheel[1], wheel[2], python, hints), True
    else:
        sentence, lacks_wheel = _missing(text) if len(sentences) == 1 else "", False
    if sentence and len(sentences) == 1:
        return Odds(sentence=sentence, led=(), lacks_wheel=lacks_wheel)
    sentence = sentence or _at_odds(text, {f"{name}{v}" for name, v in every_step.items()})
    led = [found for found in sentences if not _PREMISE.fullmatch(found)]
    if sentence:
        return Odds(sentence=sentence, led=tuple(map(_reason, led[-1:])), lacks_wheel=lacks_wheel)
    return Odds(sentence="", led=tuple(map(_cut, sentences[-_LED:])) or (_cut(text),))


def _reason(led: str) -> str:
    """Of a sentence of the resolver what is no repetition: its end, or what it rests on."""
    found = _CONCLUSION.fullmatch(led)
    if found is None:
        return _cut(led)
    rests_on, end = found[1], found[2]
    if end.startswith("you require"):
        return _cut(rests_on.partition(" and you require")[0])
    return _cut(rests_on if "incompatible" in end else end)


def _no_wheel(package: str, tag: str, python: str, hints: Sequence[str]) -> str:
    what = "this platform" if "platform" in tag else f"Python {python}"
    found = _WHEELS.search(hints[0]) if hints else None
    known = f" (its wheels are for {found[1].replace('`', '')})" if found else ""
    return f"{package} has no wheel for {what}{known}"


def _missing(text: str) -> str:
    if found := _NO_VERSION.search(text):
        return f"there is no {found[1]}"
    if found := _ONLY.search(text):
        return f"there is only {found[1]}, not {found[2]}"
    if found := _UNKNOWN.search(text):
        return f"no package index has {found[1]}"
    return ""


def _at_odds(text: str, every_step: set[str]) -> str:
    if found := _INCOMPATIBLE.search(text):
        parties = sorted(name.removeprefix("all versions of ") for name in found.groups())
    else:
        words = [word for part in _REQUIRED.findall(text) for word in part.split(" and ")]
        parties = list(dict.fromkeys(word for word in words if _REQUIREMENT.fullmatch(word)))
    if not 2 <= len(parties) <= 3:
        return ""
    named = [f"{name} (which every step needs)" if name in every_step else name for name in parties]
    return f"{', '.join(named[:-1])} and {named[-1]} are at odds"


def _cut(text: str) -> str:
    text = _ALL.sub(r"\1 depends on", _MARKER.sub("", text)).rstrip(".")
    return text if len(text) <= _LONG else f"{text[:_LONG]} …"
