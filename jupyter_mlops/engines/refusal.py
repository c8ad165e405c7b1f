"""What steps ask for, against what an engine can honour."""

from __future__ import annotations

from jupyter_mlops.engines.base import Engine
from jupyter_mlops.errors import UnsupportedResource
from jupyter_mlops.model.pipeline import Pipeline, Step

_REMEDIES = {
    "gpus": "install the NVIDIA container runtime, or take `gpus` from the step's settings",
}


def refuse_unsupported(engine: Engine, pipeline: Pipeline) -> None:
    """Pass if the engine can honour every request of every step; nothing is ever dropped.

    Raises:
        UnsupportedResource: for the first request that it cannot.
    """
    for step in pipeline.steps:
        for resource, words in _requests(step).items():
            if not getattr(engine.capabilities, resource):
                raise UnsupportedResource(
                    engine=engine.name,
                    step=step.name,
                    resource=words,
                    fix=_remedy(engine, resource),
                )


def _requests(step: Step) -> dict[str, str]:
    """Capability → what the step asks of it, in words."""
    asked = step.resources
    words = {
        "cpus": None if asked.cpus is None else f"{asked.cpus:g} cpus",
        "memory": None if asked.memory is None else f"a memory limit of {asked.memory} bytes",
        "pids": None if asked.pids is None else f"a limit of {asked.pids} processes",
        "gpus": f"{asked.gpus} gpus" if asked.gpus else None,
        "network_none": "no network" if asked.network == "none" else None,
        "images": _image(step),
    }
    return {capability: text for capability, text in words.items() if text is not None}


def _image(step: Step) -> str | None:
    if step.dockerfile is not None:
        return f"the image of {step.dockerfile}"
    return None if step.image is None else f"the image {step.image}"


def _remedy(engine: Engine, resource: str) -> str:
    if engine.name == "local":
        return f"use --engine docker, or take `{_setting(resource)}` from the step's settings"
    return _REMEDIES.get(resource, f"take `{_setting(resource)}` from the step's settings")


def _setting(resource: str) -> str:
    return {"network_none": "network", "images": "image"}.get(resource, resource)
