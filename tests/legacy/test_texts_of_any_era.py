"""Texts that releases printed otherwise are equal; those of other values are not."""

from __future__ import annotations

import pytest

from jupyter_mlops.legacy.eras import of_any_era, same_text

WIDE = """\
        a   b  \\
id
7      19  50
8       2   0

         c
id
7      1.5
8      2.5

[2 rows x 3 columns]"""
WHOLE = """\
     a   b    c
id
7   19  50  1.5
8    2   0  2.5

[2 rows x 3 columns]"""
ALIKE = """\
     a  \\
7   19

     b  c
7   19  1"""
LEVELS = (
    "MultiIndex(levels=[[u'a', u'b'], [1, 2]],\n           labels=[[1, 0], [0, 1]],\n"
    "           names=[u'x', u'y'])"
)
TUPLES = "MultiIndex([('b', 1),\n            ('a', 2)],\n           names=['x', 'y'])"
WATERMARK = "Ann B \nlast updated: 2016-09-29 \n\nCPython 3.5.2\nIPython 5.1.0\n\nnumpy 1.11.1\n"
AUTHOR = (
    "Author: Ann B\n\nLast updated: 2026-01-01\n\nPython implementation: CPython\n"
    "Python version       : 3.11.7\nIPython version      : 8.7.0\n\nnumpy: 1.23.5\n\n"
)
CLASSES = "          precision\n\n 0   0.7  0.5  0.6  69\n\n"
TOTAL = "avg / total   0.7  0.5  0.6  69\n"
AVERAGES = (
    "    accuracy           0.5  69\n   macro avg   0.6  0.4  0.5  69\n"
    "weighted avg   0.7  0.5  0.6  69\n"
)
SUMMARY = (
    "Date:                Wed, 18 Jun 2014   Prob:            0.1\n"
    "Time:                        20:56:03   AIC:             {aic}\n"
    "   t      P>|t|      {interval}\n{notes}:\n[1] Standard Errors assume"
)
SUMMARIZED = SUMMARY.format(aic="28.65", interval="[95.0% Conf. Int.]", notes="Warnings")
COUNTS = "m    5\nf    3\nName: sex, dtype: int64"
INFO = (
    "Int64Index: 5 entries, 0 to 4\nData columns (total 2 columns):\n"
    "a      5 non-null int64\nb c    4 non-null float64\n"
    "dtypes: float64(1), int64(1)\nmemory usage: 120.0 bytes"
)
INFO_NOW = (
    "RangeIndex: 5 entries, 0 to 4\nData columns (total 2 columns):\n"
    " #   Column  Non-Null Count  Dtype  \n---  ------  --------------  -----  \n"
    " 0   a       5 non-null      int64  \n 1   b c     4 non-null      float64\n"
    "dtypes: float64(1), int64(1)\nmemory usage: 208.0 bytes"
)


def cut(head: str, dots: str, tail: str, length: int = 99, kind: str = "int64") -> str:
    """A series that is cut short: a row for each letter."""
    rows = [*(f"{name}  {ord(name)}" for name in head), dots, *(f"{n}  {ord(n)}" for n in tail)]
    return "\n".join([*rows, f"Name: n, Length: {length}, dtype: {kind}"])


def summary_of_today(aic: str) -> str:
    text = SUMMARY.format(aic=aic, interval="[0.025      0.975]", notes="Notes")
    return text.replace("Wed, 18 Jun 2014", "Thu, 01 Jan 2026").replace("20:56:03", "01:02:03")


