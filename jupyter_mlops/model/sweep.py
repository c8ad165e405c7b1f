"""A pipeline that is run with many combinations of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SweepState = Literal["running", "succeeded", "failed", "incomplete"]
CombinationState = Literal["missing", "running", "succeeded", "failed", "cancelled", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What is to be run; an immutable object, of which each of its runs knows the digest.

    Attributes:
        name: unique, sortable by time.
        notebook: absolute path.
        source: digest of the notebook that every combination runs, whatever is saved meanwhile.
        parameters: names of those that vary.
        combinations: their values by name, each combination once.
        fixed: values of others that differ from the notebook's defaults.
        engine, environment, hermetic: as of a ``RunRequest``.
        user, host: who and where.
        created: ISO 8601, UTC.
    """

    name: str
    notebook: str
    source: str
    parameters: tuple[str, ...]
    combinations: tuple[Mapping[str, Any], ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    engine: Literal["auto", "docker", "local"] = "auto"
    environment: str | None = None
    hermetic: bool = False
    user: str = ""
    host: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """One combination of a sweep as it stands. Field names don't change.

    Attributes:
        number: from 1.
        values: of the parameters that vary.
        state: that of its newest run; ``missing`` if none was begun.
        run: that run's name, or None.
        started, ended: ISO 8601, UTC, or None.
        steps: how many the run has.
        reused: how many of them rest on a result that was on record already.
        metrics: by step, and by name.
        error: why it failed, one sentence, or empty.
    """

    number: int
    values: Mapping[str, Any]
    state: CombinationState = "missing"
    run: str | None = None
    started: str | None = None
    ended: str | None = None
    steps: int = 0
    reused: int = 0
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """A sweep as it stands. Field names don't change.

    Attributes:
        sweep: what was asked for.
        state: ``running`` while somebody drives it; else ``succeeded`` if every combination has,
            ``failed`` if one has failed, ``incomplete`` otherwise.
        combinations: in the order in which they are begun.
    """

    sweep: Sweep
    state: SweepState
    combinations: tuple[Combination, ...]
