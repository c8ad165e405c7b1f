"""Runs the steps of a case as one notebook, and as stages with the state folder between them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIBRARIES = ("numpy", "pandas", "sklearn.linear_model", "matplotlib.figure", "cloudpickle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Cells, and what the last one prints.

    Attributes:
        name: what the case is about.
        steps: one cell a step.
        last: output of the last step.
        refused: code with which the last step is refused instead, if it is.
        shared: a shared cell.
        parameters: a parameters cell.
        names: what restore and capture are asked for; None for everything.
    """

    name: str
    steps: tuple[str, ...]
    last: str
    shared: str = ""
    parameters: str = ""
    names: tuple[str, ...] | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What cells printed, one text a cell, the error that ended them, and the names they bound."""

    outputs: list[str]
    error: dict[str, str] | None
    bound: list[str]


class Zygote:
    """A process that forks one process for each run of cells."""

    def __init__(self, *libraries: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("carrying_zygote.py")), *libraries],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "0", "MPLBACKEND": "agg"},
        )
        self._numbers = itertools.count()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def _ask(self, folder: Path, **request: Any) -> Outcome:
        answer = folder / f"answer-{next(self._numbers)}.json"
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({**request, "answer": str(answer)}) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"
        return Outcome(**json.loads(answer.read_text()))

    def cells(
        self, cells: Sequence[str], folder: Path, *, work: Path, state: Path | None
    ) -> Outcome:
        """Cells in one namespace; nothing is called around them.

        Args:
            cells: sources.
            folder: for what passes between the processes.
            work: the working folder.
            state: the state folder, or None.
        """
        return self._ask(
            folder,
            work=str(work),
            state=str(state or ""),
            stage=None,
            parameters=[],
            shared=[],
            steps=list(cells),
        )

    def notebook(self, case: Case, folder: Path) -> Outcome:
        """The whole case in one namespace."""
        work = folder / "whole"
        work.mkdir(parents=True)
        return self._ask(
            folder,
            work=str(work),
            state="",
            stage=None,
            parameters=[case.parameters] if case.parameters else [],
            shared=[case.shared] if case.shared else [],
            steps=list(case.steps),
        )

    def stage(
        self,
        case: Case,
        number: int,
        folder: Path,
        *,
        names: tuple[str, ...] | None = None,
        live: tuple[str, ...] | None = None,
        metrics: tuple[str, ...] = (),
    ) -> Outcome:
        """One step of the case, over the state folder that earlier ones left.

        It restores ``names`` and captures ``live``, by default the same names.
        """
        work, state = folder / "work", folder / "state"
        work.mkdir(parents=True, exist_ok=True)
        state.mkdir(exist_ok=True)
        names = case.names if names is None else names
        return self._ask(
            folder,
            work=str(work),
            state=str(state),
            stage="ABCDEF"[number],
            parameters=[case.parameters] if case.parameters else [],
            shared=[case.shared] if case.shared else [],
            steps=[case.steps[number]],
            names=names,
            live=names if live is None else live,
            metrics=list(metrics),
        )

    def stages(self, case: Case, folder: Path) -> list[Outcome]:
        """All steps of the case, one after another."""
        return [self.stage(case, number, folder) for number in range(len(case.steps))]


def read_table(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "state" / "table.json").read_text())


def digests(folder: Path) -> dict[str, str]:
    """Digest of each group by its comma-joined names."""
    return {",".join(group["names"]): group["digest"] for group in read_table(folder)["groups"]}


def observed(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "state" / "observed.json").read_text())
