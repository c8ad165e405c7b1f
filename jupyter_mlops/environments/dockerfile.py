"""The Dockerfile of a notebook's steps: system packages, locked packages, the step's own modules.

It names no package index, certificates or proxies, and the build needs none of them but for system
packages: Python packages were installed on the host, by hash, and are added as one layer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from jupyter_mlops.environments import labels

PACKAGES_TAR = "packages.tar"
"""In the build's context: what lies below ``/opt/venv``, but for its interpreter."""

RUNTIME_FOLDER = "jupyter_mlops"
"""In the build's context: the modules of this package that a step runs."""

USER = "65534:65534"


def packages_stage(
    base: str,
    *,
    python: str,
    apt: Iterable[str] = (),
    sees_system: bool = False,
    first_labels: Mapping[str, str] | None = None,
    last_labels: Mapping[str, str] | None = None,
) -> str:
    """The stage that holds the packages in ``/opt/venv``.

    Args:
        base: what ``FROM`` names.
        python: name or path of the base image's interpreter.
        apt: Debian packages, by valid names.
        sees_system: whether the packages of the base image's interpreter can be imported too.
        first_labels: put on all layers, also on what a killed build leaves.
        last_labels: put on the result.
    """
    venv = [python, "-m", "venv", "--without-pip", *(["--system-site-packages"] * sees_system)]
    first = {labels.KIND: "packages", **(first_labels or {})}
    parts = [f"FROM {base} AS packages", _label(first), "USER 0:0"]
    if packages := sorted(apt):
        parts += [_install(packages)]
    parts += [
        f"RUN {json.dumps([*venv, '/opt/venv'])}",
        f"ADD {PACKAGES_TAR} /opt/venv/",
        "ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH",
    ]
    if last_labels:
        parts.append(_label(last_labels))
    return "\n".join(parts) + "\n"


def step_stage(base: str = "packages") -> str:
    """The stage that steps run in, on the image or stage ``base``: all else is there already."""
    mark = {labels.KIND: "step"} | ({} if base == "packages" else {labels.PACKAGES: base})
    compiled = ["/opt/venv/bin/python", "-m", "compileall", "-q"]
    compiled += ["--invalidation-mode", "unchecked-hash", "/opt/mlops"]
    parts = [
        f"FROM {base} AS step",
        _label(mark),
        f"COPY {RUNTIME_FOLDER} /opt/mlops/{RUNTIME_FOLDER}",
        f"RUN {json.dumps(compiled)}",
        "ENV PYTHONPATH=/opt/mlops PYTHONDONTWRITEBYTECODE=1",
        f"USER {USER}",
        "ENTRYPOINT []",
        'CMD ["python"]',
    ]
    return "\n".join(parts) + "\n"


def whole_dockerfile(base: str, *, lock: str, apt: Iterable[str] = ()) -> str:
    """Both stages as one file, for a person to build.

    Args:
        base: name of the base image.
        lock: digest of the lock.
        apt: Debian packages.
    """
    packages = packages_stage("${BASE}", python="python3", apt=apt, last_labels={labels.LOCK: lock})
    head = "# What the notebook's steps run in. README.md says how to build it.\n"
    return f"{head}ARG BASE={base}\n\n{packages}\n{step_stage()}"


def _install(packages: Iterable[str]) -> str:
    lines = [
        "RUN echo 'Acquire::Retries 3;' > /etc/apt/apt.conf.d/80retries",
        "apt-get update -qq",
        "DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "
        + " ".join(packages),
        "apt-get clean",
        "rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log",
    ]
    return " \\\n && ".join(lines)


def _label(values: Mapping[str, str]) -> str:
    return "LABEL " + " ".join(f"{name}={json.dumps(text)}" for name, text in values.items())
