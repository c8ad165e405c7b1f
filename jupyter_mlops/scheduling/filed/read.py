"""``mlops.toml``: what it may hold, and what is wrong with it."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

from jupyter_mlops.errors import MlopsError, ScheduleError
from jupyter_mlops.model.alert import AlertKind
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.model.schedule import Missed, Overlap
from jupyter_mlops.scheduling.filed.lines import key_lines, line_of

NAME = "mlops.toml"

_TEXT: tuple[type, ...] = (str,)
_KEYS: Mapping[str, tuple[type, ...]] = {
    "notebook": _TEXT,
    "cron": _TEXT,
    "tz": _TEXT,
    "every": _TEXT,
    "at": (str, datetime, date),
    "after": _TEXT,
    "alias": _TEXT,
    "file": _TEXT,
    "settle": _TEXT,
    "poll": _TEXT,
    "webhook": _TEXT,
    "secret": _TEXT,
    "rate": (int,),
    "map": (dict,),
    "parameters": (dict,),
    "engine": _TEXT,
    "environment": _TEXT,
    "pinned": (bool,),
    "missed": _TEXT,
    "overlap": _TEXT,
    "timeout": _TEXT,
    "retries": (int,),
    "backoff": _TEXT,
    "jitter": _TEXT,
    "priority": (int,),
}
"""What a schedule in a file may say: the options of ``schedule add``."""

_WORDS: Mapping[str, Collection[str]] = {
    "engine": ("auto", "docker", "local"),
    "missed": get_args(Missed),
    "overlap": get_args(Overlap),
}
_ALERT: Mapping[str, tuple[type, ...]] = {
    "on": (list,),
    "notebook": _TEXT,
    "schedule": _TEXT,
    "by_hand": (bool,),
    "begins_within": _TEXT,
    "ends_within": _TEXT,
    "repeat": _TEXT,
}
_TOLD: Mapping[AlertKind, Mapping[str, tuple[type, ...]]] = {
    "alert": {"to": _TEXT, **_ALERT},
    "hook": {
        "webhook": _TEXT,
        "command": _TEXT,
        "github": _TEXT,
        "secret": _TEXT,
        "event_type": _TEXT,
        "if": (list,),
        **_ALERT,
    },
}
"""What an alert and a hook may say: the options of ``alert add`` and ``hook add``."""

_RETENTION = ("keep_last", "keep_days")
_TOP = ("schedules", "alerts", "hooks", "retention")
_KINDS = {
    list: "a list of texts",
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    dict: "a table",
}


class FileProblems(ScheduleError):
    """A file of schedules cannot be applied; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong in a file.

    Attributes:
        line: from 1.
        key: such as ``schedules.nightly.cron``.
        message: what is wrong.
        fix: what to do about it.
    """

    line: int
    key: str
    message: str
    fix: str = ""

    def __str__(self) -> str:
        fix = f"\n      fix: {self.fix}" if self.fix else ""
        return f"  line {self.line}, {self.key}: {self.message}{fix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFile:
    """A file as it was read; its keys and their types are right, what they mean is not checked.

    Attributes:
        path: absolute.
        schedules: what each schedule says, by its name.
        told: kind, name and what it says of each alert and hook.
        retention: rules for the runs of the notebooks below the file's folder, or None.
        lines: in which line each key stands.
        problems: what was found wrong since.
    """

    path: Path
    schedules: Mapping[str, Mapping[str, Any]]
    told: tuple[tuple[AlertKind, str, Mapping[str, Any]], ...]
    retention: Rules | None
    lines: Mapping[tuple[str, ...], int]
    problems: list[Problem] = field(default_factory=list)

    def blame(self, path: tuple[str, ...], message: str, fix: str = "") -> None:
        """Note what is wrong with a key."""
        key, line = ".".join(path), line_of(self.lines, path)
        self.problems.append(Problem(line=line, key=key, message=message, fix=fix))

    @contextmanager
    def blamed(self, *path: str) -> Iterator[None]:
        """Note a problem of the block as one of a key."""
        try:
            yield
        except MlopsError as error:
            self.blame(path, error.message, error.fix)

    def refuse(self) -> None:
        """Return if nothing is wrong.

        Raises:
            FileProblems: something is.
        """
        if self.problems:
            lines = "\n".join(map(str, sorted(self.problems, key=lambda one: one.line)))
            raise FileProblems(f"{self.path} cannot be applied; nothing was changed:\n{lines}")


def find_file(given: Path) -> Path:
    """The absolute path of the file: itself, or the one in a folder.

    Raises:
        ScheduleError: there is none.
    """
    path = Path(os.path.normpath(given.absolute()))
    path = path / NAME if path.is_dir() else path
    if not path.is_file():
        raise ScheduleError(
            f"{path}: no such file", fix="`jupyter mlops schedule export` writes one"
        )
    return path


def read_file(path: Path) -> ScheduleFile:
    """The file with what is wrong with its keys and their types.

    Raises:
        ScheduleError: it cannot be read.
        FileProblems: it is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise ScheduleError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:  # also text that is no UTF-8
        raise FileProblems(f"{path} is not TOML: {error}", fix="see toml.io") from None
    found = ScheduleFile(path=path, schedules={}, told=(), retention=None, lines=key_lines(text))
    _check_keys(found, (), document, _TOP)
    schedules = _table(found, ("schedules",), document.get("schedules", {}))
    for name, asked in schedules.items():
        _check_schedule(found, name, _table(found, ("schedules", name), asked))
    told: list[tuple[AlertKind, str, Mapping[str, Any]]] = []
    for kind, known in _TOLD.items():
        table = f"{kind}s"
        for name, asked in _table(found, (table,), document.get(table, {})).items():
            said = _table(found, (table, name), asked)
            _check_values(found, (table, name), said, known)
            told.append((kind, name, said))
    return ScheduleFile(
        path=path,
        told=tuple(told),
        schedules={name: asked for name, asked in schedules.items() if isinstance(asked, dict)},
        retention=_rules(found, document.get("retention")),
        lines=found.lines,
        problems=found.problems,
    )


