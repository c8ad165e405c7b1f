"""Runs and steps as OpenLineage events, by its own client."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_mlops.model.artifact import FileRef, Group, is_data
from jupyter_mlops.model.run import Run, StepReport

if TYPE_CHECKING:
    from jupyter_mlops.standards.outbox import Message
    from jupyter_mlops.store import Store

CONFIGURED = "configured"
"""The setting that leaves the transport to the client's own configuration."""

PRODUCER = "urn:jupyter-mlops"
NAMESPACE = "jupyter_mlops"
_SCHEMA = f"{PRODUCER}/#run-facet"
_NAMES = uuid.UUID("6f6a7570-7974-5f6d-8c6f-70735f72756e")
_KINDS = {
    "running": ("START",),
    "succeeded": ("COMPLETE",),
    "reused": ("START", "COMPLETE"),
    "failed": ("FAIL",),
}
"""Every other state is an ABORT."""


def open_sender(where: str, store: Store) -> Callable[[Message], None]:
    """What sends one message as events, to a URL or as the client is configured."""
    clients: list[Any] = []

    def send(message: Message) -> None:
        from openlineage.client import OpenLineageClient

        if not clients:
            transport = {"type": "http", "url": where, "endpoint": "api/v1/lineage"}
            config = None if where == CONFIGURED else {"transport": transport}
            clients.append(OpenLineageClient(config=config))
        run = store.catalog.find_run(message["run"])
        for event in events_of(run, message):
            clients[0].emit(event)

    return send


def run_id(run: str, step: str | None = None) -> str:
    """The UUID of a run or of its step, the same whenever it is told."""
    return str(uuid.uuid5(_NAMES, run if step is None else f"{run}/{step}"))


def events_of(run: Run, message: Message) -> list[Any]:
    """The events that tell the message.

    Args:
        run: as it is on record by now.
        message: what happened to it or to one of its steps.
    """
    from openlineage.client import event_v2

    report = None if message["step"] is None else run.steps[message["step"]]
    begins = message["state"] == "running"
    inputs, outputs = ([], []) if begins or report is None else _datasets(run, report)
    events = []
    for kind in _KINDS.get(message["state"], ("ABORT",)):
        events.append(
            event_v2.RunEvent(
                eventTime=message["time"],
                eventType=event_v2.RunState[kind],
                run=event_v2.Run(
                    runId=run_id(run.run, report.step if report is not None else None),
                    facets=_run_facets(run, report, ended=not begins),
                ),
                job=event_v2.Job(
                    namespace=NAMESPACE, name=_job(run, report), facets=_job_facets(run, report)
                ),
                inputs=[event_v2.InputDataset(**dataset) for dataset in inputs],
                outputs=[event_v2.OutputDataset(**dataset) for dataset in outputs],
                producer=PRODUCER,
            )
        )
    return events


def _job(run: Run, report: StepReport | None) -> str:
    name = Path(run.notebook).stem
    return name if report is None else f"{name}.{report.step}"


def _run_facets(run: Run, report: StepReport | None, *, ended: bool) -> dict[str, Any]:
    from openlineage.client.facet_v2 import error_message_run, parent_run
    from openlineage.client.generated.base import RunFacet

    told: dict[str, Any] = {"run": run.run, "source": run.source, "pipeline": run.pipeline}
    facets: dict[str, Any] = {}
    if report is None:
        told |= {
            "parameters": {value.name: value.value for value in run.parameters},
            "reason": run.reason,
            "engine": run.engine,
            "user": run.user,
            "host": run.host,
        }
    else:
        facets["parent"] = parent_run.ParentRunFacet(
            run=parent_run.Run(runId=run_id(run.run)),
            job=parent_run.Job(namespace=NAMESPACE, name=_job(run, None)),
        )
        if ended:
            told |= {
                "state": report.state,
                "why": report.why,
                "execution": report.execution,
                "key": report.key,
                "metrics": dict(report.metrics),
            }
        if ended and report.error is not None:
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(
                message=f"{report.error.kind}: {report.error.message}",
                programmingLanguage="PYTHON",
                stackTrace=report.error.traceback or None,
            )
    facets["jupyter_mlops"] = _own(RunFacet, told)
    return facets


def _job_facets(run: Run, report: StepReport | None) -> dict[str, Any]:
    from openlineage.client.facet_v2 import job_type_job

    kind = "PIPELINE" if report is None else "STEP"
    return {
        "jobType": job_type_job.JobTypeJobFacet(
            processingType="BATCH", integration="JUPYTER_MLOPS", jobType=kind
        )
    }


def _own(base: Any, values: dict[str, Any]) -> Any:
    """A facet of our own with these values."""
    facet = base(producer=PRODUCER).with_additional_properties(**values)
    facet._schemaURL = _SCHEMA
    return facet


def _datasets(run: Run, report: StepReport) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    inputs = [_dataset(run, item) for item in report.inputs if is_data(item)]
    inputs += [_address(url) for url in report.urls]
    return inputs, [_dataset(run, item) for item in report.outputs if is_data(item)]


def _dataset(run: Run, item: Group | FileRef) -> dict[str, Any]:
    """Namespace and name of a file by OpenLineage's rules, of variables below their pipeline."""
    from openlineage.client.facet_v2 import dataset_version_dataset

    version = dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=item.digest or "")
    if isinstance(item, FileRef):
        path = str(Path(run.notebook).parent / item.path)
        return {"namespace": "file", "name": path, "facets": {"version": version}}
    name = f"{_job(run, None)}.{item.label}"
    return {"namespace": NAMESPACE, "name": name, "facets": {"version": version}}


def _address(url: str) -> dict[str, Any]:
    """What was fetched, by its address; ``host:port`` where no URL is known."""
    parts = urlsplit(url if "://" in url else f"tcp://{url}")
    namespace = f"{parts.scheme}://{parts.netloc}"
    return {"namespace": namespace, "name": parts.path.strip("/") or "/"}
