"""uv as the resolver: requirements in, pinned entries with hashes out, or what is at odds."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlops.environments.entry import Entry, parse_entries
from jupyter_mlops.environments.odds import odds_of
from jupyter_mlops.environments.runtime import RUNTIME
from jupyter_mlops.environments.sources import PackageSources
from jupyter_mlops.environments.target import Target
from jupyter_mlops.errors import EnvironmentFailure

_UNSATISFIABLE = 1  # uv's exit code; others mean that it could not even try
_FIX_INDEX = (
    "make the package index reachable (JUPYTER_MLOPS_INDEX_URL and JUPYTER_MLOPS_CA_BUNDLE choose "
    "it and its certificates), or run with --engine local --environment kernel"
)
_FIX_WHEEL = (
    "choose a version that has a wheel for this Python, or a kernel with a Python that the package "
    "has wheels for"
)
_DECORATION = re.compile(r"^(?:[\s×╰─▶│├]+|error: |cause: |hint: |warning: )+")
_UNREACHABLE = re.compile(
    r"(?i)error sending request|failed to fetch|connect|certificate|dns|timed"
)


class Unsatisfiable(EnvironmentFailure):
    """No set of packages satisfies what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What uv found.

    Attributes:
        entries: every package, pinned, with hashes, sorted by name.
        warnings: one sentence each, such as that a version is yanked.
    """

    entries: tuple[Entry, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """uv, told where packages come from and what they are for.

    Attributes:
        sources: package indexes.
        target: interpreter and platform.
        python: path of the kernel's interpreter.
        refresh: True to ask the index again for what uv has cached.
        newest: the day after which nothing counts that was published, such as ``2022-12-31``, or
            empty.
    """

    sources: PackageSources
    target: Target
    python: str
    refresh: bool = False
    newest: str = ""

    def compile(
        self,
        requirements: Iterable[str],
        *,
        project: Path | None = None,
        constraints: Mapping[str, str] | None = None,
        preferences: Mapping[str, str] | None = None,
        origin: str,
        fix: str,
    ) -> Resolution:
        """Pinned packages that satisfy the requirements.

        Args:
            requirements: one line each.
            project: a ``pyproject.toml`` whose dependencies are required too.
            constraints: distribution → version that holds if the distribution is needed.
            preferences: distribution → version to take where nothing speaks against it.
            origin: where the requirements are from, for messages.
            fix: what to do if they cannot be satisfied.

        Raises:
            Unsatisfiable: no set of packages satisfies them; the message names those at odds.
            EnvironmentFailure: the index does not answer, or a file cannot be read.
        """
        with tempfile.TemporaryDirectory(prefix="jupyter-mlops-lock-") as name:
            folder = Path(name)
            wanted = folder / "requirements.in"
            wanted.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
            output = folder / "requirements.txt"  # uv keeps to versions that it finds there
            output.write_text(_pins(preferences or {}), encoding="utf-8")
            limits = folder / "constraints.txt"
            limits.write_text(_pins(constraints or {}), encoding="utf-8")
            answer = self.uv(
                *("pip", "compile", "--no-header", "--no-annotate", "--generate-hashes"),
                *("--python-version", self.target.series, "--python", self.python),
                *("--python-platform", self.target.platform, *self.sources.uv_options()),
                *(["--exclude-newer", self.newest] if self.newest else []),
                *(["--constraints", str(limits)] if constraints else []),
                *("--output-file", str(output)),
                *([str(project)] if project else []),
                str(wanted),
                cwd=project.parent if project else folder,
            )
            if answer.returncode != 0:
                raise self._failure(answer, origin=origin, fix=fix)
            entries = parse_entries(output.read_text(encoding="utf-8"), output)
        return Resolution(entries=entries, warnings=_warnings(answer.stderr))

    def is_satisfied(
        self,
        requirements: Iterable[str],
        *,
        project: Path | None = None,
        constraints: Mapping[str, str] | None = None,
    ) -> bool:
        """True if what the interpreter has installed satisfies them; no index is asked.

        Args:
            requirements, project, constraints: as of `compile`.
        """
        with tempfile.TemporaryDirectory(prefix="jupyter-mlops-lock-") as name:
            folder = Path(name)
            wanted = folder / "requirements.in"
            wanted.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
            limits = folder / "constraints.txt"
            limits.write_text(_pins(constraints or {}), encoding="utf-8")
            answer = self.uv(
                *("pip", "install", "--dry-run", "--offline", "--no-index"),
                "--break-system-packages",  # a dry run breaks nothing, and is refused without
                *("--python", self.python, "-r", str(wanted), "--constraints", str(limits)),
                *(["-r", str(project)] if project else []),
                cwd=project.parent if project else folder,
            )
        return answer.returncode == 0 and "Would make no changes" in answer.stderr

    def _failure(
        self, answer: subprocess.CompletedProcess[str], *, origin: str, fix: str
    ) -> EnvironmentFailure:
        said = [line for line in answer.stderr.splitlines() if not line.startswith("warning: ")]
        if answer.returncode != _UNSATISFIABLE:
            text = shortened("\n".join(said))
            return EnvironmentFailure(
                f"{origin} cannot be locked:\n{text}",
                fix=_FIX_INDEX if _UNREACHABLE.search(text) else fix,
            )
        odds = odds_of(_plain(said), python=self.target.series, every_step=RUNTIME)
        head = f"{origin} cannot be locked" + (f": {odds.sentence}" if odds.sentence else "")
        led = "".join(f"\n  {line}" for line in odds.led)
        return Unsatisfiable(
            f"{head}:{led}" if led else head,
            fix=_FIX_WHEEL if odds.lacks_wheel else fix,
        )

    def uv(
        self, *arguments: str, cwd: Path, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The answer of ``uv ARGUMENTS``, run in the folder ``cwd`` with further variables."""
        import uv

        inherited = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
        return subprocess.run(
            [
                *(uv.find_uv_bin(), "--no-progress", "--color=never", "--no-python-downloads"),
                *arguments,
                *(["--refresh"] if self.refresh else []),
            ],
            cwd=cwd,
            env={**inherited, **self.sources.uv_environment(), **(environ or {})},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )


def shortened(message: str, *, lines: int = 12) -> str:
    """A message of uv without its decoration, indented, at most ``lines`` long."""
    kept = [f"  {line}" for line in _plain(message.splitlines())]
    return "\n".join(kept if len(kept) <= lines else [*kept[: lines - 1], "  …"])


def _plain(lines: Iterable[str]) -> list[str]:
    """What uv says, without its decoration."""
    text = (_DECORATION.sub("", line).strip() for line in lines)
    return [line for line in text if line and not line.startswith(("Resolved ", "No solution"))]


def _warnings(stderr: str) -> tuple[str, ...]:
    found = [line for line in stderr.splitlines() if line.startswith("warning: ")]
    return tuple(line.removeprefix("warning: ").replace("`", "") for line in found)


def _pins(versions: Mapping[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()))
