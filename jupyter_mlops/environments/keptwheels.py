"""Wheels of packages that no index has, as the store keeps them, under names that installers read.

The store knows them by their hashes alone, which stand in the lock; a wheel says itself what it is
called.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

from jupyter_mlops.environments.entry import parse_entries
from jupyter_mlops.environments.lock import Lock
from jupyter_mlops.errors import ObjectMissing
from jupyter_mlops.store.disk import disk_problems, write_new

_TAG = re.compile(r"^Tag:\s*(\S+)", re.M)


def kept_wheels(lock: Lock, read: Callable[[str], bytes], folder: Path) -> Mapping[str, Path]:
    """File name → path of each of the lock's wheels that the store keeps, written below a folder.

    Args:
        lock: its packages; those of an index are not in the store.
        read: gives the bytes of an object by its digest.
        folder: of the cache.

    Raises:
        StoreError: a wheel is damaged, or the folder cannot be written.
    """
    found = {}
    for entry in parse_entries(lock.text, Path("requirements.lock")):
        for digest in entry.hashes:
            try:
                content = read(digest)
            except ObjectMissing:
                continue
            name = _name(content)
            place = folder / digest.removeprefix("sha256:")[:16] / name
            with disk_problems(place):
                place.parent.mkdir(parents=True, exist_ok=True)
                write_new(place, content)
            found[name] = place
    return found


def _name(wheel: bytes) -> str:
    """``name-version-tag.whl``, by the wheel's own metadata."""
    with zipfile.ZipFile(BytesIO(wheel)) as archive:
        (about,) = [n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/WHEEL", n)]
        tags = _TAG.findall(archive.read(about).decode())
    parts = zip(*(tag.split("-") for tag in tags), strict=True)
    tag = "-".join(".".join(dict.fromkeys(part)) for part in parts)
    return f"{about.partition('.dist-info')[0]}-{tag}.whl"
