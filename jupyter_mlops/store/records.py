"""What is on record as objects: runs, schedules, alerts, tokens, labels; the catalog's source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.alert import Alert
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.model.label import LabelChange
from jupyter_mlops.model.run import Execution, Run
from jupyter_mlops.model.schedule import Schedule, Wanted
from jupyter_mlops.model.token import Token
from jupyter_mlops.store.objects import Objects

# Sorted keys put these first: a scan knows a record by its first bytes.
_KIND, _REVISION, _STATE, _WRITTEN = "_kind", "_revision", "_state", "_written"
_HEAD = re.compile(rb'\{"_kind":"(run|execution|schedule|alert|token|label|removal)"[,}]')
_HEAD_SIZE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run as it stood when it began or ended; of one run's records the highest revision holds."""

    digest: str
    revision: int
    run: Run

    def supersedes(self, other: RunRecord) -> bool:
        """True if this is the later one of two records of a run.

        Two have one revision if a driver died after it wrote the first and before the catalog knew
        of it: then its run was found lost, and that is what the catalog holds.
        """
        return self._order() > other._order()

    def _order(self) -> tuple[int, bool, str, str]:
        return self.revision, self.run.state == "lost", self.run.ended or "", self.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRecord:
    """Something as somebody wanted it; of one thing's records the highest revision holds.

    Two have one revision if a command died after it wrote the first: then the one that was
    ``changed`` (ISO 8601, UTC) later holds.
    """

    revision: int
    changed: str
    state: Wanted

    def supersedes(self, other: Self) -> bool:
        """True if this is the later one of two records of one thing."""
        return (self.revision, self.changed) > (other.revision, other.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRecord(WantedRecord):
    """A schedule as somebody wanted it."""

    schedule: Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecord(WantedRecord):
    """An alert as somebody wanted it."""

    alert: Alert


_Revised = TypeVar("_Revised", RunRecord, ScheduleRecord, AlertRecord, Token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All records among the objects.

    Attributes:
        runs: the latest record of each run, by its name.
        executions: by the digests of their records.
        schedules: the latest record of each schedule, by its name.
        alerts: the latest record of each alert, by its name.
        tokens: the latest record of each token, by its name.
        labels: changes of labels, by the digests of their records.
        removed: runs that were removed; what is left of their records does not count.
        unreadable: digests of what begins like a record and cannot be read as one.
    """

    runs: Mapping[str, RunRecord]
    executions: Mapping[str, Execution]
    schedules: Mapping[str, ScheduleRecord]
    alerts: Mapping[str, AlertRecord]
    tokens: Mapping[str, Token]
    labels: Mapping[str, LabelChange]
    removed: frozenset[str]
    unreadable: tuple[str, ...]


def run_record(run: Run, revision: int) -> bytes:
    """The record of a run as it stands; ``revision`` counts its records from 1."""
    return canonical_json({_KIND: "run", _REVISION: revision, **to_json(run)})


def execution_record(execution: Execution) -> bytes:
    """The record of an execution."""
    return canonical_json({_KIND: "execution", **to_json(execution)})


def schedule_record(record: ScheduleRecord) -> bytes:
    """The record of a schedule as bytes."""
    return canonical_json({_KIND: "schedule", **_about(record), **to_json(record.schedule)})


def alert_record(record: AlertRecord) -> bytes:
    """The record of an alert as bytes."""
    return canonical_json({_KIND: "alert", **_about(record), **to_json(record.alert)})


def token_record(token: Token) -> bytes:
    """The record of a token as it stands."""
    return canonical_json({_KIND: "token", **to_json(token)})


def label_record(change: LabelChange) -> bytes:
    """The record of a change of a label."""
    return canonical_json({_KIND: "label", **to_json(change)})


def removal_record(runs: Iterable[str]) -> bytes:
    """The record that these runs are removed; it goes when nothing is left of them."""
    return canonical_json({_KIND: "removal", "runs": sorted(runs)})


def record_head(objects: Objects, digest: str) -> bytes | None:
    """The kind of the record that an object is; ``b"?"`` of an unknown one, None if it is none."""
    head = objects.head(digest, _HEAD_SIZE)
    match = _HEAD.match(head)
    if match is not None:
        return match[1]
    return b"?" if head.startswith(b'{"_kind":"') else None


def read_removals(objects: Objects) -> dict[str, set[str]]:
    """The removed runs that each record of a removal names, by its digest."""
    found = {}
    for digest in objects.digests():
        with suppress(ObjectMissing):
            if record_head(objects, digest) == b"removal":
                found[digest] = set(json.loads(objects.read_stored(digest))["runs"])
    return found


def read_records(objects: Objects) -> Records:
    """All records among the objects, each verified by its digest.

    Raises:
        StoreError: the objects cannot be read.
    """
    runs: dict[str, RunRecord] = {}
    schedules: dict[str, ScheduleRecord] = {}
    alerts: dict[str, AlertRecord] = {}
    tokens: dict[str, Token] = {}
    executions: dict[str, Execution] = {}
    labels: dict[str, LabelChange] = {}
    removed: set[str] = set()
    unreadable = []
    for digest in objects.digests():
        try:
            match = _HEAD.match(objects.head(digest, _HEAD_SIZE))
            if match is None:
                continue
            value = json.loads(objects.read_stored(digest))
            if match[1] == b"execution":
                executions[digest] = from_json(Execution, value)
            elif match[1] == b"schedule":
                schedule = ScheduleRecord(**_asked(value), schedule=from_json(Schedule, value))
                _keep_later(schedules, schedule.schedule.name, schedule)
            elif match[1] == b"alert":
                alert = AlertRecord(**_asked(value), alert=from_json(Alert, value))
                _keep_later(alerts, alert.alert.name, alert)
            elif match[1] == b"token":
                token = from_json(Token, value)
                _keep_later(tokens, token.token, token)
            elif match[1] == b"removal":
                removed.update(value["runs"])
            elif match[1] == b"label":
                labels[digest] = from_json(LabelChange, value)
            else:
                run, revision = from_json(Run, value), int(value[_REVISION])
                _keep_later(runs, run.run, RunRecord(digest=digest, revision=revision, run=run))
        except ObjectMissing:
            continue  # it was removed meanwhile
        except (ObjectCorrupted, ValueError, TypeError, KeyError):
            unreadable.append(digest)
    return Records(
        runs={name: record for name, record in runs.items() if name not in removed},
        executions={d: e for d, e in executions.items() if e.run not in removed},
        schedules=schedules,
        alerts=alerts,
        tokens=tokens,
        labels=labels,
        removed=frozenset(removed),
        unreadable=tuple(unreadable),
    )


def _keep_later(latest: dict[str, _Revised], name: str, record: _Revised) -> None:
    if record.supersedes(latest.setdefault(name, record)):
        latest[name] = record


def _about(record: WantedRecord) -> Mapping[str, Any]:
    return {_REVISION: record.revision, _STATE: record.state, _WRITTEN: record.changed}


def _asked(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `_about` told."""
    return {
        "revision": int(value[_REVISION]),
        "changed": str(value[_WRITTEN]),
        "state": value[_STATE],
    }
