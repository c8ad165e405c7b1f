"""CPU seconds of one kernel, from its start through one cell to its end."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from test_commands import children_cpu

from jupyter_mlops.step.interpreter import kernel_command
from jupyter_mlops.step.kernel import make_kernel_manager

pytestmark = pytest.mark.benchmark(timer=children_cpu, group="one kernel, CPU seconds")

COMMANDS = {
    "stock": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "ours": kernel_command(sys.executable),
}


async def run_a_cell(command: Sequence[str], scratch: Path) -> None:
    manager = make_kernel_manager(command, scratch)
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(60)
    reply = await client._async_execute_interactive("x = 1", timeout=60)
    assert reply["content"]["status"] == "ok"
    client.stop_channels()
    await manager.shutdown_kernel()


@pytest.mark.parametrize("which", COMMANDS)
def test_kernel(benchmark, which: str) -> None:
    def execute() -> None:
        with tempfile.TemporaryDirectory(prefix="k") as folder:
            asyncio.run(run_a_cell(COMMANDS[which], Path(folder)))

    benchmark.pedantic(execute, rounds=10, warmup_rounds=1)
