"""What is asked for when a pipeline is to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from jupyter_mlops.model.run import Environment
    from jupyter_mlops.runner.table import Inputs

REASON = "asked for on the command line"
"""Why most runs are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What an earlier run was given, to be given again.

    Attributes:
        notebook: path that the notebook had; the new run is recorded as one of it.
        root: path that its project root had.
        copy: folder that holds the project as it was.
        environments: what each step runs in, by its name, but for its own settings.
        stages: digest of the stage notebook of each step that ran, by its name.
        only: the steps that are to run; the others are left out.
        inputs: what the only step receives; None if each receives what those before it leave.
    """

    notebook: Path
    root: Path
    copy: Path
    environments: Mapping[str, Environment]
    stages: Mapping[str, str]
    only: tuple[str, ...]
    inputs: Inputs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """One request to execute a notebook's pipeline.

    Attributes:
        notebook: path of the source notebook.
        text_parameters: values as text, parsed by the declared type of each parameter.
        given_parameters: values of a form or a program; text parameters go before them.
        file_parameters: values from a file; given ones go before them.
        engine: where steps run; ``auto`` takes Docker where it answers, else local kernels.
        environment: lock or requirements file for every step, from the notebook's folder; None for
            what the notebook's settings say.
        fresh: True to run every step, whatever is recorded.
        fresh_from: the step from which on every step is run, or None.
        resume: name of an earlier run of the notebook: its parameters hold unless others are given,
            and what succeeded in it is reused before the same of other runs.
        hermetic: True to run every step hermetic, whatever its settings say.
        revision: digest of the notebook in the store that is run instead of what the file
            holds now; other files and the environment are those around it.
        secrets_file: a file with the values of secrets, or None.
        reason: why the run is made, one sentence.
        past: what holds in place of the machine's present state, or None; ``notebook`` lies in its
            copy of the project then.
        sweep: digest of the sweep that the run is a part of, or None.
    """

    notebook: Path
    text_parameters: Mapping[str, str] = field(default_factory=dict)
    given_parameters: Mapping[str, Any] = field(default_factory=dict)
    file_parameters: Mapping[str, Any] = field(default_factory=dict)
    engine: Literal["auto", "docker", "local"] = "auto"
    environment: str | None = None
    fresh: bool = False
    fresh_from: str | None = None
    resume: str | None = None
    hermetic: bool = False
    revision: str | None = None
    secrets_file: Path | None = None
    reason: str = REASON
    past: Past | None = None
    sweep: str | None = None
