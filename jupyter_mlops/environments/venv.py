"""Virtual environments of locked packages on this machine, kept in the store's cache.

A finished one has its name, and nothing else is believed: it is built beside and renamed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlops.environments.installer import Installer
from jupyter_mlops.environments.kernel import Kernel
from jupyter_mlops.environments.lock import Lock
from jupyter_mlops.environments.sources import package_sources
from jupyter_mlops.environments.turn import turn
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model import identity
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store.disk import disk_problems

_FIX = "take versions that have wheels for this Python, or add them to the wheelhouse"
_MARK = "jupyter-mlops.json"
_KERNEL = "import ipykernel.kernelapp, ipykernel.ipkernel, ipykernel.zmqshell, cloudpickle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a finished environment says of itself.

    Attributes:
        lock: digest of the lock that was installed.
        python: full version of its interpreter.
        packages: how many there are.
        size: bytes of its files; those that it shares with uv's cache count too.
        site: when something was last put into its folder of packages, in nanoseconds.
    """

    lock: str
    python: str
    packages: int
    size: int
    site: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Venv:
    """A finished environment.

    Attributes:
        folder: where it lies.
        mark: what it says of itself.
        used: when it was last asked for, in seconds since the epoch.
    """

    folder: Path
    mark: Mark
    used: float

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def is_whole(self) -> bool:
        """False if its interpreter is gone, or somebody installed or removed packages."""
        return self.python.is_file() and _site(self.folder).stat().st_mtime_ns == self.mark.site


def make_venv(
    lock: Lock,
    *,
    kernel: Kernel,
    settings: Mlops,
    store_cache: Path,
    on_line: Callable[[str], None],
) -> Venv:
    """The environment of a lock; made if the cache has none.

    Of two processes that make one, one waits for the other.

    Args:
        lock: the packages.
        kernel: the notebook's; the environment gets its interpreter.
        settings: name the package index and the certificates.
        store_cache: the store's folder of what can be made anew.
        on_line: called with what is being done and, indented, what uv says.

    Raises:
        EnvironmentFailure: a package cannot be installed; nothing is left then.
        StoreError: the cache cannot be written.
    """
    folder = place_of(lock, kernel, store_cache)
    known = find_venv(folder)
    if known is not None:
        return _used(known)
    with turn(folder.parent, on_line) as scratch:
        known = find_venv(folder)
        if known is None:
            on_line(f"making an environment of {len(lock.packages)} packages in {folder}")
            known = _made(lock, folder, scratch, kernel, settings, on_line)
    return _used(known)


def place_of(lock: Lock, kernel: Kernel, store_cache: Path) -> Path:
    """Where the environment of a lock and an interpreter lies, made or not."""
    content = {
        "lock": lock.digest,
        "python": kernel.version,
        "interpreter": os.path.realpath(kernel.python),
    }
    key = identity.of_value("venv", content).removeprefix(identity.PREFIX)
    return store_cache / "environments" / key[:16]


def find_venv(folder: Path) -> Venv | None:
    """The environment in that folder; None if there is none, or it is not what was made."""
    try:
        venv = _read(folder)
        return venv if venv.is_whole else None
    except (OSError, ValueError, TypeError):
        return None


def list_venvs(store_cache: Path) -> list[Venv]:
    """The environments of a cache, last used first."""
    return sorted(_all(store_cache / "environments"), key=lambda venv: venv.used, reverse=True)


def collect_venvs(
    store_cache: Path, *, before: float, dry_run: bool, on_line: Callable[[str], None]
) -> list[Venv]:
    """Remove the environments that were last used before a moment; they are made again if needed.

    Args:
        store_cache: the store's folder of what can be made anew.
        before: seconds since the epoch.
        dry_run: True to remove nothing.
        on_line: called while another build is waited for.

    Returns:
        What is gone, or would be.

    Raises:
        StoreError: the cache cannot be written.
    """
    with turn(store_cache / "environments", on_line) as scratch:
        gone = [venv for venv in list_venvs(store_cache) if venv.used < before]
        if not dry_run:
            for venv in gone:
                with disk_problems(venv.folder):
                    _remove(venv.folder, scratch)
    return gone


def _made(
    lock: Lock,
    folder: Path,
    scratch: Path,
    kernel: Kernel,
    settings: Mlops,
    on_line: Callable[[str], None],
) -> Venv:
    installer = Installer(lock=lock, sources=package_sources(settings), folder=scratch, fix=_FIX)
    made = installer.make_venv(kernel.python)
    installer.install(made, on_line=lambda line: on_line(f"  {line}"))
    _start_kernel(made)
    with disk_problems(folder):
        site = _site(made)
        (site / "__pycache__").mkdir(exist_ok=True)  # so that no import changes the folder itself
        mark = Mark(
            lock=lock.digest,
            python=kernel.version,
            packages=len(lock.packages),
            size=sum(file.lstat().st_size for file in made.rglob("*")),
            site=site.stat().st_mtime_ns,
        )
        (made / _MARK).write_text(json.dumps(to_json(mark)), encoding="utf-8")
        if folder.exists():
            _remove(folder, scratch)
        made.rename(folder)
        # What a notebook's own `pip install` puts there would be in the next step, and in no lock.
        _site(folder).chmod(0o555)
        return _read(folder)


def _start_kernel(made: Path) -> None:
    """Import what every kernel imports, which also compiles it for the steps.

    Raises:
        EnvironmentFailure: it does not work.
    """
    done = subprocess.run(
        [made / "bin" / "python", "-I", "-c", _KERNEL],
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise EnvironmentFailure(
            "no kernel starts with the locked packages: " + done.stderr.strip().rpartition("\n")[2],
            fix="lock other versions of ipykernel, or of what it names",
        )


def _used(venv: Venv) -> Venv:
    moment = time.time()
    with disk_problems(venv.folder):
        os.utime(venv.folder / _MARK, (moment, moment))
    return venv


def _read(folder: Path) -> Venv:
    mark = folder / _MARK
    told = from_json(Mark, json.loads(mark.read_bytes()))
    return Venv(folder=folder, mark=told, used=mark.stat().st_mtime)


def _all(folder: Path) -> Iterator[Venv]:
    for mark in folder.glob(f"*/{_MARK}"):
        try:
            yield _read(mark.parent)
        except FileNotFoundError:  # just removed by somebody else
            continue


def _site(folder: Path) -> Path:
    (site,) = folder.glob("lib/python*/site-packages")
    return site


def _remove(folder: Path, scratch: Path) -> None:
    """Take an environment away at once, then remove what it holds."""
    for site in folder.glob("lib/python*/site-packages"):
        site.chmod(0o755)
    doomed = scratch / folder.name
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)
