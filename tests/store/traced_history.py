"""A history over four runs of three notebooks, to be traced and taken to other stores.

``made`` reads a table, trains on it and plots; ``again`` reuses its table; ``scored`` is another
notebook that reads the model, under another name; ``twin`` has nothing to do with them, but its
table has the same bytes.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace

from catalog_samples import execution_named, run_named

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import Execution, StepReport, StepResult
from jupyter_mlops.store import Store
from jupyter_mlops.store.reports import report_execution

PICTURE = b"\x89PNG a plot"
FILES = {
    "data/raw.csv": b"a,b\n1,2\n",
    "model.pkl": b"a model",
    "other.pkl": b"another model",
    "scores.csv": b"0.9\n",
}
PICKLE = b"cos\nsystem\n(S'touch unpickled'\ntR."
"""What makes a file ``unpickled`` in the working folder of whoever loads it."""
DF = of_bytes(PICKLE)


def cells(*sources: str, outputs: object = ()) -> bytes:
    """A notebook with cells ``c0``, ``c1`` …; the last one has the outputs."""
    found = [
        {"cell_type": "code", "id": f"c{n}", "source": source, "metadata": {}, "outputs": []}
        for n, source in enumerate(sources)
    ]
    found[-1]["outputs"] = outputs
    document = {"cells": found, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    return json.dumps(document).encode()


SOURCE = cells("df = read()", "fit(df)", "save('model.pkl')", "plot()")
PLOT = [{"output_type": "display_data", "data": {"image/png": base64.b64encode(PICTURE).decode()}}]


def file(path: str, name: str = "") -> FileRef:
    data = FILES[path]
    return FileRef(path=name or path, digest=of_bytes(data), size=len(data))


def group(step: str) -> Group:
    return Group(names=("df",), digest=DF, size=15, step=step)


def record(store: Store, hour: int, name: str, book: str, *parts: Execution | StepResult) -> None:
    """A run with these steps; a step that is an execution already is reused."""
    put = store.objects.put_bytes
    steps = [StepReport(step=step, state="pending") for step in STEPS[: len(parts)]]
    run = run_named(name, notebook=f"/books/{book}.ipynb", source=put(SOURCE), steps=tuple(steps))
    store.catalog.save_run(run)
    inputs: tuple[Group, ...] = ()
    files: tuple[FileRef, ...] = ()
    for position, part in enumerate(parts):
        if isinstance(part, Execution):
            report = report_execution(part, state="reused", why="equal key", notebook=None)
            result = part.result
        else:
            times = {
                "started": f"2026-11-01T{hour:02}:{position}0:00+00:00",
                "ended": f"2026-11-01T{hour:02}:{position}5:00+00:00",
            }
            result = replace(part, **times)
            execution = execution_named(
                f"{name}.{STEPS[position]}.1",
                inputs=inputs,
                files=files,
                source=run.source,
                stage=put(SOURCE),
                result=result,
            )
            store.catalog.record_execution(execution)
            report = report_execution(execution, state="succeeded", why="first run", notebook=None)
        steps[position] = report
        store.catalog.save_step(name, position, report)
        inputs, files = result.groups, (*files, *result.files_written)
    store.catalog.save_run(replace(run, steps=tuple(steps), state="succeeded", ended=result.ended))


STEPS = ("load", "train", "plot")


def record_traced(store: Store) -> None:
    """The history; every object that it names is in the store, but for what was only read."""
    for data in (*list(FILES.values())[1:], PICKLE, PICTURE):
        store.objects.put_bytes(data)
    executed = store.objects.put_bytes(cells("1", "2", "3", "plot()", outputs=PLOT))
    done = StepResult(attempt=1, state="succeeded", started="", ended="")
    load = replace(done, groups=(group("load"),), files_read=(file("data/raw.csv"),))
    train = replace(done, groups=(group("load"),), files_written=(file("model.pkl"),))
    plot = replace(done, files_read=(file("model.pkl"),), notebook=executed)
    other = replace(train, files_written=(file("other.pkl"),))
    read = replace(
        done, files_read=(file("model.pkl", "m.bin"),), files_written=(file("scores.csv"),)
    )
    record(store, 1, "made", "iris", load, train, plot)
    record(store, 2, "again", "iris", store.catalog.execution("made.load.1"), other)
    record(store, 3, "scored", "score", read)
    record(store, 4, "twin", "twin", replace(load, files_read=()), other)
