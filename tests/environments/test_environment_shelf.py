from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builder import Builder
from distfiles import Wheel, lock_of
from registry import registry

from jupyter_mlops.environments import labels
from jupyter_mlops.environments.build import build
from jupyter_mlops.environments.context import context
from jupyter_mlops.environments.image import builder_of
from jupyter_mlops.environments.shelf import (
    Collected,
    ShelvedImage,
    collect,
    list_images,
    push_image,
)
from jupyter_mlops.errors import EngineError
from jupyter_mlops.model.run import Environment, Run, StepReport

pytestmark = pytest.mark.docker


def a_run(name: str, image: str, *, days_ago: float) -> Run:
    environment = Environment(digest="sha256:e", engine="docker", python="3", image=image)
    return Run(
        run=name,
        state="succeeded",
        reason="",
        notebook="/n.ipynb",
        source="sha256:s",
        pipeline="sha256:p",
        parameters=(),
        engine="docker",
        user="me",
        host="here",
        started=(datetime.now(UTC) - timedelta(days=days_ago)).isoformat(),
        steps=(StepReport(step="s", state="succeeded", environment=environment),),
    )


def gc(builder: Builder, *runs: Run, keep: float = 0, dry_run: bool = False) -> Collected:
    return collect(
        builder.client,
        runs,
        builder=builder_of(builder.cache),
        keep=keep,
        store_cache=builder.cache,
        dry_run=dry_run,
        on_line=print,
    )


def names(images: tuple[ShelvedImage, ...]) -> set[str]:
    return {name.partition(":")[0] for image in images for name in image.names}


def mine(builder: Builder, *runs: Run) -> tuple[ShelvedImage, ...]:
    found = list_images(builder.client, runs)
    return tuple(image for image in found if image.builder == builder_of(builder.cache))


def test_list_and_gc(builder: Builder) -> None:
    client, wheels = builder.client, Path(builder.settings.wheelhouse)
    first = builder.build().image
    second = builder.build(lock=lock_of(Wheel(name="beta").write(wheels))).image
    run = a_run("r1", first.id, days_ago=3)

    step, packages = (
        next(i for i in mine(builder, run) if i.kind == kind and i.lock == builder.lock.digest)
        for kind in ("step", "packages")
    )
    inspected = client.images.get(first.tag)
    assert step == ShelvedImage(
        names=(first.tag,),
        id=first.id,
        kind="step",
        size=first.size,
        created=step.created,
        python=first.python,
        lock=builder.lock.digest,
        base=first.base,
        packages=packages.names[0],
        builder=builder_of(builder.cache),
        runs=("r1",),
    )
    assert inspected.attrs["Created"].startswith(step.created[:19])

    # What is young is kept, then what a recent run used; of that also what it is built on.
    everything = {image.id for image in mine(builder)}
    assert gc(builder, run, keep=1).removed == ()
    old = gc(builder, run, keep=0, dry_run=True)
    assert {image.id for image in old.removed} == everything
    held = client.containers.create(second.id)
    try:
        assert names(gc(builder, a_run("r", first.id, days_ago=-1)).in_use) == {
            "jupyter-mlops-step",
        }
    finally:
        held.remove()
    assert {image.id for image in mine(builder)} == everything - {
        image.id for image in old.removed if image.kind == "packages" and image.lock != step.lock
    }
    assert names(gc(builder, a_run("r", first.id, days_ago=-1)).removed) == {"jupyter-mlops-step"}
    assert {image.id for image in mine(builder)} == {step.id, packages.id}

    assert {image.id for image in gc(builder).removed} == {step.id, packages.id}
    assert mine(builder) == ()


def test_push(builder: Builder) -> None:
    """A small image: the engine compresses what it pushes, and a base image has 300 MB."""
    client, name = builder.client, builder_of(builder.cache)
    tag = f"jupyter-mlops-step:{name}"
    marks = f'{labels.KIND}="step" {labels.BUILDER}="{name}"'
    text = f"FROM scratch\nLABEL {marks}\nCOPY Dockerfile /\n"
    build(
        context({"Dockerfile": text.encode()}),
        tag=tag,
        client=client,
        network="none",
        proxies={},
        on_line=print,
    )
    with registry() as there:
        target = f"{there.address}/team/steps"
        pushed = push_image(client, tag, target, on_line=print)
        manifest = there.manifests["team/steps", name]
        assert pushed == f"{target}@sha256:{hashlib.sha256(manifest).hexdigest()}"
        described = json.loads(manifest)
        needed = {layer["digest"] for layer in (described["config"], *described["layers"])}
        assert needed <= there.blobs.keys()
        config = json.loads(there.blobs[described["config"]["digest"]])
        assert config["rootfs"]["diff_ids"] == client.images.get(tag).attrs["RootFS"]["Layers"]

        there.refuses = True
        with pytest.raises(EngineError, match=f"{target}2:x cannot be pushed: denied") as caught:
            push_image(client, tag, f"{target}2:x", on_line=print)
        assert f"docker login {there.address}" in caught.value.fix

    assert mine(builder)[0].names == tuple(sorted((tag, f"{target}:{name}", f"{target}2:x")))
    (removed,) = gc(builder).removed
    assert removed.names == tuple(sorted((tag, f"{target}:{name}", f"{target}2:x")))
    assert mine(builder) == ()
