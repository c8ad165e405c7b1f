"""Three runs on record, the oldest first; the second one failed in its second step."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.run import (
    CellError,
    Environment,
    Execution,
    FileChange,
    ParameterValue,
    Run,
    StepReport,
    StepResult,
)
from jupyter_mlops.store import Store

ENVIRONMENT = Environment(digest="sha256:e0", engine="local", python="3.11.9")
DIGEST = "sha256:" + "0123456789abcdef" * 4


def _event(event: str, cell: int, **content: object) -> dict[str, object]:
    return {"event": event, "time": 1.0, "id": f"cell-{cell}", "cell": cell, **content}


LOAD_EVENTS = [
    _event("cell-started", 2, role="code"),
    _event("output", 2, stream="stdout", text="three"),
    _event("output", 2, stream="stdout", text=" rows\n 50%\r100%\n"),
    _event("output", 2, stream="display", text="<Axes>"),
    _event("cell-finished", 2, seconds=0.5),
]
TRAIN_ERROR = CellError(
    cell=7,
    cell_id="fit",
    line=2,
    kind="ValueError",
    message="no rows",
    traceback="Traceback\nno rows",
)
TRAIN_EVENTS = [
    _event("output", 7, stream="stderr", text="unfinished"),
    _event("cell-failed", 7, error=to_json(TRAIN_ERROR)),
]


def event_lines(events: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(event) + "\n" for event in events).encode()


def record_runs(store: Store, tmp_path: Path) -> list[Run]:
    """Three recorded runs, the oldest first; the second one failed in its second step."""
    notebooks = tmp_path / "executed"
    notebooks.mkdir()
    (notebooks / "01-load.ipynb").write_text("executed")
    log = store.objects.put_bytes(event_lines(LOAD_EVENTS))
    load = StepReport(
        step="load",
        state="succeeded",
        why="first run",
        execution="20260101-first.load.1",
        key=DIGEST,
        notebook=str(notebooks / "01-load.ipynb"),
        outputs=(Group(names=("df", "view"), digest=DIGEST, size=10, step="load"),),
        environment=ENVIRONMENT,
        started="2026-01-01T10:00:00+00:00",
        ended="2026-01-01T10:00:01.250000+00:00",
        metrics={"rows": 3, "loss": float("nan")},
        attempts=1,
        log=log,
        urls=("https://example.com/iris.csv?key=***", *(f"h{n}.org:80" for n in range(10, 21))),
    )
    train = StepReport(
        step="train",
        state="failed",
        why="cell 7 raised ValueError",
        inputs=(*load.outputs, FileRef(path="data/x.csv", digest=DIGEST, size=4)),
        started="2026-01-02T10:00:00+00:00",
        ended="2026-01-02T10:01:30+00:00",
        error=TRAIN_ERROR,
        attempts=2,
    )
    report = StepReport(step="report", state="skipped", why="step train failed")
    first = Run(
        run="20260101-first",
        state="succeeded",
        reason="command line",
        notebook="/home/ada/analysis.ipynb",
        source=DIGEST,
        pipeline=DIGEST,
        parameters=(
            ParameterValue(name="n", value=5, origin="default"),
            ParameterValue(name="rate", value=0.12345678, origin="command line"),
        ),
        engine="local",
        user="ada",
        host="here",
        started="2026-01-01T10:00:00+00:00",
        ended="2026-01-01T10:00:02+00:00",
        steps=(load,),
    )
    failed = Run(
        run="20260102-second",
        state="failed",
        reason="command line",
        notebook="/home/ada/analysis.ipynb",
        source=DIGEST,
        pipeline=DIGEST,
        parameters=(),
        engine="local",
        user="ada",
        host="here",
        started="2026-01-02T10:00:00+00:00",
        ended="2026-01-02T10:01:31+00:00",
        steps=(replace(load, state="reused", why="equal key"), train, report),
        changed=(
            FileChange(path="data/x.csv", became="changed", steps=("train",)),
            FileChange(path="more.csv", became="new", steps=("load", "train")),
        ),
    )
    other = Run(
        run="20260102-third",
        state="succeeded",
        reason="command line",
        notebook="/home/ada/other.ipynb",
        source=DIGEST,
        pipeline=DIGEST,
        parameters=(),
        engine="docker",
        user="ada",
        host="here",
        started="2026-01-02T11:00:00+00:00",
        ended="2026-01-02T11:00:00+00:00",
        steps=(),
    )
    for run in (first, failed, other):
        store.catalog.save_run(run)
    for attempt, events in ((1, TRAIN_EVENTS), (2, TRAIN_EVENTS[1:])):
        folder = store.run_folder(failed.run) / "steps" / "02-train" / "attempts" / str(attempt)
        folder.mkdir(parents=True)
        (folder / "events.jsonl").write_bytes(event_lines(events) + b'{"event": "half a li')
    return [first, failed, other]


def load_execution(notebook: str) -> Execution:
    return Execution(
        execution="20260101-first.load.1",
        run="20260101-first",
        step="load",
        attempt=1,
        key=DIGEST,
        code=DIGEST,
        parameters={},
        inputs=(),
        files=(),
        environment=ENVIRONMENT,
        stage=DIGEST,
        source=DIGEST,
        why="first run",
        user="ada",
        host="here",
        result=StepResult(
            attempt=1, state="succeeded", started="2026", ended="2026", notebook=notebook
        ),
    )