EQUAL = {
    "a wide frame": (WIDE, WHOLE),
    "two frames of one value": (ALIKE, "     a   b  c\n7   19  19  1"),
    "dots": ("a b\n.. ..\n1 2", "a b\n... ...\n1 2"),
    "a cut series": (cut("ab", "...", "yz"), cut("abc", "   ..", "xyz")),
    "a cut series of objects": (
        cut("ab", "...", "yz", kind="object"),
        cut("abc", "   ..", "xyz", kind="object"),
    ),
    "a range": ("Int64Index([0, 2], dtype='int64')", "RangeIndex(start=0, stop=4, step=2)"),
    "levels": (LEVELS, TUPLES),
    "duration": ("datetime.timedelta(3, 0, 5)", "datetime.timedelta(days=3, microseconds=5)"),
    "no duration": ("datetime.timedelta(0)", "datetime.timedelta(days=0)"),
    "watermark": (WATERMARK, AUTHOR),
    "report of classes": (CLASSES + TOTAL, CLASSES + AVERAGES),
    "summary": (SUMMARIZED, summary_of_today("28.65")),
    "timing": (
        "10 loops, best of 3: 4 µs per loop",
        "3.1 \u03bcs ± 2 ns per loop (mean ± std. dev. of 7 runs, 1,000 loops each)",
    ),
    "sys.version": (
        "2.7.10 (default, May 23 2015) \n[GCC 4.2.1]",
        "3.11.7 | packaged by x | (main) [Clang 16]",
    ),
    "estimator": (
        "SVC(C=1.0, n_jobs=1, verbose=False)",
        "SVC(C=1.0, break_ties=False, n_jobs=None, verbose=False)",
    ),
    "bars": ("<a list of 8 Patch objects>", "<BarContainer object of 8 artists>"),
    "range": ("xrange(3) xrange(1, 3)", "range(0, 3) range(1, 3)"),
    "sets": ("[set([]), frozenset([1, 2])]", "[set(), frozenset({1, 2})]"),
    "message": ("float division by zero", "division by zero"),
    "function": ("<function __main__.f>", "<function __main__.f(x, y=1)>"),
    "instance": ("<__main__.A instance at 0x10f6d0>", "<__main__.A at 0x7f001122>"),
    "counts": (COUNTS, "sex\nm    5\nf    3\nName: count, dtype: int64"),
    "info": (INFO, INFO_NOW),
}
OTHER = {
    "a value in a wide frame": (WIDE, WHOLE.replace("2.5", "2.6")),
    "a column less": (ALIKE, "     a  c\n7   19  1"),
    "a row in a cut series": (cut("ab", "...", "yz"), cut("acb", "...", "xyz")),
    "a row at the end": (cut("ab", "...", "yz"), cut("ab", "...", "xz")),
    "the beginning of a row": (cut("ab", "...", "yz"), cut("ab", "...", "yz").replace("98", "981")),
    "length": (cut("ab", "...", "yz"), cut("ab", "...", "yz", 98)),
    "a range": ("Int64Index([0, 2], dtype='int64')", "RangeIndex(start=0, stop=5, step=2)"),
    "levels": (LEVELS, TUPLES.replace("'b', 1", "'b', 2")),
    "names of levels": (LEVELS, TUPLES.replace("'y'", "'z'")),
    "duration": ("datetime.timedelta(3, 5)", "datetime.timedelta(days=3, microseconds=5)"),
    "a package less": (WATERMARK, AUTHOR.replace("numpy: 1.23.5", "numpy: not installed")),
    "a number": ("numpy 1.11.1", "numpy 1.23.5"),
    "report of classes": (CLASSES + TOTAL, CLASSES + AVERAGES.replace("0.7", "0.8")),
    "summary": (SUMMARIZED, summary_of_today("28.66")),
    "estimator": ("SVC(C=1.0, n_jobs=1)", "SVC(C=1.0, break_ties=True, n_jobs=1)"),
    "bars": ("<a list of 8 Patch objects>", "<BarContainer object of 9 artists>"),
    "range": ("xrange(3)", "range(0, 4)"),
    "sets": ("frozenset([1, 2])", "frozenset({1, 3})"),
    "function": ("<function __main__.f>", "<function __main__.g(x, y=1)>"),
    "counts": (COUNTS, "sex\nm    5\nf    4\nName: count, dtype: int64"),
    "a row of counts": (
        "m    5\nf    3\nName: count, dtype: int64",
        "f    3\nName: count, dtype: int64",
    ),
    "info": (INFO, INFO_NOW.replace("4 non-null", "5 non-null")),
    "columns of info": (INFO, INFO_NOW.replace("b c", "c b")),
    "types of info": (INFO, INFO_NOW.replace("float64\n", "int64\n")),
}


@pytest.mark.parametrize("name", EQUAL)
def test_what_releases_showed_otherwise_is_equal(name: str) -> None:
    old, new = EQUAL[name]
    assert same_text(of_any_era(old), of_any_era(new))


@pytest.mark.parametrize("name", OTHER)
def test_other_values_are_not(name: str) -> None:
    old, new = OTHER[name]
    assert not same_text(of_any_era(old), of_any_era(new))
