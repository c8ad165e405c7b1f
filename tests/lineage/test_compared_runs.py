"""What one run was given that another was not, as far as their records tell."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import pytest

from jupyter_mlops.lineage.changes import changes_between
from jupyter_mlops.lineage.compare import compare_runs
from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.comparison import StepPair, ValuePair
from jupyter_mlops.model.run import (
    CellError,
    Environment,
    ParameterValue,
    Run,
    StepReport,
)
from jupyter_mlops.store import Store

ENVIRONMENT = Environment(
    digest="e1", engine="local", python="3.11.2", packages={"numpy": "1.26.0", "six": "1"}
)
LOAD = StepReport(
    step="load",
    state="succeeded",
    environment=ENVIRONMENT,
    inputs=(FileRef(path="a.csv", digest="a1"), FileRef(path="./", digest="l1")),
    outputs=(FileRef(path="out.csv", digest="o1"),),
    metrics={"rows": 3},
    execution="r.load.1",
)
TRAIN = replace(
    LOAD,
    step="train",
    inputs=(FileRef(path="out.csv", digest="o1"),),
    outputs=(),
    metrics={"loss": math.nan, "score": 1},
    execution="r.train.1",
)
RUN = Run(
    run="r",
    state="succeeded",
    reason="a test",
    notebook="/books/iris.ipynb",
    source="s1",
    pipeline="p1",
    parameters=tuple(
        ParameterValue(name=name, value=value, origin="default")
        for name, value in (("lr", 0.1), ("n", 1))
    ),
    engine="local",
    user="ada",
    host="here",
    started="2026-11-23T15:04:05+00:00",
    steps=(LOAD, TRAIN),
)


def loaded(**changes: Any) -> Run:
    return replace(RUN, steps=(replace(LOAD, **changes), TRAIN))


def parameter(name: str, value: Any) -> ParameterValue:
    return ParameterValue(name=name, value=value, origin="request")


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    later: Run
    changes: tuple[str, ...] = ()


CASES = [
    Case(name="nothing", later=replace(RUN, run="r2", source="s2", started="later")),
    Case(name="the pipeline", later=replace(RUN, pipeline="p2"), changes=("notebook",)),
    Case(
        name="a parameter, and one that is new",
        later=replace(RUN, parameters=tuple(parameter(*p) for p in (("lr", 0.2), ("m", None)))),
        changes=("lr", "m", "n"),
    ),
    Case(
        name="a parameter's type",
        later=replace(RUN, parameters=(RUN.parameters[0], parameter("n", True))),
        changes=("n",),
    ),
    Case(name="the engine", later=replace(RUN, engine="docker"), changes=("engine",)),
    Case(
        name="a package",
        later=loaded(environment=replace(ENVIRONMENT, packages={"numpy": "2", "six": "1"})),
        changes=("numpy",),
    ),
    Case(
        name="a file, but no listing and none that it wrote",
        later=replace(
            loaded(
                inputs=(FileRef(path="a.csv", digest="a2"), FileRef(path="./", digest="l2")),
                outputs=(FileRef(path="out.csv", digest="o2"),),
            ),
        ),
        changes=("a.csv",),
    ),
    Case(name="a step that read nothing", later=loaded(inputs=(), environment=None)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_changes(case: Case) -> None:
    assert changes_between(RUN, case.later) == case.changes


def test_runs_without_executions_are_compared_by_their_reports(store_root: Any) -> None:
    store = Store(store_root).open()
    other = replace(
        RUN,
        run="r2",
        steps=(
            replace(LOAD, state="reused", inputs=(FileRef(path="a.csv", digest="a2"),)),
            replace(TRAIN, step="fit", execution=None, metrics={"loss": math.nan}),
        ),
    )
    found = compare_runs(store, RUN, other)
    store.close()
    assert (found.a, found.b, found.changes) == ("r", "r2", ("a.csv",))
    assert found.steps == (
        StepPair(step="load", a="succeeded", b="reused", same_execution=True),
        StepPair(step="train", a="succeeded", causes=(1,)),
        StepPair(step="fit", b="succeeded", causes=(2,)),
    )
    assert found.metrics[0] == ValuePair(name="rows", step="load", a=3, b=3, equal=True)
    assert [(pair.name, pair.step, pair.equal) for pair in found.metrics] == [
        ("rows", "load", True),
        ("loss", "train", False),
        ("score", "train", False),
        ("loss", "fit", False),
    ]
    assert all(pair.equal for pair in compare_runs(store, RUN, RUN).metrics)


FAILED = replace(
    LOAD,
    state="failed",
    why="cell 2: ValueError: no rows",
    execution="r2.load.1",
    inputs=(FileRef(path="a.csv", digest="sha256:" + "a" * 64),),
    outputs=(),
    metrics={},
    error=CellError(kind="ValueError", message="no rows", cell=2),
)
SKIPPED = StepReport(step="train", state="skipped", why="step load failed")


@dataclass(frozen=True, kw_only=True)
class Told:
    name: str
    earlier: Run = RUN
    later: Run
    causes: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    outcomes: tuple[str, ...] = ()
    reached: tuple[tuple[int, ...], ...] = ((), ())


TOLD = [
    Told(name="nothing", later=RUN),
    Told(
        name="a failed step, and one that was skipped because of it",
        earlier=loaded(inputs=(FileRef(path="a.csv", digest="sha256:" + "b" * 64),)),
        later=replace(RUN, run="r2", steps=(FAILED, SKIPPED)),
        causes=(("data", "file a.csv bbbbbbbbbbbb → aaaaaaaaaaaa", ("load",)),),
        outcomes=(
            "load succeeded → failed: cell 2: ValueError: no rows",
            "train succeeded → skipped: step load failed",
        ),
        reached=((1,), (1,)),
    ),
    Told(
        name="what a step ran in, from the report alone",
        later=loaded(
            execution="r2.load.1",
            environment=replace(
                ENVIRONMENT,
                digest="e2",
                packages={"numpy": "2", "pandas": "2"},
                base="sha256:b",
                system=("git",),
                settings={"env": {"PYTHONHASHSEED": "1", "A": "1"}},
            ),
        ),
        causes=(
            ("package", "package numpy 1.26.0 → 2", ("load",)),
            ("package", "package pandas none → 2", ("load",)),
            ("package", "package six 1 → none", ("load",)),
            ("image", "base image none → b", ("load",)),
            ("system", "system package git added", ("load",)),
            ("seed", "setting env PYTHONHASHSEED none → '1'", ("load",)),
            ("setting", "setting env A none → '1'", ("load",)),
        ),
        reached=((1, 2, 3, 4, 5, 6, 7), ()),
    ),
    Told(
        name="a folder that lists other names",
        later=loaded(execution="r2.load.1", inputs=(FileRef(path="./", digest="l2"),)),
        causes=(("data", "folder ./ lists other names", ("load",)),),
        reached=((1,), ()),
    ),
    Told(
        name="steps in another order",
        later=replace(RUN, steps=(TRAIN, LOAD)),
        causes=(("code", "steps stand in another order", ("train", "load")),),
        reached=((1,), (1,)),
    ),
    Told(
        name="another outcome without a cause",
        later=replace(RUN, steps=(replace(FAILED, inputs=LOAD.inputs), TRAIN)),
        causes=(
            (
                "unknown",
                "step load gives something else from the same: it is not deterministic",
                ("load",),
            ),
        ),
        outcomes=("load succeeded → failed: cell 2: ValueError: no rows",),
        reached=((1,), ()),
    ),
    Told(
        name="what was fetched",
        later=loaded(execution="r2.load.1", metrics={"rows": 4}, urls=("https://a.org/x",)),
        causes=(
            (
                "unknown",
                "step load gives something else from the same: it is not deterministic, "
                "or what it fetched changed (https://a.org/x)",
                ("load",),
            ),
        ),
        reached=((1,), ()),
    ),
]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.name)
def test_causes_and_outcomes(told: Told, store_root: Any) -> None:
    store = Store(store_root).open()
    found = compare_runs(store, told.earlier, told.later)
    store.close()
    assert tuple((c.kind, c.text, c.steps) for c in found.causes) == told.causes
    outcomes = [effect for effect in found.effects if effect.kind == "outcome"]
    assert tuple(f"{effect.step} {effect.text}" for effect in outcomes) == told.outcomes
    assert tuple(step.causes for step in found.steps) == told.reached


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (0.123456789, 0.5, "metric rows 0.123457 → 0.5"),
        (0.12345678, 0.12345679, "metric rows 0.12345678 → 0.12345679"),
        (1, 1.0, "metric rows 1 → 1.0"),
        (3, math.nan, "metric rows 3 → nan"),
    ],
)
def test_metrics_are_shown_apart(before: Any, after: Any, text: str, store_root: Any) -> None:
    store = Store(store_root).open()
    one = loaded(metrics={"rows": before}, execution="r1.load.1")
    other = loaded(metrics={"rows": after}, execution="r2.load.1")
    assert compare_runs(store, one, other).effects[0].text == text
    store.close()
