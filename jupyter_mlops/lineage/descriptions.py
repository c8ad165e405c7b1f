"""What the variables of runs were, from records alone, and what differs between two versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jupyter_mlops.model.artifact import Described, DescribedColumn, Group
from jupyter_mlops.model.run import Run

Descriptions = Mapping[tuple[str, str], Described]
"""By the name of a variable and the digest of what was stored of it."""


def all_described(runs: Iterable[Run]) -> Descriptions:
    """What is on record of the variables that the runs' steps left."""
    return {
        (name, group.digest): report.observed.values[name]
        for run in runs
        for report in run.steps
        if report.observed is not None
        for group in report.outputs
        if isinstance(group, Group)
        for name in group.names
        if name in report.observed.values
    }


def changed_lines(name: str, a: Described | None, b: Described | None) -> list[str]:
    """What differs between two versions of a variable, as the lines of a unified diff.

    Nothing if one of them is not described, or if they read alike.
    """
    if a is None or b is None:
        return []
    lines = list(_pair(name, _heading(a), _heading(b)))
    old, new = ({column.name: column for column in one.columns} for one in (a, b))
    for column in dict.fromkeys([*old, *new]):
        lines += _pair(f"{name}[{column!r}]", _type(old.get(column)), _type(new.get(column)))
    other = [n for n in old if n in new and _differ(old[n], new[n])]
    if other and a.shape == b.shape:
        lines.append(f" {name}: other values in {', '.join(map(repr, other))}")
    return lines


def _pair(name: str, a: str, b: str) -> Iterator[str]:
    if a != b:
        yield from (f"{sign}{name}: {text}" for sign, text in (("-", a), ("+", b)) if text)


def _heading(value: Described) -> str:
    """How a value reads; else what it is."""
    if value.text:
        return value.text
    what = f"{value.type} of {value.dtype}" if value.dtype else value.type
    if value.columns or len(value.shape) > 1:
        return f"{what}, {' × '.join(f'{n:,}' for n in value.shape)}"
    return f"{what}, {value.shape[0]:,} long" if value.shape else what


def _type(column: DescribedColumn | None) -> str:
    return column.type if column is not None else ""


def _differ(a: DescribedColumn, b: DescribedColumn) -> bool:
    return a.type == b.type and bool(a.digest and b.digest) and a.digest != b.digest
