"""Tables in files, and what differs between two of them."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass

import pyarrow
import pytest
from pyarrow import parquet

from jupyter_mlops.lineage.tables import compare_tables, describe_diff
from jupyter_mlops.model.comparison import ColumnPair, TableDiff


def parquet_of(**columns: list[object]) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), buffer)
    return buffer.getvalue()


def text(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def same(rows: int) -> TableDiff:
    return TableDiff(rows_a=rows, rows_b=rows, only_a=0, only_b=0)


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    path: str = "t.csv"
    a: bytes = text("n,s", "1,x", "2,y")
    b: bytes
    found: TableDiff | None


CASES = [
    Case(name="one value", b=text("n,s", "1,x", "3,y"), found=TableDiff(
        rows_a=2, rows_b=2, only_a=1, only_b=1,
        columns=(ColumnPair(name="n", a="int", b="int", cells=1),),
    )),
    Case(name="rows in another order", b=text("n,s", "2,y", "1,x"), found=TableDiff(
        rows_a=2, rows_b=2, only_a=0, only_b=0, columns=(
            ColumnPair(name="n", a="int", b="int", cells=2),
            ColumnPair(name="s", a="text", b="text", cells=2),
        ),
    )),
    Case(name="a row more", b=text("n,s", "1,x", "1,x", "2,y"), found=TableDiff(
        rows_a=2, rows_b=3, only_a=0, only_b=1,
    )),
    Case(name="another type", b=text("n,s", "1.5,x", "2,y"), found=TableDiff(
        rows_a=2, rows_b=2, only_a=1, only_b=1,
        columns=(ColumnPair(name="n", a="int", b="float", cells=1),),
    )),
    Case(name="a column for another", b=text("n,t", "1,", "2,"), found=TableDiff(
        rows_a=2, rows_b=2, only_a=0, only_b=0, columns=(
            ColumnPair(name="s", a="text"), ColumnPair(name="t", b="empty"),
        ),
    )),
    Case(name="another delimiter, a mark of the byte order, quotes",
         b=b"\xef\xbb\xbf" + text("n;s", '"1";x', "2;y"), found=same(2)),
    Case(name="a short row", a=text("n,s", "1,x", "2,"), b=text("n,s", "1,x", "2"), found=same(2)),
    Case(name="one name twice", a=text("n,n", "1,2"), b=text("n,n", "1,3"), found=TableDiff(
        rows_a=1, rows_b=1, only_a=1, only_b=1,
        columns=(ColumnPair(name="n.1", a="int", b="int", cells=1),),
    )),
    Case(name="tabs", path="T.TSV", a=text("n\ts, t", "1\tx"), b=text("n\ts, t", "1\tx"),
         found=same(1)),
    Case(name="packed", path="t.csv.gz", a=gzip.compress(text("n", "1")),
         b=gzip.compress(text("n", "1"), mtime=0), found=same(1)),
    Case(name="not packed", path="t.csv.gz", b=b"n\n1\n", found=None),
    Case(name="lines of JSON", path="t.jsonl", a=text('{"n": 1, "o": {"p": 2}}', "", '{"n": null}'),
         b=text('{"n": 1, "o": {"p": 2}}', '{"n": "x"}'), found=TableDiff(
        rows_a=2, rows_b=2, only_a=1, only_b=1,
        columns=(ColumnPair(name="n", a="int | null", b="int | text", cells=1),),
    )),
    Case(name="lines of something else", path="t.jsonl", a=b"[1]\n", b=b"[2]\n", found=None),
    Case(name="Parquet", path="t.parquet", a=parquet_of(n=[1, 2], s=["x", None]),
         b=parquet_of(n=[1.0, 2.0], s=["x", None]), found=TableDiff(
        rows_a=2, rows_b=2, only_a=2, only_b=2,
        columns=(ColumnPair(name="n", a="int64", b="double", cells=2),),
    )),
    Case(name="no Parquet", path="t.parquet", b=b"PAR1", found=None),
    Case(name="nothing", a=b"", b=b"", found=None),
    Case(name="no table", path="t.pkl", b=b"", found=None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_two_versions_of_a_table(case: Case) -> None:
    assert compare_tables(case.path, case.a, case.b) == case.found


def test_a_difference_in_words() -> None:
    table = TableDiff(
        rows_a=2, rows_b=1200, only_a=1, only_b=1199, columns=(
            ColumnPair(name="n", a="int", b="float", cells=1), ColumnPair(name="s", a="text"),
            ColumnPair(name="t", b="int"),
        ),
    )  # fmt: skip
    assert list(describe_diff(table)) == [
        "2 → 1,200 rows; 1 only in a, 1,199 only in b",
        "column n: int → float; 1 values differ",
        "column s removed",
        "column t added",
    ]
