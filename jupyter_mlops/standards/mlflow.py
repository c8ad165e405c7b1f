"""Ended runs in MLflow: a run with its parameters, metrics and files, and one below it a step."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.run import Run, StepReport

if TYPE_CHECKING:
    from jupyter_mlops.standards.outbox import Message
    from jupyter_mlops.store import Store

RUN_TAG = "jupyter_mlops.run"
STEP_TAG = "jupyter_mlops.step"
_LONGEST_VALUE = 6000
_MOST_STEPS = 50_000
_STATES = {"succeeded": "FINISHED", "reused": "FINISHED", "failed": "FAILED"}
"""Every other state is KILLED."""

_WAITS = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "10", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
"""Unless the environment says otherwise; what cannot be sent is kept, so nobody has to wait."""


def open_logger(uri: str, experiment: str, store: Store) -> Callable[[Message], None]:
    """What brings one run, as it is on record, into MLflow; twice is the same as once.

    Args:
        uri: the tracking server's, or whatever else MLflow takes for one.
        experiment: its name; empty: the notebook's.
        store: where the run is on record.
    """

    def log(message: Message) -> None:
        for name, value in _WAITS.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient

        run = store.catalog.find_run(message["run"])
        _Log(MlflowClient(tracking_uri=uri), experiment or Path(run.notebook).stem, store).run(run)

    return log


class _Log:
    def __init__(self, client: Any, experiment: str, store: Store) -> None:
        self._client = client
        self._store = store
        found = client.get_experiment_by_name(experiment)
        self._experiment = found.experiment_id if found else client.create_experiment(experiment)

    def run(self, run: Run) -> None:
        """Bring in the run, with the metrics of all of its steps, and then each step."""
        tags = {
            RUN_TAG: run.run,
            "mlflow.user": run.user,
            "mlflow.source.name": run.notebook,
            "mlflow.source.type": "NOTEBOOK",
            "mlflow.note.content": run.reason,
            "jupyter_mlops.source": run.source,
            "jupyter_mlops.pipeline": run.pipeline,
            "jupyter_mlops.engine": run.engine,
            "jupyter_mlops.host": run.host,
        }
        if run.git is not None and run.git.commit:
            tags["mlflow.source.git.commit"] = run.git.commit
        known = {
            found.data.tags.get(STEP_TAG, ""): found.info.run_id
            for found in self._client.search_runs(
                [self._experiment], f"tags.`{RUN_TAG}` = '{run.run}'", max_results=_MOST_STEPS
            )
        }
        parent = known.get("") or self._begin(tags, run.run, run.started)
        self._values(parent, {value.name: value.value for value in run.parameters}, {}, run.ended)
        for report in run.steps:
            self._values(parent, {}, report.metrics, report.ended)
            if report.execution is not None:
                self._step(report, known.get(report.step), {**tags, "mlflow.parentRunId": parent})
        self._client.set_terminated(parent, _STATES.get(run.state, "KILLED"), _stamp(run.ended))

    def _step(self, report: StepReport, known: str | None, tags: Mapping[str, str]) -> None:
        own = {
            STEP_TAG: report.step,
            "mlflow.note.content": report.why,
            "jupyter_mlops.state": report.state,
            "jupyter_mlops.execution": str(report.execution),
        }
        mine = known or self._begin({**tags, **own}, report.step, report.started)
        self._values(mine, {}, report.metrics, report.ended)
        execution = self._store.catalog.execution(str(report.execution))
        if execution.result.notebook is not None:
            self._file(mine, execution.result.notebook, f"{report.step}.ipynb", "notebook")
        for file in execution.result.files_written if report.state in _STATES else ():
            self._written(mine, file)
        self._client.set_terminated(mine, _STATES.get(report.state, "KILLED"), _stamp(report.ended))

    def _begin(self, tags: Mapping[str, str], name: str, started: str | None) -> str:
        """The id of a new MLflow run."""
        made = self._client.create_run(self._experiment, _stamp(started), dict(tags), run_name=name)
        return str(made.info.run_id)

    def _values(
        self, run: str, parameters: Mapping[str, Any], metrics: Mapping[str, Any], when: str | None
    ) -> None:
        from mlflow.entities import Metric, Param

        stamp = _stamp(when) or 0
        numbers = [
            Metric(name, float(value), stamp, 0)
            for name, value in metrics.items()
            if isinstance(value, int | float)
        ]
        texts = [Param(name, str(value)[:_LONGEST_VALUE]) for name, value in parameters.items()]
        for start in range(0, max(len(numbers), len(texts)), 100):
            here = slice(start, start + 100)
            self._client.log_batch(run, metrics=numbers[here], params=texts[here])

    def _written(self, run: str, file: FileRef) -> None:
        if file.digest is None or file.kind == "link" or file.path.endswith("/"):
            return
        path = Path(file.path.lstrip("/"))
        self._file(run, file.digest, path.name, str(Path("files", path.parent)))

    def _file(self, run: str, digest: str, name: str, folder: str) -> None:
        """Log an object of the store under a name."""
        with tempfile.TemporaryDirectory(dir=self._store.cache) as temporary:
            path = Path(temporary) / name
            self._store.objects.export(digest, path)
            self._client.log_artifact(run, str(path), folder)


def _stamp(moment: str | None) -> int | None:
    """Milliseconds since the epoch."""
    return None if moment is None else round(datetime.fromisoformat(moment).timestamp() * 1000)
