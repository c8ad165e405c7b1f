from __future__ import annotations

from collections.abc import Iterator

import pytest

from carrying import LIBRARIES, Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    process = Zygote(*LIBRARIES)
    yield process
    process.close()
