"""A lock that the user has: taken as it is, with what a step itself needs added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from pathlib import Path

from jupyter_mlops.environments.declaration import Declaration
from jupyter_mlops.environments.draft import Draft, Workshop, locked_wheels
from jupyter_mlops.environments.entry import Entry
from jupyter_mlops.environments.pinned import read_pinned
from jupyter_mlops.environments.wheels import Wheel, local_path
from jupyter_mlops.errors import EnvironmentFailure

_ADD = {
    "uv.lock": "add it: uv add {package}",
    "pylock": "lock it too, with the tool that wrote the file",
    "hashed": "add it to what the file is made from and make the file anew (uv pip compile "
    "--generate-hashes)",
}


def fixed_draft(declaration: Declaration, workshop: Workshop) -> Draft:
    """The packages of the user's lock, verbatim, with those that a step itself needs.

    A package of the same project is taken as a wheel if the notebook imports it.

    Raises:
        EnvironmentFailure: the lock is broken, for another Python, lacks what the notebook imports
            or installs, or does not go together with what a step needs.
    """
    named, wheels = fixed_entries(declaration, workshop)
    added, warnings = _runtime(named, declaration, workshop)
    return Draft(
        source=declaration.title,
        entries=(*named.values(), *added),
        wheels=wheels,
        warnings=warnings,
    )


def fixed_entries(
    declaration: Declaration, workshop: Workshop
) -> tuple[Mapping[str, Entry], tuple[Wheel, ...]]:
    """What the user's lock holds, by name, and those of it that lie on this machine.

    Raises:
        EnvironmentFailure: the lock is broken, for another Python, or lacks what the notebook
            imports or installs.
    """
    entries = read_pinned(declaration, workshop.resolver)
    folders = [path for e in entries if not e.name and (path := local_path(e.url or ""))]
    imported = [path for path in folders if _is_imported(path, workshop)]
    wheels = () if workshop.compares else tuple(_wheel(path, workshop) for path in imported)
    named = {entry.name: entry for entry in locked_wheels(entries, wheels)}
    local = {name for name, path in workshop.local_sources().items() if path in folders}
    _check_imports(named.keys() | local, declaration, workshop)
    _check_installs(named, declaration, workshop)
    return named, wheels


def _wheel(path: Path, workshop: Workshop) -> Wheel:
    names = {place: name for name, place in workshop.local_sources().items()}
    return workshop.wheel(path, names.get(path))


def _is_imported(path: Path, workshop: Workshop) -> bool:
    """True if the kernel's package of an import lies there, or modules that it lacks do."""
    if path in workshop.local_sources().values():
        return True
    return any(
        (path / below / name).exists()
        for module in workshop.detected.absent
        for below in ("", "src")
        for name in (f"{module}.py", f"{module}/__init__.py")
    )


def _check_imports(named: Set[str], declaration: Declaration, workshop: Workshop) -> None:
    for module, packages in workshop.detected.modules.items():
        if named & set(packages):
            continue
        package = packages[0]
        origin = workshop.detected.elsewhere.get(package)
        known = f"package {package}" + (f" from {origin}" if origin else "")
        raise EnvironmentFailure(
            f"the notebook imports {module!r} ({known}), which {declaration.path} does not contain",
            fix=f"{_ADD[declaration.kind].format(package=package)}; or choose another environment "
            "with --environment",
        )


def _check_installs(
    named: Mapping[str, Entry], declaration: Declaration, workshop: Workshop
) -> None:
    from packaging.requirements import Requirement

    for install in workshop.detected.installs:
        if not install.name or (install.name in workshop.runtime and install.name not in named):
            continue  # a requirements file beside the lock, or what every step gets
        entry = named.get(install.name)
        specifier = Requirement(install.text).specifier
        version = entry.version if entry else None
        if entry and (version is None or specifier.contains(version, prereleases=True)):
            continue
        has = f"has {entry.version}" if entry else "does not contain it"
        raise EnvironmentFailure(
            f"cell {install.cell} installs {install.text}, but {declaration.path} {has}",
            fix=_ADD[declaration.kind].format(package=repr(install.text))
            + "; or remove the cell's line",
        )


def _runtime(
    named: Mapping[str, Entry], declaration: Declaration, workshop: Workshop
) -> tuple[Iterable[Entry], tuple[str, ...]]:
    """What a step needs and the lock lacks, in versions that go with the lock's."""
    from packaging.specifiers import SpecifierSet

    for name, least in workshop.runtime.items():
        version = named[name].version if name in named else None
        if version is not None and not SpecifierSet(least).contains(version, prereleases=True):
            raise EnvironmentFailure(
                f"{declaration.path} has {name} {version}; a step needs {name}{least}",
                fix=f"lock a newer one, or leave {name} out of the lock",
            )
    missing = [f"{n}{least}" for n, least in workshop.runtime.items() if n not in named]
    if not missing:
        return (), ()
    resolution = workshop.resolver.compile(
        missing,
        constraints={name: entry.version for name, entry in named.items() if entry.version},
        preferences=workshop.versions(),
        origin=f"what a step needs besides the packages of {declaration.path}",
        fix="lock versions that go together with papermill, ipykernel and cloudpickle, or add "
        "these to what the lock is made from",
    )
    return [e for e in resolution.entries if e.name not in named], resolution.warnings
