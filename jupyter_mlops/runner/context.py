"""What all steps of one run have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.identity import of_environment
from jupyter_mlops.model.pipeline import Pipeline, Step
from jupyter_mlops.model.run import Environment
from jupyter_mlops.runner.reuse import Judge
from jupyter_mlops.store import Store

if TYPE_CHECKING:
    from jupyter_mlops.engines import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """One run while it is driven.

    Attributes:
        run: its name.
        folder: its working files.
        store: where everything is recorded.
        engine: where its steps run.
        environment: what they run in.
        pipeline: what is run.
        stages: digest of each step's stage notebook, by the step's name.
        parameters: value of every declared parameter.
        notebook: absolute path of the source notebook.
        source: digest of the source notebook.
        root: the project root.
        judge: decides on reuse.
        fresh: True to reuse nothing.
        trusted: executions to reuse before others; those of a run that is resumed.
        user, host: who and where.
        is_cancelled: True once the run is to stop.
    """

    run: str
    folder: Path
    store: Store
    engine: Engine
    environment: Environment
    pipeline: Pipeline
    stages: Mapping[str, str]
    parameters: Mapping[str, Any]
    notebook: Path
    source: str
    root: Path
    judge: Judge
    fresh: bool
    trusted: tuple[str, ...]
    user: str
    host: str
    is_cancelled: Callable[[], bool]

    def environment_of(self, step: Step) -> Environment:
        """What the step runs in: the run's environment, with what the step's settings change."""
        if step.image is None and not step.environ:
            return self.environment
        changes = {"image": step.image, "environ": dict(step.environ)}
        return replace(
            self.environment,
            image=step.image or self.environment.image,
            digest=of_environment({"base": self.environment.digest, **changes}),
        )

    def parameters_of(self, step: Step) -> dict[str, Any]:
        """Values of the parameters that the step may read."""
        return {name: self.parameters[name] for name in step.parameters}
