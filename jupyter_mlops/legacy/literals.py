"""Literals that somebody may want to change: paths, dates, sizes, seeds and settings of models."""

from __future__ import annotations

import re
from collections.abc import Iterator

PATH, DATE, SIZE, SEED, SETTING = "lift-path", "lift-date", "lift-size", "lift-seed", "lift-setting"
LIFTS = (PATH, DATE, SIZE, SEED, SETTING)
"""Ids of the rules that lift literals, one for each kind."""

_PATH = re.compile(
    r"(?!\w+://)[^\s\"'<>|*?{}]*[\w-]\.[A-Za-z][A-Za-z0-9]{0,6}(?:\.(?:gz|bz2|zip|xz))?"
)
_DATE = re.compile(
    r"(?:19|20)\d\d-\d{1,2}(?:-\d{1,2})?(?:[T ]\d\d:\d\d(?::\d\d)?)?|(?:19|20)\d\d/\d{1,2}/\d{1,2}|"
    r"\d{1,2}/\d{1,2}/(?:19|20)\d\d"
)
_SEED = re.compile(r"(?:\w+_)?(?:seed|random_state)")
_SIZE = re.compile(
    r"(?:n|num|nb|number|max|min)_(?!jobs)\w+|\w+_(?:size|count|samples|length|width|height)|"
    r"n?(?:samples|epochs|iterations|iters|folds|bins|clusters|neighbors|components|estimators|"
    r"points|batch_?size|width|height|trials|simulations|steps)"
)
_FLOAT = re.compile(
    r"(?:\w+_)?(?:alpha|beta|gamma|lr|learning_?rate|eta|lam|lambda_?|tol|tolerance|threshold|eps|"
    r"epsilon|dropout|momentum|decay|sigma|rate|ratio|fraction|weight)|(?:test|train)_(?:size|frac)|"
    r"l[12]_(?:ratio|reg)"
)
_WHOLE = re.compile(r"(?:max_)?depth|degree|order|verbosity|cv|bins")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{3,}")
_LEARN = ("sklearn", "xgboost", "lightgbm", "catboost", "keras", "tensorflow", "statsmodels")
"""Packages whose keyword arguments are settings of models."""
_SEEDING = frozenset(
    {"numpy.random.seed", "random.seed", "numpy.random.RandomState", "numpy.random.default_rng"}
)
_DATED = ("start", "end", "date", "begin", "since", "until")


def kind_of_value(name: str, value: object) -> str | None:
    """The rule that lifts what is assigned to a name; None if none does.

    Args:
        name: that it is assigned to.
        value: of the literal.
    """
    if isinstance(value, str):
        return PATH if _PATH.fullmatch(value) else DATE if _DATE.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    low = name.lower()
    if _SEED.fullmatch(low):
        return SEED
    if _FLOAT.fullmatch(low) or _WHOLE.fullmatch(low):
        return SETTING
    if _SIZE.fullmatch(low):
        return SIZE
    return SETTING if _CONSTANT.fullmatch(name) else None


def kind_of_argument(callee: str | None, keyword: str, value: object) -> str | None:
    """The rule that lifts an argument; None if none does.

    Args:
        callee: what is called, as its import names it, or None.
        keyword: name of the argument; empty for the first of those without one.
        value: of the literal.
    """
    if isinstance(value, str):
        dated = _DATE.fullmatch(value) and any(keyword.lower().startswith(d) for d in _DATED)
        return DATE if dated else None
    if not keyword:
        return SEED if callee in _SEEDING and isinstance(value, int) else None
    if callee is None:
        return None
    found = kind_of_value(keyword, value)
    if found == SEED or keyword in ("test_size", "train_size"):
        return found
    learns = callee.partition(".")[0] in _LEARN
    if learns and found is None and keyword == "C" and isinstance(value, (int, float)):
        return SETTING
    return found if learns else None


def type_of(rule: str, name: str, value: object) -> str:
    """The type that a parameter gets: as wide as its kind is, not as its value happens to be."""
    is_wide = rule == SETTING and isinstance(value, int) and _FLOAT.fullmatch(name.lower())
    return "float" if is_wide or name == "C" else type(value).__name__


def names_for(base: str) -> Iterator[str]:
    """``base``, ``base_2``, ``base_3`` …."""
    yield base
    number = 2
    while True:
        yield f"{base}_{number}"
        number += 1


def path_name(path: str) -> str:
    """A parameter's name for a file, such as ``iris_file``."""
    stem = re.split(r"[/\\]", path)[-1].partition(".")[0]
    word = re.sub(r"\W+", "_", stem).strip("_").lower()
    return f"{word}_file" if word[:1].isalpha() else "data_file"
