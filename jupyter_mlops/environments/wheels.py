"""Wheels of packages that lie on this machine, so that they can be locked like any other."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlparse

from jupyter_mlops.environments.inventory import normalise
from jupyter_mlops.environments.resolver import Resolver, shortened
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model import identity
from jupyter_mlops.store.disk import disk_problems

_LARGE = 2**20  # bytes; beyond it a file is data, which is neither copied nor read
_IGNORED = frozenset({"__pycache__", "build", "dist", "node_modules", "venv"})
_FIX = (
    "install a released version in the kernel, put the modules beside the notebook, or run with "
    "--engine local --environment kernel"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A wheel in the store's cache.

    Attributes:
        name: of the distribution, normalised.
        version: of the distribution.
        digest: of its bytes.
        path: where it lies.
        origin: the folder or file that it was made from.
    """

    name: str
    version: str
    digest: str
    path: Path
    origin: Path


def local_path(url: str) -> Path | None:
    """The path that a ``file:`` URL names, or None for any other URL."""
    parsed = urlparse(url)
    return Path(unquote(parsed.path)) if parsed.scheme == "file" else None


def tree_digest(path: Path) -> str:
    """Identity of a package's source: a file's bytes, or the files of a folder.

    Raises:
        EnvironmentFailure: it is gone or cannot be read.
    """
    if not path.exists():
        raise EnvironmentFailure(f"the kernel has a package from {path}, which is gone", fix=_FIX)
    try:
        if path.is_file():
            return identity.of_bytes(path.read_bytes())
        found = {file.relative_to(path).as_posix(): _file_digest(file) for file in _files(path)}
        return identity.of_value("source-tree", found)
    except OSError as error:
        raise EnvironmentFailure(
            f"the kernel has a package from {path}, which cannot be read: {error.strerror}",
            fix=_FIX,
        ) from error


def local_wheel(path: Path, *, version: str | None, resolver: Resolver, cache: Path) -> Wheel:
    """The wheel of a package's source folder, or of a wheel file; built once for equal sources.

    Nothing is written to the folder: its source is copied, and built without its repository.

    Args:
        path: a folder with ``pyproject.toml`` or ``setup.py``, or a wheel.
        version: what the kernel has, for packages that take their version from a repository.
        resolver: uv.
        cache: the store's folder of what can be made anew.

    Raises:
        EnvironmentFailure: it cannot be built, or does not fit the steps' interpreter.
        StoreError: the cache cannot be written.
    """
    place = cache / "wheels" / tree_digest(path).removeprefix(identity.PREFIX)
    with disk_problems(place):
        if not place.is_dir():
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=place.parent, prefix=".") as folder:
                made = Path(folder, "made")
                made.mkdir()
                if path.is_file():
                    shutil.copyfile(path, made / path.name)
                else:
                    _build(path, Path(folder, "source"), made, version, resolver)
                _check(path, made, resolver)
                if not place.is_dir():  # another process may have been faster
                    made.rename(place)
        (wheel,) = place.glob("*.whl")
        data = wheel.read_bytes()
    name, found = _named(wheel)
    return Wheel(name=name, version=found, digest=identity.of_bytes(data), path=wheel, origin=path)


def _build(path: Path, copy: Path, made: Path, version: str | None, resolver: Resolver) -> None:
    if not any((path / name).is_file() for name in ("pyproject.toml", "setup.py")):
        raise EnvironmentFailure(
            f"the kernel has a package from {path}, where nothing says how to build it", fix=_FIX
        )
    for file in _files(path):
        target = copy / file.relative_to(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.stat().st_size > _LARGE:
            target.symlink_to(file)
        else:
            shutil.copyfile(file, target)
    answer = resolver.uv(
        *("build", "--wheel", "--out-dir", str(made), "--python", resolver.python),
        *(*resolver.sources.uv_options(), str(copy)),
        cwd=copy,
        environ={
            "SOURCE_DATE_EPOCH": "315532800",  # equal sources, equal bytes
            **({"SETUPTOOLS_SCM_PRETEND_VERSION": version} if version else {}),
        },
    )
    (made / ".gitignore").unlink(missing_ok=True)
    if answer.returncode != 0:
        raise EnvironmentFailure(
            f"the package in {path}, which the notebook imports, cannot be built:\n"
            + shortened(answer.stderr),
            fix=f"see that `uv build --wheel {path}` works, or {_FIX}",
        )


def _check(path: Path, made: Path, resolver: Resolver) -> None:
    """Refuse what is no wheel, or one for another interpreter."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    wheels = list(made.glob("*.whl"))
    try:
        *_, tags = parse_wheel_filename(wheels[0].name)
    except (IndexError, InvalidWheelFilename):
        raise EnvironmentFailure(
            f"the notebook imports a package that was installed from {path}, which is no wheel",
            fix=_FIX,
        ) from None
    if tags & set(resolver.target.tags()) and (
        path.is_file() or "any" in {t.platform for t in tags}
    ):
        return
    raise EnvironmentFailure(
        f"the package in {path} is not pure Python: its wheel {wheels[0].name} is for this machine "
        "and need not fit the image",
        fix="install a released version with wheels in the kernel, give the steps an image of your "
        "own, or run with --engine local --environment kernel",
    )


def _named(wheel: Path) -> tuple[str, str]:
    from packaging.utils import parse_wheel_filename

    name, version, *_ = parse_wheel_filename(wheel.name)
    return normalise(name), str(version)


def _file_digest(file: Path) -> str:
    state = file.stat()
    if state.st_size > _LARGE:
        return identity.of_value("large-file", [state.st_size, state.st_mtime_ns])
    return identity.of_bytes(file.read_bytes())


def _files(folder: Path) -> Iterator[Path]:
    """The files of a source tree, without what was made from it."""
    for here, folders, files in os.walk(folder):
        place = Path(here)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _IGNORED
            and not name.endswith(".egg-info")
            and not (place / name / "pyvenv.cfg").exists()
        )
        for name in sorted(files):
            if not name.endswith((".pyc", ".ipynb")) and (place / name).is_file():
                yield place / name
