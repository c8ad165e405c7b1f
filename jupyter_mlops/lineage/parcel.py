"""A file of exported runs, opened and verified; nothing in it is believed before that."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, TypeVar, cast

from jupyter_mlops.environments.imagefile import layers_of
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.lineage.crate import METADATA, place
from jupyter_mlops.lineage.export import MANIFEST
from jupyter_mlops.lineage.portable import portable_run
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.crate import FORMAT, Manifest
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.model.run import Execution, Run
from jupyter_mlops.store.references import references_of_execution, references_of_run

T = TypeVar("T")

_MOST_MANIFEST = 256 * 2**20
_MOST_RECORD = 64 * 2**20
_CHUNK = 1 << 20
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = re.compile(r"[^/\\\0]{1,200}")
_MAKER = "`jupyter mlops export` makes files that can be imported"
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(TypeError, ValueError, AttributeError, KeyError),  # values of other types than they must have
)


class BadParcel(MlopsError):
    """The file cannot be imported, and nothing of it was; ``file`` is its path."""

    def __init__(self, file: Path, problem: str, *, fix: str = "") -> None:
        self.file = str(file)
        super().__init__(
            f"{file} cannot be imported: {problem}",
            fix=fix or "get the file anew from who exported it; nothing of it was taken in",
        )


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file that was verified from its first to its last byte.

    Attributes:
        path: of the file.
        digest: of its bytes.
        manifest: what it says that it holds, which is what it holds.
        runs: those recorded in it.
        executions: those recorded in it, in order of time, by the digests of their records.
        needed: digests of what the records refer to.
        archive: the open file.
    """

    path: Path
    digest: str
    manifest: Manifest
    runs: tuple[Run, ...]
    executions: Mapping[str, Execution]
    needed: frozenset[str]
    archive: zipfile.ZipFile

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        """The bytes of an object, to be read once; raises BadParcel if the file has changed."""
        with _reading(self.path), self.archive.open(place(digest)) as source:
            yield cast("BinaryIO", source)


@contextmanager
def open_parcel(path: Path, *, room: int) -> Iterator[Parcel]:
    """The file, verified whole; it is only read, and nothing of it is run.

    Args:
        path: of the file.
        room: bytes that its objects may have in all.

    Raises:
        BadParcel: it is no such file, damaged, made by a newer version, or too large.
    """
    with path.open("rb") as file:
        with _reading(path):
            whole = PREFIX + hashlib.file_digest(file, "sha256").hexdigest()
            if not zipfile.is_zipfile(file):
                raise BadParcel(path, "it is not a zip file", fix=_MAKER)
            parcel = _verified(path, whole, zipfile.ZipFile(file), room)
        with parcel.archive:
            yield parcel


def _verified(path: Path, whole: str, archive: zipfile.ZipFile, room: int) -> Parcel:
    _check_names(path, archive)
    manifest = _manifest(path, archive)
    _check_objects(path, archive, manifest, room)
    here = path, archive, manifest.objects
    runs = tuple(_record(*here, digest, "run", Run) for digest in manifest.runs)
    executions = {
        digest: _record(*here, digest, "execution", Execution) for digest in manifest.executions
    }
    needed = _check_whole(path, manifest, runs, tuple(executions.values()))
    _check_images(path, archive, manifest, tuple(executions.values()))
    return Parcel(path, whole, manifest, runs, executions, needed, archive)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise BadParcel(path, f"it is damaged ({error})") from error


