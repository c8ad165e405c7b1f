"""Texts of any era: without how releases of Python and its libraries showed the same values."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from itertools import takewhile

from jupyter_mlops.verify.normalise import normalise_text

_ERA: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bu(?=['\"])"), ""),  # Python 2
    (re.compile(r"\b(\d+)L\b"), r"\1"),
    (re.compile(r"<type '"), "<class '"),
    (re.compile(r"np\.(?:float64|int64|str_|bool)\(([^()]*)\)"), r"\1"),  # NumPy 2
    (re.compile(r"\bnp\.(True|False)_?\b"), r"\1"),
    (re.compile(r"\bnp\.(?=\w+64\()"), "numpy."),
    (re.compile(r"\b(?:Int64|UInt64|Float64)Index\("), "Index("),  # pandas 2
    (re.compile(r"datetime64\[[num]s\]|timedelta64\[[num]s\]"), "time64[…]"),  # pandas 3
    (re.compile(r"\bxrange\((?=-?\d+\))"), "range(0, "),
    (re.compile(r"\bxrange\("), "range("),
    (re.compile(r"\bset\(\[\]\)"), "set()"),
    (re.compile(r"\bfrozenset\(\[([^\[\]]+)\]\)"), r"frozenset({\1})"),
    (re.compile(r"\b(?:integer division or modulo|float division) by zero"), "division by zero"),
    (re.compile(r"(?<=is not defined)\. Did you mean: '\w+'\?"), ""),  # Python 3.10
    (
        re.compile(r"<function (?:[\w.]+\.)?(\w+|<lambda>)(?:\([^<>]*\))?(?: at 0x…)?>"),
        r"<function \1>",
    ),
    (re.compile(r"<[\w.]+(?: object| instance)? at 0x…>"), "<object>"),
    (
        re.compile(r"^(\S+(?: \S+)*)\n((?:.+ {2,}\d+\n)+)Name: (?:count|proportion), ", re.M),
        r"\2Name: \1, ",  # counts of values, pandas 2
    ),
    (
        re.compile(r"^(?:Int64|UInt64|Float64|Range)Index: (?=\d+ entries\b)", re.M),
        "Index: ",  # what follows is of DataFrame.info
    ),
    (re.compile(r"^ # +Column +Non-Null Count +Dtype *\n-+ +-+ +-+ +-+ *\n", re.M), ""),
    (re.compile(r"^ \d+ +(?=\S.* \d+ non-null +\w)", re.M), ""),
    (re.compile(r"^memory usage: .*$", re.M), "<memory>"),
    (re.compile(r"<(?:matplotlib|seaborn|pandas)\.[^<>]*>"), "<object>"),
    (re.compile(r"<(?:Axes|Figure|AxesSubplot|Text|FacetGrid)\b[^<>]*>"), "<object>"),
    (re.compile(r"^(?:Axes|AxesSubplot|Text)\(.*\)$", re.M), "<object>"),
    (re.compile(r", *dtype=(?:bool|int64)\)"), ")"),  # NumPy 1.14, and Windows
    (re.compile(r"\bset\(\[([^\[\]]+)\]\)"), r"{\1}"),  # Python 2
    (re.compile(r"dtype='<U\d+'|dtype='\|S\d+'"), "dtype=…"),
    (re.compile(r"\bName: [^,\n]*, (?=dtype:|Length:)"), ""),  # counts, pandas 0.16
    (
        re.compile(r"Length: \d+, dtype: (?:object|str|string)|dtype: (?:object|str|string)"),
        "dtype: object",
    ),
    (re.compile(r"(\d)\.(?=[\s,\])])"), r"\1"),  # arrays of whole numbers before NumPy 1.14
    (re.compile(r"(?<![\w.])(-?\d+)\.0+(?![\w.])"), r"\1"),  # frames of whole numbers, pandas 0.17
    (re.compile(r"(?:CPU times|Wall time|Compiler).*$", re.M), "<time>"),
    (re.compile(r"\d+ loops?, best of \d+:.*$|[\d.]+ (?:ns|[µμ]s|us|ms|s) ± .*$", re.M), "<time>"),
    (
        re.compile(
            r"Populating the interactive namespace.*\n|.*pylab, a Matplotlib-based.*\n?.*\n?"
        ),
        "",
    ),
    (re.compile(r"/(?:Users|home)/[^\s'\"]*"), "<path>"),
    (re.compile(r"(?<!\S)\.\.(?!\S)"), "..."),  # narrow columns of frames that are cut short
    (
        re.compile(
            r"(?:^ *micro avg .*\n+)?(?:^ *accuracy .*\n+)?^ *macro avg .*\n+ *weighted avg\b", re.M
        ),
        "avg / total",  # scikit-learn 0.20; the classes' own rows tell what is left out
    ),
    (re.compile(r"\[95(?:\.0)?% Conf\. Int\.\]"), "[0.025 0.975]"),  # statsmodels 0.8
    (re.compile(r"^(Date: +)\w{3}, \d\d \w{3} \d{4}(?= {3})", re.M), r"\1<date>"),  # its summaries
    (re.compile(r"^(Time: +)\d\d:\d\d:\d\d(?= {3})", re.M), r"\1<time>"),
    (
        re.compile(r"\b[23]\.\d+\.\d+\+? (?:\||\()[^\[\]]{0,200}\[(?:GCC|Clang|MSC)[^\[\]]*\]"),
        "<python>",  # sys.version
    ),
    (re.compile(r"^Warnings:(?=\n\[1\] Standard Errors assume)", re.M), "Notes:"),
    (
        re.compile(
            r"\b(?:break_ties=False|ccp_alpha=0(?:\.0)?|l1_ratio=None|max_samples=None|memory=None),\s*"
        ),
        "",  # parameters of scikit-learn 0.19 and later, which change nothing
    ),
    (re.compile(r"\bn_jobs=None\b"), "n_jobs=1"),  # scikit-learn 0.20
    (
        re.compile(r"<(?:a list of|BarContainer object of) (\d+) (?:[\w.]+ objects|artists)>"),
        r"<\1 artists>",
    ),
    (re.compile(r"(?<=\d rows )[x×](?= \d+ columns?)"), "x"),
)
_ESCAPE = re.compile(r"\\x([89a-f][0-9a-f])|\\u([0-9a-f]{4})")
"""Letters as Python 2 wrote them in lists."""
_LONG_NUMBER = re.compile(r"(?<![\w.])-?\d*\.\d{10,}(?:[eE][-+]?\d+)?(?![\w.])")
_DIGITS = 12
"""Significant digits of a float that Python 2 printed."""
_SPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"\s*([\[\](){},:=])\s*")
_WATERMARK = re.compile(r"^(?:CPython \d|Python implementation: )", re.M)
_VERSIONS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^Author: ", re.M), ""),
    (re.compile(r"^last updated:? .*$", re.M | re.I), "<date>"),
    (re.compile(r"^Python implementation: CPython\n", re.M), ""),
    (re.compile(r"^(?:CPython|Python version *:) .*$", re.M), "Python <version>"),
    (re.compile(r"^IPython(?: version *:)? .*$", re.M), "IPython <version>"),
    (re.compile(r"^([\w.-]+) *:? +\d[\w.+-]*$", re.M), r"\1 <version>"),
)
"""What ``%watermark`` told, in its old and its new form."""
_CUT = re.compile(r"^\s*\.\.+ *$", re.M)
_LENGTH = re.compile(r"\bLength: (\d+)")
_CUT_ROW = re.compile(r"^⋯\d+⋯$", re.M)
_MARK = re.compile(r"¶⋯\d+⋯¶")


def of_any_era(text: str) -> str:
    """The text without what differs between versions of Python and its libraries alone."""
    text = _with_marked_cut(_with_whole_rows(_in_order(normalise_text(text))))
    text = _without_versions(text)
    for shape, respelled in _RESPELLED:
        text = shape.sub(respelled, text)
    text = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    for pattern, replacement in _ERA:
        text = pattern.sub(replacement, text)
    text = _with_marked_rows(text)
    text = _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.{_DIGITS}g}", text)
    return _PUNCTUATION.sub(r"\1", _SPACE.sub(" ", text)).strip()


def _in_order(text: str) -> str:
    """A dict or set that was shown by itself, sorted, as IPython 6 showed it."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        shown = ast.literal_eval(text.strip())
        items = sorted(shown.items() if isinstance(shown, dict) else shown, key=repr)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
    parts = [f"{k!r}: {v!r}" for k, v in items] if isinstance(shown, dict) else map(repr, items)
    return "{" + ", ".join(parts) + "}"


