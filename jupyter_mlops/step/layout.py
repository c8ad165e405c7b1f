"""Where one attempt finds what it reads and puts what it writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


def object_name(digest: str) -> str:
    """The file name of an object: the hex digits of its digest."""
    return digest.removeprefix("sha256:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The paths of one attempt.

    Attributes:
        number: of the attempt, from 1.
        step: folder with ``spec.json`` and ``attempts/``; the published result goes there.
        inputs: input objects, by the hex digits of their digest; only read.
        source: the project root; only read.
        work: the working folder as the kernel sees it.
    """

    number: int
    step: Path
    inputs: Path
    source: Path
    work: Path

    @property
    def folder(self) -> Path:
        """All that the attempt writes lies below it."""
        return self.step / "attempts" / str(self.number)

    @property
    def own_work(self) -> Path:
        """The working folder by a path on the attempt's own file system, where files can be moved.

        In a container ``work`` is a mount of its own, and a file cannot be renamed out of it.
        """
        inside = self.folder / "work"
        return inside if inside.is_dir() and inside.samefile(self.work) else self.work

    @property
    def state(self) -> Path:
        """The state folder that the kernel reads and writes."""
        return self.folder / "state"

    @property
    def outputs(self) -> Path:
        """New objects, by the hex digits of their digest."""
        return self.folder / "outputs"

    @property
    def events(self) -> Path:
        """The live log, one JSON object a line."""
        return self.folder / "events.jsonl"

    @property
    def stage(self) -> Path:
        """The stage notebook under a name that papermill accepts."""
        return self.folder / "stage.ipynb"

    @property
    def executed(self) -> Path:
        """The executed notebook, written after each cell."""
        return self.folder / "executed.ipynb"

    @property
    def result(self) -> Path:
        """This attempt's own result record."""
        return self.folder / "result.json"

    @property
    def published(self) -> Path:
        """The record of the attempt that published first."""
        return self.step / "result.json"

    def input(self, digest: str) -> Path:
        """Where the input object of that digest lies."""
        return self.inputs / object_name(digest)