def read_rules(path: Path) -> Rules:
    """The file's rules of retention, for runs of the notebooks below its folder.

    Raises:
        ScheduleError: it cannot be read, is wrong somewhere, or has none.
    """
    found = read_file(path)
    found.refuse()
    if found.retention is None:
        raise ScheduleError(
            f"{path} has no table [retention]", fix="write [retention] with keep_last = 10"
        )
    return found.retention


def _check_schedule(found: ScheduleFile, name: str, asked: Mapping[str, Any]) -> None:
    here = ("schedules", name)
    _check_values(found, here, asked, _KEYS)
    for name_, value in asked["map"].items() if isinstance(asked.get("map"), dict) else ():
        if not isinstance(value, str):
            found.blame((*here, "map", name_), f"{value!r} is no path", 'write "$.run"')


def _check_values(
    found: ScheduleFile,
    here: tuple[str, ...],
    asked: Mapping[str, Any],
    known: Mapping[str, tuple[type, ...]],
) -> None:
    _check_keys(found, here, asked, known)
    for key, value in asked.items():
        if key not in known:
            continue
        if not _is_of(value, known[key]):
            kind = _KINDS[known[key][0]]
            found.blame((*here, key), f"{value!r} is not {kind}", f"write {kind}")
        elif key in _WORDS and value not in _WORDS[key]:
            words = ", ".join(f'"{word}"' for word in _WORDS[key])
            found.blame((*here, key), f"{value!r} is none of its words", f"write one of {words}")


def _is_of(value: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return bool in kinds
    if isinstance(value, list):
        return list in kinds and all(isinstance(item, str) for item in value)
    return isinstance(value, kinds)


def _check_keys(
    found: ScheduleFile, here: tuple[str, ...], table: Mapping[str, Any], known: Collection[str]
) -> None:
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            fix = f"did you mean {close[0]}?" if close else f"it knows {', '.join(known)}"
            found.blame((*here, key), "there is no such key", fix)


def _table(found: ScheduleFile, here: tuple[str, ...], value: Any) -> Mapping[str, Any]:
    if isinstance(value, dict):
        return value
    found.blame(here, f"{value!r} is not a table", f"write [{'.'.join(here)}]")
    return {}


def _rules(found: ScheduleFile, value: Any) -> Rules | None:
    if value is None:
        return None
    table = _table(found, ("retention",), value)
    _check_keys(found, ("retention",), table, _RETENTION)
    for key in _RETENTION:
        number = table.get(key, 1)
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            found.blame(("retention", key), f"{number!r} is no number from 1", "write a number")
            return None
    return Rules(
        keep_last=table.get("keep_last", 0),
        keep_days=table.get("keep_days", 0),
        folder=str(found.path.parent),
    )
