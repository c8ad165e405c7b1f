"""Conditions on metrics, such as ``accuracy<0.9`` or ``train.loss>=1e-3``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.errors import AlertError
from jupyter_mlops.model.run import Run

_TEXT = re.compile(r"\s*(?:([\w-]+)\.)?([^\W\d]\w*)\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A metric compared with a number.

    Attributes:
        step: whose metric it is; empty for that of any step.
        metric: its name.
        sign: how it is compared.
        value: with what.
    """

    step: str
    metric: str
    sign: str
    value: float

    def __str__(self) -> str:
        step = f"{self.step}." if self.step else ""
        return f"{step}{self.metric} {self.sign} {self.value:g}"

    def holds(self, value: Any) -> bool:
        """True if the metric's value fulfils it; NaN and what is no number never do."""
        return _is_number(value) and _OPERATORS[self.sign](value, self.value)


def read_condition(text: str) -> Condition:
    """The condition that a text gives.

    Raises:
        AlertError: it gives none.
    """
    match = _TEXT.fullmatch(text)
    try:
        if match is not None:
            step, metric, sign, value = match.groups()
            return Condition(step=step or "", metric=metric, sign=sign, value=float(value))
    except ValueError:
        pass
    raise AlertError(
        f"{text!r} is not a condition", fix="write it as accuracy<0.9, or train.accuracy<0.9"
    )


def fulfilled(condition: Condition, run: Run) -> Iterator[str]:
    """A sentence for each metric of the run that the condition is true of, or cannot be told of."""
    for step, value in _values(condition, run):
        if condition.holds(value):
            yield f"metric {step}.{condition.metric} is {value:.6g} ({condition})"
        elif not _is_number(value):
            yield f"metric {step}.{condition.metric} is {value!r}, not a number ({condition})"


def unfulfilled(condition: Condition, run: Run) -> Iterator[str]:
    """A sentence for each metric of the run that the condition is not true of, or if none is."""
    values = list(_values(condition, run))
    if not values:
        yield f"the run has no metric for {condition}"
    for step, value in values:
        if not condition.holds(value):
            yield f"metric {step}.{condition.metric} is {value!r}, not {condition}"


def _values(condition: Condition, run: Run) -> Iterator[tuple[str, Any]]:
    for report in run.steps:
        if condition.metric in report.metrics and condition.step in ("", report.step):
            yield report.step, report.metrics[condition.metric]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and value == value
