"""Runs that go on at one time in one process: they share what is dear, and do nothing twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from jupyter_mlops.runner.attempt import Cancelled

if TYPE_CHECKING:
    from jupyter_mlops.engines import Engine
    from jupyter_mlops.model.run import Environment
    from jupyter_mlops.settings import Mlops

_LOOK_SECONDS = 0.05
"""How often a run that waits for its turn looks whether it is to stop."""


class Together:
    """What runs of one notebook have in common while they are driven, each by its own thread.

    Args:
        engine: where their steps run.
        notice: one line about the choice of the engine, or "".
    """

    def __init__(self, engine: Engine, notice: str) -> None:
        self.engine, self.notice = engine, notice
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._environments: Mapping[str, Environment] | None = None
        self._turns: dict[str, threading.Lock] = {}
        self._holders: Counter[str] = Counter()

    def environments(
        self, make: Callable[[], Mapping[str, Environment]]
    ) -> Mapping[str, Environment]:
        """What each step runs in; ``make`` is called until it has succeeded once."""
        with self._making:
            if self._environments is None:
                self._environments = make()
            return self._environments

    @contextmanager
    def turn(self, key: str, is_cancelled: Callable[[], bool]) -> Iterator[None]:
        """Be the only one that decides about the steps of this key, and performs one.

        Who comes second finds what the first one left, and reuses it.

        Raises:
            Cancelled: the run is to stop.
        """
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
            self._holders[key] += 1
        try:
            while not turn.acquire(timeout=_LOOK_SECONDS):
                if is_cancelled():
                    raise Cancelled
            try:
                yield
            finally:
                turn.release()
        finally:
            with self._lock:
                self._holders[key] -= 1
                if not self._holders[key]:
                    del self._holders[key], self._turns[key]


@contextmanager
def open_together(engine: str, settings: Mlops) -> Iterator[Together]:
    """Runs on an engine that ends with the block.

    Raises:
        EngineError: the engine does not answer.
    """
    from jupyter_mlops.engines import choose_engine

    chosen, notice = choose_engine(engine, settings)
    with closing(chosen):
        yield Together(chosen, notice)
