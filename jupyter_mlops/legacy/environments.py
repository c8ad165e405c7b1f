"""Environments that an old notebook is tried in: what its repository says, its time, today."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.environments.declaration import find_declaration, read_text
from jupyter_mlops.environments.detect import KNOWN_PACKAGES
from jupyter_mlops.environments.draft import Draft as LockDraft
from jupyter_mlops.environments.entry import logical_lines
from jupyter_mlops.environments.imports import follow_local, imports_of
from jupyter_mlops.environments.kernel import Kernel
from jupyter_mlops.environments.lock import Lock, lock_of
from jupyter_mlops.environments.resolver import Resolution, Resolver
from jupyter_mlops.environments.runtime import RUNTIME
from jupyter_mlops.environments.sources import package_sources
from jupyter_mlops.environments.target import target_for
from jupyter_mlops.environments.venv import Venv, make_venv
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.legacy.commands import is_made
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.era import Era
from jupyter_mlops.legacy.modules import folder_of
from jupyter_mlops.legacy.packages import BROUGHT, LIBRARIES, distribution_of, package_of
from jupyter_mlops.notebook.source import tree_of

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops

_OLDEST = {"3.11": "2022-11-30", "3.12": "2023-12-31", "3.13": "2024-12-31", "3.14": "2025-12-31"}
"""When the usual libraries first had wheels for a Python version. That of 3.11 is before NumPy
1.24 and scikit-learn 1.2, which took out most of what old notebooks use."""
_DATED_TOO = ("matplotlib-inline",)
"""What a kernel brings that has to be of the notebook's time, too."""
_NOWHERE = "which no package of the index has"
_NO_RELEASE = "and the index has no release of the package {package} for this Python{day}"
_UNBUILT = "whose package {package} has no wheel for this Python and cannot be built here"
_UNKNOWN = (
    (r"no package index has ([\w.-]+)", _NOWHERE),
    (r"Because ([\w.-]+) was not found in the package registry", _NOWHERE),
    (r"Because ([\w.-]+) was not found in the provided package locations", _NOWHERE),
    (r"Because there are no versions of ([\w.-]+) and", _NO_RELEASE),
    (r"there is no ([\w.-]+)$", _NO_RELEASE),
    (r"([\w.-]+?)(?:==\S+)? has no wheel and cannot be built", _UNBUILT),
)
"""What a failure says of a package that cannot be had, and how a module of it is told of."""
_TOO_EARLY = re.compile(r"no wheels with a matching Python|there is only \S+<=\S+, not \S+>=")
_MOST_UNKNOWN = 8
_FIX = "name the packages in a requirements.txt beside the notebook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One environment to try.

    Attributes:
        name: ``declared`` (by pins), ``dated`` or ``current``.
        source: what it is made from, one phrase.
        requirements: what a file of the repository asks for.
        newest: the day after which no release counts, or empty.
        latest: how far that day may be moved, where a package had no wheel or release by then.
    """

    name: str
    source: str
    requirements: tuple[str, ...] = ()
    newest: str = ""
    latest: str = ""

    def later(self, said: str) -> Candidate | None:
        """The same at the end of the next year, where a package was not there by its day.

        Args:
            said: why it could not be had.

        Returns:
            None if that year is not over yet, or another day would not help.
        """
        if not _TOO_EARLY.search(said):
            return None
        day = f"{int(self.newest[:4]) + 1}-12-31" if self.newest else self.latest
        return replace(self, source=_up_to(day), newest=day) if day < self.latest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A candidate that is there.

    Attributes:
        candidate: which.
        lock: its packages.
        python: its interpreter.
        unknown: packages that cannot be had → why, as a clause that follows a module's name.
    """

    candidate: Candidate
    lock: Lock
    python: str
    unknown: Mapping[str, str] = field(default_factory=dict)


def candidates(folder: Path, era: Era, python: str) -> Iterator[Candidate]:
    """What to try, in the order in which equal results count.

    Args:
        folder: the notebook's.
        era: when it was written.
        python: X.Y of the interpreter.
    """
    try:
        declaration = find_declaration(folder)
    except EnvironmentFailure:
        declaration = None
    lines: tuple[str, ...] = ()
    if declaration is not None and declaration.kind in ("requirements", "hashed"):
        lines = tuple(
            line for _, line in logical_lines(read_text(declaration.path)) if line[0] != "-"
        )
        if any("==" in line for line in lines):
            yield Candidate(name="declared", source=declaration.shown, requirements=lines)
            lines = ()
    oldest = _OLDEST.get(python, "")
    for newest in sorted({max(day, oldest) for day in (era.earliest, era.latest)}):
        if newest < era.today:
            yield Candidate(
                name="dated",
                source=_up_to(newest),
                requirements=lines,
                newest=newest,
                latest=era.today,
            )
    yield Candidate(name="current", source="the newest releases", requirements=lines)


def _up_to(day: str) -> str:
    return f"releases up to {day}"


