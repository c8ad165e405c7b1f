"""Data folders and secrets of an attempt: put where its kernel finds them, and told to it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.pipeline import Containment
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.scratch import remove_old

RUN_SECRETS = Path("/run/secrets")
"""Where a container has room in memory for secrets that are given as files."""

_PLAIN = frozenset({"HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SHELL"}) | {
    *("TMPDIR", "TZ", "USER", "VIRTUAL_ENV")
}


def lay_data(layout: Layout, data: tuple[str, ...]) -> None:
    """Make the data folders visible where no engine has mounted them: as links to the real ones."""
    for name in data:
        for place in _places(layout, name):
            if place.is_relative_to(layout.folder) and not os.path.lexists(place):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to((layout.source / name).resolve())


def _places(layout: Layout, name: str) -> list[Path]:
    """Every path by which the kernel may see a data folder."""
    if not PurePosixPath(name).is_absolute():
        return [layout.work / name]
    tree = layout.folder / "tree"
    mirrored = layout.work.is_relative_to(tree)
    return [Path(name), *([Path(f"{tree}{name}")] if mirrored else [])]


def kernel_variables(
    layout: Layout, containment: Containment, secrets: Mapping[str, str], scratch: Path
) -> dict[str, str]:
    """Environment variables: the secrets, and what tells the kernel how it is contained.

    Args:
        layout: of the attempt.
        containment: of the step.
        secrets: values by name.
        scratch: a private folder; what a hermetic step's tools keep there is no data.

    Raises:
        EnvironmentFailure: if a secret did not arrive.
    """
    missing = [secret.name for secret in containment.secrets if not secrets.get(secret.name)]
    if missing:
        raise EnvironmentFailure(
            f"the secret {missing[0]} did not reach the step", fix="run the pipeline again"
        )
    values = {}
    for secret in containment.secrets:
        value = secrets[secret.name]
        values[secret.variable] = _write(secret.name, value) if secret.file else value
    told = {
        "data": {str(p): name for name in containment.data for p in _places(layout, name)},
        "hermetic": containment.hermetic,
        "declared": [str(layout.source), str(scratch)],
        "secrets": {secret.variable: secret.file for secret in containment.secrets},
    }
    return {**values, "JUPYTER_MLOPS_CONTAINMENT": json.dumps(told)}


def _write(name: str, value: str) -> str:
    """The path of a file in memory that holds the value and that only this user can read."""
    folder = secrets_folder()
    remove_old(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400), "wb") as file:
        file.write(value.encode(errors="surrogateescape"))
    return str(path)


def secrets_folder() -> Path:
    """Where this attempt's secrets lie that are given as files; it may not exist."""
    if os.environ.get("JUPYTER_MLOPS_CONTAINER") == "1":
        return RUN_SECRETS
    return Path(f"/dev/shm/jmlops-{os.getpid()}-secrets")


def declared_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The inherited variables that a hermetic step keeps: where things are, and the locale."""
    return {
        name: value
        for name, value in environ.items()
        if name in _PLAIN or name.startswith(("LC_", "JUPYTER_MLOPS_"))
    }
