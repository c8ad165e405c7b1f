"""The locked packages as one archive, installed on this machine for the image's platform.

They are installed before the image is built, so that its build needs no package index.
"""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

from jupyter_mlops.environments.base import Interpreter
from jupyter_mlops.environments.installer import Installer
from jupyter_mlops.environments.lock import Lock
from jupyter_mlops.environments.sources import PackageSources
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.store.disk import disk_problems

_GLIBC_OF_UV = (17, 28, *range(31, 41))  # the manylinux versions that uv knows

FIX_WHEELS = (
    "take versions that have wheels for the image's Python into the kernel, add them to the "
    "wheelhouse, or give the steps an image of your own (`image` or `dockerfile`)"
)


def pack(
    lock: Lock,
    *,
    interpreter: Interpreter,
    python: str,
    sources: PackageSources,
    folder: Path,
    on_line: Callable[[str], None],
) -> Path:
    """The archive of what lies below ``/opt/venv`` of an image, but for its interpreter.

    Args:
        lock: the packages; every file is checked against its hashes.
        interpreter: of the image.
        python: an interpreter of this machine with the same X.Y.
        sources: where packages come from.
        folder: an empty folder; gets everything that is written.
        on_line: called with what uv says, line by line.

    Raises:
        EnvironmentFailure: a package cannot be had, has another hash, or does not fit the image.
        StoreError: the folder cannot be written.
    """
    installer = Installer(lock=lock, sources=sources, folder=folder, fix=FIX_WHEELS)
    venv = installer.make_venv(python)
    empty = {name for name, _ in _walk(venv)}
    installer.install(venv, platform=_platform(interpreter), on_line=on_line)
    _refuse_compiled_here(venv)
    # Some packages ship files that are no Python of this version.
    subprocess.run(
        [
            *(str(venv / "bin" / "python"), "-I", "-m", "compileall", "-qq", "-j", "0"),
            *("-s", str(venv), "-p", "/opt/venv", "--invalidation-mode", "unchecked-hash"),
            str(venv / "lib"),
        ],
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    with disk_problems(folder):
        _forget_where_from(venv)
        return _archive(venv, folder / "packages.tar", without=empty)


def _platform(interpreter: Interpreter) -> str:
    """The image's platform as uv names it; wheels for an older C library fit too."""
    if not interpreter.glibc:
        return f"{interpreter.machine}-unknown-linux-musl"
    minor = int(interpreter.glibc.split(".")[1])
    known = max((v for v in _GLIBC_OF_UV if v <= minor), default=_GLIBC_OF_UV[0])
    return f"{interpreter.machine}-manylinux_2_{known}"


def _refuse_compiled_here(venv: Path) -> None:
    """Refuse what uv compiled for this machine, for the image may lack its libraries.

    Raises:
        EnvironmentFailure: a package has no wheel and is not pure Python.
    """
    here = re.compile(r"^Tag: .*-linux_", re.M)
    found = [
        file.parent.name.removesuffix(".dist-info").replace("-", " ")
        for file in sorted(venv.glob("lib/python*/site-packages/*.dist-info/WHEEL"))
        if here.search(file.read_text(encoding="utf-8"))
    ]
    if found:
        raise EnvironmentFailure(
            f"no wheel for the image's Python: {', '.join(found)}; it is not pure Python and would "
            "have to be compiled",
            fix=FIX_WHEELS,
        )


def _forget_where_from(venv: Path) -> None:
    """Remove uv's notes on wheels of this machine: the times of their files are in them."""
    for note in venv.glob("lib/python*/site-packages/*.dist-info/uv_cache.json"):
        note.unlink()
        record = note.with_name("RECORD")
        lines = record.read_text(encoding="utf-8").splitlines(keepends=True)
        record.unlink()  # it may be a link into uv's cache
        kept = (line for line in lines if "/uv_cache.json," not in line)
        record.write_text("".join(kept), encoding="utf-8")


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files and links below ``folder`` by their relative paths, in an order that never changes."""
    for here, folders, files in os.walk(folder):
        folders.sort()
        links = [name for name in folders if Path(here, name).is_symlink()]
        for name in sorted([*files, *links]):
            path = Path(here, name)
            yield path.relative_to(folder).as_posix(), path


def _archive(venv: Path, target: Path, *, without: set[str]) -> Path:
    """An archive whose bytes depend on nothing but names, contents and who may execute."""
    with tarfile.open(target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, path in _walk(venv):
            if name in without or "/" not in name:
                continue
            entry = archive.gettarinfo(path, name)
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            if entry.issym():
                archive.addfile(entry)
                continue
            entry.type, entry.linkname = tarfile.REGTYPE, ""
            entry.size = path.stat().st_size
            entry.mode = 0o755 if entry.mode & 0o111 else 0o644
            with path.open("rb") as file:
                archive.addfile(entry, file)
    return target
