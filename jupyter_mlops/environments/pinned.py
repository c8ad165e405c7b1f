"""Locks that a user has: what they hold for the steps' interpreter, verbatim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.environments.declaration import Declaration, projects_of, read_text, read_toml
from jupyter_mlops.environments.entry import Entry, entries_for, parse_entries
from jupyter_mlops.environments.inventory import normalise
from jupyter_mlops.environments.resolver import Resolver, shortened
from jupyter_mlops.environments.target import Target
from jupyter_mlops.errors import EnvironmentFailure

if TYPE_CHECKING:
    from packaging.pylock import Package

_MADE_FOR = re.compile(r"^#.*?(?:with Python|--python-version[ =]|Python)\s*(3\.\d+)", re.M)


def read_pinned(declaration: Declaration, resolver: Resolver) -> tuple[Entry, ...]:
    """The packages of a lock, each pinned with hashes, as they hold for the target.

    Folders of this machine (the project itself, members of its workspace) are entries without a
    name; their paths are absolute.

    Args:
        declaration: a lock that names every package with version and hashes.
        resolver: uv, for ``uv.lock``.

    Raises:
        EnvironmentFailure: the lock is broken, for another Python or not complete; names file and
            line or package, and the fix.
    """
    if declaration.kind == "uv.lock":
        entries = _uv_lock(declaration, resolver)
    elif declaration.kind == "pylock":
        entries = _pylock(declaration.path, resolver.target)
    else:
        entries = _hashed(declaration.path, resolver.target)
    for entry in entries:
        _check(entry, declaration.path)
    return entries


def _check(entry: Entry, path: Path) -> None:
    where = f"{path}, line {entry.line}" if entry.line else str(path)
    name = entry.name or str(entry.url)
    if entry.url is not None and not entry.name:
        return
    if entry.url is not None and entry.url.startswith(("git+", "hg+", "bzr+", "svn+")):
        raise EnvironmentFailure(
            f"{where}: {name} comes from a repository ({entry.url}), of which no hash is known",
            fix="build a wheel of it and lock that, or take a released version",
        )
    if entry.version is None and entry.url is None:
        raise EnvironmentFailure(
            f"{where}: {name} is not pinned to one version, but the file has hashes",
            fix=f"write {name}==VERSION, or make the file anew with `uv pip compile "
            "--generate-hashes`",
        )
    if not entry.hashes:
        raise EnvironmentFailure(
            f"{where}: {name} has no hash",
            fix="make the file anew with hashes (`uv pip compile --generate-hashes`, `uv lock`)",
        )


def _hashed(path: Path, target: Target) -> tuple[Entry, ...]:
    text = read_text(path)
    made_for = _MADE_FOR.search(text)
    if made_for and made_for[1] != target.series:
        raise _other_python(path, f"was made for Python {made_for[1]}", target)
    entries = entries_for(parse_entries(text, path), target)
    return tuple(_absolute(entry, path.parent) for entry in entries)


def _absolute(entry: Entry, folder: Path) -> Entry:
    if entry.name or entry.url is None or entry.url.startswith("file:"):
        return entry
    return replace(entry, url=(folder / entry.url).resolve().as_uri())


def _uv_lock(declaration: Declaration, resolver: Resolver) -> tuple[Entry, ...]:
    """The lock of the workspace's member that the notebook lies in."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    path = declaration.path
    lock = read_toml(path)
    wanted = str(lock.get("requires-python", ""))
    try:
        fits = SpecifierSet(wanted).contains(resolver.target.python, prereleases=True)
    except InvalidSpecifier:
        raise EnvironmentFailure(
            f"{path}: requires-python is {wanted!r}, which means nothing",
            fix="make the lock anew: uv lock",
        ) from None
    if not fits:
        raise _other_python(path, f"is for Python {wanted}", resolver.target)
    projects = projects_of(declaration)
    member = projects[0].parent if projects else path.parent
    answer = resolver.uv(
        *("export", "--frozen", "--no-header", "--no-annotate"),
        *("--python", resolver.python, "--project", str(member)),
        cwd=path.parent,
    )
    if answer.returncode != 0:
        raise EnvironmentFailure(
            f"{path} cannot be read by uv:\n{shortened(answer.stderr)}",
            fix="make the lock anew beside its pyproject.toml: uv lock",
        )
    entries = entries_for(parse_entries(answer.stdout, path), resolver.target)
    return tuple(replace(_absolute(entry, path.parent), line=0) for entry in entries)


def _pylock(path: Path, target: Target) -> tuple[Entry, ...]:
    from packaging.pylock import (
        Pylock,
        PylockSelectError,
        PylockUnsupportedVersionError,
        PylockValidationError,
    )

    try:
        lock = Pylock.from_dict(read_toml(path))
    except (PylockValidationError, PylockUnsupportedVersionError) as error:
        raise EnvironmentFailure(
            f"{path} is no lock as PEP 751 has it: {error}",
            fix="make it anew with the tool that wrote it (such as `uv export --format "
            "pylock.toml`)",
        ) from None
    if lock.requires_python and not lock.requires_python.contains(target.python, prereleases=True):
        raise _other_python(path, f"is for Python {lock.requires_python}", target)
    try:
        chosen = list(
            lock.select(
                environment=dict(target.markers()),  # type: ignore[arg-type]
                tags=target.tags(),
            )
        )
    except PylockSelectError as error:
        raise EnvironmentFailure(
            f"{path} does not hold for Python {target.series} on {target.platform}: {error}",
            fix="lock it for that platform too, with wheels for this Python",
        ) from None
    return tuple(_of_package(package, path) for package, _ in chosen)


def _of_package(package: Package, path: Path) -> Entry:
    name = normalise(package.name)
    if package.directory is not None:
        return Entry(url=(path.parent / package.directory.path).resolve().as_uri())
    if package.vcs is not None:
        return Entry(name=name, url=f"{package.vcs.type}+{package.vcs.url}")
    if package.archive is not None:
        if package.archive.path is not None:
            return Entry(url=(path.parent / package.archive.path).resolve().as_uri())
        return Entry(name=name, url=package.archive.url, hashes=_hashes(package.archive.hashes))
    hashes = [wheel.hashes for wheel in package.wheels or ()]
    if package.sdist is not None:
        hashes.append(package.sdist.hashes)
    return Entry(
        name=name,
        version=str(package.version) if package.version is not None else None,
        hashes=tuple(value for known in hashes for value in _hashes(known)),
    )


def _hashes(known: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{kind}:{known[kind]}" for kind in ("sha256", "sha384", "sha512") if kind in known
    )


def _other_python(path: Path, what: str, target: Target) -> EnvironmentFailure:
    return EnvironmentFailure(
        f"{path} {what}, but the notebook's kernel runs Python {target.python}",
        fix=f"lock it for Python {target.series}, or choose a kernel that it holds for",
    )
