"""Which version of each variable and file stands after the steps that ran so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from jupyter_mlops.model.artifact import FileRef, Group, Refusal, is_facet
from jupyter_mlops.model.pipeline import Step
from jupyter_mlops.model.run import StepResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What one step receives.

    Attributes:
        groups: variable groups and ambient facets, sorted by their names.
        files: files that earlier steps wrote or deleted, sorted by path.
        refusals: what it reads by name, or as an ambient facet, and cannot be carried to it.
        stand_ins: what functions that it receives may read, and is refused only if they do.
    """

    groups: tuple[Group, ...]
    files: tuple[FileRef, ...]
    refusals: tuple[Refusal, ...]
    stand_ins: tuple[Refusal, ...] = ()


class VersionTable:
    """The current version of every variable and file, advanced in notebook order."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._refused: dict[str, Refusal] = {}
        self._files: dict[str, FileRef] = {}

    def inputs_of(self, step: Step) -> Inputs:
        """What the step receives, given the versions as they stand.

        A name that it may read brings its whole group, and each group brings the globals and shared
        objects that it requires; ambient facets are for everybody.
        """
        facets = filter(is_facet, self._groups)
        asked = [read.name for read in step.reads] + list(step.parameters)
        everything = [*self._groups, *self._refused]
        rebound = [name for name in step.rebinds if name in self._groups]
        wanted = everything if step.reads_everything else [*asked, *rebound, *facets]
        names: set[str] = set()
        refused: dict[int, Refusal] = {}
        while wanted:
            name = wanted.pop()
            if name in self._groups and name not in names:
                group = self._groups[name]
                names.update(group.names)
                wanted.extend(group.requires)
            elif name in self._refused:
                refused[id(self._refused[name])] = self._refused[name]
        asked += filter(is_facet, self._refused)
        refusals = {id(r): r for r in map(self._refused.get, asked) if r is not None}
        return Inputs(
            groups=tuple(self._distinct(sorted(names))),
            files=tuple(self._files[path] for path in sorted(self._files)),
            refusals=tuple(refusals.values()),
            stand_ins=tuple(
                sorted(
                    (r for key, r in refused.items() if key not in refusals), key=lambda r: r.names
                )
            ),
        )

    def advance(self, inputs: Inputs, result: StepResult) -> None:
        """Put the versions that a step left in the place of those that it received.

        A name that it received and did not leave is gone; what it did not receive stays.
        """
        for group in inputs.groups:
            for name in group.names:
                self._groups.pop(name, None)
        for refusal in inputs.stand_ins:
            for name in refusal.names:
                self._refused.pop(name, None)
        for refusal in result.refused:
            for name in refusal.names:
                self._bind(name, refusal=refusal)
        for group in result.groups:
            for name in group.names:
                self._bind(name, group=group)
        for file in result.files_written:
            self._files[file.path] = file

    def _bind(
        self, name: str, *, group: Group | None = None, refusal: Refusal | None = None
    ) -> None:
        self._release(name)
        self._refused.pop(name, None)
        if group is not None:
            self._groups[name] = group
        if refusal is not None:
            self._refused[name] = refusal

    def _release(self, name: str) -> None:
        """Take the name out of its old group, whose other names stay as they are."""
        old = self._groups.pop(name, None)
        if old is None:
            return
        rest = tuple(n for n in old.names if n != name and self._groups.get(n) is old)
        for other in rest:
            self._groups[other] = replace(old, names=rest)

    def _distinct(self, names: Iterable[str]) -> Iterator[Group]:
        seen: set[tuple[str, ...]] = set()
        for name in names:
            group = self._groups[name]
            if group.names not in seen:
                seen.add(group.names)
                yield group


def describe_refusal(refusal: Refusal, step: str) -> str:
    """The message for a step that reads what cannot be carried to it: variable, path, way out."""
    names = ", ".join(refusal.names)
    origin = f"step {refusal.step!r}" if refusal.step else "an earlier step"
    return (
        f"{refusal.code}: step {step!r} reads {names}, which {origin} left and no other step can "
        f"receive: {refusal.path} is {refusal.reason}\n"
        f"    fix: {refusal.fix}; or put both into one step"
    )