def _check_names(path: Path, archive: zipfile.ZipFile) -> None:
    seen = set()
    for entry in archive.infolist():
        name = PurePosixPath(entry.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in entry.filename:
            raise BadParcel(path, f"its entry {entry.filename!r} leads out of it")
        if entry.filename in seen:
            raise BadParcel(path, f"it holds {entry.filename!r} twice")
        seen.add(entry.filename)
    if MANIFEST not in seen:
        what = "it is an RO-Crate of another program" if METADATA in seen else "it is no export"
        raise BadParcel(path, f"{what}: it has no {MANIFEST}", fix=_MAKER)


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    value = _json(path, _bytes(path, archive, MANIFEST, _MOST_MANIFEST), MANIFEST)
    number = value.get("format")
    if not isinstance(number, int):
        raise BadParcel(path, f"its {MANIFEST} names no format")
    if number > FORMAT:
        raise BadParcel(
            path,
            f"it has format {number}; this version reads format {FORMAT}",
            fix=f"upgrade jupyter_mlops to {value.get('program', 'a newer version')} or newer",
        )
    return _read(path, Manifest, value, MANIFEST)


def _check_objects(path: Path, archive: zipfile.ZipFile, manifest: Manifest, room: int) -> None:
    """Every object by size and digest; reading ends where an object is larger than it says."""
    total = 0
    for digest, size in manifest.objects.items():
        if not _DIGEST.fullmatch(digest) or not isinstance(size, int) or size < 0:
            raise BadParcel(path, f"{digest!r} is no digest with a size")
        total += size
    if total > room:
        raise BadParcel(
            path,
            f"its objects have {total} bytes, and {room} are free",
            fix="free some space, or choose another store with --store",
        )
    names = set(archive.namelist())
    for digest, size in manifest.objects.items():
        if place(digest) not in names:
            raise BadParcel(path, f"object {digest} is missing from it")
        if archive.getinfo(place(digest)).file_size != size:
            raise BadParcel(path, f"object {digest} has another size than it says")
        with archive.open(place(digest)) as source:
            if _digest(source, size) != digest:
                raise BadParcel(path, f"object {digest} is damaged: its bytes have another digest")


def _digest(source: Any, most: int) -> str:
    hasher, read = hashlib.sha256(), 0
    while read <= most and (chunk := source.read(min(_CHUNK, most + 1 - read))):
        hasher.update(chunk)
        read += len(chunk)
    return PREFIX + hasher.hexdigest()


def _check_whole(
    path: Path, manifest: Manifest, runs: tuple[Run, ...], executions: tuple[Execution, ...]
) -> frozenset[str]:
    """What the records refer to; they must hold together, and nothing of it may be missing."""
    names = {run.run for run in runs}
    made = {execution.execution for execution in executions}
    for name in (*names, *made, *(report.step for run in runs for report in run.steps)):
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise BadParcel(path, f"{name!r} cannot be the name of a run or a step")
    for run in runs:
        if run.state == "running" or portable_run(run) != run:
            raise BadParcel(path, f"run {run.run} is not in the form of an export")
        missing = {r.execution for r in run.steps if r.execution} - made
        if missing:
            raise BadParcel(path, f"execution {min(missing)} of run {run.run} is missing from it")
    for execution in executions:
        if execution.run not in names:
            raise BadParcel(path, f"run {execution.run} is missing from it")
    references = [
        *(reference for run in runs for reference in references_of_run(run)),
        *(reference for e in executions for reference in references_of_execution(e)),
        *((digest, f"wheel {name}") for name, digest in manifest.wheels.items()),
    ]
    for digest, what in references:
        if digest not in manifest.objects:
            raise BadParcel(path, f"{what} ({digest}) is missing from it")
    if not all(_NAME.fullmatch(name) and name.endswith(".whl") for name in manifest.wheels):
        raise BadParcel(path, "a wheel has a name that no wheel can have")
    return frozenset(digest for digest, _ in references)


def _check_images(
    path: Path,
    archive: zipfile.ZipFile,
    manifest: Manifest,
    executions: tuple[Execution, ...],
) -> None:
    """An image is what its id says: the configuration of that digest, and the layers it lists."""
    ran_in = {execution.environment.image for execution in executions}
    if strangers := manifest.images.keys() - ran_in:
        raise BadParcel(path, f"no step ran in the image {min(strangers)}")
    for image, layers in manifest.images.items():
        for digest in (image, *layers):
            if digest not in manifest.objects:
                raise BadParcel(path, f"a part of image {image} ({digest}) is missing from it")
        config = _bytes(path, archive, place(image), _MOST_RECORD)
        if layers_of(config) != layers:
            raise BadParcel(path, f"the layers of image {image} are others than it says")


def _record(
    path: Path,
    archive: zipfile.ZipFile,
    objects: Container[str],
    digest: str,
    kind: str,
    model: type[T],
) -> T:
    if digest not in objects:
        raise BadParcel(path, f"the record {digest} of a {kind} is missing from it")
    value = _json(path, _bytes(path, archive, place(digest), _MOST_RECORD), digest)
    if value.pop("_kind", None) != kind:
        raise BadParcel(path, f"{digest} is not the record of a {kind}")
    return _read(path, model, value, digest)


def _bytes(path: Path, archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as source:
        data = source.read(most + 1)
    if len(data) > most:
        raise BadParcel(path, f"its {name} is too large to be true")
    return data


def _json(path: Path, data: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise BadParcel(path, f"its {name} is not a JSON object")
    return value


def _read(path: Path, model: type[T], value: dict[str, Any], name: str) -> T:
    try:
        return from_json(model, value)
    except (TypeError, ValueError, AttributeError) as error:
        raise BadParcel(path, f"its {name} cannot be read: {error}") from error
