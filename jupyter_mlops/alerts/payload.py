"""What programs are told, as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlops.alerts.letter import run_of
from jupyter_mlops.model.artifact import FileRef, is_data
from jupyter_mlops.model.codec import finite, to_json

if TYPE_CHECKING:
    from jupyter_mlops.model.alert import Alert, Delivery
    from jupyter_mlops.model.run import Run
    from jupyter_mlops.store import Store


def payload(store: Store, alert: Alert, delivery: Delivery) -> Mapping[str, Any]:
    """What a program is told by a delivery, the same whenever it is sent. Names don't change.

    Raises:
        StoreError: the catalog cannot be read.
    """
    happening = delivery.happening
    run = run_of(store, happening)
    told = {
        "delivery": delivery.key,
        "hook": alert.name,
        "event": happening.event,
        "texts": happening.texts,
        "notebook": happening.notebook,
        "schedule": happening.schedule,
        "due": happening.due,
        "run": None if run is None else _run(run),
        "metrics": {} if run is None else _metrics(run),
        "artifacts": [] if run is None else list(_artifacts(run)),
    }
    return finite(to_json(told))  # type: ignore[no-any-return]


def _run(run: Run) -> Mapping[str, Any]:
    return {
        "run": run.run,
        "state": run.state,
        "reason": run.reason,
        "source": run.source,
        "pipeline": run.pipeline,
        "parameters": {value.name: value.value for value in run.parameters},
        "engine": run.engine,
        "user": run.user,
        "host": run.host,
        "git": run.git,
        "started": run.started,
        "ended": run.ended,
        "failed": run.failed and {"step": run.failed.step, "error": run.failed.error},
    }


def _metrics(run: Run) -> Mapping[str, Any]:
    return {report.step: report.metrics for report in run.steps if report.metrics}


def _artifacts(run: Run) -> Iterator[Mapping[str, Any]]:
    for report in run.steps:
        for item in filter(is_data, report.outputs):
            kind, name = (
                ("file", item.path) if isinstance(item, FileRef) else ("variable", item.label)
            )
            named = {"step": report.step, "kind": kind, "name": name}
            yield {**named, "digest": item.digest, "size": item.size}
