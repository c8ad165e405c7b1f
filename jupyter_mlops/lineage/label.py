"""Tags, notes and aliases: put on runs and artifacts, moved, removed, each change on record."""

from __future__ import annotations

import getpass
import platform
import re
import secrets
from itertools import pairwise
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError, StoreError
from jupyter_mlops.lineage.target import find_target
from jupyter_mlops.model.label import AliasMove, LabelChange, LabelKind, Target
from jupyter_mlops.runner.naming import iso, now

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

NOTHING = "none"
"""What is expected of an alias that does not exist yet."""

_TAG = re.compile(r"[^\W_][\w.@+:/=-]{0,99}")
_ALIAS = re.compile(r"[^\W\d_][\w.@+-]{0,99}")
_RESERVED = (NOTHING, "latest", "list", "history", "remove", "set")


class LabelError(MlopsError):
    """The name of a label cannot be used, or there is no such label."""

    exit_code = 2


class AliasMoved(StoreError):
    """An alias does not name what was expected; ``held`` is what it names, None for nothing."""

    def __init__(self, name: str, expected: str, held: str | None) -> None:
        self.name, self.expected, self.held = name, expected, held
        found = f"names {held}" if held is not None else "does not exist"
        super().__init__(
            f"alias {name} {found}, and not {expected}: it was not moved",
            fix=f"`jupyter mlops alias history {name}` says who moved it and when",
        )


def tag(store: Store, target: str, *names: str, remove: bool = False) -> list[LabelChange]:
    """The tags of those names as they stand now: put on the target, or removed from it.

    Raises:
        LabelError: a name cannot be a tag's; nothing is changed.
        UnknownRun, UnknownStepError, UnknownArtifact: there is no such target.
        StoreError: the change cannot be recorded.
    """
    for name in names:
        if not _TAG.fullmatch(name):
            raise LabelError(
                f"{name!r} cannot be a tag",
                fix="take letters, digits and . _ - @ + : / = after a letter or a digit",
            )
    found = find_target(store, target)
    return [_record(store, "tag", name, found, removed=remove) for name in names]


def note(store: Store, target: str, text: str) -> LabelChange:
    """The note on the target as it stands now; an empty text removes it.

    Raises:
        UnknownRun, UnknownStepError, UnknownArtifact: there is no such target.
        StoreError: the change cannot be recorded.
    """
    found = find_target(store, target)
    return _record(store, "note", "", found, text=text.strip(), removed=not text.strip())


def set_alias(store: Store, name: str, target: str, *, expect: str | None = None) -> LabelChange:
    """The alias as it stands now: it names the target.

    Args:
        store: where it is recorded.
        name: of the alias, such as ``model@production``.
        target: what it names from now on.
        expect: what it must name before, or ``none``; None: anything.

    Raises:
        LabelError: the name cannot be an alias's.
        AliasMoved: it names something else than expected, and still does.
        UnknownRun, UnknownStepError, UnknownArtifact: there is no such target.
        StoreError: the change cannot be recorded.
    """
    if not _ALIAS.fullmatch(name) or name in _RESERVED:
        raise LabelError(
            f"{name!r} cannot be an alias",
            fix=f"take letters, digits and . _ - @ + after a letter; not {', '.join(_RESERVED)}",
        )
    return _record(store, "alias", name, find_target(store, target), expect=expect)


def remove_alias(store: Store, name: str, *, expect: str | None = None) -> LabelChange:
    """The alias's last change: it names nothing; its history stays.

    Raises:
        LabelError: there is no such alias.
        AliasMoved: it names something else than expected, and still does.
        StoreError: the change cannot be recorded.
    """
    if not store.catalog.labels.held("alias", name):
        raise LabelError(f"there is no alias {name!r}", fix="`jupyter mlops alias list` lists them")
    return _record(store, "alias", name, None, removed=True, expect=expect)


def alias_history(store: Store, name: str) -> list[AliasMove]:
    """All that an alias ever named, the first move first.

    Raises:
        LabelError: there never was such an alias.
    """
    changes = store.catalog.labels.history(f"alias {name}")
    if not changes:
        raise LabelError(
            f"there never was an alias {name!r}", fix="`jupyter mlops alias list` lists them"
        )
    return [
        AliasMove(
            number=new.number,
            alias=name,
            old=None if old is None or old.target is None else old.target.text,
            new=None if new.target is None else new.target.text,
            user=new.user,
            host=new.host,
            time=new.time,
        )
        for old, new in pairwise([None, *changes])
        if new is not None
    ]


def _record(
    store: Store,
    kind: LabelKind,
    name: str,
    target: Target | None,
    *,
    removed: bool = False,
    text: str = "",
    expect: str | None = None,
) -> LabelChange:
    """The one place where a label changes."""
    wanted = None if expect is None else _expected(store, expect)

    def allow(held: LabelChange | None) -> None:
        found = None if held is None or held.target is None else held.target.text
        if wanted is not None and wanted != (found or NOTHING):
            raise AliasMoved(name, wanted, found)

    draft = LabelChange(
        number=0,
        change=secrets.token_hex(8),
        kind=kind,
        name=name,
        target=target,
        user=getpass.getuser(),
        host=platform.node(),
        time=iso(now()),
        removed=removed,
        text=text,
    )
    store.ledger.append(
        action="alias" if kind == "alias" else "label",
        subject=name if kind == "alias" or target is None else target.text,
        details={
            "kind": kind,
            "name": name,
            "target": None if target is None else target.text,
            "removed": removed,
            "text": text,
            "expected": wanted,
            "change": draft.change,
        },
    )
    return store.catalog.labels.record(draft, allow)


def _expected(store: Store, text: str) -> str:
    """The whole text of an expected target; as it was given if that is not on record any more."""
    if text == NOTHING:
        return text
    try:
        return find_target(store, text).text
    except MlopsError:
        return text
