"""A kernel of the step's own: given interpreter, Unix sockets, ends with the step."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from jupyter_mlops.step.client import PromptKernelClient
from jupyter_mlops.step.processes import die_with_parent

_POLL_SECONDS = 0.01


class OneKernelSpec(KernelSpecManager):  # type: ignore[misc]
    """Knows one kernel, whatever name is asked for, and looks at no folder."""

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__()
        self._spec = KernelSpec(argv=list(command), display_name="Python", language="python")

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The one kernel."""
        return self._spec


class QuietKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """Shuts its kernel down without the interrupt that comes first elsewhere.

    The kernel is idle by then; the interrupt would only write an error to the step's log. It still
    ends by itself: that flushes files which its variables hold open.
    """

    async def _async_interrupt_kernel(self) -> None:
        return

    async def _async_wait(self, pollinterval: float = _POLL_SECONDS) -> None:
        await super()._async_wait(min(pollinterval, _POLL_SECONDS))


def make_kernel_manager(command: Sequence[str], scratch: Path) -> QuietKernelManager:
    """A manager of one kernel that talks over sockets in the scratch folder.

    Args:
        command: starts the kernel; ``{connection_file}`` stands for its connection file.
        scratch: a private folder whose path is short enough for Unix sockets.
    """
    return QuietKernelManager(
        kernel_spec_manager=OneKernelSpec(command),
        client_factory=PromptKernelClient,
        transport="ipc",
        ip=str(scratch / "k"),
        connection_file=str(scratch / "kernel.json"),
    )


def launch_options(folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Keyword arguments of ``start_kernel``: working folder, environment, end with the parent."""
    parent = os.getpid()

    def tie() -> None:
        die_with_parent(signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return {"cwd": str(folder), "env": dict(environment), "preexec_fn": tie}
