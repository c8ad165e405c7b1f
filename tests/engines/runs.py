"""Whole runs on an engine: a second part of what every engine has to do."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from jupyter_mlops.engines import Engine
from jupyter_mlops.model.pipeline import Pipeline
from jupyter_mlops.model.run import Environment, Run
from jupyter_mlops.runner import RunRequest, run_pipeline
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store import Store, check_store

FLAKY = """
import os
if "/attempts/1/" in os.environ["JUPYTER_MLOPS_STATE"]:
    raise ConnectionError("not yet")
x = 1
"""


@dataclass(frozen=True, kw_only=True)
class Whole:
    """``outcome``: state, attempts and kind of error of each step."""

    id: str
    cells: tuple[tuple[str, str], ...]
    outcome: tuple[tuple[str, int, str | None], ...]
    settings: dict[str, Any] = field(default_factory=dict)
    prints: str = ""
    cancel: bool = False


PIPELINES = [
    Whole(
        id="fan-out",
        cells=(
            ("step:load", "rows = [3, 1, 2]\nsize = open('rows.txt', 'w').write(str(rows))"),
            ("step:least", "least = min(rows)"),
            ("step:most", "most = max(rows)"),
            ("step:text", "text = open('rows.txt').read()"),
            ("step:join", "print(least, most, text, rows)"),
        ),
        outcome=(("succeeded", 1, None),) * 5,
        prints="1 3 [3, 1, 2] [3, 1, 2]\n",
    ),
    Whole(
        id="failing step",
        cells=(("step:bad", "x = 1 / 0"), ("step:after", "print(x)"), ("step:apart", "y = 1")),
        outcome=(("failed", 1, "ZeroDivisionError"), ("skipped", 0, None), ("succeeded", 1, None)),
    ),
    Whole(
        id="retry",
        cells=(("step:flaky", FLAKY), ("step:after", "print(x)")),
        settings={"retries": 1, "backoff": 0.01},
        outcome=(("succeeded", 2, None), ("succeeded", 1, None)),
        prints="1\n",
    ),
    Whole(
        id="no retry helps",
        cells=(("step:bad", "1 / 0"),),
        settings={"retries": 1, "backoff": 0.01},
        outcome=(("failed", 2, "ZeroDivisionError"),),
    ),
    Whole(
        id="timeout",
        cells=(("step:slow", "import time\ntime.sleep(600)"),),
        settings={"timeout": "3s"},
        outcome=(("failed", 1, "Timeout"),),
    ),
    Whole(
        id="cancel",
        cells=(
            ("step:one", "x = 1"),
            ("step:wait", "import time\nprint('ready')\ntime.sleep(600)"),
            ("step:after", "print(x)"),
        ),
        outcome=(("succeeded", 1, None), ("cancelled", 1, None), ("cancelled", 0, None)),
        prints="ready\n",
        cancel=True,
    ),
]


class RunConformance:
    """Subclasses give the fixtures ``engine`` and ``image``."""

    def run(
        self,
        engine: Engine,
        image: str | None,
        request: RunRequest,
        store: Store,
        react: Callable[[Mapping[str, Any]], object] = lambda event: None,
        cancel: threading.Event | None = None,
    ) -> Run:
        """Run the request on the engine, in the interpreter or image of the tests."""
        environment = Environment(
            digest="sha256:e",
            engine=engine.name,
            python="3.11",
            image=image,
            interpreter=None if image else sys.executable,
        )

        def prepare_steps(pipeline: Pipeline, **options: Any) -> dict[str, Environment]:
            return {step.name: environment for step in pipeline.steps}

        with (
            patch("jupyter_mlops.engines.choose_engine", lambda name, settings: (engine, "")),
            patch("jupyter_mlops.environments.prepare_steps", prepare_steps),
        ):
            return run_pipeline(
                request,
                store=store,
                settings=Mlops(),
                on_event=react,
                cancel=cancel,
            )

    @pytest.mark.parametrize("case", PIPELINES, ids=lambda case: case.id)
    def test_run(
        self,
        engine: Engine,
        image: str | None,
        tmp_path: Path,
        notebook_file: Callable[..., Path],
        case: Whole,
    ) -> None:
        notebook = notebook_file(case.cells, settings=case.settings)
        store, cancel, printed = Store(tmp_path / "store").open(), threading.Event(), []

        def react(event: Mapping[str, Any]) -> None:
            if event["event"] == "output":
                printed.append(event["text"])
                if case.cancel:
                    cancel.set()

        run = self.run(engine, image, RunRequest(notebook=notebook), store, react, cancel)
        assert tuple((s.state, s.attempts, s.error and s.error.kind) for s in run.steps) == (
            case.outcome
        )
        assert ("".join(printed), check_store(store)) == (case.prints, ())
        left = [path.name for path in store.root.glob("runs/*/steps/*/attempts/*/*")]
        assert set(left) <= {"events.jsonl"}
        store.close()
