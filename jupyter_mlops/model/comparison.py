"""Two runs side by side: what differs in what they were given, and in what they gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from jupyter_mlops.model.run import Origin, StepState

CauseKind = Literal[
    "code", "data", "parameter", "seed", "engine", "packages", "python", "package", "image",
    "system", "setting", "environment", "host", "unknown",
]  # fmt: skip
ConsequenceKind = Literal["outcome", "metric", "output", "file", "variable", "state"]


def equal_values(a: Any, b: Any) -> bool:
    """True for one value of one type; NaN is what it was."""
    return type(a) is type(b) and (a == b or (a != a and b != b))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPair:
    """A column that two tables don't have alike.

    Attributes:
        name: its name.
        a, b: its types; null where a table lacks it.
        cells: rows in which the values differ, if both tables have it and equally many rows.
    """

    name: str
    a: str | None = None
    b: str | None = None
    cells: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDiff:
    """What differs between two tables.

    Attributes:
        rows_a, rows_b: how many rows they have.
        only_a, only_b: rows that only the one has, by the columns of both and wherever they stand.
        columns: those that differ.
    """

    rows_a: int
    rows_b: int
    only_a: int
    only_b: int
    columns: tuple[ColumnPair, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Something that one run was given otherwise than the other.

    Attributes:
        number: 1 for the first; causes of earlier steps come first.
        kind: what it is. ``seed`` is a parameter or an environment variable that seeds; ``host`` is
            another machine; ``unknown`` is what makes a step give something else although all
            that is on record of it is equal.
        name: of the parameter, package, setting or file; ``cell 7`` or ``step fit`` for code.
        steps: those that it was given to, in notebook order; none for a parameter that no compared
            step received.
        a, b: what it was in each run, as far as it is short: for files their digests.
        text: a sentence such as ``parameter lr 0.1 → 0.2``.
        diff: for code the lines that differ, as a unified diff.
        table: for a file that is a table, what differs in it; null if it cannot be read any more.
    """

    number: int
    kind: CauseKind
    name: str
    steps: tuple[str, ...]
    a: Any = None
    b: Any = None
    text: str
    diff: str = ""
    table: TableDiff | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """Something that a step gave otherwise in one run than in the other.

    Attributes:
        kind: what it is; ``outcome`` is the step's state; ``output`` is what a cell put out;
            ``state`` is ambient, such as a generator of random numbers.
        step: the step that gave it; ``StepPair.causes`` says what may have led to it.
        name: of the metric, file or variables; ``cell 7`` for an output.
        a, b: what it was in each run, as far as it is short: for files and variables digests.
        text: a sentence such as ``metric auc 0.91 → 0.93``.
        diff: the first lines that differ, as a unified diff.
        table: for a file that is a table, what differs in it.
        cell_a, cell_b: for an output, the cell's nbformat id in each run.
    """

    kind: ConsequenceKind
    step: str
    name: str
    a: Any = None
    b: Any = None
    text: str
    diff: str = ""
    table: TableDiff | None = None
    cell_a: str = ""
    cell_b: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePair:
    """A parameter or metric in two runs.

    Attributes:
        name: its name.
        step: the step whose metric it is; empty for a parameter.
        a, b: its values; null where a run has none.
        equal: True if both runs have it with one value.
        a_origin, b_origin: who set the parameter; null for a metric, or where a run has none.
    """

    name: str
    step: str = ""
    a: Any = None
    b: Any = None
    equal: bool
    a_origin: Origin | None = None
    b_origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPair:
    """A step in two runs.

    Attributes:
        step: its name.
        a, b: what became of it; null where a run has no such step.
        same_execution: True if both rest on one execution: the one run reused the other's.
        changes: what of its code, parameters, environment, inputs and files differs; a sentence
            each, such as ``parameter lr 0.1 → 0.2``.
        causes: numbers of the causes that it was given, or that reached it through what earlier
            steps left.
    """

    step: str
    a: StepState | None = None
    b: StepState | None = None
    same_execution: bool = False
    changes: tuple[str, ...] = ()
    causes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs between two runs.

    Attributes:
        a, b: names of the runs.
        changes: names of what differs in what both were given: parameters, files, packages,
            ``engine``, ``notebook``.
        parameters: of both, in declaration order.
        metrics: of both, by step in notebook order.
        steps: of both, in notebook order.
        causes: what the runs were given otherwise; the first one in step order comes first.
        effects: what they gave otherwise, by step in notebook order.
    """

    a: str
    b: str
    changes: tuple[str, ...] = ()
    parameters: tuple[ValuePair, ...] = ()
    metrics: tuple[ValuePair, ...] = ()
    steps: tuple[StepPair, ...] = ()
    causes: tuple[Cause, ...] = ()
    effects: tuple[Consequence, ...] = ()
