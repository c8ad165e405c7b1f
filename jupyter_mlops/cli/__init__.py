"""The command line: ``jupyter mlops …``; thin commands over the other rooms, one a file."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that ``sys.argv`` names, and exit with its code.

    Codes: 0 done, 1 the run failed or the answer is no, 2 bad usage, 130/143 stopped by a signal.
    """
    from jupyter_mlops.cli.group import cli

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="jupyter mlops")
