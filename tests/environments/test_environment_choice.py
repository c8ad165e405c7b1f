from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.environments import choices, common_choice
from jupyter_mlops.environments.choice import Choice
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.pipeline import Cell, Pipeline, Step


@dataclass(frozen=True, kw_only=True)
class Place:
    """``--environment``, a step's setting, and the file and place that hold for it."""

    option: str | None
    setting: str | None
    chosen: tuple[str | None, str | None]


SHARED = Cell(id="s", position=1, source="import json")


def step(name: str, source: str, environment: str | None = None) -> Step:
    return Step(
        name=name, cells=(Cell(id=name, position=2, source=source),), environment=environment
    )


def pipeline(*steps: Step, imports: tuple[str, ...]) -> Pipeline:
    return Pipeline(name="n", title="n", shared=(SHARED,), steps=steps, imports=imports)


LOAD = step("load", "import pandas")
TRAIN = step("train", "%time import torch", "gpu.txt")
REPORT = step("report", "import pandas, tabulate")
ALL = pipeline(LOAD, TRAIN, REPORT, imports=("json", "pandas", "tabulate", "torch"))


def test_steps_with_a_setting_are_apart() -> None:
    assert choices(ALL, None) == (
        Choice(
            environment=None,
            steps=("load", "report"),
            pipeline=pipeline(LOAD, REPORT, imports=("json", "pandas", "tabulate")),
        ),
        Choice(
            environment="gpu.txt",
            steps=("train",),
            pipeline=pipeline(TRAIN, imports=("json", "torch")),
        ),
    )


def test_a_choice_for_all_wins() -> None:
    expected = Choice(environment="imports", steps=("load", "train", "report"), pipeline=ALL)
    assert choices(ALL, "imports") == (expected,)
    assert common_choice(ALL, "imports") == expected


PLACES = [
    Place(option="kernel", setting=None, chosen=(None, "kernel")),
    Place(option="locked", setting=None, chosen=(None, "locked")),
    Place(option="locked", setting="gpu.txt", chosen=("gpu.txt", "locked")),
    Place(option="locked", setting="kernel", chosen=(None, "locked")),
    Place(option="gpu.txt", setting="locked", chosen=("gpu.txt", None)),
    Place(option=None, setting="kernel", chosen=(None, "kernel")),
    Place(option=None, setting="gpu.txt", chosen=("gpu.txt", None)),
]


@pytest.mark.parametrize("case", PLACES, ids=str)
def test_a_place_leaves_the_files_to_the_settings(case: Place) -> None:
    (found,) = choices(pipeline(step("load", "", case.setting), imports=()), case.option)
    assert (found.environment, found.place) == case.chosen


def test_one_environment_for_all_is_refused_where_they_differ() -> None:
    alike = pipeline(LOAD, REPORT, imports=())
    expected = Choice(environment=None, steps=("load", "report"), pipeline=alike)
    assert common_choice(alike, None) == expected
    with pytest.raises(EnvironmentFailure) as caught:
        common_choice(ALL, None)
    assert caught.value.message == (
        "one environment is needed for all steps, but their settings differ: "
        "not set for load, report; gpu.txt for train"
    )
