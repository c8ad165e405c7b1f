"""A step's kernel is to its cells what ``python -m ipykernel_launcher`` is."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from stepfolder import Code, make_step

import jupyter_mlops.step.attempt
from jupyter_mlops.step import main
from jupyter_mlops.step.interpreter import kernel_command

pytestmark = pytest.mark.kernel

LOOK = """
import gc, importlib.util, json, os, random, signal, sys, threading
class Loop:
    def __init__(self, file):
        self.me, self.file = self, os.open(file, os.O_WRONLY | os.O_CREAT)
    def __del__(self, write=os.write):
        write(self.file, b"collected")
Loop("garbage.txt")
gc.collect()
kept = Loop("end.txt")
outside = {name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names
seen = {
    "arguments": [os.path.basename(argument) for argument in sys.argv],
    "command": os.path.isfile(sys.argv[0]),
    "path": [entry for entry in sys.path if "jmlops-" not in entry],
    "main": [__name__, repr(sys.modules["__main__"]), sorted(vars(sys.modules["__main__"]))],
    "modules": sorted(n for n in outside if not n.startswith(("_cython", "_pyd", "pyd", "_sys"))),
    "collects": [gc.isenabled(), gc.get_threshold(), open("garbage.txt").read()],
    "limits": [sys.getrecursionlimit(), sys.getswitchinterval()],
    "signals": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)],
    "streams": [repr(sys.__stdin__), repr(sys.__stdout__), sys.stdout.encoding],
    "threads": sorted(thread.name for thread in threading.enumerate()),
    "flags": str(sys.flags),
    "debugger": importlib.util.find_spec("debugpy") is not None,
}
open("seen.json", "w").write(json.dumps(seen))
"""


def seen(tmp_path: Path) -> dict[str, Any]:
    """What a cell sees, and what its kernel did at its end."""
    tmp_path.mkdir()
    step = make_step(tmp_path, Code(source=LOOK))
    assert main(step.argv()) == 0
    written = {f.path: step.output(f.digest) for f in step.result().files_written}
    return {**json.loads(written["seen.json"]), "at the end": written["end.txt"]}


def test_a_cell_sees_the_stock_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = seen(tmp_path / "ours")
    stock = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    assert stock != kernel_command(sys.executable)
    monkeypatch.setattr(jupyter_mlops.step.attempt, "kernel_command", lambda python: stock)
    other = seen(tmp_path / "stock")
    assert ours.pop("at the end") == b"collected"
    del other["at the end"]  # with its debugger, it may be too slow to end by itself
    assert ours["debugger"], "it is there for who asks for it"
    assert "debugpy" not in ours["modules"]
    other["modules"].remove("debugpy")
    assert ours == other
