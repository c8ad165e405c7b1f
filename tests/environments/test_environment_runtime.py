from __future__ import annotations

from jupyter_mlops.environments import runtime
from jupyter_mlops.step.runtime import RUNTIME_MODULES


def test_an_image_holds_what_the_step_command_says_it_needs() -> None:
    assert runtime.RUNTIME_MODULES == RUNTIME_MODULES


def test_the_files_of_the_runtime() -> None:
    rooms = {
        path.removeprefix("jupyter_mlops/").partition("/")[0] for path in runtime.runtime_files()
    }
    assert rooms == set(RUNTIME_MODULES)
