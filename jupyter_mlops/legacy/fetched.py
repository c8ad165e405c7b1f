"""Files of the network that a notebook reads: fetched once, kept, and read from there."""

from __future__ import annotations

import os
import re
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.rewrite import Aliases, aliases_of, resolved, rewrite
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store.disk import temporary
from jupyter_mlops.store.hashing import copy

if TYPE_CHECKING:
    import libcst as cst

RULE = "fetch"
FOLDER = "fetched"
"""Folder beside the notebook in which the files are kept, each with its digest in its name."""
_URL = re.compile(r"(?:https?|ftp)://\S+")
_BY_PATH = re.compile(r"pandas\.read_\w+|numpy\.(?:loadtxt|genfromtxt)")
_BY_URL = re.compile(r"urllib\.request\.(?:urlopen|urlretrieve)")
_AS_URL = "__import__('pathlib').Path({!r}).absolute().as_uri()"
_COMMAND = re.compile(
    r"^(\s*)!\s*(?:wget(?:\s+-(?:q|nc|nv|N))*|curl(?:\s+-[sSfL]+)*\s+-[sSfL]*O[sSfL]*)\s+"
    r"(['\"]?)((?:https?|ftp)://[^\s'\"{$]+)\2\s*$"
)
_SECONDS = 60
JOINT = r"""['"]\s*(?:[+\\]\s*)*['"]"""
"""What stands between the halves of a string that is written in two, as a regular expression."""


def keep_fetched(draft: Draft, folder: Path, cache: Path) -> Draft:
    """The draft that reads what it would fetch from files that its job has.

    A URL is fetched if it is written out as what is read by pandas, NumPy or ``urlopen``, or is
    assigned to a name that is used for nothing else, or if ``wget`` or ``curl`` gets it. What does
    not answer stays.

    Args:
        draft: the notebook.
        folder: the notebook's, relative to the top of its repository.
        cache: where what was fetched is kept, so that nothing is fetched twice.
    """
    aliases = aliases_of(draft)
    kept: dict[str, tuple[str, Path]] = {}

    def file_of(url: str) -> str | None:
        """Path of the file from the notebook, once it is there."""
        if url not in kept:
            place = fetch(url, cache)
            if place is None:
                return None
            kept[url] = f"{FOLDER}/{place.name}", place
        return kept[url][0]

    names = _names_of_urls(draft, aliases)
    files: dict[str, Path] = {}
    for cell in draft.code:
        source = rewrite(cell.source, partial(_reader, aliases, names, file_of))
        lines = source.split("\n")
        for number, line in enumerate(lines):
            found = _COMMAND.match(line)
            if found and file_of(found[3]) is not None:
                lines[number] = f"{found[1]}# {line.strip()}" + ("\n" + found[1] + "pass") * bool(
                    found[1]
                )
                files[_basename(found[3])] = kept[found[3]][1]
        draft = draft.edited(
            cell.id,
            "\n".join(lines),
            rule=RULE,
            reason="what it fetches was fetched once; the job has it, and the digest in its name",
            confidence=0.95,
        )
    files |= dict(kept.values())
    placed = {os.path.normpath(folder / name): place for name, place in files.items()}
    return replace(draft, files={**draft.files, **placed})


def fetch(url: str, cache: Path) -> Path | None:
    """The file that a URL names, fetched unless it was before; None if it does not answer.

    Args:
        url: of a file.
        cache: a folder; the file's name there begins with its digest.
    """
    folder = cache / FOLDER / of_bytes(url.encode()).partition(":")[2]
    for known in folder.glob("[0-9a-f]*"):
        return known
    folder.mkdir(parents=True, exist_ok=True)
    part = temporary(folder)
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer, part.open("wb") as file:
            digest, _ = copy(answer, file)
        return part.rename(folder / f"{digest.partition(':')[2][:12]}-{_basename(url)}")
    except (urllib.error.URLError, HTTPException, OSError, ValueError):
        return None
    finally:
        part.unlink(missing_ok=True)


def _basename(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name or "index.html"


def _how(callee: str | None) -> str | None:
    """What stands for a file as the first argument of a function; None if it takes no URL."""
    if callee is None:
        return None
    return "{!r}" if _BY_PATH.fullmatch(callee) else _AS_URL if _BY_URL.fullmatch(callee) else None


def _names_of_urls(draft: Draft, aliases: Aliases) -> Mapping[str, str]:
    """Names that are only read as the first argument of functions that take URLs, with `_how`."""
    import libcst as cst

    mentioned: Counter[str] = Counter()
    used: Counter[tuple[str, str]] = Counter()

    class Uses(cst.CSTTransformer):
        def visit_Name(self, node: cst.Name) -> None:  # noqa: N802
            mentioned[node.value] += 1

        def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
            how = _how(resolved(node.func, aliases))
            if how is not None and node.args and isinstance(node.args[0].value, cst.Name):
                used[node.args[0].value.value, how] += 1

    for cell in draft.code:
        rewrite(cell.source, Uses)
    # The one other mention is the assignment.
    return {name: how for (name, how), number in used.items() if mentioned[name] == number + 1}


def _reader(
    aliases: Aliases, names: Mapping[str, str], file_of: Callable[[str], str | None]
) -> cst.CSTTransformer:
    import libcst as cst

    def instead(value: cst.BaseExpression, how: str) -> cst.BaseExpression | None:
        if not isinstance(value, cst.SimpleString | cst.ConcatenatedString):
            return None
        text = value.evaluated_value
        path = file_of(text) if isinstance(text, str) and _URL.fullmatch(text) else None
        return None if path is None else cst.parse_expression(how.format(path))

    class Reader(cst.CSTTransformer):
        def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802
            how = _how(resolved(original_node.func, aliases))
            if how is None or not updated_node.args:
                return updated_node
            first = updated_node.args[0]
            new = None if first.keyword else instead(first.value, how)
            if new is None:
                return updated_node
            return updated_node.with_changes(
                args=[first.with_changes(value=new), *updated_node.args[1:]]
            )

        def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:  # noqa: N802
            target = updated_node.targets[0].target
            if len(updated_node.targets) != 1 or not isinstance(target, cst.Name):
                return updated_node
            how = names.get(target.value)
            new = None if how is None else instead(updated_node.value, how)
            return updated_node if new is None else updated_node.with_changes(value=new)

    return Reader()


def urls_of(sources: Iterable[str]) -> list[str]:
    """The URLs that are written out in code."""
    whole = (re.sub(JOINT, "", source) for source in sources)
    found = (u for source in whole for u in re.findall(r"(?:https?|ftp)://[^\s'\"]+", source))
    return list(dict.fromkeys(found))
