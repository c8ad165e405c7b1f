"""How each kind of file system creates a file whole, once, and for one writer only."""

from __future__ import annotations

import os
import posixpath
import secrets
import shutil
from pathlib import Path
from typing import Any

from jupyter_mlops.store import patience
from jupyter_mlops.store.disk import publish, sync_folder


class System:
    """Any fsspec system: it is trusted to create exclusively, which the probe then tests.

    Attributes:
        files: the fsspec file system.
        root: the path below which the files are.
        serves_many: threads, at once.
    """

    serves_many = False

    def __init__(self, files: Any, root: str) -> None:
        self.files = files
        self.root = root

    def at(self, name: str) -> str:
        """The path of the file of that name."""
        return posixpath.join(self.root, name)

    def prepare(self) -> None:
        """Make what must be there before the first file."""
        self.files.makedirs(self.at("tmp"), exist_ok=True)

    def create(self, source: Path, path: str) -> bool:
        """True if the file is at ``path`` now; False if something was there already."""
        self.files.makedirs(posixpath.dirname(path), exist_ok=True)
        try:
            self.files.pipe_file(path, source.read_bytes(), mode="create")
        except FileExistsError:
            return False
        return True

    def replace(self, source: Path, path: str) -> None:
        """Put the file at ``path``, whatever is there."""
        self.files.pipe_file(path, source.read_bytes())

    def close(self) -> None:
        """Let go of what is open."""

    def part(self) -> str:
        """A new path in the folder of unfinished files."""
        return self.at(f"tmp/{secrets.token_hex(8)}")


class ObjectStore(System):
    """S3 and its like: no folders; a file appears whole, and by condition only if there is none."""

    serves_many = True

    def prepare(self) -> None:
        """Nothing: a bucket is made by who pays for it."""

    def create(self, source: Path, path: str) -> bool:
        """True if the file is at ``path`` now; False if something was there already."""
        try:
            self._put(source, path, mode="create")
        except OSError as error:
            if _condition_failed(error):
                return False
            raise
        return True

    def replace(self, source: Path, path: str) -> None:
        """Put the file at ``path``, whatever is there."""
        self._put(source, path)

    def _put(self, source: Path, path: str, **options: str) -> None:
        timeout = patience.allowance(source.stat().st_size)
        self.files.put_file(str(source), path, timeout=timeout, **options)


class Folder(System):
    """A folder of this machine, which others may have mounted, too."""

    serves_many = True

    def create(self, source: Path, path: str) -> bool:
        """True if the file is at ``path`` now; False if something was there already."""
        part, target = self._copy(source), Path(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            return publish(part, target)
        finally:
            part.unlink()

    def replace(self, source: Path, path: str) -> None:
        """Put the file at ``path``, whatever is there."""
        self._copy(source).replace(path)
        sync_folder(Path(path).parent)

    def _copy(self, source: Path) -> Path:
        part = Path(self.part())
        with source.open("rb") as opened, part.open("xb") as target:
            shutil.copyfileobj(opened, target)
            target.flush()
            os.fsync(target.fileno())
        return part


class SftpServer(System):
    """A server that is reached over SSH: written beside, then renamed."""

    def create(self, source: Path, path: str) -> bool:
        """True if the file is at ``path`` now; False if something was there already."""
        return bool(self.files.put_new(source, self.part(), path))

    def replace(self, source: Path, path: str) -> None:
        """Put the file at ``path``, whatever is there."""
        self.files.put_over(source, self.part(), path)

    def close(self) -> None:
        """End the connection."""
        self.files.close()


def _condition_failed(error: OSError) -> bool:
    """True for the refusal of a file that is there already, in whatever words a server says it."""
    answer = getattr(error.__cause__, "response", None) or {}
    return isinstance(error, FileExistsError) or (
        answer.get("Error", {}).get("Code") in ("PreconditionFailed", "412")
    )


def _waits_of_s3() -> dict[str, Any]:
    """What botocore is told: tries are counted in one place, `patience`, and not in three."""
    return {
        "connect_timeout": patience.CONNECT_SECONDS,
        "read_timeout": patience.SILENCE_SECONDS,
        "max_pool_connections": 32,
        "retries": {"total_max_attempts": 1},
    }


def connect(url: str) -> System:
    """The system of a URL, connected anew.

    Raises:
        ImportError, ValueError: fsspec knows no such system, or lacks a package for it.
    """
    import fsspec
    from fsspec.core import url_to_fs

    options: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
    protocol = url.partition("://")[0]
    if protocol in ("sftp", "ssh"):
        from jupyter_mlops.store.sftp import Sftp

        named = Sftp._get_kwargs_from_urls(url)
        return SftpServer(Sftp(**named, skip_instance_cache=True), Sftp._strip_protocol(url))
    if protocol in ("s3", "s3a"):
        chosen = fsspec.config.conf.get("s3", {}).get("config_kwargs", {})
        options["config_kwargs"] = {**_waits_of_s3(), **chosen}
    files, root = url_to_fs(url, **options)
    if protocol in ("s3", "s3a"):
        files.retries = 1
    if files.async_impl:
        return ObjectStore(files, root)
    if isinstance(files, fsspec.get_filesystem_class("file")):
        return Folder(files, root)
    return System(files, root)
