"""The locked packages as one archive, installed on this machine for the image's platform.

The package index, its credentials, certificates and proxies are used here and are not known to the
image's build. Nothing is written but below the given folder and in uv's own cache.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from jupyter_mlops.environments.base import Interpreter
from jupyter_mlops.environments.lock import Lock
from jupyter_mlops.environments.sources import PackageSources
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.store.disk import disk_problems

_GLIBC_OF_UV = (17, 28, *range(31, 41))  # the manylinux versions that uv knows
_LAST_LINES = 12
_MISMATCH = re.compile(r"Hash mismatch for `([A-Za-z0-9._-]+)==([^`]+)`")
_DECORATION = " \t×╰─▶│├"

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
    wheels: Sequence[Path],
    folder: Path,
    on_line: Callable[[str], None],
) -> Path:
    """The archive of what lies below ``/opt/venv`` of an image, but for its interpreter.

    Args:
        lock: the packages; every file is checked against its hashes.
        interpreter: of the image.
        python: an interpreter of this machine with the same X.Y.
        sources: where packages come from.
        wheels: folders of wheels that were made on this machine.
        folder: an empty folder; gets everything that is written.
        on_line: called with what uv says, line by line.

    Raises:
        EnvironmentFailure: a package cannot be had, has another hash, or does not fit the image.
        StoreError: the folder cannot be written.
    """
    import uv

    program, venv, requirements = uv.find_uv_bin(), folder / "venv", folder / "requirements.lock"
    with disk_problems(folder):
        requirements.write_text(lock.text, encoding="utf-8")
    call = partial(_call, folder=folder, sources=sources)
    said = call(
        [program, "venv", "--relocatable", "--no-project", "--python", python, str(venv)],
        on_line=lambda line: None,
    )
    empty = {name for name, _ in _walk(venv)}
    links = [option for place in wheels for option in ("--find-links", str(place))]
    said = said or call(
        [
            *(program, "pip", "install", "--no-deps", "--require-hashes", "--no-progress"),
            *("--python", str(venv / "bin" / "python")),
            *("--python-platform", _platform(interpreter)),
            *(*sources.uv_options(), *links, "-r", str(requirements)),
        ],
        on_line=on_line,
    )
    if said is not None:
        raise _failure(said, lock, sources.wheelhouse)
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


def _call(
    command: Sequence[str],
    *,
    folder: Path,
    sources: PackageSources,
    on_line: Callable[[str], None],
) -> list[str] | None:
    """None if the command succeeded, else what it said."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", **sources.uv_environment()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        try:
            lines = []
            for line in process.stderr or ():
                lines.append(line.rstrip())
                on_line(line.rstrip())
        except BaseException:
            process.kill()
            raise
    return lines if process.returncode != 0 else None


def _failure(said: Sequence[str], lock: Lock, wheelhouse: Path | None) -> EnvironmentFailure:
    text = [line.strip(_DECORATION) for line in said if line.strip(_DECORATION)]
    damaged = _damaged(lock, wheelhouse) if wheelhouse is not None else []
    if mismatch := _MISMATCH.search(" ".join(text)):
        damaged = damaged or [f"the file of {mismatch[1]} {mismatch[2]}"]
    if damaged:
        return EnvironmentFailure(
            f"{', '.join(damaged)}: not what was locked, its hash is another one",
            fix="fetch the file again; if its index has replaced it, make the lock anew "
            "(`jupyter mlops env NB --update`)",
        )
    if any("No space left on device" in line or "os error 28" in line for line in text):
        return EnvironmentFailure(
            "the packages cannot be installed: no space is left on the disk of the store or of "
            "uv's cache",
            fix="free some space (`uv cache prune`), or choose another folder with --store",
        )
    return EnvironmentFailure(
        "the notebook's packages cannot be installed:\n"
        + "\n".join(f"  {line}" for line in text[-_LAST_LINES:]),
        fix=FIX_WHEELS,
    )


def _damaged(lock: Lock, wheelhouse: Path) -> list[str]:
    """The files of locked packages of which the wheelhouse has none with a hash of the lock."""
    hashes = set(re.findall(r"sha256:([0-9a-f]{64})", lock.text))
    found: list[str] = []
    for name, version in lock.packages.items():
        stem = re.sub(r"[-_.]+", "[-_.]+", name)
        pattern = re.compile(rf"{stem}-{re.escape(version)}(-.*\.whl|\.tar\.gz|\.zip)", re.I)
        files = [path for path in wheelhouse.iterdir() if pattern.fullmatch(path.name)]
        if not any(hashlib.sha256(path.read_bytes()).hexdigest() in hashes for path in files):
            found += map(str, sorted(files))
    return found


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
