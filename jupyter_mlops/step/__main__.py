"""``python -m jupyter_mlops.step``."""

from __future__ import annotations

import io
import sys

from jupyter_mlops.step.command import main

for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
sys.exit(main(sys.argv[1:], alone=True))
