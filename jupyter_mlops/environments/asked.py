"""What uv is asked for: the user's requirements, or what the kernel has of the notebook's imports.

Folders of this machine are replaced by wheels first, because uv would build them where they lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from jupyter_mlops.environments.conda import read_conda_lock, read_environment
from jupyter_mlops.environments.declaration import Declaration, included_file, read_text
from jupyter_mlops.environments.draft import Workshop, from_repository
from jupyter_mlops.environments.entry import Entry, logical_lines, parse_line
from jupyter_mlops.environments.sources import PackageSources, default_index
from jupyter_mlops.environments.wheels import Wheel, local_path
from jupyter_mlops.errors import EnvironmentFailure

_INDEX_OPTIONS = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index")
_KEPT_OPTIONS = ("--no-binary", "--only-binary")
_EXTRAS = re.compile(r"^(.*?)(\[[\w.,\s-]+\])?$")
_FIX_IMPORTS = (
    "install versions in the notebook's kernel that the package index has and that fit together "
    "(`uv pip check` names those that do not), or run with --engine local --environment kernel"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be resolved.

    Attributes:
        lines: requirements.
        wheels: those that the lines name by their path.
        project: a ``pyproject.toml`` whose dependencies are asked for too, or None.
        constraints: distribution → version that holds if the distribution is needed.
        origin, fix: where it comes from and what to do about it, for messages.
    """

    lines: tuple[str, ...] = ()
    wheels: tuple[Wheel, ...] = ()
    project: Path | None = None
    constraints: Mapping[str, str] = field(default_factory=dict)
    origin: str
    fix: str

    def with_kernels(self, names: Iterable[str], workshop: Workshop) -> Asked:
        """The same with distributions as the kernel has them.

        Raises:
            EnvironmentFailure: one of them comes from a repository or cannot become a wheel.
        """
        detected, places = workshop.detected, workshop.local_sources()
        asked = self
        for name in sorted(names):
            if name in places:
                asked = asked._with(workshop.wheel(places[name], name))
            elif name in detected.elsewhere:
                url = detected.elsewhere[name]
                if "+" in url.partition(":")[0]:
                    raise from_repository(f"the notebook needs {name}", url)
                asked = replace(asked, lines=(*asked.lines, f"{name} @ {url}"))
            else:
                line = f"{name}=={detected.installed[name]}"
                asked = replace(asked, lines=(*asked.lines, line))
        return asked

    def with_lines(self, lines: Iterable[tuple[int, str]], path: Path, workshop: Workshop) -> Asked:
        """The same with numbered lines of a requirements file, and of the files that they name.

        Raises:
            EnvironmentFailure: a line is no requirement, chooses an index or comes from a
                repository; names file and line.
        """
        asked = self
        for number, line in lines:
            if not workshop.compares:
                _check_index(number, line, path, workshop.resolver.sources)
            if more := included_file(line):
                option, inner = more[0], (path.parent / more[1]).resolve()
                if option == "-c":
                    asked = replace(asked, lines=(*asked.lines, f"-c {inner}"))
                else:
                    inside = logical_lines(read_text(inner))
                    asked = asked.with_lines(inside, inner, workshop)
                continue
            entry = parse_line(number, line, path)
            if entry is None:
                kept = (line,) if line.startswith(_KEPT_OPTIONS) else ()
                asked = replace(asked, lines=(*asked.lines, *kept))
            elif entry.url is None:
                asked = replace(asked, lines=(*asked.lines, line))
            else:
                asked = asked._with_url(entry, line, path, workshop)
        return asked

    def _with_url(self, entry: Entry, line: str, path: Path, workshop: Workshop) -> Asked:
        url = str(entry.url)
        if "+" in url.partition(":")[0] and not workshop.compares:
            where = f"{path}, line {entry.line}" if entry.line else str(path)
            raise from_repository(f"{where} asks for {entry.name or 'a package'}", url)
        bare, extras = _EXTRAS.match(url).groups()  # type: ignore[union-attr]
        place = local_path(bare) if bare.startswith("file:") else None
        if place is None and "://" not in bare:
            place = (path.parent / bare).resolve()
        if place is None:
            return replace(self, lines=(*self.lines, line))
        if workshop.compares:
            return self
        wheel = workshop.wheel(place, entry.name or None)
        return self._with(wheel, extras=extras or "", marker=entry.marker)

    def _with(self, wheel: Wheel, *, extras: str = "", marker: str = "") -> Asked:
        line = f"{wheel.name}{extras} @ {wheel.path.as_uri()}"
        line += f" ; {marker}" if marker else ""
        return replace(self, lines=(*self.lines, line), wheels=(*self.wheels, wheel))


def asked_by(declaration: Declaration, workshop: Workshop) -> Asked:
    """What a requirements file asks for, and what the notebook installs.

    Raises:
        EnvironmentFailure: the file is broken or for another Python; names file and line.
    """
    path = declaration.path
    fix = f"change what {path.name} asks for so that it can be satisfied"
    asked = Asked(origin=str(path), fix=fix)
    if declaration.kind == "pyproject":
        asked = replace(asked, project=path)
    elif declaration.kind == "requirements":
        asked = asked.with_lines(logical_lines(read_text(path)), path, workshop)
    else:
        read = read_conda_lock if declaration.kind == "conda-lock" else read_environment
        needs = read(path, target=workshop.resolver.target, installed=workshop.detected.installed)
        asked = replace(asked, constraints=needs.constraints)
        asked = asked.with_lines(((0, line) for line in needs.requirements), path, workshop)
    return replace(asked, lines=(*asked.lines, *_installed_by_name(workshop)))


def asked_by_imports(workshop: Workshop) -> Asked:
    """What the notebook imports as its kernel has it, and what the notebook installs itself.

    The kernel's versions hold for everything that these need in turn.

    Raises:
        EnvironmentFailure: a package of the kernel comes from a repository or cannot become a
            wheel, or a requirements file that a cell installs is broken.
    """
    detected = workshop.detected
    installed_by_it = {install.name for install in detected.installs}
    asked = Asked(
        constraints={
            name: version
            for name, version in detected.closure.items()
            if name not in detected.elsewhere and name not in installed_by_it
        },
        origin="the notebook's packages",
        fix=_FIX_IMPORTS,
    )
    names = {*detected.needed, *detected.elsewhere} - installed_by_it
    asked = asked.with_kernels(names, workshop)
    for install in detected.installs:
        if not install.name:
            path = Path(install.text)
            asked = asked.with_lines(logical_lines(read_text(path)), path, workshop)
    return replace(asked, lines=(*asked.lines, *_installed_by_name(workshop)))


def _installed_by_name(workshop: Workshop) -> Iterator[str]:
    return (install.text for install in workshop.detected.installs if install.name)


def _check_index(number: int, line: str, path: Path, sources: PackageSources) -> None:
    """Refuse an index that the installation does not have: a lock names none."""
    option, _, value = line.replace("=", " ", 1).partition(" ")
    index = value.strip().rstrip("/")
    if option not in _INDEX_OPTIONS or index in {sources.index_url, *sources.extra_index_urls}:
        return
    if index == default_index():
        return
    raise EnvironmentFailure(
        f"{path}, line {number}: {option} chooses a package index for this file alone",
        fix="set JUPYTER_MLOPS_INDEX_URL or JUPYTER_MLOPS_EXTRA_INDEX_URLS instead and remove the "
        "line",
    )
