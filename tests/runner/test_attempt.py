"""One attempt: the published record is the truth, whatever the engine says of the process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlops.engines import Capabilities, Exit
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.pipeline import Resources
from jupyter_mlops.model.run import StepResult
from jupyter_mlops.model.task import Task
from jupyter_mlops.runner import attempt as attempt_module
from jupyter_mlops.runner.attempt import Attempt, Cancelled

UNLIMITED = Resources()
RESULT = StepResult(attempt=1, state="succeeded", started="s", ended="e", metrics={"m": 1})
PROLOGUE = f"""
import json, os, sys, time
from pathlib import Path
folder = Path("attempts/1")
def event(**content):
    with (folder / "events.jsonl").open("a") as file:
        file.write(json.dumps(content) + "\\n")
def publish(**changes):
    part = Path("part.json")
    part.write_text(json.dumps({to_json(RESULT)!r} | changes))
    os.link(part, "result.json")
event(event="cell-started", cell=3, id="c")
"""


@dataclass
class ProgramEngine:
    """Runs a Python program in the step's folder; a process killed by SIGKILL counts as OOM."""

    program: str
    name: str = "program"
    capabilities: Capabilities = Capabilities()
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, task: Task) -> str:
        with (Path(task.folder) / "attempts" / "1" / "step.log").open("wb") as log:
            self.processes["it"] = subprocess.Popen(
                [sys.executable, "-c", PROLOGUE + self.program], cwd=task.folder, stderr=log
            )
        return "it"

    def poll(self, handle: str, *, patience: float = 0.0) -> Exit | None:
        try:
            code = self.processes[handle].wait(patience)
        except subprocess.TimeoutExpired:
            return None
        oom = code == -signal.SIGKILL
        return Exit(code=code, oom=oom, message="limit 8 MiB" if oom else "")

    def stop(self, handle: str) -> None:
        self.processes[handle].kill()
        self.processes[handle].wait()

    def sweep(self, is_alive: Callable[[str], bool]) -> int:
        return 0

    def close(self) -> None:
        self.stop("it")


@dataclass(frozen=True)
class Case:
    """``error``: kind, message, cell, and what stands in the traceback."""

    name: str
    program: str
    error: tuple[str, str, int | None, str] | None
    resources: Resources = UNLIMITED


LOST = "the step ended with exit code {} before it published a result"
CASES = [
    Case("published", "publish()", None),
    Case("published, then failed", "publish(); sys.exit(9)", None),
    Case("published, then went on", "publish(); time.sleep(600)", None),
    Case(
        "exit 0 is no success",
        "event(event='cell-finished', cell=3)",
        ("EngineLost", LOST.format(0), None, ""),
    ),
    Case("a crash", "sys.exit('no disk')", ("EngineLost", LOST.format(1), 3, "no disk\n")),
    Case("out of memory", "os.kill(os.getpid(), 9)", ("OutOfMemory", "limit 8 MiB", 3, "")),
    Case(
        "too long",
        "time.sleep(600)",
        ("Timeout", "the step took longer than 1.5 s", 3, ""),
        Resources(timeout=1.5),
    ),
]


@pytest.fixture
def watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    (tmp_path / "attempts" / "1").mkdir(parents=True)
    monkeypatch.setattr(attempt_module, "_TIMEOUT_GRACE", 0)
    monkeypatch.setattr(attempt_module, "_EXIT_SECONDS", 0.2)

    def run(
        program: str,
        resources: Resources = UNLIMITED,
        on_event: Callable[[Any], object] = lambda event: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> StepResult:
        task = Task(
            run="r", step="s", attempt=1, folder=str(tmp_path), source="/", resources=resources
        )
        engine = ProgramEngine(program)
        try:
            return Attempt(
                engine=engine, task=task, on_event=on_event, is_cancelled=is_cancelled
            ).run()
        finally:
            assert engine.processes["it"].returncode is not None

    return run


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_published_record_is_the_truth(watch: Callable[..., Any], case: Case) -> None:
    result = watch(case.program, case.resources)
    if case.error is None:
        assert result == RESULT
    else:
        error = result.error
        assert (error.kind, error.message, error.cell, error.traceback) == case.error
        assert replace(result, error=None, started="s", ended="e") == replace(
            RESULT, state="failed", metrics={}
        )


def test_a_record_that_is_none_is_a_failure(watch: Callable[..., Any]) -> None:
    result = watch("publish(groups=7)")
    assert (result.state, result.error.kind) == ("failed", "BadResult")


def test_cancel_ends_the_attempt(watch: Callable[..., Any]) -> None:
    heard: list[Any] = []
    with pytest.raises(Cancelled):
        watch("time.sleep(600)", on_event=heard.append, is_cancelled=lambda: bool(heard))


def test_all_events_are_heard_with_their_step(watch: Callable[..., Any]) -> None:
    heard: list[Any] = []
    watch("event(event='output', text='last'); publish()", on_event=heard.append)
    assert json.loads(json.dumps(heard)) == [
        {"event": "cell-started", "cell": 3, "id": "c", "step": "s"},
        {"event": "output", "text": "last", "step": "s"},
    ]
