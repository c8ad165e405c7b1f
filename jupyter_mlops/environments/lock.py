"""The lock of an environment: every package with version and hashes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from jupyter_mlops.environments.declaration import Declaration, files_of, projects_of
from jupyter_mlops.environments.detect import Detected
from jupyter_mlops.environments.draft import Draft, Workshop
from jupyter_mlops.environments.entry import Entry, parse_entries
from jupyter_mlops.environments.fixed import fixed_draft
from jupyter_mlops.environments.resolved import declared_draft, imports_draft
from jupyter_mlops.environments.resolver import Resolver
from jupyter_mlops.environments.runtime import RUNTIME
from jupyter_mlops.environments.sources import package_sources
from jupyter_mlops.environments.target import Target, target_for
from jupyter_mlops.environments.wheels import tree_digest
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model import identity
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store.disk import disk_problems, write_new

_HEADER = re.compile(r"^# Python (\d+\.\d+)", re.M)
_FORMAT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock file: pinned packages with hashes, as ``pip install --require-hashes`` takes them.

    Attributes:
        text: the file; names no package index.
        digest: of the text.
        python: X.Y of the interpreter that it was made for.
        packages: distribution → version.
        wheels: file name → path, of packages that no index has; for ``--find-links``.
        source: what it was made from, as a record says it.
        warnings: one sentence each, such as that a version is yanked.
    """

    text: str
    digest: str
    python: str
    packages: Mapping[str, str]
    wheels: Mapping[str, Path] = field(default_factory=dict)
    source: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def wheel_folders(self) -> list[Path]:
        """Where the wheels lie, for ``--find-links``."""
        return sorted({path.parent for path in self.wheels.values()})


def read_lock(text: str) -> Lock:
    """The lock that ``text`` is the file of; without its wheels, of which it has the hashes."""
    header = _HEADER.search(text)
    if header is None:
        raise ValueError("not a lock of this program: it names no Python version")
    entries = parse_entries(text, Path("requirements.lock"))
    return Lock(
        text=text,
        digest=identity.of_bytes(text.encode()),
        python=header.group(1),
        packages={entry.name: _version(entry) for entry in entries},
    )


def make_lock(
    detected: Detected,
    *,
    declaration: Declaration | None = None,
    settings: Mlops,
    store_cache: Path,
    refresh: bool = False,
) -> Lock:
    """A lock that installs what the notebook needs, on the platform of the image.

    Equal requests are resolved once: ``store_cache/locks`` keeps the answers.

    Args:
        detected: what the pipeline needs of its kernel.
        declaration: the file in which the user says what holds; None takes the notebook's imports
            in the versions of its kernel.
        settings: name the package index.
        store_cache: the store's folder of what can be made anew.
        refresh: True to ask the index again.

    Raises:
        EnvironmentFailure: the user's file is broken or lacks a package, or no set of packages
            satisfies what is asked for.
        StoreError: the cache cannot be written.
    """
    target = target_for(detected.kernel.version)
    path = store_cache / "locks" / f"{_key(detected, declaration, target)}.json"
    with disk_problems(path):
        known = None if refresh or not path.is_file() else _remembered(path.read_bytes())
        path.parent.mkdir(parents=True, exist_ok=True)
    if known is not None:
        return known
    resolver = Resolver(
        sources=package_sources(settings),
        target=target,
        python=detected.kernel.python,
        refresh=refresh,
    )
    installed = {name: version(name) for name in RUNTIME} | dict(detected.installed)
    workshop = Workshop(
        detected=replace(detected, installed=installed), resolver=resolver, cache=store_cache
    )
    if declaration is None:
        draft = imports_draft(workshop)
    elif declaration.pinned:
        draft = fixed_draft(declaration, workshop)
    else:
        draft = declared_draft(declaration, workshop)
    lock = lock_of(draft, target)
    folders = {str(wheel.origin): tree_digest(wheel.origin) for wheel in draft.wheels}
    with disk_problems(path):
        path.unlink(missing_ok=True)
        write_new(path, json.dumps({"lock": to_json(_plain(lock)), "folders": folders}).encode())
    return lock


def lock_of(draft: Draft, target: Target) -> Lock:
    """The lock that a draft comes to on a platform."""
    head = f"# Python {target.series}\n# Platform {target.platform}\n"
    entries = sorted(draft.entries, key=lambda entry: entry.name)
    lock = read_lock(head + "".join(entry.text() for entry in entries))
    return replace(
        lock,
        wheels={wheel.path.name: wheel.path for wheel in draft.wheels},
        source=draft.source,
        warnings=draft.warnings,
    )


def _key(detected: Detected, declaration: Declaration | None, target: Target) -> str:
    """Identity of a request: all that decides on the answer, but for the index."""
    request = {
        "format": _FORMAT,
        "target": to_json(target),
        "kernel": detected.kernel.name,
        "needed": dict(detected.needed),
        "installed": dict(detected.installed),
        "elsewhere": dict(detected.elsewhere),
        "modules": to_json(detected.modules),
        "absent": list(detected.absent),
        "installs": [[install.cell, install.text] for install in detected.installs],
        "declaration": None if declaration is None else declaration.title,
        "files": _files(detected, declaration),
    }
    return identity.of_value("lock-request", request).removeprefix(identity.PREFIX)


def _files(detected: Detected, declaration: Declaration | None) -> dict[str, str]:
    """Every file that decides on the answer, by path, with its digest."""
    roots = [Path(install.text) for install in detected.installs if not install.name]
    texts = [file for root in roots for file in files_of(root)]
    if declaration is not None:
        path = declaration.path
        texts += files_of(path) if declaration.kind in ("requirements", "hashed") else [path]
        if declaration.kind == "uv.lock":
            texts += projects_of(declaration)
    return {str(file): identity.of_bytes(file.read_bytes()) for file in texts}


def _plain(lock: Lock) -> Mapping[str, object]:
    return {
        "text": lock.text,
        "wheels": {name: str(path) for name, path in lock.wheels.items()},
        "source": lock.source,
        "warnings": lock.warnings,
    }


def _remembered(data: bytes) -> Lock | None:
    """The lock that a file of the cache holds; None if a package of this machine has changed."""
    known = json.loads(data)
    stored = known["lock"]
    wheels = {name: Path(path) for name, path in stored["wheels"].items()}
    try:
        for folder, digest in known["folders"].items():
            if tree_digest(Path(folder)) != digest:
                return None
    except EnvironmentFailure:  # gone; what makes the lock anew will say so
        return None
    if not all(path.is_file() for path in wheels.values()):
        return None
    return replace(
        read_lock(stored["text"]),
        wheels=wheels,
        source=stored["source"],
        warnings=tuple(stored["warnings"]),
    )


def _version(entry: Entry) -> str:
    """The version that an entry of a lock installs; for a URL that of its file's name."""
    if entry.version is not None:
        return entry.version
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    url = (entry.url or "").partition("#")[0]
    try:
        return str(parse_wheel_filename(url.rpartition("/")[2])[1])
    except InvalidWheelFilename:
        return url
