"""A lock on its way: entries, the wheels of this machine among them, and where they are from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_mlops.environments.detect import Detected
from jupyter_mlops.environments.entry import Entry
from jupyter_mlops.environments.resolver import Resolver
from jupyter_mlops.environments.runtime import RUNTIME
from jupyter_mlops.environments.wheels import Wheel, local_path, local_wheel
from jupyter_mlops.errors import EnvironmentFailure

_FIX_LOCAL = (
    "install a released version, put the modules beside the notebook, or run with --engine local "
    "--environment kernel"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What goes into a lock.

    Attributes:
        source: what was used, as a record says it.
        entries: packages for the target.
        wheels: those of them that lie on this machine.
        warnings: one sentence each.
    """

    source: str
    entries: tuple[Entry, ...]
    wheels: tuple[Wheel, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What drafts are made with.

    Attributes:
        detected: what the notebook needs.
        resolver: uv.
        cache: the store's folder of what can be made anew.
        compares: True to find out what is asked for and build nothing: indexes, and packages of
            this machine, are then left aside.
    """

    detected: Detected
    resolver: Resolver
    cache: Path
    compares: bool = False

    @property
    def runtime(self) -> Mapping[str, str]:
        """What a step needs: also pip where cells call it, which finds their packages there."""
        return RUNTIME | ({"pip": ""} if self.detected.installs else {})

    def wheel(self, path: Path, name: str | None = None) -> Wheel:
        """The wheel of a package's source folder or of a wheel file of this machine."""
        version = self.detected.installed.get(name) if name else None
        return local_wheel(path, version=version, resolver=self.resolver, cache=self.cache)

    def local_sources(self) -> Mapping[str, Path]:
        """Distributions that the notebook needs and that lie on this machine → where."""
        found = {name: local_path(url) for name, url in self.detected.elsewhere.items()}
        return {name: path for name, path in found.items() if path is not None}

    def versions(self) -> dict[str, str]:
        """The kernel's versions of everything that a package index may have."""
        return {
            name: version
            for name, version in self.detected.installed.items()
            if name not in self.detected.elsewhere
        }


def locked_wheels(entries: Iterable[Entry], wheels: Iterable[Wheel]) -> tuple[Entry, ...]:
    """The entries with each wheel of this machine pinned by name, version and digest.

    Raises:
        EnvironmentFailure: an entry comes from a repository, of which there is no hash.
    """
    known = {wheel.name: wheel for wheel in wheels}
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.url is not None and "+" in entry.url.partition(":")[0]:
            raise from_repository(f"the notebook needs {entry.name or 'a package'}", entry.url)
        if entry.name and entry.name not in known:
            found[entry.name] = replace(entry, marker="")
    for name, wheel in known.items():
        found[name] = Entry(name=name, version=wheel.version, hashes=(wheel.digest,))
    return tuple(found[name] for name in sorted(found))


def from_repository(what: str, url: str) -> EnvironmentFailure:
    """The refusal of a package that comes from a repository; begins with ``what``."""
    return EnvironmentFailure(
        f"{what} from a repository ({url}), of which no hash is known",
        fix=f"build a wheel of it and install that in the kernel, or {_FIX_LOCAL}",
    )
