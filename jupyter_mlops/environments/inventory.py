"""What an interpreter has installed. Runs inside that interpreter: the standard library only."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

_FIELD = re.compile(r"^(Name|Version|Requires-Dist):[ \t]*(.+?)[ \t]*$", re.M)
_REQUIREMENT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def inventory(modules: list[str]) -> dict[str, Any]:
    """What this interpreter has installed, as JSON values.

    Args:
        modules: top-level module names to look for.

    Returns:
        ``versions``: distribution → version; ``requires``: distribution → installed distributions
        that it needs; ``elsewhere``: distribution → URL, of those installed from a folder, a file
        or a repository (``git+https://…@commit``); ``modules``: module → distributions that
        install it; ``standard``: those of the modules that come with Python. Distribution
        names are normalised.
    """
    wanted = set(modules)
    versions: dict[str, str] = {}
    requires: dict[str, list[str]] = {}
    elsewhere: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for distribution in distributions():
        text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
        fields = _FIELD.findall(text.partition("\n\n")[0])
        single = dict(fields)
        if "Name" not in single or "Version" not in single:
            continue
        name = normalise(single["Name"])
        if name in versions:
            continue  # hidden by one that stands earlier on sys.path
        versions[name] = single["Version"]
        requires[name] = [
            normalise(match.group())
            for key, value in fields
            if key == "Requires-Dist" and "extra ==" not in value
            if (match := _REQUIREMENT.match(value))
        ]
        if url := _origin(distribution):
            elsewhere[name] = url
        for module in wanted & _modules(distribution) if wanted else ():
            found.setdefault(module, []).append(name)
    return {
        "versions": versions,
        "requires": {
            name: sorted(set(needed) & versions.keys()) for name, needed in requires.items()
        },
        "elsewhere": elsewhere,
        "modules": found,
        "standard": sorted(wanted & {*sys.stdlib_module_names, *sys.builtin_module_names}),
    }


def normalise(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _origin(distribution: Distribution) -> str:
    """URL of a distribution that came from no index, or "".

    conda leaves the folder in which it built a package, on a machine of its own.
    """
    origin = json.loads(distribution.read_text("direct_url.json") or "null")
    if not origin or (distribution.read_text("INSTALLER") or "").strip() == "conda":
        return ""
    repository = origin.get("vcs_info")
    if repository is None:
        return str(origin["url"])
    return f"{repository['vcs']}+{origin['url']}@{repository.get('commit_id', '')}"


def _modules(distribution: Distribution) -> set[str]:
    """Top-level names that the distribution installs: from its files, else what it declares."""
    lines = (distribution.read_text("RECORD") or "").splitlines()
    # One line a file, and tens of thousands of files: most have the same few folders.
    heads = {line.partition("/")[0] for line in lines}
    files = {head.rpartition(",")[0].rpartition(",")[0] or head for head in heads}
    tops = {file.strip('"') for file in files}
    modules = {top.partition(".")[0] for top in tops if not top.endswith((".dist-info", ".pth"))}
    if not modules - {""} or any(module.startswith("__editable__") for module in modules):
        modules |= set((distribution.read_text("top_level.txt") or "").split())
    for top in tops:
        if top.endswith(".pth"):
            modules |= _below(Path(str(distribution.locate_file(top))))
    return modules


def _below(pth: Path) -> set[str]:
    """Top-level names in the folders that a ``.pth`` file puts on ``sys.path``."""
    try:
        folders = [Path(line) for line in pth.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return set()
    return {
        entry.name.partition(".")[0]
        for folder in folders
        if folder.is_absolute() and folder.is_dir()
        for entry in folder.iterdir()
        if entry.suffix in (".py", ".so") or (entry / "__init__.py").is_file()
    }


if __name__ == "__main__":
    print(json.dumps(inventory(sys.argv[1:])))
