"""A run that was lost on one engine is ended by the next start, whatever engine that has."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from conformance import ENDLESS, eventually
from stepfolder import Code, StepFolder, make_step

from jupyter_mlops.engines import Engine, open_engine
from jupyter_mlops.errors import EngineError
from jupyter_mlops.model.run import Run
from jupyter_mlops.runner import recover
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store import Store

pytestmark = pytest.mark.kernel


@dataclass(frozen=True)
class Lost:
    """A store with a run that no driver drives, one step of which still runs."""

    store: Store
    engine: Engine
    handle: str

    def runs(self) -> bool:
        exited = self.engine.poll(self.handle)
        return exited is None

    @property
    def run(self) -> str:
        (run,) = self.store.catalog.list_runs()
        return run.run

    def state(self) -> str:
        return self.store.catalog.find_run(self.run).state


def lose(folder: Path, name: str, image: str | None) -> Lost:
    store = Store(folder / "store").open()
    run = f"lost-{uuid.uuid4().hex}"  # other tests sweep the same engine at the same time
    step: StepFolder = make_step(folder, Code(source=ENDLESS), run=run)
    store.catalog.save_run(
        Run(
            run=run,
            state="running",
            reason="a test",
            notebook="/books/a.ipynb",
            source="sha256:s",
            pipeline="sha256:p",
            parameters=(),
            engine=name,
            user="ada",
            host="here",
            started="2026-11-23T15:04:05+00:00",
        )
    )
    engine = open_engine(name, Mlops())
    handle = engine.start(step.task(image=image))
    log = step.attempt() / "events.jsonl"
    eventually(lambda: log.exists() and '"output"' in log.read_text())
    return Lost(store=store, engine=engine, handle=handle)


def test_what_was_lost_on_the_local_engine(tmp_path: Path) -> None:
    lost = lose(tmp_path, "local", None)
    with contextlib.closing(lost.engine):
        assert recover(lost.store, []) == [lost.run]
        eventually(lambda: not lost.runs())
        assert lost.state() == "lost"


@pytest.mark.docker
@pytest.mark.parametrize("answers", [True, False])
def test_what_was_lost_on_docker(
    step_image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    lost = lose(tmp_path, "docker", step_image)
    with contextlib.closing(lost.engine), contextlib.closing(open_engine("local", Mlops())) as new:
        with monkeypatch.context() as patch:
            if not answers:
                patch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
                with pytest.raises(EngineError):
                    open_engine("docker", Mlops())
            assert recover(lost.store, [new]) == [lost.run]
        assert (lost.state(), lost.runs()) == ("lost", not answers)
        recover(lost.store, [lost.engine])
        assert not lost.runs()
