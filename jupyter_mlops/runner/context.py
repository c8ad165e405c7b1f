"""What all steps of one run have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.identity import of_environment
from jupyter_mlops.model.pipeline import Pipeline, Step
from jupyter_mlops.model.run import Environment
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.keep import Keeper
from jupyter_mlops.runner.reuse import Judge
from jupyter_mlops.runner.table import Inputs
from jupyter_mlops.store import Store

if TYPE_CHECKING:
    from jupyter_mlops.engines import Engine


_LOOK_SECONDS = 0.05
"""How often a pause looks whether the run is to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """One run while it is driven.

    Attributes:
        run: its name.
        folder: its working files.
        store: where everything is recorded.
        engine: where its steps run.
        environments: what each step runs in, by its name, but for its own image and variables.
        pipeline: what is run.
        stages: digest of each step's stage notebook, by the step's name.
        parameters: value of every declared parameter.
        notebook: absolute path of the source notebook.
        source: digest of the source notebook.
        root: the project root.
        judge: decides on reuse.
        fresh: position of the first step from which on nothing is reused, or None.
        trusted: executions to reuse before others; those of a run that is resumed.
        user, host: who and where.
        is_cancelled: True once the run is to stop.
        turn: by the key of a step: no other run of this process decides about such a one meanwhile.
        secrets: values by name, of all steps; they are never written.
        left_out: files below the root that no step gets.
        keeper: keeps what steps read.
        place: path that the project root has for steps where the engine can choose it.
        inputs: what the only step of a run receives that is an earlier one's again, or None.
        wait: sleeps for a moment, in seconds, while a pause lasts.
        clock: seconds that never go back.
    """

    run: str
    folder: Path
    store: Store
    engine: Engine
    environments: Mapping[str, Environment]
    pipeline: Pipeline
    stages: Mapping[str, str]
    parameters: Mapping[str, Any]
    notebook: Path
    source: str
    root: Path
    judge: Judge
    keeper: Keeper
    fresh: int | None
    trusted: tuple[str, ...]
    user: str
    host: str
    is_cancelled: Callable[[], bool]
    turn: Callable[[str], AbstractContextManager[None]]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    left_out: tuple[str, ...] = ()
    place: Path | None = None
    inputs: Inputs | None = None
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def pause(self, seconds: float) -> None:
        """Wait, unless the run is to stop.

        Raises:
            Cancelled: it is.
        """
        end = self.clock() + seconds
        while (left := end - self.clock()) > 0:
            if self.is_cancelled():
                raise Cancelled
            self.wait(min(left, _LOOK_SECONDS))

    def environment_of(self, step: Step) -> Environment:
        """What the step runs in: its packages and image, with what its settings change."""
        environment = self.environments[step.name]
        contained = _containment_of(step)
        if not step.environ and not contained:
            return environment
        changes = {"environ": dict(step.environ), **contained}
        return replace(
            environment,
            digest=of_environment({"base": environment.digest, **changes}),
            settings={name: value for name, value in changes.items() if value},
        )

    def secrets_of(self, step: Step) -> dict[str, str]:
        """Values of the secrets that the step asks for, by name."""
        return {secret.name: self.secrets[secret.name] for secret in step.containment.secrets}

    def parameters_of(self, step: Step) -> dict[str, Any]:
        """Values of the parameters that the step may read."""
        return {name: self.parameters[name] for name in step.parameters}


def _containment_of(step: Step) -> dict[str, Any]:
    """What of a step's containment can change what it does; of secrets, their names."""
    wanted = step.containment
    found = {
        "network": step.resources.network if step.resources.network != "default" else None,
        "hermetic": wanted.hermetic,
        "data": list(wanted.data),
        "secrets": sorted(secret.variable for secret in wanted.secrets),
    }
    return {name: value for name, value in found.items() if value}
