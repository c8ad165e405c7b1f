"""A PostgreSQL server of the tests' own, which they may stop and start."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest


def find_binaries() -> Path | None:
    """The folder of the newest server's programs, or None."""
    initdb = shutil.which("initdb")
    if initdb is not None:
        return Path(initdb).resolve().parent
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in found), key=lambda p: float(p.parent.name), default=None)


class PostgresServer:
    """A server in a temporary folder, reached by a socket in it; root runs it as somebody else."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._user = _unprivileged() if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="mlops-pg-"))
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._numbers = count(1)
        self._run("initdb", "--auth=trust", "--username=mlops", "--no-sync", "-E", "UTF8")

    def start(self) -> None:
        options = f"-c listen_addresses='' -c fsync=off -k {self._folder}"
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "--wait", "--silent", "--log", log, "-o", options)

    def stop(self) -> None:
        """End the server and all of its connections at once."""
        self._run("pg_ctl", "stop", "--mode=immediate", "--silent")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def create_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test{next(self._numbers)}"
        command = [self._binaries / "createdb", "-h", self._folder, "-U", "mlops", name]
        subprocess.run(command, check=True, cwd="/")
        return f"postgresql://mlops@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._binaries / program, "-D", self._folder / "data", *arguments],
            user=self._user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would be held open by the server
            stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or self._log()}")

    def _log(self) -> str:
        path = self._folder / "log"
        return path.read_text() if path.exists() else ""


def _unprivileged() -> str:
    """The name of a user other than root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; without one the test fails in CI and is skipped elsewhere."""
    binaries = find_binaries()
    if binaries is None:
        if os.environ.get("CI") or os.environ.get("JUPYTER_MLOPS_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed (scripts/postgres does so)")
    server = PostgresServer(binaries)
    server.start()
    yield server
    server.remove()
