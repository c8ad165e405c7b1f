from __future__ import annotations

from jupyter_mlops.environments import runtime
from jupyter_mlops.model.runtime import RUNTIME_MODULES


def test_the_files_of_the_runtime() -> None:
    rooms = {
        path.removeprefix("jupyter_mlops/").partition("/")[0] for path in runtime.runtime_files()
    }
    assert rooms == set(RUNTIME_MODULES)
