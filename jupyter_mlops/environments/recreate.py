"""What a step ran in, made again from its record: the same kernel, lock, or image."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.environments.base import BaseImage, base_name, find_base
from jupyter_mlops.environments.detect import packages_of
from jupyter_mlops.environments.image import build_image, engine_problems, find_image
from jupyter_mlops.environments.keptwheels import kept_wheels
from jupyter_mlops.environments.kernel import Kernel, find_kernel, kernel_at
from jupyter_mlops.environments.lock import Lock, read_lock
from jupyter_mlops.environments.own import own_tag
from jupyter_mlops.environments.prepare import connect, identified
from jupyter_mlops.environments.satisfied import differences
from jupyter_mlops.environments.venv import make_venv
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.run import Environment
from jupyter_mlops.settings import Mlops

if TYPE_CHECKING:
    from docker import DockerClient

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Recreator:
    """Makes recorded environments again.

    Attributes:
        engine: ``local`` or ``docker``: where they are to be used.
        kernel: name of the notebook's kernelspec.
        settings: of the installation.
        store_cache: the store's folder of what can be made anew.
        read: gives the bytes of an object by its digest.
        on_line: called with each line of what takes time.
    """

    engine: str
    kernel: str
    settings: Mlops
    store_cache: Path
    read: Callable[[str], bytes]
    on_line: Callable[[str], None]

    def recreate(self, recorded: Environment, *, own_image: bool) -> Environment:
        """The environment, ready to be used, without what the step's own settings add to it.

        Args:
            recorded: of an execution.
            own_image: True if the step names an image or a Dockerfile of its own.

        Raises:
            EnvironmentFailure: it cannot be made again; says what is missing or has changed.
            EngineError: the Docker engine does not answer.
        """
        if recorded.lock is None:
            return self._kernel(recorded)
        lock = read_lock(self.read(recorded.lock).decode())
        wheels = kept_wheels(lock, self.read, self.store_cache / "wheels-of-locks")
        lock = replace(lock, wheels=wheels, source=recorded.source)
        if self.engine == "docker":
            return self._image(recorded, lock, own_image=own_image)
        if recorded.engine == "docker" and (own_image or recorded.system):
            raise EnvironmentFailure(
                "the step ran in an image of its own, or with Debian packages, which no local "
                "environment has",
                fix="take --engine docker",
            )
        venv = make_venv(
            lock,
            kernel=self._interpreter(lock.python, recorded.python),
            settings=self.settings,
            store_cache=self.store_cache,
            on_line=self.on_line,
        )
        return _made(recorded, engine="local", python=venv.mark.python, interpreter=venv.python)

    def _kernel(self, recorded: Environment) -> Environment:
        """The kernel of this machine, if it is what it was."""
        if self.engine != "local" or recorded.interpreter is None:
            raise EnvironmentFailure(
                "the step ran in a kernel as it stood, of which there is no lock",
                fix="take --engine local; runs in locked packages can be made again anywhere",
            )
        there = Path(recorded.interpreter).is_file()
        kernel = kernel_at(self.kernel, recorded.interpreter) if there else None
        changed = [f"{recorded.interpreter} is gone"]
        if kernel is not None:
            changed = differences(recorded.packages, packages_of(kernel))
            if kernel.version != recorded.python:
                changed.insert(0, f"Python {kernel.version} instead of {recorded.python}")
        if changed:
            more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
            raise EnvironmentFailure(
                "the step ran in a kernel as it stood, of which there is no lock, and which has "
                f"changed since: {', '.join(changed[:_SHOWN])}{more}",
                fix="put the kernel back as it was; what runs with `--environment locked` can be "
                "made again anywhere",
            )
        return _made(recorded, engine="local", python=recorded.python)

    def _interpreter(self, series: str, version: str) -> Kernel:
        """A Python X.Y of this machine; the one of that version, if there is one."""
        found = []
        with suppress(EnvironmentFailure):
            found.append(find_kernel(self.kernel))
        with suppress(EnvironmentFailure):
            found.append(kernel_at("python", sys.executable))
        fit = [kernel for kernel in found if kernel.series == series]
        if not fit:
            raise EnvironmentFailure(
                f"the packages are locked for Python {series}, which neither kernel "
                f"{self.kernel!r} nor this program has",
                fix=f"install a kernel {self.kernel!r} with Python {series}",
            )
        return next((kernel for kernel in fit if kernel.version == version), fit[0])

    def _image(self, recorded: Environment, lock: Lock, *, own_image: bool) -> Environment:
        client = connect()
        try:
            with engine_problems():
                known = recorded.image and find_image(client, recorded.image)
            if known:
                return _made(recorded, engine="docker", python=recorded.python)
            self.on_line("the image of the run is gone; it is made again")
            base = self._base(client, recorded, lock.python)
            image = build_image(
                lock,
                base=base,
                python=self._interpreter(lock.python, recorded.python).python,
                settings=self.settings,
                client=client,
                store_cache=self.store_cache,
                on_line=self.on_line,
                apt=recorded.system,
                sees_system=own_image,
            )
        finally:
            client.close()
        made = _made(recorded, engine="docker", python=image.python)
        return identified(replace(made, image=image.id, base=base.identity))

    def _base(self, client: DockerClient, recorded: Environment, python: str) -> BaseImage:
        """The image that the step's own was built on; for a local step, that of the settings."""
        with engine_problems():
            if recorded.base is not None:
                for name in (own_tag(recorded.base), recorded.base):
                    image = find_image(client, name)
                    if image is not None:
                        return BaseImage(
                            name=name, id=image.id, identity=recorded.base, reference=image.id
                        )
            name = base_name(self.settings, python)
            base = find_base(name, python=python, client=client, on_line=self.on_line)
        if recorded.base not in (None, base.identity):
            raise EnvironmentFailure(
                f"the base image of the run ({recorded.base}) is not on the engine; {name} is "
                "another one now",
                fix="pull or load that image again",
            )
        return base


def _made(
    recorded: Environment, *, engine: str, python: str, interpreter: Path | None = None
) -> Environment:
    """The record with what may be another now; settings are the step's own affair."""
    same = engine == recorded.engine
    local = str(interpreter) if interpreter is not None else recorded.interpreter
    return identified(
        replace(
            recorded,
            engine=engine,
            python=python,
            interpreter=local if engine == "local" else None,
            image=recorded.image if same else None,
            base=recorded.base if same else None,
            sbom=recorded.sbom if same else None,
            system=recorded.system if same else (),
            settings={},
        )
    )
