"""``python -m jupyter_mlops.step``."""

from __future__ import annotations

import io
import os
import sys

from jupyter_mlops.step.command import main
from jupyter_mlops.step.imports import import_less

import_less()
for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
code = main(sys.argv[1:], alone=True)
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)  # all is published: nobody has to wait while modules are taken apart
