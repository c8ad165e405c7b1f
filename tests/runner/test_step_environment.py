"""Which settings of a step belong to its identity, and which only say how it is run."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_mlops.model.pipeline import Containment, Resources, Secret, Step
from jupyter_mlops.model.run import Environment
from jupyter_mlops.runner.context import RunContext

BASE = Environment(digest="e1", engine="docker", python="3.11.2", image="built")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A step, and the settings that its environment records; none: it has the run's identity."""

    id: str
    resources: Resources = Resources()
    containment: Containment = Containment()
    environ: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


PASSWORD, AS_FILE = Secret(name="PW"), Secret(name="PW", file=True)
LIMITS = Resources(cpus=1, memory=1, pids=1, gpus=1, timeout=1, retries=1, backoff=2)
CASES = [
    Case(id="nothing"),
    Case(id="limits", resources=LIMITS),
    Case(id="env", environ={"A": "1"}, settings={"environ": {"A": "1"}}),
    Case(id="network", resources=Resources(network="none"), settings={"network": "none"}),
    Case(id="hermetic", containment=Containment(hermetic=True), settings={"hermetic": True}),
    Case(id="data", containment=Containment(data=("d",)), settings={"data": ["d"]}),
    Case(id="secret", containment=Containment(secrets=(PASSWORD,)), settings={"secrets": ["PW"]}),
    Case(
        id="secret in a file",
        containment=Containment(secrets=(AS_FILE,)),
        settings={"secrets": ["PW_FILE"]},
    ),
]


def environment_of(case: Case) -> Environment:
    step = Step(
        name="s",
        cells=(),
        resources=case.resources,
        containment=case.containment,
        environ=case.environ,
    )
    context: Any = SimpleNamespace(environments={"s": BASE})
    return RunContext.environment_of(context, step)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_settings(case: Case) -> None:
    found = environment_of(case)
    assert (found.settings, found.digest == BASE.digest) == (case.settings, not case.settings)


def test_each_setting_has_an_identity_of_its_own() -> None:
    digests = [environment_of(case).digest for case in CASES if case.settings]
    assert len(set(digests)) == len(digests)
