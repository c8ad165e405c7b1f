"""What every engine has to do: one suite, which each engine's tests subclass."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from stepfolder import Code, StepFolder, make_step

from jupyter_mlops.engines import Engine, Exit, refuse_unsupported
from jupyter_mlops.errors import UnsupportedResource
from jupyter_mlops.model.pipeline import Pipeline, Resources, Step
from jupyter_mlops.model.task import Task
from jupyter_mlops.step.workfolder import COPY_LIMIT

PATIENCE = 120.0

ENDLESS = """
import subprocess, time
subprocess.Popen(["sleep", "600"])
print("ready")
time.sleep(600)
"""

ENDLESS_AT_FIRST = """
import os, subprocess, time
if "/attempts/1/" in os.environ["JUPYTER_MLOPS_STATE"]:
    subprocess.Popen(["sleep", "600"])
    print("ready")
    time.sleep(600)
"""

WAIT_UNTIL_PUBLISHED = """
import os, pathlib, time
attempt = pathlib.Path(os.environ["JUPYTER_MLOPS_STATE"]).parent
print("ready")
while attempt.name == "1" and not (attempt.parents[1] / "result.json").exists():
    time.sleep(0.05)
"""

DRIVER = """
import pickle, sys, time
from jupyter_mlops.engines import open_engine
from jupyter_mlops.settings import Mlops
engine = open_engine(sys.argv[1], Mlops())
engine.start(pickle.loads(bytes.fromhex(sys.argv[2])))
print("started", flush=True)
time.sleep(600)
"""


CHANGES = """
alias.append(2)
open("b.txt", "w").write(open("a.txt").read() * 2 + str(n))
"""


def stage(
    name: str, source: str, *, takes: tuple[str, ...] = (), leaves: tuple[str, ...] = ()
) -> list[Code]:
    """The cells of a stage as the compiler writes them."""
    return [
        Code(id=f"mlops-{part}", source=text, position=None) if part else Code(source=text)
        for part, text in (
            ("enter", "import jupyter_mlops.kernel_state as _mlops\n_mlops.enter()"),
            ("restore", f"_mlops.restore(*{takes!r})"),
            ("", source),
            ("capture", f"_mlops.capture(*{leaves!r}, step={name!r})"),
        )
    ]


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.05)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a step ends by its first cell; its second one would fail in another way."""

    id: str
    source: str
    later: str = "no_such_name"
    timeout: float | None = None
    code: int = 1
    state: str = "failed"
    error: tuple[str, int | None] | None = None


OUTCOMES = [
    Outcome(id="success", source="print(1)", later="print(2)", code=0, state="succeeded"),
    Outcome(id="exception", source="1 / 0", error=("ZeroDivisionError", 3)),
    Outcome(id="exit", source="import sys; sys.exit(0)", error=("SystemExit", 3)),
    Outcome(id="dead kernel", source="import os; os.kill(os.getpid(), 9)", error=("KernelDied", 3)),
    Outcome(id="timeout", source=ENDLESS, timeout=8.0, error=("Timeout", 3)),
]


