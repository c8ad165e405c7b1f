"""How alerts, hooks and what they told look on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from jupyter_mlops.alerts.private import is_reference
from jupyter_mlops.cli.text import columns, local_text, seconds_text
from jupyter_mlops.model.alert import Alert, AlertKind, AlertReport, Delivery


def table(reports: Sequence[AlertReport], kind: AlertKind) -> list[str]:
    """Alerts or hooks in columns, and why some were set aside."""
    if not reports:
        return [f"no {kind}s"]
    head = (kind, "state", "on", "of", "to", "wait", "failed", "last")
    lines = columns([head, *map(_row, reports)])
    return lines + [f"{one.name} was set aside: {one.why}" for one in reports if one.why]


def report_lines(report: AlertReport) -> list[str]:
    """An alert or a hook as it stands."""
    lines = [f"{report.kind} {report.name}: {report.state}"]
    if report.why:
        lines.append(f"  {'why':<10} {report.why}")
    if report.alert is not None:
        lines += [f"  {name:<10} {text}" for name, text in _facts(report.alert)]
    for trouble in report.troubles:
        since = local_text(trouble.since)
        lines.append(f"  {'trouble':<10} {trouble.event} of {trouble.subject} since {since}")
    if report.waiting or report.failed:
        lines.append(f"  {'deliveries':<10} {report.waiting} wait, {report.failed} failed")
    if report.last is not None:
        lines.append(f"  {'last':<10} {_last(report.last)} {report.last.why}".rstrip())
    return lines


def deliveries_table(found: Sequence[Delivery]) -> list[str]:
    """Deliveries in columns."""
    if not found:
        return ["nothing was told yet"]
    return columns([("time", "event", "state", "tries", "key", "of", "why"), *map(_told, found)])


def _row(report: AlertReport) -> tuple[str, ...]:
    alert = report.alert
    return (
        report.name,
        report.state,
        "-" if alert is None else ",".join(alert.on),
        "-" if alert is None else _scope(alert),
        "-" if alert is None else alert.shown,
        str(report.waiting),
        str(report.failed),
        "-" if report.last is None else _last(report.last),
    )


def _facts(alert: Alert) -> Iterator[tuple[str, str]]:
    yield "to", f"{alert.way} {alert.shown}"
    for name, where in (("address", alert.to), ("secret", alert.secret)):
        if is_reference(where):
            yield name, "kept in the store" if where.startswith("kept:") else where
    yield "on", ", ".join(alert.on)
    if alert.checks:
        yield "if", ", ".join(alert.checks)
    yield "of", _scope(alert)
    if "lateness" in alert.on:
        ends = "" if alert.ends_within is None else f", ended {seconds_text(alert.ends_within)}"
        yield "late if", f"not begun {seconds_text(alert.begins_within)} after its time{ends}"
    yield "again", f"after {seconds_text(alert.repeat)}" if alert.repeat else "with each run"
    yield "made by", f"{alert.user}, {local_text(alert.created)}"
    yield "from", alert.file or "by hand"


def _scope(alert: Alert) -> str:
    """Whose runs are told."""
    parts = [f"schedule {alert.schedule}"] if alert.schedule else []
    parts += [Path(alert.notebook).name] if alert.notebook else []
    of = ", ".join(parts) or "all"
    return f"{of}, also by hand" if alert.by_hand else of


def _last(delivery: Delivery) -> str:
    return f"{local_text(delivery.created)} {delivery.happening.event} {delivery.state}"


def _told(delivery: Delivery) -> tuple[str, ...]:
    happening = delivery.happening
    return (
        local_text(delivery.created),
        happening.event,
        delivery.state,
        str(delivery.attempts),
        delivery.key[:8],
        happening.run or happening.schedule or happening.notebook or "-",
        delivery.why,
    )