def same_text(old: str, new: str) -> bool:
    """True if both texts of any era are equal, as far as both show the rows of a long series.

    How many rows a series showed before and after its dots changed with pandas. Those that both
    show must be equal, and so must its length.
    """
    if old == new:
        return True
    mark = _MARK.search(old)
    other = _MARK.search(new)
    if mark is None or other is None or mark[0] != other[0]:
        return False
    heads = [text[: found.start()].split("¶") for text, found in ((old, mark), (new, other))]
    tails = [text[found.end() :].split("¶")[::-1] for text, found in ((old, mark), (new, other))]
    return _agree(*heads) and _agree(*tails)


def _agree(one: Sequence[str], other: Sequence[str]) -> bool:
    rows = min(len(one), len(other))
    return rows > 1 and list(one[:rows]) == list(other[:rows])


def _with_marked_cut(text: str) -> str:
    """The text of one series that is cut short, with its length for its dots."""
    cuts, lengths = _CUT.findall(text), set(_LENGTH.findall(text))
    return _CUT.sub(f"⋯{lengths.pop()}⋯", text) if len(cuts) == len(lengths) == 1 else text


def _with_marked_rows(text: str) -> str:
    """The text of a series that is cut short, its rows told apart."""
    if _CUT_ROW.search(text) is None:
        return text
    rows = [row for row in text.split("\n") if row.strip()]
    return "¶".join(_SPACE.sub(" ", row).strip() for row in rows)