class EngineConformance:
    """Subclasses give the fixtures ``engine`` and ``image``, and say what is left of a step."""

    unsupported: dict[str, Resources]
    """Words of the refusal → what a step asks for."""
    supported: Resources

    def left(self, step: StepFolder) -> list[str]:
        """What the engine still holds of a step: processes or containers."""
        raise NotImplementedError

    def kill_worker(self, engine: Engine, handle: str, step: StepFolder) -> None:
        """Kill the process that is the step command."""
        raise NotImplementedError

    def finish(self, engine: Engine, task: Task) -> Exit:
        """Start an attempt, wait for its end, and clear it away."""
        handle = engine.start(task)
        exited = self.wait(engine, handle)
        engine.stop(handle)
        return exited

    def wait(self, engine: Engine, handle: str) -> Exit:
        eventually(lambda: engine.poll(handle) is not None)
        exited = engine.poll(handle)
        assert exited is not None
        return exited

    def wait_for_output(self, step: StepFolder, number: int = 1) -> None:
        log = step.attempt(number) / "events.jsonl"
        eventually(lambda: log.exists() and '"output"' in log.read_text())

    @pytest.mark.parametrize("case", OUTCOMES, ids=lambda case: case.id)
    def test_outcome(
        self, engine: Engine, image: str | None, tmp_path: Path, case: Outcome
    ) -> None:
        step = make_step(
            tmp_path,
            Code(source=case.source),
            Code(id="later", source=case.later, position=4),
            timeout=case.timeout,
        )
        exited = self.finish(engine, step.task(image=image))
        result = step.result()
        error = result.error and (result.error.kind, result.error.cell)
        assert (exited.code, result.state, error) == (case.code, case.state, case.error)
        assert self.left(step) == []

    def test_chain(self, engine: Engine, image: str | None, tmp_path: Path) -> None:
        source = "open('a.txt', 'w').write('7')\nn = [1]\nalias = n"
        first = make_step(tmp_path, *stage("first", source, leaves=("n", "alias")), step="first")
        assert self.finish(engine, first.task(image=image)).code == 0
        left = first.result()
        (written,) = left.files_written
        second = make_step(
            tmp_path,
            *stage("second", CHANGES, takes=("n", "alias"), leaves=("n", "alias")),
            step="second",
            groups=left.groups,
            objects=[first.output(group.digest) for group in left.groups],
            files={written.path: first.output(written.digest)},
        )
        assert self.finish(engine, second.task(image=image)).code == 0
        result = second.result()
        assert [(ref.path, ref.digest) for ref in result.files_read] == [("a.txt", written.digest)]
        assert [(ref.path, second.output(ref.digest)) for ref in result.files_written] == [
            ("b.txt", b"77[1, 2]")
        ]
        variables = [(g.names, g.step) for g in result.groups if not g.names[0].startswith("@")]
        assert variables == [(("alias", "n"), "second")]
        assert list(first.source.iterdir()) == []

    def test_what_commands_read(self, engine: Engine, image: str | None, tmp_path: Path) -> None:
        source = "!cat in/*.csv run.sh latest\n!head -c 1 large.bin\nopen('made.txt', 'w').close()"
        step = make_step(tmp_path, *stage("read", source))
        (step.source / "in").mkdir()
        for name in ("in/a.csv", "in/b.txt", "run.sh", "target"):
            (step.source / name).write_text(name)
        (step.source / "latest").symlink_to("target")
        with (step.source / "large.bin").open("wb") as file:
            file.truncate(COPY_LIMIT + 1)
        assert self.finish(engine, step.task(image=image)).code == 0
        assert [ref.path for ref in step.result().files_read] == [
            *("in/", "in/a.csv", "large.bin", "latest", "run.sh", "target")
        ]

    def test_refused_variable(self, engine: Engine, image: str | None, tmp_path: Path) -> None:
        first = make_step(tmp_path, *stage("first", "g = (i for i in 'ab')", leaves=("g",)))
        assert self.finish(engine, first.task(image=image)).code == 0
        (refusal,) = first.result().refused
        assert (refusal.names, refusal.code, refusal.step) == (("g",), "ML601", "first")

    def test_stop_ends_everything(self, engine: Engine, image: str | None, tmp_path: Path) -> None:
        step = make_step(tmp_path, Code(source=ENDLESS))
        handle = engine.start(step.task(image=image))
        self.wait_for_output(step)
        assert self.left(step) != []
        engine.stop(handle)
        assert self.left(step) == []
        assert not (step.path / "result.json").exists()

    def test_close_ends_everything(self, engine: Engine, image: str | None, tmp_path: Path) -> None:
        step = make_step(tmp_path, Code(source=ENDLESS))
        engine.start(step.task(image=image))
        self.wait_for_output(step)
        engine.close()
        assert self.left(step) == []

    def test_duplicate_start(self, engine: Engine, image: str | None, tmp_path: Path) -> None:
        step = make_step(tmp_path, Code(source="print('once')"))
        task = step.task(image=image)
        handles = [engine.start(task), engine.start(task)]
        exited = self.wait(engine, handles[0])
        engine.stop(handles[0])
        assert (handles[0], exited.code) == (handles[1], 0)
        assert [e["event"] for e in step.events()].count("cell-started") == 1

    def test_killed_worker(self, engine: Engine, image: str | None, tmp_path: Path) -> None:
        step = make_step(tmp_path, Code(source=ENDLESS_AT_FIRST))
        handle = engine.start(step.task(1, image=image))
        self.wait_for_output(step)
        self.kill_worker(engine, handle, step)
        exited = self.wait(engine, handle)
        engine.stop(handle)
        assert exited.code in (-signal.SIGKILL, 128 + signal.SIGKILL)
        assert (self.left(step), (step.path / "result.json").exists()) == ([], False)
        assert self.finish(engine, step.task(2, image=image)).code == 0
        assert step.result().attempt == 2

    def test_late_attempt_is_superseded(
        self, engine: Engine, image: str | None, tmp_path: Path
    ) -> None:
        step = make_step(tmp_path, Code(source=WAIT_UNTIL_PUBLISHED))
        late = engine.start(step.task(1, image=image))
        self.wait_for_output(step)
        winner = self.finish(engine, step.task(2, image=image))
        loser = self.wait(engine, late)
        engine.stop(late)
        assert (winner.code, loser.code, step.result().attempt) == (0, 3, 2)

    def test_sweep_after_a_killed_driver(
        self, engine: Engine, image: str | None, tmp_path: Path
    ) -> None:
        import pickle

        run = f"lost-{uuid.uuid4().hex}"  # other tests sweep the same engine at the same time
        lost = make_step(tmp_path, Code(source=ENDLESS), run=run)
        alive = make_step(tmp_path, Code(source=ENDLESS), run="alive")
        task = pickle.dumps(lost.task(image=image)).hex()
        with subprocess.Popen(
            [sys.executable, "-c", DRIVER, engine.name, task], stdout=subprocess.PIPE
        ) as driver:
            assert driver.stdout is not None
            assert driver.stdout.readline() == b"started\n"
            self.wait_for_output(lost)
            driver.kill()
        handle = engine.start(alive.task(image=image))
        self.wait_for_output(alive)
        engine.sweep(lambda other: other != run)
        assert (self.left(lost), engine.poll(handle)) == ([], None)
        engine.stop(handle)
        assert self.left(alive) == []

    def test_refuses_what_it_cannot_honour(self, engine: Engine) -> None:
        refused = {}
        for resources in self.unsupported.values():
            pipeline = Pipeline(
                name="p", title="p", steps=(Step(name="train", cells=(), resources=resources),)
            )
            with pytest.raises(UnsupportedResource) as raised:
                refuse_unsupported(engine, pipeline)
            refused[raised.value.message] = raised.value.step
        assert refused == {
            f"step 'train' asks for {words}, which the {engine.name} engine cannot honour": "train"
            for words in self.unsupported
        }

    def test_takes_what_it_can_honour(self, engine: Engine) -> None:
        step = Step(name="train", cells=(), resources=self.supported)
        refuse_unsupported(engine, Pipeline(name="p", title="p", steps=(step,)))
