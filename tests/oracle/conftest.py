from __future__ import annotations

from collections.abc import Iterator

import pytest
from shells import Shells


@pytest.fixture(scope="session")
def shells() -> Iterator[Shells]:
    process = Shells()
    yield process
    process.close()
