"""A lock made from requirements: the user's, or the notebook's imports in the kernel's versions."""

from __future__ import annotations

from dataclasses import replace

from jupyter_mlops.environments.asked import Asked, asked_by, asked_by_imports
from jupyter_mlops.environments.declaration import Declaration
from jupyter_mlops.environments.draft import Draft, Workshop, locked_wheels
from jupyter_mlops.environments.resolver import Unsatisfiable
from jupyter_mlops.environments.wheels import local_path


def declared_draft(declaration: Declaration, workshop: Workshop) -> Draft:
    """What the user's requirements come to, in the kernel's versions where these allow it.

    Packages that the notebook imports and the requirements lack are added in the kernel's versions.

    Raises:
        EnvironmentFailure: the file is broken or for another Python, or cannot be satisfied.
    """
    detected = workshop.detected
    asked = asked_by(declaration, workshop)
    draft = _compile(asked, workshop, declaration.title)
    covered = {entry.name for entry in draft.entries}
    missing = {
        name
        for packages in detected.modules.values()
        if not covered & set(packages)
        for name in packages
    }
    if not missing:
        return draft
    source = f"{declaration.title}, and {', '.join(sorted(missing))} of kernel "
    source += repr(detected.kernel.name)
    return _compile(asked.with_kernels(missing, workshop), workshop, source)


def imports_draft(workshop: Workshop) -> Draft:
    """What the notebook imports in the versions of its kernel, and what it installs itself.

    The kernel's versions hold for everything else too where the packages that a step itself needs
    allow it. Where the notebook pins another version than the kernel has, its own holds.

    Raises:
        EnvironmentFailure: a module is not installed, or no set of packages satisfies it.
    """
    detected = workshop.detected
    detected.require_installed()
    asked = asked_by_imports(workshop)
    source = f"imports of the notebook, versions of kernel {detected.kernel.name!r}"
    try:
        return _compile(asked, workshop, source)
    except Unsatisfiable:
        if not detected.installs:
            raise
        return _compile(replace(asked, constraints={}), workshop, source)


def _compile(asked: Asked, workshop: Workshop, source: str) -> Draft:
    """What uv finds, with what a step itself needs."""
    resolution = workshop.resolver.compile(
        [*asked.lines, *(f"{name}{least}" for name, least in workshop.runtime.items())],
        project=asked.project,
        constraints=asked.constraints,
        preferences=workshop.versions(),
        origin=asked.origin,
        fix=asked.fix,
    )
    urls = [entry.url for entry in resolution.entries if entry.url and not entry.hashes]
    # What [tool.uv.sources] of a project names; uv gives it relative to the project.
    base = asked.project.parent if asked.project else workshop.cache
    named = [local_path(url) if url.startswith("file:") else base / url for url in urls]
    places = [place.resolve() for place in named if place is not None and place.exists()]
    wheels = (*asked.wheels, *(workshop.wheel(place) for place in places))
    return Draft(
        source=source,
        entries=locked_wheels(resolution.entries, wheels),
        wheels=wheels,
        warnings=resolution.warnings,
    )
