"""Ended runs as OpenTelemetry traces: a span for the run, and below it one for each step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops import __version__
from jupyter_mlops.model.run import Run, StepReport

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

    from jupyter_mlops.standards.outbox import Message
    from jupyter_mlops.store import Store

CONFIGURED = "configured"
"""The setting that leaves the receiver to the ``OTEL_EXPORTER_OTLP_…`` variables."""

SERVICE = "jupyter_mlops"
_SECONDS = 10
_FAILED = ("failed", "lost")


def open_tracer(where: str, store: Store) -> Callable[[Message], None]:
    """What sends the trace of one run, as it is on record; sent twice it is the same.

    Args:
        where: URL of a receiver of OTLP over HTTP, without ``/v1/traces``; or ``configured``.
        store: where the run is on record.
    """

    def send(message: Message) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import SpanExportResult

        run = store.catalog.find_run(message["run"])
        endpoint = None if where == CONFIGURED else f"{where.rstrip('/')}/v1/traces"
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_SECONDS)
        try:
            if exporter.export(list(spans_of(run))) is not SpanExportResult.SUCCESS:
                raise ConnectionError("it took no traces")
        finally:
            exporter.shutdown()  # type: ignore[no-untyped-call]

    return send


def spans_of(run: Run) -> Iterator[ReadableSpan]:
    """The spans of an ended run: its own, and those of the steps that began or were reused.

    A reused step takes no time: it stands where the step before it ended.
    """
    about: dict[str, Any] = {
        "jupyter_mlops.run": run.run,
        "jupyter_mlops.notebook": run.notebook,
        "jupyter_mlops.pipeline": run.pipeline,
        "jupyter_mlops.engine": run.engine,
        "jupyter_mlops.state": run.state,
        "jupyter_mlops.reason": run.reason,
        "enduser.id": run.user,
    }
    last = run.ended or run.started
    yield _span(run, None, Path(run.notebook).stem, (run.started, last), about)
    moment = run.started
    for report in run.steps:
        begins, ends = report.started, report.ended
        if report.state == "reused":
            begins = ends = moment
        if begins is None:
            continue
        about = {
            "jupyter_mlops.run": run.run,
            "jupyter_mlops.step": report.step,
            "jupyter_mlops.state": report.state,
            "jupyter_mlops.why": report.why,
            "jupyter_mlops.attempts": report.attempts,
            **({"jupyter_mlops.execution": report.execution} if report.execution else {}),
            **({"jupyter_mlops.peak_memory": report.peak_memory} if report.peak_memory else {}),
        }
        moment = ends or last
        yield _span(run, report, report.step, (begins, moment), about)


def _span(
    run: Run, report: StepReport | None, name: str, times: tuple[str, str], about: dict[str, Any]
) -> ReadableSpan:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import Event, ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags

    def context(step: str | None) -> SpanContext:
        return SpanContext(
            trace_id=_number(run.run, 16),
            span_id=_number(run.run if step is None else f"{run.run}/{step}", 8),
            is_remote=False,
            trace_flags=TraceFlags(TraceFlags.SAMPLED),
        )

    begins, ends = map(_nanoseconds, times)
    error = report.error if report is not None else None
    state = run.state if report is None else report.state
    events = []
    if error is not None:
        told: dict[str, Any] = {
            "exception.type": error.kind,
            "exception.message": error.message,
            "exception.stacktrace": error.traceback,
            **({"jupyter_mlops.cell": error.cell} if error.cell is not None else {}),
        }
        events.append(Event("exception", told, timestamp=ends))
    text = f"{error.kind}: {error.message}" if error is not None else f"the run is {state}"
    return ReadableSpan(
        name=name,
        context=context(None if report is None else report.step),
        parent=None if report is None else context(None),
        resource=Resource({"service.name": SERVICE, "host.name": run.host}),
        attributes=about,
        events=events,
        status=Status(StatusCode.ERROR, text) if state in _FAILED else Status(StatusCode.UNSET),
        start_time=begins,
        end_time=ends,
        instrumentation_scope=InstrumentationScope(SERVICE, __version__),
    )


def _number(name: str, size: int) -> int:
    """The same number whenever a run or a step is told; never 0, which names no trace."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:size]) or 1


def _nanoseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1e6) * 1000
