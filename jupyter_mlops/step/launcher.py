"""Starts a kernel as ``python -m ipykernel_launcher`` does, for two thirds of the CPU time.

It runs by its path, in whatever interpreter the notebook has: standard library and ipykernel only.
What it leaves out no cell of a step can ask for, or asks for by importing it: the debugger, which
a front end would have to attach. What the imports left is frozen, so that collections of garbage,
above all those at the interpreter's end, need not go through it.
"""

from __future__ import annotations

import gc
import importlib.util
import sys
from contextlib import suppress
from pathlib import Path


def main() -> None:
    """Run the kernel until it is shut down."""
    here = str(Path(__file__).resolve().parent)
    if sys.path[0] == here:
        del sys.path[0]
    spec = importlib.util.find_spec("ipykernel_launcher")
    if spec is not None and spec.origin is not None:
        sys.argv[0] = spec.origin
    gc.disable()
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        with suppress(ImportError):  # before ipykernel 6
            import ipykernel.debugger  # noqa: F401
    finally:
        del sys.modules["debugpy"]
    from ipykernel import kernelapp

    gc.freeze()
    gc.enable()
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
