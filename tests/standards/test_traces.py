"""Runs as OpenTelemetry traces, received over OTLP by a receiver that may be there or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lineage_receiver import Receiver
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from jupyter_mlops.model.run import CellError, Run, StepReport
from jupyter_mlops.settings import Mlops
from jupyter_mlops.standards import open_standards
from jupyter_mlops.store import Store

ERROR = CellError(kind="ValueError", message="no", cell=3, traceback="Traceback …")


def moment(second: int) -> str:
    return f"2026-11-23T15:04:{second:02d}.000+00:00"


def ended_run(name: str, state: str = "failed") -> Run:
    return Run(
        run=name,
        state=state,  # type: ignore[arg-type]
        reason="schedule a, due then",
        notebook="/books/iris.ipynb",
        source="sha256:s",
        pipeline="sha256:p",
        parameters=(),
        engine="local",
        user="ada",
        host="here",
        started=moment(5),
        ended=moment(20),
        steps=(
            StepReport(step="load", state="succeeded", execution=f"{name}.load.1", attempts=1,
                       started=moment(6), ended=moment(8)),
            StepReport(step="clean", state="reused", execution="earlier.clean.1",
                       started="2025-01-01T00:00:00+00:00", ended="2025-01-01T01:00:00+00:00"),
            StepReport(step="train", state="failed", error=ERROR, attempts=2,
                       started=moment(9), ended=moment(19)),
            StepReport(step="report", state="skipped", why="a step before it failed"),
        ),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store").open()
    yield store
    store.close()


@pytest.fixture
def collector() -> Iterator[Receiver]:
    receiver = Receiver(ExportTraceServiceRequest.FromString)
    yield receiver
    receiver.close()


def tell(store: Store, collector: Receiver, run: Run) -> str:
    """What the end of the run says about what could not be sent."""
    store.catalog.save_run(run)
    standards = open_standards(Mlops(telemetry=collector.url), store)
    standards.run(run, run.ended or "")
    return standards.close()


def received(collector: Receiver) -> list[Span]:
    return [
        span
        for request in collector.events
        for of_resource in request.resource_spans
        for of_scope in of_resource.scope_spans
        for span in of_scope.spans
    ]


def second(nanoseconds: int) -> float:
    """Seconds after 15:04:00."""
    return nanoseconds / 1e9 - datetime.fromisoformat(moment(0)).timestamp()


def values(attributes: Any) -> dict[str, Any]:
    return {
        item.key.removeprefix("jupyter_mlops."): getattr(item.value, item.value.WhichOneof("value"))
        for item in attributes
    }


def test_a_run_is_a_trace_with_a_span_for_each_step(store: Store, collector: Receiver) -> None:
    assert tell(store, collector, ended_run("r1")) == ""
    spans = received(collector)
    assert [
        (span.name, second(span.start_time_unix_nano), second(span.end_time_unix_nano))
        for span in spans
    ] == [("iris", 5, 20), ("load", 6, 8), ("clean", 8, 8), ("train", 9, 19)]
    root, load, _, train = spans
    assert {span.trace_id for span in spans} == {root.trace_id}
    assert (root.parent_span_id, {span.parent_span_id for span in spans[1:]}) == (
        b"",
        {root.span_id},
    )
    assert len({span.span_id for span in spans}) == 4
    codes = [span.status.code for span in spans]
    assert codes == [Status.STATUS_CODE_ERROR, 0, 0, Status.STATUS_CODE_ERROR]
    assert (root.status.message, train.status.message) == ("the run is failed", "ValueError: no")
    assert values(root.attributes) == {
        "run": "r1",
        "notebook": "/books/iris.ipynb",
        "pipeline": "sha256:p",
        "engine": "local",
        "state": "failed",
        "reason": "schedule a, due then",
        "enduser.id": "ada",
    }
    assert values(load.attributes) == {
        "run": "r1",
        "step": "load",
        "state": "succeeded",
        "why": "",
        "attempts": 1,
        "execution": "r1.load.1",
    }
    (exception,) = train.events
    assert values(exception.attributes) == {
        "exception.type": "ValueError",
        "exception.message": "no",
        "exception.stacktrace": "Traceback …",
        "cell": 3,
    }
    (of_resource,) = collector.events[0].resource_spans
    resource = values(of_resource.resource.attributes)
    assert resource == {"service.name": "jupyter_mlops", "host.name": "here"}


def test_what_a_collector_misses_it_gets_with_the_next_run(
    store: Store, collector: Receiver
) -> None:
    collector.status = 400
    assert "messages to OpenTelemetry wait in" in tell(store, collector, ended_run("r1"))
    assert received(collector) == []
    collector.status = 201
    assert tell(store, collector, ended_run("r2", "succeeded")) == ""
    told = received(collector)
    assert [span.name for span in told] == 2 * ["iris", "load", "clean", "train"]
    collector.events.clear()
    tell(store, collector, ended_run("r1"))
    assert received(collector) == told[:4]


def test_the_receiver_that_the_environment_names(
    store: Store, collector: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    run = ended_run("r1")
    store.catalog.save_run(run)
    standards = open_standards(Mlops(telemetry="configured"), store)
    standards.run(run, moment(20))
    assert standards.close() == ""
    assert len(received(collector)) == 4
