"""What the routes take, as the bodies of requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_mlops.model.label import LabelKind
from jupyter_mlops.model.schedule import Missed, Overlap

EngineName = Literal["auto", "docker", "local"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookRequest:
    """A notebook as it stands in an editor.

    Attributes:
        path: where it is, relative to the contents root.
        notebook: its unsaved content as nbformat JSON (outputs may be left out); null for the
            saved file.
    """

    path: str
    notebook: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStart:
    """A saved notebook that is to run as a pipeline.

    Attributes:
        path: where it is, relative to the contents root.
        parameters: values by name; the rest have their defaults.
        engine: where steps run; ``auto`` takes Docker where it answers, else local kernels.
        environment: lock or requirements file for every step, from the notebook's folder, or
            ``imports``; null for what the notebook's settings say.
        fresh: True to run every step, whatever is recorded.
        from_step: the step from which on nothing is reused, or null.
        resume: the run to go on from: its parameters hold unless others are given.
        hermetic: True to run every step without network and undeclared reads.
    """

    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    engine: EngineName = "auto"
    environment: str | None = None
    fresh: bool = False
    from_step: str | None = None
    resume: str | None = None
    hermetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationStart:
    """A saved notebook whose pipeline is to be compared with the notebook in one kernel.

    Attributes:
        path: where it is, relative to the contents root.
        parameters: values by name; the rest have their defaults.
        engine: where both run.
        environment: as of a run.
    """

    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    engine: EngineName = "auto"
    environment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReproductionStart:
    """A recorded run that is to be run again from recorded bytes only.

    Attributes:
        run: its name.
        step: the only step that is to run, with what it received; null for all that ran.
        engine: where; ``auto`` is where the run ran.
    """

    run: str
    step: str | None = None
    engine: EngineName = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorationStart:
    """A run whose working folder is to be laid out as it was.

    Attributes:
        run: its name.
        folder: where, relative to the contents root: it does not exist or is empty.
    """

    run: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningStart:
    """A step that is to be opened with what it received.

    Attributes:
        run, step: names.
        folder: where, relative to the contents root: it does not exist or is empty.
        engine: where its kernel runs; ``auto``: where the step ran, or in a local kernel if that
            cannot be had, of which a note then tells.
    """

    run: str
    step: str
    folder: str
    engine: EngineName = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportStart:
    """A run that is to be written to one file.

    Attributes:
        run: its name.
        file: where, relative to the contents root: it does not exist.
        images: True to take along the images that its steps ran in.
    """

    run: str
    file: str
    images: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStart:
    """A file with runs that is to be taken in.

    Attributes:
        file: relative to the contents root.
    """

    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionStart:
    """A collection of garbage that is to be made.

    Attributes:
        keep_last: keep so many newest runs of each notebook; 0 for no such rule.
        keep_days: keep the runs of so many last days; 0 for no such rule. Without either rule those
            of the settings hold.
    """

    keep_last: int = 0
    keep_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStart:
    """A label that is to be put on a run, a step or an artifact, or to be removed.

    Attributes:
        target: ``RUN[:STEP[:ARTIFACT]]``, an alias or a digest.
        kind: of the label.
        name: of the tag or the alias; empty for a note.
        text: of the note.
        remove: True to take the label away.
    """

    target: str
    kind: LabelKind
    name: str = ""
    text: str = ""
    remove: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleStart:
    """A saved notebook that is to be compiled to a folder.

    Attributes:
        path: where it is, relative to the contents root.
        folder: where to write, relative to the contents root: a folder that does not exist, is
            empty, or holds an earlier pipeline.
        lock: True to lock the environment, for which the package index is asked.
        environment: as of a run.
    """

    path: str
    folder: str
    lock: bool = True
    environment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepStart:
    """A saved notebook that is to run with many combinations of parameters.

    Attributes:
        path: where it is, relative to the contents root.
        sweep: values by name, as text such as ``0.1,0.01``: each is run with each of the others.
        rows: combinations of typed values, each of which is run with each of those of ``sweep``.
        parameters: values that all have in common; the rest have their defaults.
        engine: where steps run.
        environment: as of a run.
        hermetic: True to run every step without network and undeclared reads.
        parallel: the most runs that go on at once; null for one a processor.
        keep_going: True to begin further runs after one has failed.
    """

    path: str
    sweep: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Mapping[str, Any], ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    engine: EngineName = "auto"
    environment: str | None = None
    hermetic: bool = False
    parallel: int | None = None
    keep_going: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerStart:
    """What a schedule waits for; one of ``after``, ``alias``, ``file`` and ``webhook`` is given.

    Attributes:
        after: a schedule's name, or a notebook relative to the contents root: each time a run of it
            has succeeded.
        alias: each time it is moved.
        file: a path relative to the contents root, or a URL, with ``*``: each time a file with new
            content has landed there.
        webhook: each time something of this form is posted to the service: ``json``, ``github`` or
            ``alertmanager``.
        map: what of an event becomes a parameter's value, by the parameter's name, such as
            ``$.digest``.
        settle: a file counts once it has not changed for so long.
        poll: between two looks for files.
        secret: name of the secret by which a webhook knows its sender.
        rate: the most events of a webhook in a minute.
    """

    after: str | None = None
    alias: str | None = None
    file: str | None = None
    webhook: str | None = None
    map: Mapping[str, str] = field(default_factory=dict)
    settle: str | None = None
    poll: str | None = None
    secret: str | None = None
    rate: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleStart:
    """A saved notebook that is to be run when its time has come, or something has happened.

    One of ``cron``, ``every``, ``at`` and ``trigger`` is given. Durations are texts, such as
    ``1h30m``.

    Attributes:
        path: where it is, relative to the contents root.
        name: of the schedule; null for the notebook's.
        cron: minute, hour, day of month, month, day of week; or ``@daily``.
        zone: IANA name of the time zone of ``cron`` and ``at``; null for UTC.
        every: an interval.
        at: once, such as ``2026-12-24T18:00``.
        trigger: what it waits for, if not for a time.
        parameters: values by name; the rest have their defaults.
        engine: where steps run.
        environment: as of a run.
        pinned: True to run the notebook as it is saved now, False as it is saved then.
        missed: what becomes of ticks while no service ran; null for what is usual.
        overlap: what becomes of a tick while the one before is not done; null for what is usual.
        timeout: a run that takes longer is stopped; null for never.
        retries: how often a run that failed or was lost is begun again.
        backoff: the pause before the first retry; it doubles.
        jitter: ticks begin later by up to so much.
        priority: of the ticks that wait, the highest begins first.
    """

    path: str
    name: str | None = None
    cron: str | None = None
    zone: str | None = None
    every: str | None = None
    at: str | None = None
    trigger: TriggerStart | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    engine: EngineName = "auto"
    environment: str | None = None
    pinned: bool = False
    missed: Missed | None = None
    overlap: Overlap | None = None
    timeout: str | None = None
    retries: int = 0
    backoff: str = "1m"
    jitter: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChange:
    """What is to change of a schedule; what is null or left out stays as it is.

    Attributes:
        cron, zone, every, at, trigger: as of a new schedule.
        parameters: all values by name; the rest have their defaults.
        engine: where steps run.
        environment: as of a run; empty for what the notebook's settings say.
        pinned: True to run the notebook as it is saved now, or as it was pinned before.
        update: True to take the notebook as it is saved now.
        missed, overlap, retries, priority: as of a new schedule.
        timeout, backoff, jitter: as of a new schedule; ``never`` or ``0`` takes the rule away.
    """

    cron: str | None = None
    zone: str | None = None
    every: str | None = None
    at: str | None = None
    trigger: TriggerStart | None = None
    parameters: Mapping[str, Any] | None = None
    engine: EngineName | None = None
    environment: str | None = None
    pinned: bool | None = None
    update: bool = False
    missed: Missed | None = None
    overlap: Overlap | None = None
    timeout: str | None = None
    retries: int | None = None
    backoff: str | None = None
    jitter: str | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionStart:
    """An old notebook that is to be converted, to be looked at.

    Attributes:
        path: where it is, relative to the contents root.
        engine: where the job is proven.
        steps: False to keep all cells in one step.
        allow_network: True to let it use the network; the files that it reads there are kept.
        accepted, refused: changes, each as RULE, RULE:CELL or ``all``.
    """

    path: str
    engine: EngineName = "auto"
    steps: bool = True
    allow_network: bool = False
    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStart:
    """A folder that a conversion's job is to be written to.

    Attributes:
        folder: a new one, relative to the contents root.
    """

    folder: str
