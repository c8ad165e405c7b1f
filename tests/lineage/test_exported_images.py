"""Images go from engine to engine in the file of their runs, and take the place of no other."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from traced_history import record_traced

from jupyter_mlops import Catalog
from jupyter_mlops.environments.imagefile import ARRIVED
from jupyter_mlops.environments.recreate import Recreator
from jupyter_mlops.lineage.parcel import BadParcel
from jupyter_mlops.model.crate import Absent
from jupyter_mlops.model.identity import canonical_json, of_bytes
from jupyter_mlops.model.run import Environment
from jupyter_mlops.settings import load_settings
from jupyter_mlops.store import check_store

if TYPE_CHECKING:
    from docker import DockerClient

MANIFEST = "jupyter-mlops.json"
LOCK = b"# Python 3.11\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "other") as other:
        yield other


@dataclass(frozen=True)
class Ran:
    """A recorded run of one step in an image, whose name moves on to another image."""

    catalog: Catalog
    environment: Environment
    image: str
    name: str
    next_image: str


@pytest.fixture
def ran(tmp_path: Path, docker_client: DockerClient) -> Iterator[Ran]:
    name = f"jupyter-mlops-test-{uuid4().hex[:12]}:moves"
    image, next_image = (_image(docker_client, name, text) for text in ("recorded", "next"))
    with Catalog(tmp_path / "store") as catalog:
        record_traced(catalog.store)
        scored = catalog.store.catalog.execution("scored.load.1")
        environment = replace(
            scored.environment,
            engine="docker",
            image=image,
            lock=catalog.store.objects.put_bytes(LOCK),
            packages={},
        )
        inside = replace(scored, run="boxed", execution="boxed.load.1", environment=environment)
        run = catalog.show("scored")
        step = replace(run.steps[0], execution=inside.execution)
        catalog.store.catalog.save_run(replace(run, run="boxed", steps=(step,)))
        catalog.store.catalog.record_execution(inside)
        yield Ran(catalog, environment, image, name, next_image)
    for known in (f"{ARRIVED}:{image.removeprefix('sha256:')}", name, image):
        _remove(docker_client, known)


def _image(client: DockerClient, name: str, text: str) -> str:
    """The id of a new image of two layers, the upper one empty, that is called ``name``."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        entry = tarfile.TarInfo("text")
        entry.size = len(text + name)
        archive.addfile(entry, io.BytesIO((text + name).encode()))
    repository, _, tag = name.partition(":")
    client.api.import_image_from_data(data.getvalue(), repository=repository, tag=tag)
    return str(client.images.get(name).id)


def _remove(client: DockerClient, name: str) -> None:
    from docker.errors import ImageNotFound

    with contextlib.suppress(ImageNotFound):
        client.images.remove(name)


def tags(client: DockerClient, image: str) -> list[str]:
    return list(client.images.get(image).tags)


def test_an_image_arrives_under_its_id_alone(
    ran: Ran, other: Catalog, docker_client: DockerClient
) -> None:
    done = ran.catalog.export("boxed", "boxed.zip", images=True)
    assert done.absent == ()  # the packages are in the image
    assert ran.catalog.export("boxed", "again.zip", images=True).digest == done.digest
    docker_client.images.remove(ran.image)
    taken = other.import_("boxed.zip")
    assert (taken.images, taken.absent) == ((ran.image,), ())
    assert tags(docker_client, ran.image) == [f"{ARRIVED}:{ran.image.removeprefix('sha256:')}"]
    assert tags(docker_client, ran.next_image) == [ran.name]
    assert ran.image not in other.store.objects
    assert check_store(other.store) == ()
    assert other.import_("boxed.zip").images == ()  # the engine has it
    said: list[str] = []
    recreator = Recreator(
        engine="docker",
        kernel="python3",
        settings=load_settings(),
        store_cache=other.store.cache,
        read=other.store.objects.read_bytes,
        on_line=said.append,
    )
    made = recreator.recreate(ran.environment, own_image=False)
    assert (made.image, said) == (ran.image, [])  # nothing is built or fetched


