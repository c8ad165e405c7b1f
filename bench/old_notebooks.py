"""Draws old notebooks by seed from repositories, and counts what ``convert --scan`` makes of them.

    python bench/old_notebooks.py draw REPOSITORY... --into DRAWN --each 4 --seed 1
    jupyter mlops convert --scan DRAWN -o JOBS --jobs 2 --engine local
    python bench/old_notebooks.py count JOBS

A draw copies each repository with its history and its files, and leaves only the notebooks in it
that were drawn; notebooks of another draw are left out first. The repositories are only read.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

_NO_CODE = "it has no code"
_ABSENT = ("network", "does not have any more", "service that has ended")
_UNFIT = ("no code", "no notebook", "lacks an input")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw")
    drawing.add_argument("repositories", nargs="+", type=Path)
    drawing.add_argument("--into", type=Path, required=True)
    drawing.add_argument("--each", type=int, required=True, help="notebooks of a repository")
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--without", type=Path, nargs="*", default=[], help="other draws")
    counting = commands.add_parser("count")
    counting.add_argument("jobs", type=Path)
    options = parser.parse_args()
    if options.command == "draw":
        for repository in sorted(options.repositories):
            draw(repository, options)
    else:
        print(table(options.jobs))


def draw(repository: Path, options: argparse.Namespace) -> None:
    """Copies the repository with the notebooks that the seed picks."""
    names = sorted(path.relative_to(repository) for path in _notebooks(repository))
    others = {
        path.relative_to(other / repository.name)
        for other in options.without
        for path in _notebooks(other / repository.name)
    }
    left = [name for name in names if name not in others]
    picked = random.Random(f"{options.seed} {repository.name}").sample(
        left, min(options.each, len(left))
    )
    copy = options.into / repository.name
    shutil.copytree(repository, copy, symlinks=True)
    for name in names:
        if name not in picked:
            (copy / name).unlink()
    print(f"{repository.name}: {len(picked)} of {len(names)}")


def _notebooks(folder: Path) -> list[Path]:
    return [
        path
        for path in folder.rglob("*.ipynb")
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def table(jobs: Path) -> str:
    """What became of the notebooks of a scan, a line a number."""
    rows = json.loads((jobs / "report.json").read_bytes())["notebooks"]
    kinds = {row["path"]: _kind(row, _found(jobs, row)) for row in rows}
    having = [row for row in rows if kinds[row["path"]] not in _UNFIT]
    converted = [row for row in having if row["state"] == "converted"]
    found = [_found(jobs, row) for row in converted]
    ran = [row for row in having if kinds[row["path"]] in ("converted", "not proven")]

    def total(key: str) -> int:
        return sum(row["oracle"][key] for row in converted)

    today = sum((row["today"] or {}).get("runs", False) for row in rows)
    lines = [
        ("notebooks", len(rows)),
        ("run as they stand", today),
        *Counter(kinds.values()).most_common(),
        ("have their inputs", len(having)),
        ("of these run once mended", _share(len(ran), len(having))),
        ("staged, of the converted", _share(sum(one["staged"] for one in found), len(found))),
        ("texts equal, of the converted", _share(total("equal_l2"), total("text_outputs"))),
        ("images equal", _share(total("equal_images"), total("images"))),
        ("with cells that vary", sum(_varies(one) for one in found)),
        ("seconds, median of all", _median(rows)),
        ("seconds, median of the converted", _median(converted)),
    ]
    causes = [f"{row['path']}: {row['cause']}" for row in rows if row["cause"]]
    return "\n".join([*(f"{name:<33}{value}" for name, value in lines), "", *causes])


def _found(jobs: Path, row: dict[str, Any]) -> dict[str, Any]:
    """The notebook's own report; empty if it has none."""
    path = jobs / row["report"]
    return json.loads(path.with_suffix(".json").read_bytes()) if row["report"] else {}


def _kind(row: dict[str, Any], found: dict[str, Any]) -> str:
    if row["state"] != "refused":
        return str(row["state"])
    if row["cause"].startswith(_NO_CODE):
        return "no code"
    missing = any(one["state"] == "missing" for one in found["inputs"])
    if missing or any(absent in row["cause"] for absent in _ABSENT):
        return "lacks an input"
    cells = [cell for cell in found["cells"] if cell["level"] == "not reached"]
    return "not mended" if cells or not found["cells"] else "not proven"


def _varies(found: dict[str, Any]) -> bool:
    return any(cell["level"] == "varies" for cell in found["cells"])


def _median(rows: list[dict[str, Any]]) -> str:
    return f"{statistics.median(row['seconds'] for row in rows):.0f}" if rows else "-"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / max(whole, 1):.0%})"


if __name__ == "__main__":
    main()
