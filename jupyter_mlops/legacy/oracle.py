"""A cell's outputs against those that the old notebook stored."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.legacy.commands import trouble_in
from jupyter_mlops.legacy.eras import of_any_era, same_text
from jupyter_mlops.model.conversion import CellLevel, Level, OracleScore
from jupyter_mlops.verify.normalise import normalise

Outputs = Sequence[Mapping[str, Any]]
Compared = tuple[str, int, Outputs, Outputs | None]
"""Of a cell: id, position, stored outputs, and those that it has now."""

TOLERANCE = 1e-6
"""Relative difference of numbers that counts as equal."""
_LOOK_ALIKE = 12
"""Bits of 64 in which the perceptual hashes of two images may differ."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
_LACKS = {"network": "did not reach the network", "program": "needs what is not installed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a cell put out, as far as the old notebook can be compared with.

    Attributes:
        text: printed, returned and displayed text, normalised.
        kinds: sorted kinds of output, such as ``stream`` and ``image``.
        images: PNG or JPEG bytes.
        error: name of the exception, or empty.
    """

    text: str
    kinds: tuple[str, ...]
    images: tuple[bytes, ...]
    error: str


def told(outputs: Outputs) -> Told:
    """What the outputs of a cell tell."""
    kinds: set[str] = set()
    images: list[bytes] = []
    error = ""
    kept = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream" and output.get("name") == "stderr":
            continue  # warnings are of their time
        if kind == "error":
            error = str(output["ename"])
            kinds.add("error")
            continue
        if kind == "stream":
            kinds.add("stream")
            kept.append(output)
            continue
        data = output["data"]
        picture = [m for m in ("image/png", "image/jpeg") if m in data]
        images += [base64.b64decode("".join(data[mime])) for mime in picture]
        kinds.add("image" if picture else "text")
        plain = {} if picture else {"text/plain": data.get("text/plain", "")}
        kept.append({**output, "data": plain})
    text = "\n".join(part.text for part in normalise(kept))
    return Told(
        text=of_any_era(text), kinds=tuple(sorted(kinds)), images=tuple(images), error=error
    )


def level_of(stored: Outputs, found: Outputs | None) -> tuple[Level, str]:
    """How a cell's outputs compare with the stored ones, and one sentence if they differ.

    Args:
        stored: what the old notebook held.
        found: what the cell put out now; None if it did not run to its end.
    """
    if found is None:
        return "not reached", "an error ended the notebook before it, or in it"
    old, new = told(stored), told(found)
    if not old.kinds:
        return "L0", ""
    if old.error != new.error and not (old.error and new.error):
        what = new.error or "nothing"
        return "differs", f"it raised {old.error or 'nothing'}, and raises {what} now"
    if same_text(old.text, new.text) and old.images == new.images:
        return "L2", ""
    if _close(old.text, new.text) and alike_images(old.images, new.images):
        return "L3", ""
    trouble = trouble_in(found)
    if trouble is not None and trouble.kind != "error" and trouble_in(stored) is None:
        level: Level = "L1" if old.kinds == new.kinds else "differs"
        return level, f"its command {_LACKS[trouble.kind]}: {trouble.said}"
    if old.kinds == new.kinds:
        return "L1", _first_difference(old.text, new.text)
    return "differs", f"it put out {_listed(old.kinds)}, and puts out {_listed(new.kinds)} now"


def score(cells: Sequence[tuple[Outputs, Outputs | None]]) -> OracleScore:
    """How many of the stored outputs came out equal.

    Args:
        cells: stored and new outputs of each code cell.
    """
    texts = equal = images = alike = 0
    for stored, found in cells:
        old, new = told(stored), told(found or ())
        if old.text:
            texts += 1
            equal += found is not None and same_text(old.text, new.text)
        images += len(old.images)
        pairs = zip(old.images, new.images, strict=False)
        alike += sum(alike_images((one,), (other,)) for one, other in pairs)
    return OracleScore(text_outputs=texts, equal_l2=equal, images=images, equal_images=alike)


def levels(
    cells: Iterable[Compared],
    *,
    varying: Set[str] = frozenset(),
    drawn: Set[str] = frozenset(),
) -> tuple[CellLevel, ...]:
    """The level of each cell.

    Args:
        cells: in their order.
        varying: ids of cells that differ between two fresh runs.
        drawn: ids of cells that differed before seeds were set.
    """
    found = []
    for identity, position, stored, now in cells:
        level, why = level_of(stored, now)
        if level in ("L1", "differs"):
            if identity in varying:
                level, why = "varies", "two fresh runs differ from one another"
            elif identity in drawn:
                why = f"drawn at random, and the old notebook set no seed: {why}"
        found.append(CellLevel(id=identity, cell=position, level=level, why=why))
    return tuple(found)


def alike_images(old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    """True if there are as many, and each looks like the other (perceptual hash)."""
    return len(old) == len(new) and all(
        one == other or _distance(one, other) <= _LOOK_ALIKE
        for one, other in zip(old, new, strict=True)
    )


def _distance(one: bytes, other: bytes) -> int:
    import imagehash
    from PIL import Image, UnidentifiedImageError

    try:
        first, second = (
            imagehash.phash(Image.open(io.BytesIO(data)).convert("RGB")) for data in (one, other)
        )
    except (UnidentifiedImageError, OSError):
        return 64
    return int(first - second)


def _close(old: str, new: str) -> bool:
    """True if both are the same but for numbers within the tolerance."""
    if _NUMBER.sub("#", old) != _NUMBER.sub("#", new):
        return False
    pairs = zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True)
    return all(_equal(float(one), float(other), one) for one, other in pairs)


def _equal(one: float, other: float, written: str) -> bool:
    """True if the numbers are equal as far as the old one was written."""
    digits = len(written.partition(".")[2].partition("e")[0])
    shown = 0.51 * 10.0**-digits if digits and "e" not in written.lower() else 0.0
    return abs(one - other) <= max(TOLERANCE * max(abs(one), abs(other)), shown * 2)


def _first_difference(old: str, new: str) -> str:
    if same_text(old, new):
        return "its images look otherwise"
    at = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
        min(len(old), len(new)),
    )
    start = max(0, at - 20)
    return f"stored …{old[start : at + 40]}…, now …{new[start : at + 40]}…"


def _listed(kinds: Sequence[str]) -> str:
    return " and ".join(kinds) or "nothing"
