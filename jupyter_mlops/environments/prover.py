"""Imports modules and lists packages. Runs inside an environment: the standard library only.

``python -I -c <this file> '<JSON: [[module, [name, …], {variable: value}], …]>'`` prints one JSON
object a line.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
from importlib.metadata import distributions, packages_distributions
from pathlib import Path
from typing import Any


def try_import(module: str, names: list[str]) -> dict[str, Any] | None:
    """None if ``from module import names`` works, else what went wrong."""
    try:
        loaded = importlib.import_module(module)
        for name in names:
            if not hasattr(loaded, name):
                importlib.import_module(f"{module}.{name}")
    except BaseException as error:
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        kind, message = type(error).__name__, str(error)
        if missing in {f"{module}.{name}" for name in names}:
            kind, message = "ImportError", f"cannot import name {missing.rpartition('.')[2]!r}"
            missing = None
        return {
            "kind": kind,
            "message": message,
            "missing": missing,
            "packages": sorted(set(packages_distributions().get(module.partition(".")[0], ()))),
        }
    return None


def installed() -> dict[str, Any]:
    """``python`` and ``debian`` packages, sorted, and ``vendor``: which distribution it is.

    A Python package is its name and version, a Debian package also its architecture.
    """
    python: dict[str, str] = {}
    for distribution in distributions():
        name = distribution.metadata["Name"]
        if name:
            python.setdefault(re.sub(r"[-_.]+", "-", name).lower(), distribution.version)
    debian = []
    for entry in _read("/var/lib/dpkg/status").split("\n\n"):
        fields = dict(re.findall(r"^(Package|Status|Version|Architecture): (.+)$", entry, re.M))
        if fields.get("Status", "").endswith(" installed"):
            debian.append([fields["Package"], fields["Version"], fields["Architecture"]])
    vendor = re.search(r"^ID=\"?([a-z0-9._-]+)", _read("/etc/os-release"), re.M)
    return {
        "python": [list(item) for item in sorted(python.items())],
        "debian": sorted(debian),
        "vendor": vendor.group(1) if vendor else "",
    }


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def main(statements: list[list[Any]]) -> None:
    """Report on stdout: the packages, then each statement before and after it was tried."""
    report = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what modules print when they are imported
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    print(json.dumps({"installed": installed()}), file=report, flush=True)
    for number, (module, names, environ) in enumerate(statements):
        os.environ.update(environ)
        print(json.dumps({"trying": number}), file=report, flush=True)
        print(json.dumps({"problem": try_import(module, names)}), file=report, flush=True)
    os._exit(0)  # threads of what was imported must not hold this up


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
