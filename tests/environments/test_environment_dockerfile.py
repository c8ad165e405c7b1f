from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.environments.dockerfile import packages_stage, step_stage, whole_dockerfile


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    found: str
    expected: str


PACKAGES = """\
FROM base@sha256:1 AS packages
LABEL org.jupyter-mlops.image="packages"
USER 0:0
RUN ["python3", "-m", "venv", "--without-pip", "/opt/venv"]
ADD packages.tar /opt/venv/
ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
"""
EVERYTHING = """\
FROM base@sha256:1 AS packages
LABEL org.jupyter-mlops.image="packages" first="1"
USER 0:0
RUN echo 'Acquire::Retries 3;' > /etc/apt/apt.conf.d/80retries \\
 && apt-get update -qq \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends g++ libgl1 \\
 && apt-get clean \\
 && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log
RUN ["/usr/bin/python3.11", "-m", "venv", "--without-pip", "--system-site-packages", "/opt/venv"]
ADD packages.tar /opt/venv/
ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
LABEL last="2"
"""
STEP = """\
FROM packages AS step
LABEL org.jupyter-mlops.image="step"
COPY jupyter_mlops /opt/mlops/jupyter_mlops
RUN ["/opt/venv/bin/python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", \
"/opt/mlops"]
ENV PYTHONPATH=/opt/mlops PYTHONDONTWRITEBYTECODE=1
USER 65534:65534
ENTRYPOINT []
CMD ["python"]
"""
CASES = [
    Case(
        title="packages", found=packages_stage("base@sha256:1", python="python3"), expected=PACKAGES
    ),
    Case(
        title="packages, system packages, labels",
        found=packages_stage(
            "base@sha256:1",
            python="/usr/bin/python3.11",
            apt=("libgl1", "g++"),
            sees_system=True,
            first_labels={"first": "1"},
            last_labels={"last": "2"},
        ),
        expected=EVERYTHING,
    ),
    Case(title="step", found=step_stage(), expected=STEP),
    Case(
        title="step on an image of packages",
        found=step_stage("jupyter-mlops-packages:1"),
        expected=STEP.replace("FROM packages", "FROM jupyter-mlops-packages:1").replace(
            '"step"', '"step" org.jupyter-mlops.packages="jupyter-mlops-packages:1"'
        ),
    ),
    Case(
        title="for a person",
        found=whole_dockerfile("base:1", lock="sha256:2"),
        expected="# What the notebook's steps run in. README.md says how to build it.\n"
        "ARG BASE=base:1\n\n"
        + PACKAGES.replace("base@sha256:1", "${BASE}")
        + f'LABEL org.jupyter-mlops.lock="sha256:2"\n\n{STEP}',
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_text(case: Case) -> None:
    assert case.found == case.expected
