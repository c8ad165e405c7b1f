"""A step on disk as the runner lays it out: spec, inputs, project; and what its attempts left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.pipeline import Containment, Resources
from jupyter_mlops.model.run import StepResult, StepSpec
from jupyter_mlops.model.task import Task


@dataclass(frozen=True, kw_only=True)
class Code:
    """A code cell of a stage; ``position`` None: the source notebook does not have it."""

    source: str
    id: str = "work"
    position: int | None = 3
    role: str = "code"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StepFolder:
    """One step of a run."""

    path: Path
    source: Path
    run: str
    step: str

    def attempt(self, number: int = 1) -> Path:
        return self.path / "attempts" / str(number)

    def argv(self, number: int = 1) -> list[str]:
        return [
            *("--spec", str(self.path / "spec.json"), "--attempt", str(number)),
            *("--inputs", str(self.path / "inputs"), "--source", str(self.source)),
            *("--work", str(self.attempt(number) / "work")),
        ]

    def task(
        self,
        number: int = 1,
        resources: Resources | None = None,
        image: str | None = None,
        *,
        data: tuple[str, ...] = (),
        secrets: Mapping[str, str] | None = None,
    ) -> Task:
        return Task(
            run=self.run,
            step=self.step,
            attempt=number,
            folder=str(self.path),
            source=str(self.source),
            resources=resources or Resources(),
            image=image,
            data=data,
            secrets=secrets or {},
        )

    def result(self) -> StepResult:
        return from_json(StepResult, json.loads((self.path / "result.json").read_text()))

    def events(self, number: int = 1) -> list[dict[str, Any]]:
        lines = (self.attempt(number) / "events.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def output(self, digest: str | None, number: int = 1) -> bytes:
        content = (
            self.attempt(number) / "outputs" / str(digest).removeprefix("sha256:")
        ).read_bytes()
        assert of_bytes(content) == digest
        return content


def stage_notebook(cells: Sequence[Code]) -> bytes:
    """The bytes of a stage notebook."""
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "id": cell.id,
                    "metadata": {"tags": list(cell.tags)},
                    "source": cell.source,
                    "outputs": [],
                    "execution_count": None,
                }
                for cell in cells
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    ).encode()


def make_step(
    base: Path,
    *cells: Code,
    run: str = "run-1",
    step: str = "work",
    parameters: Mapping[str, Any] | None = None,
    groups: Sequence[Group] = (),
    files: Mapping[str, bytes | None] | None = None,
    objects: Sequence[bytes] = (),
    folder: str = ".",
    python: str | None = None,
    timeout: float | None = None,
    environ: Mapping[str, str] | None = None,
    containment: Containment | None = None,
) -> StepFolder:
    """A step below ``base``, whose project is ``base/project``."""
    source, path = base / "project", base / "store" / "runs" / run / "steps" / f"01-{step}"
    source.mkdir(parents=True, exist_ok=True)
    (path / "inputs").mkdir(parents=True)
    stage = stage_notebook(cells)
    laid = dict(files or {})
    for content in [
        stage,
        *objects,
        *(content for content in laid.values() if content is not None),
    ]:
        target = path / "inputs" / of_bytes(content).removeprefix("sha256:")
        if not target.exists():
            target.write_bytes(content)
            target.chmod(0o444)
    spec = StepSpec(
        run=run,
        step=step,
        stage=of_bytes(stage),
        parameters=parameters or {},
        groups=tuple(groups),
        files=tuple(file_ref(name, content) for name, content in laid.items()),
        folder=folder,
        python=python,
        cells={cell.id: (cell.position, cell.role) for cell in cells if cell.position is not None},
        timeout=timeout,
        environ=environ or {},
        containment=containment or Containment(),
    )
    (path / "spec.json").write_text(json.dumps(to_json(spec)))
    return StepFolder(path=path, source=source, run=run, step=step)


def file_ref(path: str, content: bytes | None) -> FileRef:
    """A reference to a file with that content; None: deleted."""
    if content is None:
        return FileRef(path=path, digest=None)
    return FileRef(path=path, digest=of_bytes(content), size=len(content))