def _with_whole_rows(text: str) -> str:
    """A frame that was wrapped because it was wide, each row in one line.

    The index stands in each block. All that the blocks have in common at the left is left out of
    those after the first; it is told there.
    """
    if " \\\n" not in text:
        return text
    lines = [line.rstrip() for line in text.split("\n")]
    blocks: list[list[str]] = []
    rest = lines
    while True:
        block = list(takewhile(bool, rest))
        blocks.append(block)
        rest = rest[len(block) + 1 :]
        if not block or not block[0].endswith("\\"):
            break
    if not block or len({len(block) for block in blocks}) != 1:
        return text
    longest = max(map(len, lines))
    rows = [[part.ljust(longest) for part in row] for row in zip(*blocks, strict=True)]
    width = min(_common(row) for row in rows)
    while width and any(part[width - 1] != " " for row in rows for part in row):
        width -= 1
    parts = [[row[0], *(part[width:] for part in row[1:])] for row in rows]
    whole = [" ".join(part.rstrip().removesuffix("\\") for part in row) for row in parts]
    return "\n".join([*whole, "", *rest])


def _common(parts: Sequence[str]) -> int:
    """How many characters the parts of a row have in common at the left."""
    columns = zip(*parts, strict=True)
    return sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, columns))


def _without_versions(text: str) -> str:
    if _WATERMARK.search(text) is None:
        return text
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    for pattern, replacement in _VERSIONS:
        text = pattern.sub(replacement, text)
    return text


def _all_labels(found: re.Match[str]) -> str:
    """A range of pandas 0.18 as the index that it was before."""
    start, stop, step = (int(found[name] or 1) for name in ("start", "stop", "step"))
    labels = range(start, stop, step)
    return found[0] if len(labels) > _SHOWN else f"Index({list(labels)}, dtype='int64')"


def _tuples(found: re.Match[str]) -> str:
    """The index of several levels as pandas 0.25 shows it: the labels of each row."""
    try:
        levels, codes = (ast.literal_eval(found[part]) for part in ("levels", "codes"))
        rows = list(zip(*codes, strict=True))
        if len(rows) > _SHOWN or any(code < 0 for row in rows for code in row):
            return found[0]
        labels = [tuple(level[c] for level, c in zip(levels, row, strict=True)) for row in rows]
    except (ValueError, SyntaxError, TypeError, IndexError):
        return found[0]
    return f"MultiIndex({labels}, "


def _by_position(found: re.Match[str]) -> str:
    """A duration of Python 3.7 as it was before."""
    given = dict(part.split("=") for part in found[1].replace(" ", "").split(","))
    parts = [given.get(name, "0") for name in ("days", "seconds", "microseconds")]
    while len(parts) > 1 and parts[-1] == "0":
        del parts[-1]
    return f"datetime.timedelta({', '.join(parts)})"


_SHOWN = 100
"""Rows that pandas shows of an index."""
_RESPELLED: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(
            r"RangeIndex\(start=(?P<start>-?\d+), stop=(?P<stop>-?\d+)(?:, step=(?P<step>-?\d+))?\)"
        ),
        _all_labels,
    ),
    (
        re.compile(
            r"MultiIndex\(levels=(?P<levels>\[\[.*?\]\]),\s*(?:labels|codes)=(?P<codes>\[\[.*?\]\]),?\s*",
            re.S,
        ),
        _tuples,
    ),
    (re.compile(r"datetime\.timedelta\(((?:(?:, )?\w+=-?\d+)+)\)"), _by_position),
)
