"""A cell's outputs without what differs between any two kernels: addresses, counters, paths."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WORD = r"(?<![^\s'\"])[^\s'\"]*"
"""How a path begins; looked for at the beginnings of words only, as some are of megabytes."""

_REPLACEMENTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0x…"),
    (re.compile(_WORD + r"ipykernel_\d+/\d+\.py"), "<cell>"),
    (re.compile(r"ipykernel_\d+"), "ipykernel"),
    (re.compile(r"<ipython-input-\d+-\w+>"), "<cell>"),
    (re.compile(r"<notebook [0-9a-f]{16}>"), "<cell>"),  # code that came from another step
    (re.compile(r"\b(Cell In|In|Out) ?\[\d+\]"), r"\1[…]"),
    (re.compile(_WORD + r"/attempts/\d+/(work|tree)\b"), "<work>"),
    (re.compile(r"/tmp/tmp\w{8}"), "/tmp/tmp…"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\bT_[0-9a-f]{5}"), "T_…"),
    (re.compile(r"\b(sk-(?:container|estimator)-id-)\d+"), r"\1…"),
)
# What stands in HTML and JSON for one display only.
_UNIQUE_KEYS = frozenset({"model_id", "display_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that a cell put out.

    Attributes:
        kind: ``stream stdout``, ``result text/plain``, ``display image/png``, ``error`` ….
        text: what it holds, normalised.
    """

    kind: str
    text: str


def normalise(outputs: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The outputs of a cell as nbformat keeps them, comparable between kernels.

    The text of each stream is one part, wherever it was interrupted; results and displays follow
    in their order, one part a representation; an error is its name and message, for where code
    stands is another matter in another kernel.
    """
    streams: dict[str, str] = {}
    parts: list[Part] = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + _joined(output["text"])
        elif kind == "error":
            text = f"{output['ename']}: {output['evalue']}"
            parts.append(Part(kind="error", text=normalise_text(text)))
        else:
            name = "result" if kind == "execute_result" else "display"
            parts += [
                Part(kind=f"{name} {mime}", text=_content(mime, value))
                for mime, value in sorted(output["data"].items())
            ]
    return (
        *(Part(kind=f"stream {n}", text=normalise_text(streams[n])) for n in sorted(streams)),
        *parts,
    )


def normalise_text(text: str) -> str:
    """The text without colours, addresses, execution counters and paths of a kernel's own."""
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return text


def _content(mime: str, value: Any) -> str:
    if mime.startswith(("image/", "application/pdf")) and not mime.endswith("+xml"):
        return "".join(_joined(value).split())  # base64
    if isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(line, str) for line in value)
    ):
        return normalise_text(_joined(value))
    return normalise_text(json.dumps(_without_unique(value), sort_keys=True, indent=1))


def _without_unique(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _without_unique(v) for k, v in value.items() if k not in _UNIQUE_KEYS}
    return [_without_unique(item) for item in value] if isinstance(value, list) else value


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
