"""Where URLs, keys and tokens of alerts are kept: never in the catalog, nor on record."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import AlertError
from jupyter_mlops.store.disk import disk_problems, write_new

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

FOLDER = "private"
"""Of a store: files that only its owner reads, one value each."""

_ENVIRONMENT, _FILE, _KEPT = "env:", "file:", "kept:"


def keep(store: Store, name: str, text: str) -> str:
    """Where the value is kept: as the user refers to it, else in a new file of the store's.

    Args:
        store: has the folder.
        name: of the alert.
        text: ``env:NAME``, ``file:PATH``, or the value itself.

    Raises:
        AlertError: what is referred to cannot be read.
        StoreError: the store cannot be written.
    """
    if is_reference(text):
        look_up(store, text)
        return text
    folder = store.root / FOLDER
    with disk_problems(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{name}.{secrets.token_hex(8)}"
        mask = os.umask(0o077)
        try:
            write_new(path, text.encode())
        finally:
            os.umask(mask)
    return _KEPT + path.name


def is_reference(text: str) -> bool:
    """True if the text says where a value is kept, and is none itself."""
    return text.startswith((_ENVIRONMENT, _FILE, _KEPT))


def look_up(store: Store, reference: str) -> str:
    """The value that ``keep`` keeps under a reference; empty for an empty one.

    Raises:
        AlertError: it cannot be read, or others than its owner can read it.
    """
    kind, _, where = reference.partition(":")
    if f"{kind}:" == _ENVIRONMENT:
        value = os.environ.get(where, "")
        if not value:
            raise AlertError(
                f"the environment variable {where} is not set",
                fix=f"set {where} here, and where `jupyter mlops service` runs",
            )
        return value
    if not reference:
        return ""
    path = (
        Path(where).expanduser() if f"{kind}:" == _FILE else store.root / FOLDER / Path(where).name
    )
    if f"{kind}:" == _FILE and not path.is_absolute():
        raise AlertError(f"{where} is no absolute path", fix="write file:/home/…")
    try:
        if path.stat().st_mode & 0o077:
            raise AlertError(f"others can read {path}", fix=f"chmod 600 {path}")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        text = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise AlertError(f"{path} cannot be read: {text}", fix="give the URL or key anew") from None


def forget(store: Store, name: str, *, but: Collection[str] = ()) -> None:
    """Remove what is kept of an alert in the store's folder, but for some references."""
    for path in (store.root / FOLDER).glob(f"{name}.*"):
        is_its = path.name.rpartition(".")[0] == name
        if is_its and _KEPT + path.name not in but:
            path.unlink(missing_ok=True)
