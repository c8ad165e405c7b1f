"""A kernel in which an old notebook is tried, cell by cell; it outlives the cells that fail."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlops.legacy.failure import Failure, failure_of

if TYPE_CHECKING:
    from nbclient import NotebookClient

ENVIRON: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
}
"""What makes two runs alike."""
NOWHERE_PORT = "9"
_NOWHERE = f"http://127.0.0.1:{NOWHERE_PORT}"
OFFLINE: Mapping[str, str] = {
    **{
        name: _NOWHERE
        for scheme in ("http", "https", "ftp", "all")
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    },
    "no_proxy": "localhost,127.0.0.1,::1",
    "NO_PROXY": "localhost,127.0.0.1,::1",
}
"""What keeps Python's libraries, and wget and curl, from the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a cell came to.

    Attributes:
        outputs: as nbformat keeps them.
        failure: what ended it, or None.
    """

    outputs: Sequence[Mapping[str, Any]]
    failure: Failure | None = None


class Session:
    """One kernel; see `open_session`."""

    def __init__(
        self, client: NotebookClient, loop: asyncio.AbstractEventLoop, offline: bool
    ) -> None:
        self._client = client
        self._offline = offline
        self._loop = loop
        self._cells: dict[int, str] = {}

    def run(self, cell_id: str, source: str, *, timeout: float) -> Ran:
        """What the cell does in the kernel as it stands.

        Args:
            cell_id: for the failure.
            source: of the cell.
            timeout: seconds that it may take; the kernel is of no use after it.
        """
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
        from nbformat.v4 import new_code_cell

        cell = new_code_cell(source)
        self._client.nb.cells = [cell]
        self._client.timeout = int(timeout)
        number = len(self._cells) + 1
        self._cells[number] = cell_id
        try:
            self._loop.run_until_complete(
                self._client.async_execute_cell(cell, 0, execution_count=number)
            )
        except CellExecutionError:
            failure = failure_of(cell_id, _error_of(cell.outputs), self._cells)
            return Ran(outputs=cell.outputs, failure=replace(failure, offline=self._offline))
        except CellTimeoutError:
            words = f"it took longer than {timeout:.0f} s"
            return Ran(outputs=(), failure=Failure(cell_id=cell_id, kind="Timeout", message=words))
        except DeadKernelError:
            words = "the kernel died"
            failure = Failure(cell_id=cell_id, kind="KernelDied", message=words)
            return Ran(outputs=(), failure=failure)
        return Ran(outputs=cell.outputs)


def _error_of(outputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The error output; what was printed last, if a magic refused the cell without one."""
    for output in outputs:
        if output["output_type"] == "error":
            return output
    said = "".join(o["text"] for o in outputs if o.get("name") == "stderr").strip()
    kind, _, message = said.rpartition("\n")[2].partition(": ")
    if kind.isidentifier() and message:
        return {"ename": kind, "evalue": message}
    return {"ename": "Error", "evalue": said or "the cell failed without a word"}


@contextmanager
def open_session(python: str, folder: Path, *, network: bool) -> Iterator[Session]:
    """A new kernel, which ends with the block.

    Args:
        python: interpreter of the environment.
        folder: the working folder.
        network: False to keep the network from it.
    """
    from nbclient import NotebookClient
    from nbformat.v4 import new_notebook

    from jupyter_mlops.step import launcher
    from jupyter_mlops.step.kernel import launch_options, make_kernel_manager
    from jupyter_mlops.step.scratch import scratch_folder

    loop = asyncio.new_event_loop()
    with scratch_folder() as scratch:
        command = [python, str(Path(launcher.__file__)), "-f", "{connection_file}"]
        manager = make_kernel_manager(command, scratch)
        client = NotebookClient(new_notebook(), km=manager)
        environ = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER_")}
        try:
            loop.run_until_complete(
                client.async_start_new_kernel(
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    **launch_options(
                        folder, {**environ, **ENVIRON, **({} if network else OFFLINE)}
                    ),
                )
            )
            loop.run_until_complete(client.async_start_new_kernel_client())
            yield Session(client, loop, not network)
        finally:
            loop.run_until_complete(client._async_cleanup_kernel())
            loop.close()
