"""The figures as Prometheus reads them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_mlops import __version__
from jupyter_mlops.model.schedule import ACTIVE
from jupyter_mlops.scheduling.figures import Figures, read_figures
from jupyter_mlops.store.disk import disk_problems

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from jupyter_mlops.store import Store

KIND = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of what `Exporter.text` gives."""

BOUNDS = (1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)
"""Upper bounds of the buckets of durations, in seconds."""

_PREFIX = "jupyter_mlops_"
_ENDED = ("succeeded", "failed", "cancelled", "lost")
_SCHEDULES = ("active", "paused", "ended", "invalid")
_LEFT_OUT = ("skipped", "missed")


class Exporter:
    """What a store tells Prometheus.

    Counters and the histogram count from the first call on, as those of any process do.

    Args:
        store: whose catalog and disk.
    """

    def __init__(self, store: Store) -> None:
        from prometheus_client import Counter, Histogram

        self._store, self._lock = store, threading.Lock()
        self._figures: Figures | None = None
        self._ended = Counter(
            f"{_PREFIX}runs_ended", "Runs that ended.", ["pipeline", "state"], registry=None
        )
        self._durations = Histogram(
            f"{_PREFIX}run_duration_seconds",
            "How long runs took that succeeded.",
            ["pipeline"],
            buckets=BOUNDS,
            registry=None,
        )
        self._left_out = Counter(
            f"{_PREFIX}ticks_left_out",
            "Ticks that were not run: the one before was not done, or no service ran.",
            ["state"],
            registry=None,
        )

    def text(self, now: datetime) -> bytes:
        """All metrics, in Prometheus' text format.

        Raises:
            StoreError: the catalog or the store's disk cannot be read.
        """
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        with self._lock:
            registry.register(_Read(tuple(self._metrics(now))))
            return generate_latest(registry)

    def _metrics(self, now: datetime) -> Iterator[Metric]:
        before = self._figures
        figures = self._store.catalog.ask(lambda c: read_figures(c, now, before))
        with disk_problems(self._store.root):
            free = shutil.disk_usage(self._store.root).free
        self._figures = figures
        self._count(figures)
        for counted in (self._ended, self._durations, self._left_out):
            for metric in counted.collect():
                metric.samples = [s for s in metric.samples if not s.name.endswith("_created")]
                yield metric
        pipelines = figures.fails.keys() | figures.running.keys()
        yield from _gauges(
            ("info", "The version that tells this.", "version", {__version__: 1}),
            (
                "runs_running",
                "Runs that go on.",
                "pipeline",
                {name: figures.running.get(name, 0) for name in pipelines},
            ),
            (
                "last_run_failed",
                "1 if the latest run that succeeded, failed or was lost did not succeed.",
                "pipeline",
                figures.fails,
            ),
            (
                "last_success_timestamp_seconds",
                "When the latest run that succeeded ended.",
                "pipeline",
                {name: moment for name, (_, moment) in figures.successes.items()},
            ),
            (
                "schedules",
                "Schedules; the invalid ones are set aside.",
                "state",
                {state: figures.schedules.get(state, 0) for state in _SCHEDULES},
            ),
            (
                "ticks",
                "Ticks that are not done.",
                "state",
                {state: figures.ticks.get(state, 0) for state in ACTIVE},
            ),
            ("queue_length", "Ticks that may begin and wait for a slot.", "", figures.waiting),
            ("queue_lateness_seconds", "How long the first of these waits.", "", figures.waits),
            (
                "schedule_lateness_seconds",
                "For how long a schedule has been due and no service has seen it.",
                "",
                figures.overdue,
            ),
            ("store_free_bytes", "Free space on the disk of the store's folder.", "", free),
        )

    def _count(self, figures: Figures) -> None:
        for pipeline in figures.fails.keys() | figures.running.keys():
            for state in _ENDED:
                self._ended.labels(pipeline, state)  # from now on it is there, and 0
        for run in figures.ended:
            self._ended.labels(run.pipeline, run.state).inc()
            if run.state == "succeeded":
                self._durations.labels(run.pipeline).observe(run.seconds)
        for state in _LEFT_OUT:
            self._left_out.labels(state).inc(figures.left_out.get(state, 0))


class _Read:
    """Metrics that were read, as a registry asks for them."""

    def __init__(self, metrics: tuple[Metric, ...]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """The metrics."""
        return self._metrics


def _gauges(
    *families: tuple[str, str, str, Mapping[str, float] | float],
) -> Iterator[Metric]:
    """Of each a name, what it means, and a value or the name of a label with the values by it."""
    from prometheus_client.core import GaugeMetricFamily

    for name, text, label, values in families:
        family = GaugeMetricFamily(_PREFIX + name, text, labels=[label] if label else [])
        by_label = values if isinstance(values, Mapping) else {"": values}
        for value in sorted(by_label):
            family.add_metric([value] if label else [], float(by_label[value]))
        yield family
