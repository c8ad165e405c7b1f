"""Whether two PNG pictures show the same: their pixels, whatever else stands in the files.

Decoded after the PNG specification (W3C, third edition), chapters 5, 7 and 9.
"""

from __future__ import annotations

import struct
import zlib

MAGIC = b"\x89PNG\r\n\x1a\n"
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_SEEN = (b"IHDR", b"PLTE", b"tRNS")
_MOST = 64 * 2**20


def same_pixels(one: bytes, other: bytes) -> bool:
    """True if both are PNG pictures of one form with equal pixels."""
    try:
        first, second = _decoded(one), _decoded(other)
    except (ValueError, KeyError, struct.error, zlib.error):
        return False
    return first == second


def _decoded(png: bytes) -> tuple[dict[bytes, bytes], bytes]:
    """What decides on the form of the pixels, and the pixels; interlaced ones as they stand."""
    seen, packed = _chunks(png)
    inflate = zlib.decompressobj()
    data = inflate.decompress(packed, _MOST)
    if inflate.unconsumed_tail:
        raise ValueError("a picture too large to be compared")
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", seen[b"IHDR"])
    bits = depth * _SAMPLES[colour]
    row = (width * bits + 7) // 8
    if interlace or len(data) != height * (row + 1):
        return seen, data
    return seen, _unfiltered(data, row, max(1, bits // 8))


def _chunks(png: bytes) -> tuple[dict[bytes, bytes], bytes]:
    if not png.startswith(MAGIC):
        raise ValueError("not a PNG")
    seen, packed, start = {}, bytearray(), len(MAGIC)
    while start < len(png):
        size, kind = struct.unpack_from(">I4s", png, start)
        content = png[start + 8 : start + 8 + size]
        if kind in _SEEN:
            seen[kind] = content
        elif kind == b"IDAT":
            packed += content
        start += size + 12
    return seen, bytes(packed)


def _unfiltered(data: bytes, row: int, step: int) -> bytes:
    """The rows without the filters by which each was packed."""
    above, result = bytearray(row), bytearray()
    for start in range(0, len(data), row + 1):
        kind, line = data[start], bytearray(data[start + 1 : start + 1 + row])
        if kind == 2:
            line = bytearray((a + b) & 255 for a, b in zip(line, above, strict=True))
        elif kind:
            for n in range(row):
                left, corner = (line[n - step], above[n - step]) if n >= step else (0, 0)
                guess = _guess(kind, left, above[n], corner)
                line[n] = (line[n] + guess) & 255
        result += line
        above = line
    return bytes(result)


def _guess(kind: int, left: int, above: int, corner: int) -> int:
    if kind == 1:
        return left
    if kind == 3:
        return (left + above) // 2
    if kind != 4:
        raise ValueError(f"no filter {kind}")
    distances = (abs(above - corner), abs(left - corner), abs(left + above - 2 * corner))
    return (left, above, corner)[distances.index(min(distances))]
