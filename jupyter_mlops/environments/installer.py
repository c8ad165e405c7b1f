"""Locked packages in a virtual environment: made by uv on this machine, every file by its hash.

The package index, its credentials, certificates and proxies are used here and nowhere else. Nothing
is written but below the given folder and in uv's own cache.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlops.environments.lock import Lock
from jupyter_mlops.environments.sources import PackageSources
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.store.disk import disk_problems

_LAST_LINES = 12
_MISMATCH = re.compile(r"Hash mismatch for `([A-Za-z0-9._-]+)==([^`]+)`")
_UNBUILT = re.compile(r"Failed to (?:download and )?build `([^`]+)`")
_DECORATION = " \t×╰─▶│├"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    """Makes one virtual environment and installs a lock into it.

    Attributes:
        lock: the packages; every file is checked against its hashes.
        sources: where packages come from.
        folder: an empty folder; gets everything that is written.
        fix: what to do about a package that cannot be installed.
    """

    lock: Lock
    sources: PackageSources
    folder: Path
    fix: str

    def make_venv(self, python: str) -> Path:
        """An empty environment that can be moved.

        Args:
            python: an interpreter of this machine with the lock's X.Y.

        Raises:
            EnvironmentFailure: it is none.
        """
        venv = self.folder / "venv"
        self._uv(
            *("venv", "--relocatable", "--no-project", "--python", python, str(venv)),
            on_line=lambda line: None,
        )
        return venv

    def install(
        self, venv: Path, *, platform: str | None = None, on_line: Callable[[str], None]
    ) -> None:
        """Install the lock's packages, and nothing that they need besides.

        Args:
            venv: as `make_venv` made it.
            platform: as uv names it; None for that of the environment's interpreter.
            on_line: called with what uv says, line by line.

        Raises:
            EnvironmentFailure: a package cannot be had, has another hash, or does not fit.
            StoreError: the folder cannot be written.
        """
        requirements = self.folder / "requirements.lock"
        with disk_problems(self.folder):
            requirements.write_text(self.lock.text, encoding="utf-8")
        links = [
            option for place in self.lock.wheel_folders for option in ("--find-links", str(place))
        ]
        self._uv(
            *("pip", "install", "--no-deps", "--require-hashes", "--no-progress"),
            *("--python", str(venv / "bin" / "python")),
            *(["--python-platform", platform] if platform else []),
            *(*self.sources.uv_options(), *links, "-r", str(requirements)),
            on_line=on_line,
        )

    def _uv(self, *arguments: str, on_line: Callable[[str], None]) -> None:
        import uv

        said: list[str] = []
        with subprocess.Popen(
            [uv.find_uv_bin(), *arguments],
            cwd=self.folder,
            env={**os.environ, "NO_COLOR": "1", "UV_NO_WRAP": "1", **self.sources.uv_environment()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        ) as process:
            try:
                for line in process.stderr or ():
                    said.append(line.rstrip())
                    on_line(line.rstrip())
            except BaseException:
                process.kill()
                raise
        if process.returncode != 0:
            raise self._failure(said)

    def _failure(self, said: Sequence[str]) -> EnvironmentFailure:
        text = [line.strip(_DECORATION) for line in said if line.strip(_DECORATION)]
        wheelhouse = self.sources.wheelhouse
        damaged = _damaged(self.lock, wheelhouse) if wheelhouse is not None else []
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
        head, last = "the notebook's packages cannot be installed", text
        if unbuilt := _UNBUILT.search(" ".join(text)):
            head, last = f"{unbuilt[1]} has no wheel and cannot be built", _after_traceback(text)
        shown = "\n".join(f"  {line}" for line in last[-_LAST_LINES:])
        return EnvironmentFailure(f"{head}:\n{shown}", fix=self.fix)


def _after_traceback(lines: Sequence[str]) -> list[str]:
    """What a build said in the end, without where in its code that was."""
    frames = [number for number, line in enumerate(lines) if line.startswith('File "')]
    last = frames[-1] + 1 if frames else 0
    return [
        line for line in lines[last:] if line.strip("^~ ") and not line.startswith("hint: Build")
    ]


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
