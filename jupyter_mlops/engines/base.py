"""What every engine is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from jupyter_mlops.model.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an engine can honour.

    Attributes:
        memory, cpus, pids, gpus: limits of a step's resources.
        network_none: cutting a step off from the network.
        images: running a step in an image.
        isolated: a step sees nothing of the machine but what it was given.
    """

    memory: bool = False
    cpus: bool = False
    pids: bool = False
    gpus: bool = False
    network_none: bool = False
    images: bool = False
    isolated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """How an attempt ended, as far as the engine knows. Never the truth about the step.

    Attributes:
        code: exit code; negative for the signal that ended it; None if it is not known.
        oom: True if it was killed for memory.
        message: a sentence for people, or "".
    """

    code: int | None
    oom: bool = False
    message: str = ""


class Engine(Protocol):
    """Starts, watches and stops attempts."""

    @property
    def name(self) -> str:
        """``local`` or ``docker``."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can honour."""

    def start(self, task: Task) -> str:
        """A handle of the started attempt; the same one if this attempt was started before.

        Raises:
            EngineError: if it cannot be started.
        """

    def poll(self, handle: str, *, patience: float = 0.0) -> Exit | None:
        """How the attempt ended, or None while it runs.

        Args:
            handle: of the attempt.
            patience: seconds that the call may take while the attempt runs.

        Raises:
            EngineError: if the engine does not answer.
        """

    def stop(self, handle: str) -> None:
        """End the attempt, if it still runs, and remove all that the engine holds of it.

        Raises:
            EngineError: if the engine does not answer.
        """

    def sweep(self, is_alive: Callable[[str], bool]) -> int:
        """End what a killed driver left behind.

        Args:
            is_alive: True for the name of a run that has a living driver or is not ours.

        Returns:
            The number of attempts that were ended.

        Raises:
            EngineError: if the engine does not answer.
        """

    def close(self) -> None:
        """End everything that this engine started and still runs."""
