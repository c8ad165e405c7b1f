"""Stores to test on, and folders whose disk is full or read-only."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, find_binaries

from jupyter_mlops.store import Objects, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store").open()
    yield store
    store.close()


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    objects = Objects(tmp_path / "objects")
    objects.create()
    return objects


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """A file system of 256 KiB at ``tmp_path/disk``; call it with mount options to remount it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this user may not mount file systems")

    def remount(options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)

    yield remount
    subprocess.run(["umount", disk], check=True)


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
