"""Two runs side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jupyter_mlops.model.run import StepState


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePair:
    """A parameter or metric in two runs.

    Attributes:
        name: its name.
        step: the step whose metric it is; empty for a parameter.
        a, b: its values; null where a run has none.
        equal: True if both runs have it with one value.
    """

    name: str
    step: str = ""
    a: Any = None
    b: Any = None
    equal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPair:
    """A step in two runs.

    Attributes:
        step: its name.
        a, b: what became of it; null where a run has no such step.
        same_execution: True if both rest on one execution: the one run reused the other's.
        changes: what of its code, parameters, environment, inputs and files differs; a sentence
            each, such as ``parameter lr 0.1 → 0.2``.
    """

    step: str
    a: StepState | None = None
    b: StepState | None = None
    same_execution: bool = False
    changes: tuple[str, ...] = ()


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
    """

    a: str
    b: str
    changes: tuple[str, ...] = ()
    parameters: tuple[ValuePair, ...] = ()
    metrics: tuple[ValuePair, ...] = ()
    steps: tuple[StepPair, ...] = ()
