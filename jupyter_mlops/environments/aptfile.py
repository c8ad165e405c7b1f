"""``apt.txt``: the Debian packages that a notebook needs beside its Python packages."""

from __future__ import annotations

import re
from pathlib import Path

from jupyter_mlops.errors import EnvironmentFailure

NAME = "apt.txt"

# Debian policy 5.6.1 and 5.6.12; a version may follow as apt-get takes it.
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]*[a-z0-9+.](=[A-Za-z0-9.+~:-]+)?")


def read_apt(folder: Path) -> tuple[str, ...]:
    """The packages that ``apt.txt`` in ``folder`` names, sorted; none if there is no such file.

    One package a line, with ``=VERSION`` if a version is wanted; ``#`` begins a comment.

    Raises:
        EnvironmentFailure: a line is no package name, or the file cannot be read.
    """
    path = folder / NAME
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFailure(
            f"{path} cannot be read: {error}", fix="make it a text file with a package a line"
        ) from error
    packages = set()
    for number, line in enumerate(lines, start=1):
        package = line.partition("#")[0].strip()
        if package and not _PACKAGE.fullmatch(package):
            raise EnvironmentFailure(
                f"{path}, line {number}: {package!r} is not the name of a Debian package",
                fix="write one package a line, such as libgl1 or libgl1=1.6.0-1",
            )
        packages.add(package)
    return tuple(sorted(packages - {""}))