def test_an_image_that_is_gone_is_named(ran: Ran, docker_client: DockerClient) -> None:
    docker_client.images.remove(ran.image)
    for images, why in (
        (False, "the image that steps ran in is not in the file"),
        (True, "it is not on the Docker engine any more"),
    ):
        absent = ran.catalog.export("boxed", f"images-{images}.zip", images=images).absent
        assert Absent(kind="image", name=ran.image, why=why) in absent


def test_runs_arrive_where_no_engine_answers(
    ran: Ran, other: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran.catalog.export("boxed", "boxed.zip", images=True)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path / 'nobody.sock'}")
    taken = other.import_("boxed.zip")
    (absent,) = [item for item in taken.absent if item.kind == "image"]
    assert (taken.runs, taken.images, absent.name) == (("boxed",), (), ran.image)
    assert "no Docker engine can be reached" in absent.why


Entries = dict[str, bytes]


def change(entries: Entries, **fields: object) -> None:
    entries[MANIFEST] = canonical_json({**json.loads(entries[MANIFEST]), **fields})


def exchange(entries: Entries) -> None:
    """Another configuration, with a layer of its own, under the id of the recorded image."""
    manifest = json.loads(entries[MANIFEST])
    (image,) = manifest["images"]
    config = json.loads(entries[f"objects/{image.removeprefix('sha256:')}"])
    config["config"] = {"Entrypoint": ["evil"]}
    entries[f"objects/{image.removeprefix('sha256:')}"] = canonical_json(config)
    sizes = {**manifest["objects"], image: len(canonical_json(config))}
    change(entries, objects=sizes)


def add_image(entries: Entries) -> None:
    """An image in which no step ran, in order in itself."""
    config = canonical_json({"rootfs": {"type": "layers", "diff_ids": []}})
    digest = of_bytes(config)
    entries[f"objects/{digest.removeprefix('sha256:')}"] = config
    manifest = json.loads(entries[MANIFEST])
    objects, images = manifest["objects"], manifest["images"]
    change(entries, objects={**objects, digest: len(config)}, images={**images, digest: []})


def add_layer(entries: Entries) -> None:
    """A layer that the configuration does not list, in the file as an object."""
    manifest = json.loads(entries[MANIFEST])
    ((image, layers),) = manifest["images"].items()
    change(entries, images={image: [*layers, manifest["runs"][0]]})


@dataclass(frozen=True)
class Wrong:
    name: str
    do: Callable[[Entries], object]
    message: str


WRONG = [
    Wrong("another configuration", exchange, "its bytes have another digest"),
    Wrong("an image of nobody", add_image, "no step ran in the image"),
    Wrong("another layer", add_layer, "are others than it says"),
    Wrong(
        "no parts",
        lambda e: change(e, images={i: ["sha256:1"] for i in json.loads(e[MANIFEST])["images"]}),
        "part of image .* is missing from it",
    ),
]


def test_what_is_wrong_changes_nothing(
    ran: Ran, other: Catalog, docker_client: DockerClient
) -> None:
    ran.catalog.export("boxed", "good.zip", images=True)
    docker_client.images.remove(ran.image)
    ids = {image.id for image in docker_client.images.list(name=ARRIVED)}
    for number, wrong in enumerate(WRONG):
        with zipfile.ZipFile("good.zip") as archive:
            entries = {name: archive.read(name) for name in archive.namelist()}
        wrong.do(entries)
        with zipfile.ZipFile(f"bad-{number}.zip", "w") as archive:
            for name, data in entries.items():
                archive.writestr(name, data)
        with pytest.raises(BadParcel, match=wrong.message):
            other.import_(f"bad-{number}.zip")
    assert {image.id for image in docker_client.images.list(name=ARRIVED)} == ids
    assert other.runs() == []
