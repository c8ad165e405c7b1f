"""What counts as equal where bytes differ: pixels, floats, what archives hold."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

import pytest

from jupyter_mlops.lineage.closeness import MEMBERS, NUMBERS, PIXELS, close_parts, how_close
from jupyter_mlops.verify.normalise import Part


def png(rows: list[bytes], filters: list[int], *, text: bytes = b"", level: int = 9) -> bytes:
    """A grey picture, each row under one of the five filters."""
    width, above, packed = len(rows[0]), bytes(len(rows[0])), bytearray()
    for row, kind in zip(rows, filters, strict=True):
        packed.append(kind)
        for n, value in enumerate(row):
            left, up, corner = (row[n - 1], above[n], above[n - 1]) if n else (0, above[0], 0)
            nearest = min((left, up, corner), key=lambda guess: abs(left + up - corner - guess))
            packed.append((value - (0, left, up, (left + up) // 2, nearest)[kind]) & 255)
        above = row
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 0, 0, 0, 0)
    chunks = (
        (b"IHDR", head),
        (b"tEXt", text),
        (b"IDAT", zlib.compress(packed, level)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def archive(*members: tuple[str, str], year: int = 2020) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, text in members:
            file.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), text)
    return stream.getvalue()


@dataclass(frozen=True, kw_only=True)
class Case:
    one: bytes
    other: bytes
    how: str | None


ROWS = [bytes([10, 200, 30, 7]), bytes([11, 100, 35, 9]), bytes([250, 3, 70, 80])]
PLAIN = png(ROWS, [0, 0, 0])
CASES = {
    "all filters": Case(one=PLAIN, other=png(ROWS, [1, 4, 3]), how=PIXELS),
    "the filter up": Case(one=PLAIN, other=png(ROWS, [2, 2, 2], text=b"Software"), how=PIXELS),
    "another pixel": Case(one=PLAIN, other=png([*ROWS[:2], ROWS[0]], [0, 0, 0]), how=None),
    "a broken picture": Case(one=PLAIN, other=PLAIN[:40], how=None),
    "times in an archive": Case(
        one=archive(("a", "x")), other=archive(("a", "x"), year=2021), how=MEMBERS
    ),
    "another member": Case(one=archive(("a", "x")), other=archive(("a", "y")), how=None),
    "times in a gzip": Case(
        one=gzip.compress(b"x", mtime=1), other=gzip.compress(b"x", mtime=2), how=MEMBERS
    ),
    "floats": Case(one=b"a,0.3\n1e-3", other=b"a,0.30000000004\n1.0e-3", how=NUMBERS),
    "other floats": Case(one=b"0.31", other=b"0.32", how=None),
    "integers": Case(one=b"1000000", other=b"1000001", how=None),
    "words": Case(one=b"0.5 kg", other=b"0.5 lb", how=None),
    "bytes": Case(one=b"\xff\x00", other=b"\xff\x01", how=None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_files(case: Case) -> None:
    assert how_close(case.one, case.other) == case.how


def test_outputs() -> None:
    def picture(content: bytes) -> Part:
        return Part(kind="display image/png", text=base64.b64encode(content).decode())

    assert close_parts(picture(PLAIN), picture(png(ROWS, [1, 1, 1]))) == PIXELS
    text = Part(kind="result text/plain", text="array([0.1,  0.2])")
    assert close_parts(text, Part(kind=text.kind, text="array([0.1, 0.20000000001])")) == NUMBERS
    assert close_parts(text, Part(kind=text.kind, text="array([0.1, 0.3])")) is None
    assert close_parts(text, Part(kind="stream stdout", text=text.text)) is None
