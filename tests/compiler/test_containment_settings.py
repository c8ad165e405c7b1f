"""What settings say about what a step may see, and how they are read wrongly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from jupyter_mlops.compiler.resources import BadSetting, StepSettings, apply_settings
from jupyter_mlops.model.pipeline import Containment, Resources, Secret

PIPELINE = {"data": ["/a"], "secrets": ["P"], "hermetic": True, "retries": 2, "backoff": "1m"}


@dataclass(frozen=True, kw_only=True)
class Read:
    """Settings of a step, over those of the pipeline, and what becomes of both."""

    id: str
    pipeline: dict[str, Any] = field(default_factory=dict)
    step: dict[str, Any]
    containment: Containment = Containment()
    resources: Resources = Resources()


READS = [
    Read(id="nothing", step={}),
    Read(id="seconds", step={"backoff": 2.5}, resources=Resources(backoff=2.5)),
    Read(
        id="forms of a secret",
        step={"secrets": ["A", {"name": "B"}, {"name": "C", "as": "file"}]},
        containment=Containment(
            secrets=(Secret(name="A"), Secret(name="B"), Secret(name="C", file=True))
        ),
    ),
    Read(
        id="added to the pipeline's",
        pipeline=PIPELINE,
        step={"data": ["../b", "/a"], "secrets": [{"name": "P", "as": "file"}, "S"]},
        containment=Containment(
            data=("/a", "../b"),
            secrets=(Secret(name="P", file=True), Secret(name="S")),
            hermetic=True,
        ),
        resources=Resources(retries=2, backoff=60),
    ),
    Read(
        id="a step that is not hermetic",
        pipeline=PIPELINE,
        step={"hermetic": False},
        containment=Containment(data=("/a",), secrets=(Secret(name="P"),)),
        resources=Resources(retries=2, backoff=60),
    ),
]


@pytest.mark.parametrize("case", READS, ids=lambda case: case.id)
def test_read(case: Read) -> None:
    base = apply_settings(StepSettings(), case.pipeline)
    read = apply_settings(base, case.step)
    assert read == StepSettings(containment=case.containment, resources=case.resources)


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A setting that cannot be read."""

    setting: dict[str, Any]
    code: str = "ML402"
    says: str
    fix: str


DATA = 'write it like ["/datasets", "../data"]'
SECRETS = 'write it like ["DB_PASSWORD", {"name": "API_KEY", "as": "file"}]'
HIDDEN = "secrets cannot be what stands there"

BAD = [
    Bad(setting={"data": "/a"}, says="data cannot be '/a'", fix=DATA),
    Bad(setting={"data": [" "]}, says="data cannot be [' ']", fix=DATA),
    Bad(setting={"secrets": {"P": "hunter2"}}, says=HIDDEN, fix=SECRETS),
    Bad(setting={"secrets": ["P=hunter2"]}, says=HIDDEN, fix=SECRETS),
    Bad(setting={"secrets": [{"name": "P", "value": "hunter2"}]}, says=HIDDEN, fix=SECRETS),
    Bad(setting={"secrets": [{"name": "P", "as": "variable"}]}, says=HIDDEN, fix=SECRETS),
    Bad(setting={"secrets": ["JUPYTER_MLOPS_STATE"]}, says=HIDDEN, fix=SECRETS),
    Bad(
        setting={"hermetic": "yes"},
        says="hermetic cannot be 'yes'",
        fix="write it like true or false",
    ),
    Bad(
        setting={"backoff": "soon"},
        says="backoff cannot be 'soon'",
        fix='write it like 10, "30s" or "2m"',
    ),
    Bad(
        setting={"network": "host"},
        says="network cannot be 'host'",
        fix='write it like "default" or "none"',
    ),
    Bad(
        setting={"secret": ["P"]},
        code="ML401",
        says="unknown resource 'secret'",
        fix="did you mean `secrets`?",
    ),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: str(case.setting))
def test_bad(case: Bad) -> None:
    with pytest.raises(BadSetting) as raised:
        apply_settings(StepSettings(), case.setting)
    bad = raised.value
    assert (bad.code, bad.message, bad.fix) == (case.code, case.says, case.fix)
