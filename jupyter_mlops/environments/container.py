"""What steps run in on a container engine: an image, what is in it, and the proof of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.environments.aptfile import read_apt
from jupyter_mlops.environments.base import BaseImage, base_name, find_base, find_interpreter
from jupyter_mlops.environments.contained import run_contained
from jupyter_mlops.environments.detect import Detected
from jupyter_mlops.environments.image import (
    Image,
    build_image,
    builder_of,
    building,
    engine_problems,
)
from jupyter_mlops.environments.kernel import Kernel
from jupyter_mlops.environments.lock import Lock, make_lock
from jupyter_mlops.environments.own import build_own
from jupyter_mlops.environments.proofs import proof_path, proven, read_proof, write_proof
from jupyter_mlops.environments.prove import Proof, prove
from jupyter_mlops.environments.sbom import sbom
from jupyter_mlops.environments.statements import Statement
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store.disk import disk_problems, write_new

if TYPE_CHECKING:
    from docker import DockerClient

_STEP_PYTHON = "/opt/venv/bin/python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """An image that is ready, and what is known of it.

    Attributes:
        image: the image.
        lock: what was installed into it.
        source: what the packages were chosen by, as a record says it.
        apt: Debian packages that the notebook asked for.
        python: distribution → version, as found in it.
        sbom: its bill of materials, CycloneDX JSON.
    """

    image: Image
    lock: Lock
    source: str
    apt: tuple[str, ...]
    python: dict[str, str]
    sbom: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where images are made.

    Attributes:
        client: the engine.
        settings: name base image, package index, certificates and proxies.
        cache: the store's folder of what can be made anew.
        on_line: called with each line of what takes time.
    """

    client: DockerClient
    settings: Mlops
    cache: Path
    on_line: Callable[[str], None]

    def make(
        self,
        lock: Lock,
        *,
        python: str,
        statements: Sequence[Statement],
        folder: Path,
        dockerfile: str | None = None,
    ) -> Contained:
        """The image of a lock on the installation's base image, or on an own Dockerfile's.

        Args:
            lock: the packages.
            python: an interpreter of this machine with the lock's X.Y.
            statements: the imports that must work in it.
            folder: the notebook's; ``apt.txt`` and paths are looked for there.
            dockerfile: path of an own Dockerfile, relative to ``folder``.

        Raises:
            EnvironmentFailure: the image cannot be built, or an import does not work in it.
            EngineError: the engine fails.
        """
        apt = read_apt(folder)
        with engine_problems():
            if dockerfile is None:
                name = base_name(self.settings, lock.python)
                base = find_base(name, python=lock.python, client=self.client, on_line=self.on_line)
            else:
                base = build_own(
                    folder / Path(dockerfile).expanduser(),
                    settings=self.settings,
                    client=self.client,
                    store_cache=self.cache,
                    on_line=self.on_line,
                )
        image = self._build(lock, base, python, apt, sees_system=dockerfile is not None)
        return self._proven(image, lock, apt, statements, source=lock.source)

    def make_on(self, name: str, *, kernel: Kernel, statements: Sequence[Statement]) -> Contained:
        """The existing image ``name`` with what a step itself needs laid on top.

        Its packages stay as they are; what it lacks of the step command's own is installed beside
        them, in versions that fit to them.

        Args:
            name: of the image.
            kernel: the notebook's; the image must have its Python.
            statements: the imports that must work in it.

        Raises:
            EnvironmentFailure: it is not here, has another Python, or lacks an import.
            EngineError: the engine fails.
        """
        python = kernel.series
        with engine_problems():
            base = find_base(name, python=python, client=self.client, on_line=self.on_line)
        found = self._packages_of(base, python)
        own = Detected(kernel=kernel, needed={}, closure={}, installed=found, elsewhere={})
        lock = make_lock(own, settings=self.settings, store_cache=self.cache)
        image = self._build(lock, base, kernel.python, (), sees_system=True)
        return self._proven(image, lock, (), statements, source=f"image {name}")

    def _build(
        self, lock: Lock, base: BaseImage, python: str, apt: tuple[str, ...], *, sees_system: bool
    ) -> Image:
        return build_image(
            lock,
            base=base,
            python=python,
            settings=self.settings,
            client=self.client,
            store_cache=self.cache,
            on_line=self.on_line,
            apt=apt,
            sees_system=sees_system,
        )

    def _packages_of(self, base: BaseImage, python: str) -> dict[str, str]:
        """What the interpreter of a base image has installed."""
        path = proof_path(self.cache, "packages", base.id)
        known = read_proof(path)
        if known is None:
            with building(self.cache, self.client, self.on_line), engine_problems():
                interpreter = find_interpreter(
                    base, python=python, client=self.client, builder=builder_of(self.cache)
                )
                known = self._prove(base.id, interpreter.executable, ())
            write_proof(path, known)
        return dict(known.python)

    def _proven(
        self,
        image: Image,
        lock: Lock,
        apt: tuple[str, ...],
        statements: Sequence[Statement],
        *,
        source: str,
    ) -> Contained:
        def prove_it() -> Proof:
            with building(self.cache, self.client, self.on_line), engine_problems():
                return self._prove(image.id, _STEP_PYTHON, statements)

        proof = proven(
            image.id,
            statements,
            cache=self.cache,
            prove=prove_it,
            contained=True,
            on_line=self.on_line,
        )
        return Contained(
            image=image,
            lock=lock,
            source=source,
            apt=apt,
            python=dict(proof.python),
            sbom=self._sbom(image, lock, proof),
        )

    def _prove(self, image: str, python: str, statements: Iterable[Statement]) -> Proof:
        def run(arguments: Sequence[str]) -> tuple[int, str]:
            return run_contained(
                self.client, image, (python, *arguments), builder=builder_of(self.cache)
            )

        return prove(statements, run, fix="choose another base image")

    def _sbom(self, image: Image, lock: Lock, proof: Proof) -> bytes:
        path = proof_path(self.cache, "sboms", image.id)
        with disk_problems(path):
            if not path.is_file():
                data = sbom(proof, python=image.python, base=image.base, lock=lock.digest)
                path.parent.mkdir(parents=True, exist_ok=True)
                write_new(path, data)
            return path.read_bytes()
