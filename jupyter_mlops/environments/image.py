"""The image that steps run in: the locked packages on a base image, and the step's own modules.

Two images, each named by the digest of what it is made of, so that neither is made twice: one of
the packages (base image, lock), and on it one with the modules of this package that a step runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.environments.base import BaseImage, find_base
from jupyter_mlops.environments.build import build
from jupyter_mlops.environments.lock import Lock
from jupyter_mlops.environments.runtime import runtime_files
from jupyter_mlops.environments.sources import PackageSources, package_sources
from jupyter_mlops.errors import EngineError
from jupyter_mlops.model import identity
from jupyter_mlops.settings import Mlops
from jupyter_mlops.store.disk import disk_problems

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image as DockerImage

PYTHON_LABEL = "jupyter-mlops.python"

# /opt/pip holds what belongs to this machine and must not stay: index, certificates, proxies.
_INSTALL = """\
set -eu
exec 2>&1
. /opt/pip/environment
python3 -c 'import platform, sys
found, wanted = platform.python_version(), sys.argv[1]
print(found, flush=True)
if not found.startswith(wanted + "."):
    sys.exit(f"the base image has Python {found}, the kernel of the notebook {wanted}")' "$1"
python3 -m venv /opt/venv
PIP_CONFIG_FILE=/opt/pip/pip.conf PIP_ROOT_USER_ACTION=ignore /opt/venv/bin/python -m pip install \\
  --no-cache-dir --disable-pip-version-check --progress-bar off --no-compile \\
  --no-deps --require-hashes -r /opt/mlops/requirements.lock
# Some packages ship files that are no Python of this version.
/opt/venv/bin/python -m compileall -qq -j 0 /opt/venv/lib || true
rm -rf /opt/pip
"""
_COMPILE = (
    *("python", "-m", "compileall", "-q"),
    *("--invalidation-mode", "unchecked-hash", "/opt/mlops"),
)
_STEP = (
    "ENV PYTHONPATH=/opt/mlops",
    "ENV PYTHONDONTWRITEBYTECODE=1",
    "WORKDIR /",
    "USER 65534:65534",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image that steps run in.

    Attributes:
        tag: its name, made of its content's digest.
        id: ``sha256:…`` as the engine knows it.
        base: id of the base image.
        python: full version of its interpreter.
    """

    tag: str
    id: str
    base: str
    python: str


def build_image(
    lock: Lock,
    *,
    settings: Mlops,
    client: DockerClient,
    store_cache: Path,
    on_line: Callable[[str], None],
) -> Image:
    """The image of ``lock``; made if the engine has none of this content yet.

    Of two processes with one cache that want the same lock, one builds and the other waits. The
    machine's package index and certificates are used and do not stay in the image.

    Args:
        lock: the packages.
        settings: name the base image, the package index and the certificates.
        client: the engine.
        store_cache: the store's folder of what can be made anew.
        on_line: called with what is being done and, indented, each line that the build prints.

    Raises:
        EnvironmentFailure: the base image is missing or has another Python, or a package cannot be
            installed; nothing of the build is left.
        EngineError: the engine fails.
        StoreError: the cache cannot be written.
    """
    from docker.errors import DockerException
    from filelock import FileLock

    try:
        base = find_base(lock.python, settings=settings, client=client, on_line=on_line)
        modules = runtime_files()
        packages_tag = _packages_tag(base, lock)
        step_tag = _step_tag(packages_tag, modules)
        image = _find(client, step_tag)
        if image is None:
            folder = store_cache / "builds"
            with disk_problems(folder):
                folder.mkdir(parents=True, exist_ok=True)
            owner = owner_of(lock, store_cache)
            make = partial(
                build, owner=owner, client=client, on_line=lambda line: on_line(f"  {line}")
            )
            with FileLock(folder / f"{_short(lock.digest)}.lock"):
                if _find(client, packages_tag) is None:
                    on_line(f"building an image of {len(lock.packages)} packages on {base.name}")
                    _install(base, lock, tag=packages_tag, settings=settings, make=make)
                image = _find(client, step_tag) or make(
                    packages_tag,
                    files={f"opt/mlops/{path}": data for path, data in modules.items()},
                    program=_COMPILE,
                    changes=lambda lines: _STEP,
                    tag=step_tag,
                    network="none",
                )
    except DockerException as error:
        raise EngineError(
            f"the Docker engine failed while the image was prepared: {error}",
            fix="look at the engine (`docker info`), or run with --engine local",
        ) from error
    return Image(tag=step_tag, id=image.id, base=base.id, python=image.labels[PYTHON_LABEL])


def owner_of(lock: Lock, store_cache: Path) -> str:
    """What marks the containers and images of this lock's builds from this cache."""
    return _short(identity.of_value("build", [lock.digest, str(store_cache.absolute())]))


def _packages_tag(base: BaseImage, lock: Lock) -> str:
    content = {"base": base.id, "lock": lock.digest, "program": _INSTALL}
    return f"jupyter-mlops-packages:{_short(identity.of_value('image', content))}"


def _step_tag(packages_tag: str, modules: Mapping[str, bytes]) -> str:
    content = {
        "packages": packages_tag,
        "program": _COMPILE,
        "changes": _STEP,
        "modules": {path: identity.of_bytes(data) for path, data in modules.items()},
    }
    return f"jupyter-mlops-step:{_short(identity.of_value('image', content))}"


def _install(
    base: BaseImage,
    lock: Lock,
    *,
    tag: str,
    settings: Mlops,
    make: Callable[..., DockerImage],
) -> None:
    make(
        base.id,
        files={
            "opt/mlops/requirements.lock": lock.text.encode(),
            "opt/mlops/install": _INSTALL.encode(),
            **_of_this_machine(package_sources(settings)),
        },
        program=("sh", "/opt/mlops/install", lock.python),
        changes=lambda lines: (
            f"ENV PATH=/opt/venv/bin:{base.path}",
            "ENV VIRTUAL_ENV=/opt/venv",
            f"LABEL {PYTHON_LABEL}={lines[0]}",
        ),
        tag=tag,
        network="host",
    )


def _of_this_machine(sources: PackageSources) -> Mapping[str, bytes]:
    files = {
        "opt/pip/environment": sources.shell_environment().encode(),
        "opt/pip/pip.conf": sources.pip_config(ca_bundle="/opt/pip/ca.pem").encode(),
    }
    if sources.ca_bundle:
        files["opt/pip/ca.pem"] = sources.ca_bundle.read_bytes()
    return files


def _find(client: DockerClient, tag: str) -> DockerImage | None:
    from docker.errors import ImageNotFound

    try:
        return client.images.get(tag)
    except ImageNotFound:
        return None


def _short(digest: str) -> str:
    return digest.removeprefix(identity.PREFIX)[:16]