def build(
    candidate: Candidate,
    draft: Draft,
    *,
    kernel: Kernel,
    folder: Path,
    root: Path,
    settings: Mlops,
    store_cache: Path,
    on_line: Callable[[str], None],
) -> Built:
    """The candidate's environment, made if the cache has none.

    Args:
        candidate: which.
        draft: the notebook, whose imports and own requirements count.
        kernel: gives the interpreter.
        folder: the notebook's.
        root: the top of its repository; modules that it has are no packages.
        settings: name the package index.
        store_cache: the store's folder of what can be made anew.
        on_line: called with what takes time.

    Raises:
        EnvironmentFailure: it cannot be resolved or installed.
    """
    resolver = Resolver(
        sources=package_sources(settings), target=target_for(kernel.version), python=kernel.python
    )
    wanted = [*candidate.requirements]
    named = {distribution_of(line) for line in wanted}
    wanted += [
        line for line in draft.requirements if distribution_of(line) not in named or "<" in line
    ]
    named |= {distribution_of(line) for line in draft.requirements}
    wanted += [
        line
        for line in imported_packages(draft, folder, root)
        if distribution_of(line) not in named
    ]
    unknown: dict[str, str] = {}
    while True:
        try:
            lock = _locked(_pins(wanted, candidate, resolver), candidate, resolver)
            venv: Venv = make_venv(
                lock, kernel=kernel, settings=settings, store_cache=store_cache, on_line=on_line
            )
            break
        except EnvironmentFailure as failure:
            said = str(failure)
            later = candidate.later(said)
            gone = not_to_be_had(said, candidate)
            names = [name for name in map(distribution_of, wanted) if name in gone]
            if later is not None:
                candidate = later
            elif names and len(unknown) < _MOST_UNKNOWN:
                wanted = [line for line in wanted if distribution_of(line) != names[0]]
                unknown[names[0]] = gone[names[0]]
            else:
                raise
    return Built(candidate=candidate, lock=lock, python=str(venv.python), unknown=unknown)


def not_to_be_had(said: str, candidate: Candidate) -> dict[str, str]:
    """The distributions that a failure says cannot be had, and why."""
    day = f" up to {candidate.newest}" if candidate.newest else ""
    return {
        distribution_of(package): why.format(package=package, day=day)
        for pattern, why in reversed(_UNKNOWN)
        for package in re.findall(pattern, said, re.M)
    }


def imported_packages(draft: Draft, folder: Path, root: Path) -> list[str]:
    """The packages of the modules that the notebook imports, sorted.

    Args:
        draft: the notebook.
        folder: the notebook's.
        root: the top of its repository, whose own modules are no packages.
    """
    found = None
    for cell in draft.code:
        imports = imports_of(tree_of(cell.source))
        found = imports if found is None else found | imports
    if found is None:
        return []
    strange = found.every - LIBRARIES - KNOWN_PACKAGES.keys() - sys.stdlib_module_names
    own = {place for module in strange if (place := folder_of(module, root)) is not None}
    needed, _ = follow_local(found.without(LIBRARIES), (folder, root, *sorted(own)))
    modules = {
        module
        for module in needed.every | (found.every & LIBRARIES)
        # The index may have a stranger's package of the name of a module that a cell makes.
        if module in LIBRARIES or not is_made(module, draft)
    }
    packages = {p for module in modules if (p := package_of(module)) is not None}
    return sorted(packages - {brought for by, brought in BROUGHT.items() if by in packages})


def _pins(wanted: list[str], candidate: Candidate, resolver: Resolver) -> list[str]:
    """What is wanted, in the releases of its time if the candidate is a dated one."""
    if not candidate.newest:
        return wanted
    dated = replace(resolver, newest=candidate.newest)
    found = _compiled(dated, [*wanted, *_DATED_TOO], candidate)
    return [f"{entry.name}=={entry.version}" for entry in found.entries if entry.version]


def _locked(wanted: list[str], candidate: Candidate, resolver: Resolver) -> Lock:
    runtime = [f"{name}{version}" for name, version in RUNTIME.items()]
    direct = wanted
    if candidate.newest:
        # Kernel and step command are of today; what they need gives way where it must.
        preferred = dict(pin.split("==") for pin in wanted)
        found = _compiled(resolver, [*runtime], candidate, preferred)
        shared = {entry.name for entry in found.entries}
        direct = [pin for pin in wanted if pin.split("==")[0] not in shared]
        found = _compiled(resolver, [*direct, *runtime], candidate, preferred)
    else:
        found = _compiled(resolver, [*direct, *runtime], candidate)
    draft = LockDraft(source=candidate.source, entries=found.entries)
    return lock_of(draft, resolver.target)


def _compiled(
    resolver: Resolver,
    wanted: list[str],
    candidate: Candidate,
    preferred: dict[str, str] | None = None,
) -> Resolution:
    return resolver.compile(
        wanted, origin=candidate.source, fix=_FIX, preferences=preferred, constraints=None
    )
