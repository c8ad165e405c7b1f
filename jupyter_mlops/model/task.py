"""What an engine gets to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jupyter_mlops.model.pipeline import Resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One attempt as an engine gets it.

    Attributes:
        run, step: names, put on the engine's labels.
        attempt: from 1.
        folder: host folder with ``spec.json``, ``inputs/`` and ``attempts/``; the step writes only
            under ``attempts/<attempt>/`` and publishes ``result.json``.
        source: host folder that holds the project's files; only read.
        root: path that the project has for the step where the engine can choose it; empty: that of
            ``source``.
        resources: limits.
        image: image to run in (docker), or None.
        data: folders that the step may only read, as paths of a ``FileRef``.
        left_out: files below ``source`` that the step does not get.
        secrets: values by name; they are handed to the step and written nowhere.
    """

    run: str
    step: str
    attempt: int
    folder: str
    source: str
    root: str = ""
    resources: Resources = Resources()
    image: str | None = None
    data: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
