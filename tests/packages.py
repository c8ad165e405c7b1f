"""Small packages, and an index of them that a test serves itself."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


@dataclass(frozen=True, kw_only=True)
class Package:
    """One release, as a wheel."""

    name: str
    version: str = "1.0"
    requires: Sequence[str] = ()
    tag: str = "py3-none-any"
    yanked: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return f"{self.name.replace('-', '_')}-{self.version}-{self.tag}.whl"

    def write(self, folder: Path) -> Path:
        """The wheel, written into the folder; equal releases give equal bytes."""
        info = f"{self.name.replace('-', '_')}-{self.version}.dist-info"
        needs = "".join(f"Requires-Dist: {line}\n" for line in self.requires)
        files = {
            f"{self.name.replace('-', '_')}.py": f"version = {self.version!r}\n",
            **self.files,
            f"{info}/METADATA": "Metadata-Version: 2.1\n"
            f"Name: {self.name}\nVersion: {self.version}\n{needs}",
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {self.tag}\n",
        }
        files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(folder / self.file, "w") as archive:
            for path, text in files.items():
                archive.writestr(zipfile.ZipInfo(path), text)
        return folder / self.file

    def digest(self, folder: Path) -> str:
        """The hash of the wheel that lies in the folder."""
        return "sha256:" + hashlib.sha256((folder / self.file).read_bytes()).hexdigest()


RELEASES = (
    Package(name="cloudpickle", version="3.1"),
    Package(name="ipykernel", version="7.0", requires=["tornado>=6"]),
    Package(name="pip", version="26.0"),
    Package(name="papermill", version="2.7", requires=["ipykernel"]),
    Package(name="tornado", version="6.4"),
    Package(name="tornado", version="6.5"),
    Package(name="alpha-lib", version="2.1", requires=["beta>=1"]),
    Package(name="beta", version="1.4"),
    Package(name="beta", version="1.9"),
    Package(name="needs-old", requires=["beta<1.5"]),
    Package(name="needs-new", requires=["beta>=1.5"]),
    Package(name="withdrawn", yanked="it deletes files"),
    Package(name="ancient", tag="cp39-cp39-manylinux2014_x86_64"),
    Package(name="windows-only", tag="py3-none-win_amd64"),
)

STEP = {"cloudpickle": "3.1", "ipykernel": "7.0", "papermill": "2.7", "tornado": "6.5"}
"""What a step itself needs, in the newest versions of the index."""


@dataclass(frozen=True, kw_only=True)
class Index:
    """A package index that answers."""

    url: str
    folder: Path

    def digest(self, name: str, version: str) -> str:
        (release,) = [r for r in RELEASES if (r.name, r.version) == (name, version)]
        return release.digest(self.folder / name)

    def pin(self, name: str, version: str) -> str:
        """The release's entry in a hashed requirements file."""
        return f"{name}=={version} \\\n    --hash={self.digest(name, version)}\n"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[Index]:
    """An index of `RELEASES`, its files in the folder."""
    for release in RELEASES:
        release.write(folder / release.name)
    for name in {release.name for release in RELEASES}:
        links = [
            f'<a href="{r.file}#{r.digest(folder / name).replace(":", "=")}"'
            + (f' data-yanked="{r.yanked}"' if r.yanked else "")
            + f">{r.file}</a>"
            for r in RELEASES
            if r.name == name
        ]
        page = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>"
        (folder / name / "index.html").write_text(page)
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Index(url=f"http://127.0.0.1:{server.server_port}/", folder=folder)
        server.shutdown()
