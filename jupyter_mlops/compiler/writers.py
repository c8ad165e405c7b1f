"""Which earlier steps may have left the version of a name, or the file, that a step receives."""

from __future__ import annotations

import builtins
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from jupyter_mlops.model.dataflow import Effect, NameRead, Outside


class Writers:
    """The steps gone through so far, and what they may have written.

    Asked for a name it gives the last step that may have written it and the ones before, back to
    the first that binds it for certain or reads it itself: that one has what was before. So a chain
    of steps that all change one name costs no more than its length.

    Args:
        outside: names bound before the first step, and where.
    """

    def __init__(self, outside: Mapping[str, Outside]) -> None:
        self._outside = outside
        self._steps: list[str] = []
        self._names: dict[str, list[int]] = {}
        self._final: set[str] = set()
        self._paths: dict[str, str] = {}
        self._dynamic: int | None = None
        self._star: int | None = None

    def add(
        self,
        step: str,
        effects: Mapping[str, Effect],
        *,
        reads: Iterable[NameRead],
        paths: Iterable[str],
        everything: bool,
        stars: bool,
    ) -> None:
        """The step has run.

        Args:
            step: its name.
            effects: what it may do to names.
            reads: what it may read.
            paths: literal paths that it may write.
            everything: it may read and bind any name.
            stars: it binds names by star imports.
        """
        number = len(self._steps)
        self._steps.append(step)
        read = {item.name for item in reads}
        for name, effect in effects.items():
            if effect == "bound" or name in read:
                self._names[name] = []
                self._final.add(name)
            self._names.setdefault(name, []).append(number)
        self._paths.update(dict.fromkeys(paths, step))
        if everything:
            self._dynamic = number
        if stars:
            self._star = number

    def may_bind(self, name: str) -> bool:
        """True if an earlier step, or a cell outside the steps, may have bound the name."""
        return name in self._names or name in self._outside or self._dynamic is not None

    def is_builtin(self, name: str) -> bool:
        """True for a name of Python's own that nobody binds, as far as syntax shows."""
        bound = name in self._names or name in self._outside
        return not bound and hasattr(builtins, name)

    def read(self, name: str) -> NameRead:
        """Where the next step has the name from."""
        numbers, final = self._names.get(name, []), name in self._final
        if not numbers and self._star is not None and name not in self._outside:
            numbers = [self._star]
        if self._dynamic is not None and not (final and numbers[0] > self._dynamic):
            later = numbers[bisect_right(numbers, self._dynamic) :]
            numbers, final = [self._dynamic, *later], True
        return NameRead(
            name=name,
            sources=tuple(self._steps[number] for number in numbers),
            outside=None if final else self._outside.get(name),
        )

    def of_path(self, path: str) -> tuple[str, ...]:
        """The last step that may have written the file."""
        return (self._paths[path],) if path in self._paths else ()

    def since_everything(self, *, only_it: bool) -> list[str]:
        """The last step that may bind any name, if there is one, and all after it.

        Args:
            only_it: leave out those after it.
        """
        if only_it:
            return [] if self._dynamic is None else [self._steps[self._dynamic]]
        return self._steps[self._dynamic or 0 :]
