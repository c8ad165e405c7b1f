"""Stable codes of what can go wrong in a step's kernel; ``docs/diagnostics`` has a page each."""

from __future__ import annotations

from collections.abc import Mapping

RUNNING = "ML601"
FILE = "ML602"
CONNECTION = "ML603"
WORKER = "ML604"
REFERENCE = "ML605"
MAPPED_FILE = "ML606"
NOT_PICKLABLE = "ML607"
TOO_DEEP = "ML608"
SECRET = "ML609"
FACET_REFUSED = "ML611"
FACET_NOT_IN_FORCE = "ML612"
FIGURE = "ML613"
LOG_HANDLER = "ML614"
MODULE_SHARES = "ML615"
OBJECT_MISSING = "ML621"
OBJECT_CORRUPTED = "ML622"
OBJECT_NOT_LOADED = "ML623"
SHARED_MISSING = "ML624"
NO_STATE_FOLDER = "ML625"
NO_TABLE = "ML626"
UNDECLARED_READ = "ML631"
SECRET_IN_NAME = "ML632"

_FIXES: Mapping[str, str] = {
    RUNNING: "keep its results instead (`list(…)` of a generator, the text of a traceback), or use "
    "{path} up in the step that makes it",
    FILE: "close {path} and delete it before its step ends (`with open(…)`), keep the file's name, "
    "and open the file in the step that uses it",
    CONNECTION: "keep the address and connect again in the step that uses {path}, or connect in a "
    "`shared` cell",
    WORKER: "make {path} in the step that uses it or in a `shared` cell, and keep its results",
    REFERENCE: "keep the object itself, and make {path} in the step that uses it",
    MAPPED_FILE: "map the file read-only (`mode='r'`), or keep its name and map it in the step "
    "that uses {path}",
    NOT_PICKLABLE: "keep what {path} is made from and make it in the step that uses it or in a "
    "`shared` cell, or give its class a `__reduce__`",
    TOO_DEEP: "keep {path} in a flatter form, such as a list of its parts",
    SECRET: "name the secret in the settings of the step that uses {path}, and make it there or in "
    "a `shared` cell",
    FACET_REFUSED: "set it in a `shared` cell, which is replayed in every step, or set it back "
    "before the step ends",
    FIGURE: "give the figure a name (`fig = plt.gcf()`) and use that, or draw and show it in one "
    "step",
    MODULE_SHARES: "give what they share a name of its own, or read it from only one of them after "
    "this step",
    LOG_HANDLER: "add the handler in a `shared` cell, which is replayed in every step",
}


def fix_for(code: str, path: str) -> str:
    """What to do about an object at an access path that cannot be carried."""
    return _FIXES[code].format(path=path)
