"""Runs cells in a process forked for each request, so that every step starts from nothing.

Started once with the heavy libraries imported; reads one JSON request a line and answers with one:
the output of each cell, and the error that ended the run.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import linecache
import os
import sys
import traceback
import types
from pathlib import Path
from typing import Any


def run_cells(namespace: dict[str, Any], cells: list[str], outputs: list[str]) -> None:
    for cell in cells:
        history = namespace["_ih"]
        name = f"/tmp/ipykernel_{os.getpid()}/{len(history)}.py"
        history.append(cell)
        linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            try:
                exec(compile(cell, name, "exec", dont_inherit=True), namespace)
            finally:
                outputs.append(printed.getvalue())


def execute(request: dict[str, Any]) -> dict[str, Any]:
    """Runs parameters, shared cells and steps, with a stage's calls around them if it is one."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    namespace = vars(main)
    namespace["_ih"] = []
    work = Path(request["work"])
    os.chdir(work)
    sys.path.insert(0, "")
    os.environ["JUPYTER_MLOPS_WORK"] = str(work)
    os.environ["JUPYTER_MLOPS_STATE"] = request["state"]
    outputs: list[str] = []
    error = None
    before = set(namespace)
    try:
        run_cells(namespace, request["parameters"], [])
        if request["stage"] is None:
            run_cells(namespace, [*request["shared"], *request["steps"]], outputs)
            outputs = outputs[len(request["shared"]) :]
        else:
            from jupyter_mlops import kernel_state

            names, live = request["names"], request["live"]
            kernel_state.enter()
            run_cells(namespace, request["shared"], [])
            kernel_state.restore(*(names or ()), everything=names is None)
            run_cells(namespace, request["steps"], outputs)
            kernel_state.capture(
                *(live or ()),
                everything=live is None,
                step=request["stage"],
                metrics=request["metrics"],
            )
    except BaseException as failure:
        error = {
            "kind": type(failure).__name__,
            "message": str(failure),
            "traceback": traceback.format_exc(),
        }
    return {"outputs": outputs, "error": error, "bound": sorted(set(namespace) - before)}


def main() -> None:
    os.fsync = lambda descriptor: None  # waiting for the disk would take most of the time
    for name in sys.argv[1:]:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            answer = execute(request)
            Path(request["answer"]).write_text(json.dumps(answer))
            os._exit(0)
        os.waitpid(child, 0)
        print("done", flush=True)


if __name__ == "__main__":
    main()
