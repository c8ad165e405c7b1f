"""A file that is fetched from the network, which does not answer, and that the repository has."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from jupyter_mlops.legacy.calls import change_call, name_of
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.fetched import JOINT
from jupyter_mlops.legacy.rules.missing_files import the_one

if TYPE_CHECKING:
    import libcst as cst

RULE = "path"
_NETWORK = re.compile(
    r"URLError|ConnectionError|HTTPError|gaierror|NewConnectionError|RemoteDisconnected|SSLError|"
    r"ServerNotFoundError|Temporary failure in name resolution|Network is unreachable|"
    r"Name or service not known|Max retries exceeded|urlopen error"
)
_NO_URL = re.compile(r"unknown url type: '([^']+)'")
_URL = re.compile(
    rf"""(?P<quote>['"])(?P<url>(?:https?|ftp)://[^\s'"]*(?:{JOINT}[^\s'"]*)*)(?P=quote)"""
)


def is_network(failure: Failure) -> bool:
    """True if a host did not answer, or was not found."""
    told = f"{failure.kind}: {failure.message}\n{failure.traceback}"
    # A kernel that is kept from the network is refused by a proxy that is not there.
    refused = failure.offline and failure.kind == "ConnectionRefusedError"
    return refused or _NETWORK.search(told) is not None


def find(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that reads the one file of the repository whose path ends as the URL does."""
    if not is_network(failure):
        return None
    for cell in (draft.cell(failure.cell_id), *draft.code):
        for found in _URL.finditer(cell.source):
            url = re.sub(JOINT, "", found["url"])
            path = unquote(urlsplit(url).path)
            here = the_one(path, scene.root) if Path(path).suffix else None
            if here is not None:
                new = Path(os.path.relpath(here, scene.folder)).as_posix()
                return draft.edited(
                    cell.id,
                    cell.source.replace(found["url"], new),
                    rule=RULE,
                    reason=f"{url} does not answer; the repository has this one file of the name",
                    confidence=0.8,
                )
    return None


def open_file(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that opens or copies a file where urllib was given its path."""
    found = _NO_URL.search(failure.message) if failure.kind == "ValueError" else None
    if found is None or not (scene.folder / found[1]).is_file():
        return None
    return change_call(
        draft,
        failure,
        _of_a_file,
        name="",
        rule=RULE,
        reason=f"{found[1]} is a file of the repository, and no URL",
        confidence=0.95,
    )


def _of_a_file(call: cst.Call) -> cst.BaseExpression:
    import libcst as cst

    if not call.args or any(a.keyword is not None or a.star for a in call.args):
        return call
    first, *others = (cst.Module([]).code_for_node(argument.value) for argument in call.args)
    if name_of(call) == "urlopen":
        return cst.parse_expression(f'open({first}, "rb")')
    if name_of(call) == "urlretrieve" and others:
        return cst.parse_expression(f"__import__('shutil').copyfile({first}, {others[0]})")
    return call
