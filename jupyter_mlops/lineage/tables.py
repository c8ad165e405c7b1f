"""Tables in files: their columns with types, their rows, and what differs between two of them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import ne
from typing import Any

from jupyter_mlops.model.comparison import ColumnPair, TableDiff

MOST_BYTES = 50_000_000
"""Larger files are not read."""

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16
_MISSING = ("", "na", "nan", "n/a", "null", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as texts.

    Attributes:
        columns: names in their order; a name that comes twice gets a number.
        types: of each column, as the file says, else as its values look: ``int``, ``float``,
            ``bool``, ``text``, or ``empty``.
        values: of each column, the hashes of its values: equal in this process for equal texts.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    values: tuple[array[int], ...]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.values[0]) if self.values else 0

    def type(self, name: str) -> str | None:
        """The type of a column; None if there is none of that name."""
        return self.types[self.columns.index(name)] if name in self.columns else None

    def of(self, name: str) -> array[int]:
        """The values of a column."""
        return self.values[self.columns.index(name)]


def compare_tables(path: str, a: bytes, b: bytes) -> TableDiff | None:
    """What differs between two versions of a file; None if it is no table that can be read.

    Args:
        path: tells by its suffix how the file is written: CSV, TSV, JSON lines (each also with
            gzip), or Parquet where pyarrow is installed.
        a: the earlier content.
        b: the later content.
    """
    one, other = read_table(path, a), read_table(path, b)
    if one is None or other is None:
        return None
    both = [name for name in one.columns if name in other.columns]
    rows = [Counter(map(hash, zip(*map(t.of, both), strict=True))) for t in (one, other)]
    columns = []
    for name in dict.fromkeys([*one.columns, *other.columns]):
        types = one.type(name), other.type(name)
        cells = None
        if name in both and one.rows == other.rows:
            cells = sum(map(ne, one.of(name), other.of(name)))
        if types[0] != types[1] or cells:
            columns.append(ColumnPair(name=name, a=types[0], b=types[1], cells=cells))
    return TableDiff(
        rows_a=one.rows,
        rows_b=other.rows,
        only_a=(rows[0] - rows[1]).total(),
        only_b=(rows[1] - rows[0]).total(),
        columns=tuple(columns),
    )


def describe_diff(table: TableDiff) -> Iterator[str]:
    """What differs between two tables; a line each, such as ``580 → 560 rows``."""
    rows = f"{table.rows_a:,} rows"
    if table.rows_a != table.rows_b:
        rows = f"{table.rows_a:,} → {table.rows_b:,} rows"
    yield f"{rows}; {table.only_a:,} only in a, {table.only_b:,} only in b"
    for column in table.columns:
        if column.a is None or column.b is None:
            yield f"column {column.name} {'added' if column.a is None else 'removed'}"
            continue
        what = [f"{column.a} → {column.b}"] if column.a != column.b else []
        what += [f"{column.cells:,} values differ"] if column.cells else []
        yield f"column {column.name}: {'; '.join(what)}"


def read_table(path: str, data: bytes) -> Table | None:
    """The table that a file holds; None if its suffix or its content tells of none."""
    name = path.lower()
    try:
        if name.endswith(".gz"):
            name, data = name.removesuffix(".gz"), _unpacked(data)
        if name.endswith((".csv", ".tsv", ".tab")):
            return _table(_csv(data, "\t" if name.endswith((".tsv", ".tab")) else ""))
        if name.endswith((".jsonl", ".ndjson")):
            return _json_lines(data)
        if name.endswith((".parquet", ".pq")):
            return _parquet(data)
    except (ValueError, OSError, EOFError, csv.Error, zlib.error):
        return None  # the suffix promised what the bytes don't hold
    return None


def _unpacked(data: bytes) -> bytes:
    with gzip.open(io.BytesIO(data)) as file:
        found = file.read(MOST_BYTES + 1)
    if len(found) > MOST_BYTES:
        raise ValueError("too large")
    return found


def _csv(data: bytes, delimiter: str) -> Iterator[list[str]]:
    text = data.decode("utf-8-sig", errors="backslashreplace")
    if not delimiter:
        try:
            delimiter = csv.Sniffer().sniff(text[:_SAMPLE], _DELIMITERS).delimiter
        except csv.Error:
            delimiter = ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return (row for row in rows if row)


def _table(rows: Iterator[list[str]]) -> Table | None:
    """A table whose first row is its head."""
    head = next(rows, None)
    if head is None:
        return None
    columns = _unique(head)
    looks = ["empty"] * len(columns)
    values = [array("q") for _ in columns]
    for row in rows:
        cells = [*islice(row, len(columns)), *[""] * (len(columns) - len(row))]
        for place, cell in enumerate(cells):
            looks[place] = _wider(looks[place], cell)
            values[place].append(hash(cell))
    return Table(columns=columns, types=tuple(looks), values=tuple(values))


def _json_lines(data: bytes) -> Table:
    records = [json.loads(line) for line in data.splitlines() if line.strip()]
    if not all(isinstance(record, dict) for record in records):
        raise ValueError("not every line is an object")
    columns = tuple(dict.fromkeys(name for record in records for name in record))
    return Table(
        columns=columns,
        types=tuple(
            " | ".join(sorted({_named(r[name]) for r in records if name in r})) for name in columns
        ),
        values=tuple(_hashes(json.dumps(r.get(name)) for r in records) for name in columns),
    )


def _parquet(data: bytes) -> Table | None:
    try:
        from pyarrow import ArrowException, BufferReader, parquet
    except ImportError:
        return None
    try:
        table = parquet.read_table(BufferReader(data))
    except ArrowException:
        return None
    return Table(
        columns=_unique(table.column_names),
        types=tuple(str(field.type) for field in table.schema),
        values=tuple(_hashes(map(repr, column.to_pylist())) for column in table.columns),
    )


def _hashes(texts: Iterable[str]) -> array[int]:
    return array("q", map(hash, texts))


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in names:
        number = 1
        unique = name
        while unique in found:
            unique = f"{name}.{number}"
            number += 1
        found[unique] = None
    return tuple(found)


def _named(value: Any) -> str:
    return "null" if value is None else "text" if isinstance(value, str) else type(value).__name__


def _wider(look: str, cell: str) -> str:
    """The type of a column of that look once it holds the cell, too."""
    text = cell.strip()
    if look == "text" or text.lower() in _MISSING:
        return look
    if text.lower() in ("true", "false"):
        return "bool" if look in ("empty", "bool") else "text"
    if look == "bool":
        return "text"
    try:
        float(text)
    except ValueError:
        return "text"
    whole = text.lstrip("+-").isdecimal()
    return "int" if whole and look in ("empty", "int") else "float"
