"""When a kernel counts as ready, with real processes in its place."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from stepfolder import Code, make_step

from jupyter_mlops.step import main
from jupyter_mlops.step.interpreter import kernel_command
from jupyter_mlops.step.kernel import make_kernel_manager

pytestmark = pytest.mark.kernel


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder whose path is short enough for Unix sockets."""
    with tempfile.TemporaryDirectory(prefix="k") as folder:
        yield Path(folder)


async def heard(command: list[str], scratch: Path, timeout: float) -> list[str]:
    """What a kernel prints that is asked to as soon as it counts as ready."""
    manager = make_kernel_manager(command, scratch)
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout)
        request = client.execute("print('heard')")
        printed = []
        while True:
            message = await client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])
            if message["content"].get("execution_state") == "idle":
                return printed
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def test_nothing_is_lost_once_a_kernel_is_ready(scratch: Path) -> None:
    assert asyncio.run(heard(kernel_command(sys.executable), scratch, 120)) == ["heard\n"]


@dataclass(frozen=True, kw_only=True)
class Silent:
    """A process that is no kernel, and what is said of it."""

    id: str
    program: str
    timeout: float
    message: str


SILENT = [
    Silent(
        id="dies",
        program="",
        timeout=60,
        message="Kernel died before replying to kernel_info",
    ),
    Silent(
        id="never answers",
        program="import time; time.sleep(600)",
        timeout=0.5,
        message="Kernel didn't respond in 0.5 seconds",
    ),
]


@pytest.mark.parametrize("case", SILENT, ids=lambda case: case.id)
def test_a_kernel_that_does_not_answer(scratch: Path, case: Silent) -> None:
    with pytest.raises(RuntimeError) as caught:
        asyncio.run(heard([sys.executable, "-c", case.program], scratch, case.timeout))
    assert str(caught.value) == case.message


def test_what_a_kernel_writes_when_it_ends_is_kept(tmp_path: Path) -> None:
    source = "import atexit\nopen_file = open('left.txt', 'w')\nopen_file.write('all of it')\n"
    source += "atexit.register(lambda: open('last.txt', 'w').write('goodbye'))"
    step = make_step(tmp_path, Code(source=source))
    assert main(step.argv()) == 0
    written = {f.path: step.output(f.digest) for f in step.result().files_written}
    assert written == {"last.txt": b"goodbye", "left.txt": b"all of it"}
