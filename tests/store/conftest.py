"""Stores to test on, and folders whose disk is full or read-only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from broken_wire import wire_to
from postgres_server import postgres
from s3_server import bucket, s3_server
from small_file_system import small_file_system
from ssh_server import ssh_server, ssh_user

from jupyter_mlops.store import Objects, Store

__all__ = ["bucket", "postgres", "s3_server", "ssh_server", "ssh_user", "wire_to"]


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
    with small_file_system(tmp_path / "disk", "256k") as remount:
        yield remount
