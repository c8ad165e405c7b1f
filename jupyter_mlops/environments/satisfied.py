"""Whether the notebook's kernel has what the user declared, so that nothing need be built."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jupyter_mlops.environments.asked import asked_by
from jupyter_mlops.environments.declaration import Declaration
from jupyter_mlops.environments.detect import Detected
from jupyter_mlops.environments.draft import Workshop
from jupyter_mlops.environments.entry import Entry
from jupyter_mlops.environments.fixed import fixed_entries
from jupyter_mlops.environments.resolver import Resolver
from jupyter_mlops.environments.sources import PackageSources
from jupyter_mlops.environments.target import target_for


def kernel_has(declaration: Declaration, detected: Detected, *, cache: Path) -> bool:
    """True if the kernel has each package of a lock in its version, or satisfies requirements.

    What it has besides does not count, and no index is asked. An environment of conda is what its
    own files declare.

    Args:
        declaration: the file in which the user says what holds.
        detected: what the notebook needs of its kernel.
        cache: the store's folder of what can be made anew.

    Raises:
        EnvironmentFailure: the file is broken, or lacks what the notebook imports.
    """
    if detected.absent:
        return False
    kernel = detected.kernel
    if declaration.kind in ("conda-lock", "environment.yml") and _is_of_conda(kernel.python):
        return True
    target = target_for(kernel.version)
    resolver = Resolver(sources=PackageSources(), target=target, python=kernel.python)
    workshop = Workshop(detected=detected, resolver=resolver, cache=cache, compares=True)
    if declaration.pinned:
        named, _ = fixed_entries(declaration, workshop)
        return all(_is_installed(entry, detected) for entry in named.values())
    asked = asked_by(declaration, workshop)
    return resolver.is_satisfied(asked.lines, project=asked.project, constraints=asked.constraints)


def differences(packages: Mapping[str, str], installed: Mapping[str, str]) -> list[str]:
    """What a kernel has in another version than a lock, or lacks, in words."""
    other = [
        f"{name} {installed[name]} instead of {version}"
        for name, version in sorted(packages.items())
        if name in installed and installed[name] != version
    ]
    return other + [f"no {name}" for name in sorted(packages.keys() - installed.keys())]


def _is_of_conda(python: str) -> bool:
    return (Path(python).parent.parent / "conda-meta").is_dir()


def _is_installed(entry: Entry, detected: Detected) -> bool:
    from packaging.version import InvalidVersion, Version

    if entry.version is None:
        return detected.elsewhere.get(entry.name) == entry.url
    try:
        return Version(detected.installed.get(entry.name, "")) == Version(entry.version)
    except InvalidVersion:
        return False
