"""What the routes take, as the bodies of requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_mlops.model.label import LabelKind

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
    """

    run: str
    step: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportStart:
    """A run that is to be written to one file.

    Attributes:
        run: its name.
        file: where, relative to the contents root: it does not exist.
    """

    run: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStart:
    """A file with runs that is to be taken in.

    Attributes:
        file: relative to the contents root.
    """

    file: str


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
