"""Wheels and source distributions made by hand, and locks of them."""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_mlops.environments.lock import Lock, read_lock

PYTHON = "{}.{}".format(*sys.version_info[:2])


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """A wheel; ``scripts`` are entry points, name → object reference."""

    name: str
    version: str = "1.0"
    files: Mapping[str, str] = field(default_factory=dict)
    scripts: Mapping[str, str] = field(default_factory=dict)
    tag: str = "py3-none-any"

    def write(self, folder: Path) -> Path:
        stem = f"{self.name.replace('-', '_')}-{self.version}"
        files = dict(self.files)
        info = f"{stem}.dist-info"
        header = f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}\n"
        files[f"{info}/METADATA"] = header
        pure = str(self.tag.endswith("-any")).lower()
        files[f"{info}/WHEEL"] = (
            f"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: {pure}\nTag: {self.tag}\n"
        )
        if self.scripts:
            lines = "".join(f"{name} = {target}\n" for name, target in self.scripts.items())
            files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{lines}"
        record = "".join(f"{path},{_hash(text)},{len(text)}\n" for path, text in files.items())
        files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
        path = folder / f"{stem}-{self.tag}.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
        return path


def write_sdist(folder: Path, name: str, files: Mapping[str, str]) -> Path:
    """A source distribution that brings its own build backend, so that it needs no other one."""
    path = folder / f"{name}-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for file, text in files.items():
            entry = tarfile.TarInfo(f"{name}-1.0/{file}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def lock_of(*files: Path, python: str = PYTHON) -> Lock:
    """The lock of these distribution files."""
    lines = [f"# Python {python}"]
    for path in files:
        name, version = path.name.removesuffix(".tar.gz").split("-")[:2]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{digest}")
    return read_lock("\n".join(lines) + "\n")


def _hash(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
    return f"sha256={digest.decode()}"
