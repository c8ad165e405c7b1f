from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from carrying import LIBRARIES, Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    process = Zygote(*LIBRARIES)
    yield process
    process.close()


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that is neither the working folder nor one of the system's."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
