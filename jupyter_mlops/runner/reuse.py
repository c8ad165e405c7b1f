"""Whether an earlier execution can stand for a step, and if not, why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.pipeline import Step
from jupyter_mlops.model.run import Execution, StepResult
from jupyter_mlops.runner.files import ProjectFiles
from jupyter_mlops.runner.kept import read_kept
from jupyter_mlops.store import Objects

EQUAL = "equal code, parameters, environment, inputs and files read"
"""Why a step is reused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of the search for a reusable execution.

    Attributes:
        execution: the one to reuse, or None.
        why: what was equal; or why the newest candidate cannot be reused; "" without candidates.
    """

    execution: Execution | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Decides on reuse for one run; it looks at each object once."""

    objects: Objects
    project: ProjectFiles
    _sound: set[str] = field(default_factory=set)

    def choose(
        self, candidates: Iterable[Execution], step: Step, files: tuple[FileRef, ...], stage: str
    ) -> Verdict:
        """The first of the candidates that can stand for the step.

        Args:
            candidates: succeeded executions under the step's base key, newest first.
            step: the step as it is now.
            files: files that earlier steps of this run wrote or deleted.
            stage: digest of the step's stage notebook as it is now.
        """
        first_obstacle = ""
        for candidate in candidates:
            obstacle = self.obstacle(candidate, step, files, stage)
            if obstacle is None:
                return Verdict(execution=candidate, why=EQUAL)
            first_obstacle = first_obstacle or obstacle
        return Verdict(why=first_obstacle)

    def obstacle(
        self, candidate: Execution, step: Step, files: tuple[FileRef, ...], stage: str
    ) -> str | None:
        """Why the candidate cannot stand for the step, or None if it can."""
        try:
            if candidate.stage != stage:
                lacking = read_kept(self.objects.read_bytes(candidate.stage)).lacks(step)
                if lacking is not None:
                    return f"a later step needs {lacking}, which {candidate.execution} did not keep"
            changed = self.changed_file(candidate, files)
            if changed is not None:
                return changed
            for digest in digests_of(candidate.result):
                if digest not in self._sound:
                    self.objects.trust(digest)
                    self._sound.add(digest)
        except ObjectMissing as error:
            return f"object {error.digest} of {candidate.execution} is missing"
        except ObjectCorrupted as error:
            return f"object {error.digest} of {candidate.execution} is corrupted"
        return None

    def changed_file(self, candidate: Execution, files: tuple[FileRef, ...]) -> str | None:
        """A sentence about the first file that reads otherwise now than it did, or None."""
        for read in candidate.result.files_read:
            if candidate.environment.holds(read.path):
                continue
            if self.project.version(read, files) != read.version:
                return f"{_kind(read)} {read.path} changed"
        return None


def _kind(read: FileRef) -> str:
    if read.path.endswith("/"):
        return "listing of folder"
    return "link" if read.kind == "link" else "file"


def digests_of(result: StepResult) -> list[str]:
    """The digests of all objects that a result consists of, each once."""
    found = [group.digest for group in result.groups]
    found += [file.digest for file in result.files_written if file.digest is not None]
    found += [digest for digest in (result.notebook, result.log) if digest is not None]
    return list(dict.fromkeys(found))
