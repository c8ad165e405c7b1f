"""The local engine against the conformance suite, and what only it can do wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conformance import ENDLESS, eventually
from contained import ContainConformance
from stepfolder import Code, StepFolder, make_step

from jupyter_mlops.engines import Engine, open_engine
from jupyter_mlops.model.pipeline import Resources
from jupyter_mlops.settings import Mlops

pytestmark = pytest.mark.kernel


def processes_of(step: StepFolder) -> dict[int, str]:
    """Processes that have the step's folder in their environment or among their open files."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            marks = [os.fsdecode((entry / "environ").read_bytes())]
            marks += [str(link.readlink()) for link in (entry / "fd").iterdir()]
            command = (entry / "cmdline").read_bytes().decode()
        except OSError:
            continue
        if int(entry.name) != os.getpid() and any(f"{step.path}/" in mark for mark in marks):
            found[int(entry.name)] = command
    return found


class TestLocalEngine(ContainConformance):
    unsupported = {
        "2 cpus": Resources(cpus=2),
        "a memory limit of 1024 bytes": Resources(memory=1024),
        "a limit of 9 processes": Resources(pids=9),
        "1 gpus": Resources(gpus=1),
    }
    supported = Resources(timeout=3, retries=2, gpus=0)

    @pytest.fixture
    def engine(self) -> Iterator[Engine]:
        engine = open_engine("local", Mlops())
        yield engine
        engine.close()

    @pytest.fixture
    def image(self) -> None:
        return None

    def left(self, step: StepFolder) -> list[str]:
        return list(processes_of(step).values())

    def kill_worker(self, engine: Engine, handle: str, step: StepFolder) -> None:
        (worker,) = [p for p, command in processes_of(step).items() if "step.zygote" in command]
        os.kill(worker, signal.SIGKILL)

    def test_goes_on_after_its_process_was_killed(self, engine: Engine, tmp_path: Path) -> None:
        step = make_step(tmp_path, Code(source=ENDLESS))
        handle = engine.start(step.task())
        self.wait_for_output(step)
        (worker,) = [p for p, command in processes_of(step).items() if "step.zygote" in command]
        status = Path(f"/proc/{worker}/stat").read_text()
        os.kill(int(status.rpartition(")")[2].split()[1]), signal.SIGKILL)
        exited = self.wait(engine, handle)
        engine.stop(handle)
        assert (exited.code, self.left(step)) == (None, [])
        other = make_step(tmp_path, Code(source="print(1)"), run="run-2")
        assert self.finish(engine, other.task()).code == 0

    def test_log_holds_the_output(self, engine: Engine, tmp_path: Path) -> None:
        step = make_step(tmp_path, Code(source="print('é', 1 + 1)"))
        self.finish(engine, step.task())
        assert (step.attempt() / "step.log").read_text() == "é 2\n"


@dataclass(frozen=True, kw_only=True)
class Orphan:
    """A process that a killed driver might leave, by its folder (`{run}`: the dead run)."""

    id: str
    folder: str
    by_log: bool = False
    swept: bool


ORPHANS = [
    Orphan(id="kernel", folder="runs/{run}/steps/01-a/attempts/1", swept=True),
    Orphan(id="worker", folder="runs/{run}/steps/01-a/attempts/1", by_log=True, swept=True),
    Orphan(id="of a living run", folder="runs/alive/steps/01-a/attempts/1", swept=False),
    Orphan(id="no store", folder="{run}/1", swept=False),
]


@pytest.mark.parametrize("case", ORPHANS, ids=lambda case: case.id)
def test_sweep_takes_only_what_belongs_to_a_dead_run(tmp_path: Path, case: Orphan) -> None:
    dead = f"dead-of-{os.getpid()}"
    folder = tmp_path / case.folder.format(run=dead)
    folder.mkdir(parents=True)
    mark = {} if case.by_log else {"JUPYTER_MLOPS_STATE": str(folder / "state")}
    with (folder / "step.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(600)"],
            env={**os.environ, **mark},
            stdout=log if case.by_log else subprocess.PIPE,
        )
    try:
        if process.stdout:
            process.stdout.readline()
        else:
            eventually(lambda: (folder / "step.log").stat().st_size > 0)
        count = open_engine("local", Mlops()).sweep(lambda run: run != dead)
        if case.swept:
            process.wait(60)
        assert (count, process.poll()) == ((1, -9) if case.swept else (0, None))
    finally:
        process.kill()
        process.communicate()
