"""Runs with all that belongs to them, as one file."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from jupyter_mlops import __version__
from jupyter_mlops.errors import EnvironmentFailure, MlopsError, ObjectCorrupted, UnknownRun
from jupyter_mlops.lineage.crate import METADATA, crate_metadata, place
from jupyter_mlops.lineage.portable import Portable, gather
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.crate import FORMAT, Absent, Exported, Manifest
from jupyter_mlops.model.identity import canonical_json, of_bytes
from jupyter_mlops.model.run import Run
from jupyter_mlops.store.disk import disk_problems, sync_folder, temporary
from jupyter_mlops.store.hashing import copy

if TYPE_CHECKING:
    from jupyter_mlops.environments.imagefile import SavedImage
    from jupyter_mlops.store import Store

MANIFEST = "jupyter-mlops.json"

_DAWN = (1980, 1, 1, 0, 0, 0)


def choose_runs(store: Store, asked: str, last: int | None = None) -> list[Run]:
    """The run of that name, or the runs of the notebook at that path, newest first.

    Raises:
        UnknownRun: there is none.
    """
    if asked.endswith(".ipynb"):
        runs = store.catalog.list_runs(notebook=str(Path(asked).absolute()), limit=last)
        if not runs:
            raise UnknownRun(asked)
        return runs
    return [store.catalog.find_run(asked)]


def export_runs(store: Store, runs: Sequence[Run], file: Path, *, images: bool = False) -> Exported:
    """What was written to ``file``, which appears whole or not at all.

    Equal runs in equal stores give equal bytes. Nothing in the file is compressed: it can be read
    in place, and its bytes hang on no version of a library.

    Args:
        store: where the runs are recorded.
        runs: which; those whose executions they reuse go along.
        file: the path; it must not exist.
        images: True to take along the images that steps ran in; one that cannot be had is absent.

    Raises:
        MlopsError: the file exists, or a run has not ended.
        EngineError: images are wanted, and the Docker engine does not answer.
        StoreError: an object is missing or damaged, or the file cannot be written.
    """
    if file.exists():
        raise MlopsError(f"{file} exists", fix="choose another file, or remove it")
    found = gather(store, runs)
    with disk_problems(file), _beside(file) as part, _saved(found, images, file.parent) as saved:
        manifest = _write(store, found, saved, part)
        with part.open("rb") as written:
            digest, size = copy(written)
    return Exported(
        file=str(file),
        digest=digest,
        size=size,
        runs=tuple(run.run for run in found.runs),
        objects=len(manifest.objects),
        absent=manifest.absent,
    )


@contextmanager
def _saved(found: Portable, wanted: bool, folder: Path) -> Iterator[list[SavedImage]]:
    """The images that go along; those that don't are added to what is absent."""
    with ExitStack() as stack:
        saved, why = [], "the image that steps ran in is not in the file"
        if wanted and found.images:
            from jupyter_mlops.environments import connect
            from jupyter_mlops.environments.imagefile import save_image

            client = stack.enter_context(closing(connect()))
        for image in found.images:
            try:
                if wanted:
                    saved.append(stack.enter_context(save_image(client, image, folder)))
                    continue
            except EnvironmentFailure as problem:
                why = problem.message
            found.absent.append(Absent(kind="image", name=image, why=why))
        _forget_packages(found, {image.id for image in saved})
        yield saved


def _forget_packages(found: Portable, images: set[str]) -> None:
    """The packages that are in these images are not absent."""
    environments = [execution.environment for execution in found.executions.values()]
    outside = {e.lock for e in environments if e.image not in images}
    found.absent = [a for a in found.absent if a.kind != "packages" or a.digest in outside]


def _write(store: Store, found: Portable, images: Sequence[SavedImage], part: Path) -> Manifest:
    wheels = {name: path.read_bytes() for name, path in sorted(found.wheels.items())}
    small = {**found.records, **{of_bytes(data): data for data in wheels.values()}}
    small |= {image.id: image.config for image in images}
    layers = {layer: image for image in images for layer in image.layers}
    sizes = {**found.objects, **{digest: len(data) for digest, data in small.items()}}
    sizes |= {layer: image.sizes[layer] for layer, image in layers.items()}
    sizes = dict(sorted(sizes.items()))
    manifest = Manifest(
        format=FORMAT,
        program=__version__,
        runs=tuple(found.records),
        asked=found.asked,
        executions=tuple(found.executions),
        objects=sizes,
        wheels={name: of_bytes(data) for name, data in wheels.items()},
        images={image.id: image.layers for image in images},
        absent=tuple(found.absent),
    )
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as target:
        for name, data in (
            (METADATA, crate_metadata(found, sizes)),
            (MANIFEST, canonical_json(to_json(manifest))),
        ):
            _add(target, name, io.BytesIO(data))
        for digest in sizes:
            if digest in small:
                _add(target, place(digest), io.BytesIO(small[digest]))
                continue
            if digest in layers:
                with layers[digest].open(digest) as layer:
                    if _add(target, place(digest), layer) != digest:
                        raise ObjectCorrupted(digest, where="the Docker engine")
                continue
            store.objects.verify(digest)  # which also brings it here from where it lies
            path = store.objects.path(digest)
            with path.open("rb") as source:
                if _add(target, place(digest), source) != digest:
                    raise ObjectCorrupted(digest, where=str(path))
    return manifest


def _add(target: zipfile.ZipFile, name: str, source: BinaryIO) -> str:
    """The digest of what was put into the entry of that name."""
    entry = zipfile.ZipInfo(name, _DAWN)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    with target.open(entry, "w", force_zip64=True) as file:
        return copy(source, cast("BinaryIO", file))[0]


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A path beside ``file`` that becomes it, durable, if all goes well."""
    part = temporary(file.parent)
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
        sync_folder(file.parent)
    finally:
        part.unlink(missing_ok=True)
