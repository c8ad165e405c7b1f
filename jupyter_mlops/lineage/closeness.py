"""Whether texts, pictures and files say the same where their bytes differ."""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import zipfile
import zlib
from io import BytesIO

from jupyter_mlops.kernel_state.equality import is_close
from jupyter_mlops.lineage.pixels import MAGIC, same_pixels
from jupyter_mlops.verify.normalise import Part

_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)")
_SPACE = re.compile(r"\s+")
_MOST_TEXT = 64 * 2**20

NUMBERS, PIXELS, MEMBERS = "equal numbers within the tolerance", "the same pixels", "equal contents"


def how_close(one: bytes, other: bytes) -> str | None:
    """How two files with different bytes are equal, or None if they are not.

    Pictures by their pixels, archives by what is in them, texts but for small differences of
    floats.
    """
    if one.startswith(MAGIC):
        return PIXELS if same_pixels(one, other) else None
    if one[:2] == other[:2] == b"PK":
        return MEMBERS if _same_members(one, other) else None
    if one[:2] == other[:2] == b"\x1f\x8b":
        try:
            same = gzip.decompress(one) == gzip.decompress(other)
        except (OSError, EOFError, zlib.error):
            return None
        return MEMBERS if same else None
    if max(len(one), len(other)) > _MOST_TEXT:
        return None
    try:
        return NUMBERS if close_texts(one.decode(), other.decode()) else None
    except UnicodeDecodeError:
        return None


def close_parts(one: Part, other: Part) -> str | None:
    """How two outputs of one kind are equal, or None if they are not."""
    if one == other:
        return ""
    if one.kind != other.kind:
        return None
    if one.kind.endswith("image/png"):
        try:
            pictures = [base64.b64decode(part.text) for part in (one, other)]
        except binascii.Error:
            return None
        return PIXELS if same_pixels(*pictures) else None
    return NUMBERS if close_texts(one.text, other.text) else None


def close_texts(one: str, other: str) -> bool:
    """True if texts differ in floats only, and by less than the tolerance, or in white space."""
    if _skeleton(one) != _skeleton(other):
        return False
    numbers = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(a == b or is_close(float(a), float(b)) for a, b in numbers)


def _skeleton(text: str) -> str:
    return _SPACE.sub(" ", _NUMBER.sub("0.0", text))


def _same_members(one: bytes, other: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(one)) as first, zipfile.ZipFile(BytesIO(other)) as second:
            names = first.namelist()
            return names == second.namelist() and all(
                first.read(name) == second.read(name) for name in names
            )
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
        return False
