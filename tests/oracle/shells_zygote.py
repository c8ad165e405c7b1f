"""Runs notebooks, each in a process forked for it, in the shell that a kernel has.

Started once with the heavy libraries imported; reads one JSON request a line: the document, the
working folder, the state folder and where the answer goes. The answer is the document with its
outputs, and the error that ended it.
"""

from __future__ import annotations

import asyncio
import contextvars
import gc
import importlib
import json
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def make_client() -> Any:
    from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
    from ipykernel.inprocess.ipkernel import InProcessKernel
    from traitlets.config import Config

    class Kernel(InProcessKernel):
        _supports_kernel_subshells = False

    kernel = Kernel(config=Config({"HistoryManager": {"enabled": False}}))
    # A cell that awaits asks for the thread, which a kernel in a process of its own has.
    kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.current_thread())
    client = BlockingInProcessKernelClient(kernel=kernel, session=kernel.session)
    client.start_channels()
    return client


def keep_context() -> None:
    """What a cell sets in a context variable holds in the next one, as in a kernel's own loop."""
    from jupyter_core.utils import ensure_event_loop

    context = contextvars.copy_context()
    ensure_event_loop().set_task_factory(
        lambda loop, coroutine, **_: asyncio.Task(coroutine, loop=loop, context=context)
    )


def execute(request: dict[str, Any]) -> dict[str, Any]:
    """The document with its outputs up to the first error that nothing allows."""
    from nbformat.v4 import output_from_msg

    os.chdir(request["work"])
    sys.path.insert(0, "")
    os.environ["JUPYTER_MLOPS_WORK"] = request["root"]
    os.environ["JUPYTER_MLOPS_STATE"] = request["state"]
    keep_context()
    client = make_client()
    document = request["document"]
    error = None
    for cell in document["cells"]:
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code" or "skip" in tags:
            continue
        client.execute(
            cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        )
        reply = client.get_shell_msg(timeout=10)["content"]
        client.kernel.stdout.flush()  # comes behind what the cell's last flush only asked to send
        cell["outputs"] = [
            output_from_msg(message)
            for message in client.iopub_channel.get_msgs()
            if message["msg_type"] in ("stream", "display_data", "execute_result", "error")
        ]
        if reply["status"] == "error" and "raises-exception" not in tags:
            error = {"cell": cell["id"], "kind": reply["ename"], "message": reply["evalue"]}
            break
    return {"document": document, "error": error}


def main() -> None:
    for name in sys.argv[1:]:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            answer = execute(request)
            sys.stdout.flush()
            Path(request["answer"]).write_text(json.dumps(answer, default=str))
            os._exit(0)
        os.waitpid(child, 0)
        print("done", flush=True)


if __name__ == "__main__":
    main()
