from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packages import STEP, Index
from projectfiles import PYLOCK, PYPROJECT, PYTHON, UV_LOCK, detected, laid_out

from jupyter_mlops.environments import Detected, Lock, make_lock
from jupyter_mlops.environments.declaration import find_declaration
from jupyter_mlops.environments.lock import read_lock
from jupyter_mlops.environments.target import target_for
from jupyter_mlops.model import identity
from jupyter_mlops.settings import Mlops


@dataclass(frozen=True, kw_only=True)
class Case:
    """A project folder, and what its notebook is locked to; `{beta}` is the entry of beta 1.4."""

    title: str
    detected: Detected
    files: Mapping[str, str] = field(default_factory=dict)
    chosen: str | None = None
    source: str
    packages: Mapping[str, str]
    warnings: tuple[str, ...] = ()


BETA = detected({"beta": "1.4"})
KERNEL = "imports of the notebook, versions of kernel 'mine'"
CASES = [
    Case(
        title="the notebook's imports in the kernel's versions",
        detected=detected({"alpha-lib": "2.1"}, closure={"alpha-lib": "2.1", "beta": "1.4"}),
        source=KERNEL,
        packages={"alpha-lib": "2.1", "beta": "1.4", **STEP},
    ),
    Case(
        title="what a step itself needs gives way",
        detected=detected({"beta": "1.4"}, installed={"tornado": "4.0", "papermill": "1.0"}),
        source=KERNEL,
        packages={"beta": "1.4", **STEP},
    ),
    Case(
        title="the kernel's versions hold also for what a step itself needs",
        detected=detected({"beta": "1.4"}, installed={"tornado": "6.4"}),
        source=KERNEL,
        packages={"beta": "1.4", **STEP, "tornado": "6.4"},
    ),
    Case(
        title="a version that the notebook installs comes before the kernel's",
        detected=detected({"beta": "1.4"}, installs=("beta==1.9",)),
        source=KERNEL,
        packages={"beta": "1.9", "pip": "26.0", **STEP},
    ),
    Case(
        title="a package that the notebook installs and the kernel does not have",
        detected=detected({}, installs=("needs-new",), absent=("needs_new",)),
        source=KERNEL,
        packages={"needs-new": "1.0", "beta": "1.9", "pip": "26.0", **STEP},
    ),
    Case(
        title="a version that was withdrawn",
        detected=detected({"withdrawn": "1.0"}),
        source=KERNEL,
        packages={"withdrawn": "1.0", **STEP},
        warnings=('withdrawn==1.0 is yanked (reason: "it deletes files")',),
    ),
    Case(
        title="requirements: in the kernel's version where they allow it",
        detected=BETA,
        files={"requirements.txt": "beta>=1\n"},
        source="requirements.txt",
        packages={"beta": "1.4", **STEP},
    ),
    Case(
        title="requirements: the newest where they don't",
        detected=BETA,
        files={"requirements.txt": "-r more.txt\n", "more.txt": "beta>=1.5\n"},
        source="requirements.txt",
        packages={"beta": "1.9", **STEP},
    ),
    Case(
        title="requirements that lack an import",
        detected=BETA,
        files={"requirements.txt": "tornado==6.4\n"},
        source="requirements.txt, and beta of kernel 'mine'",
        packages={"beta": "1.4", **STEP, "tornado": "6.4"},
    ),
    Case(
        title="requirements for what the kernel does not have",
        detected=detected({}, absent=("alpha",)),
        files={"requirements.txt": "alpha-lib\n"},
        source="requirements.txt",
        packages={"alpha-lib": "2.1", "beta": "1.9", **STEP},
    ),
    Case(
        title="requirements that repeat the default index",
        detected=BETA,
        files={"requirements.txt": "--index-url={default index}/\nbeta\n"},
        source="requirements.txt",
        packages={"beta": "1.4", **STEP},
    ),
    Case(
        title="a project",
        detected=BETA,
        files={"pyproject.toml": PYPROJECT},
        source="pyproject.toml",
        packages={"beta": "1.4", **STEP},
    ),
    Case(
        title="a conda environment",
        detected=BETA,
        files={
            "environment.yml": f"dependencies:\n- python={PYTHON}\n- conda-forge::beta >=1.5\n"
            "- pip\n- pip:\n  - alpha-lib\n"
        },
        source="environment.yml",
        packages={"alpha-lib": "2.1", "beta": "1.9", **STEP},
    ),
    Case(
        title="a lock of conda",
        detected=BETA,
        files={
            "conda-lock.yml": "package:\n"
            "- {name: beta, version: '1.9', manager: conda, platform: linux-64}\n"
            "- {name: libblas, version: '3', manager: conda, platform: linux-64}\n"
            "- {name: beta, version: '1.4', manager: conda, platform: osx-64}\n"
            "- {name: alpha-lib, version: '2.1', manager: pip, platform: linux-64}\n"
        },
        source="conda-lock.yml",
        packages={"alpha-lib": "2.1", "beta": "1.9", **STEP},
    ),
    Case(
        title="hashed requirements",
        detected=BETA,
        files={
            "requirements.txt": "# made with Python {python}\n--index-url https://index.test\n"
            "{beta}"
            "windows-only==1.0 ; sys_platform == 'win32' --hash=sha256:00\n"
        },
        source="requirements.txt (hashed)",
        packages={"beta": "1.4", **STEP},
    ),
    Case(
        title="a lock of PEP 751",
        detected=BETA,
        files={"pylock.toml": PYLOCK},
        source="pylock.toml",
        packages={"beta": "1.4", **STEP},
    ),
    Case(
        title="a lock of uv, before the project's requirements",
        detected=BETA,
        files={"uv.lock": UV_LOCK, "pyproject.toml": PYPROJECT},
        source="uv.lock",
        packages={"beta": "1.4", **STEP},
    ),
    Case(
        title="imports, although there is a lock",
        detected=BETA,
        files={"uv.lock": UV_LOCK, "pyproject.toml": PYPROJECT},
        chosen="imports",
        source=KERNEL,
        packages={"beta": "1.4", **STEP},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_make_lock(case: Case, index: Index, tmp_path: Path) -> None:
    project = tmp_path / "project"
    laid_out(project, case.files, index)
    lock = make_lock(
        case.detected,
        declaration=find_declaration(project, case.chosen),
        settings=Mlops(index_url=index.url),
        store_cache=tmp_path / "cache",
    )
    target = target_for(f"{PYTHON}.0")
    head = f"# Python {PYTHON}\n# Platform {target.platform}\n"
    text = head + "".join(index.pin(*pin) for pin in sorted(case.packages.items()))
    assert lock == Lock(
        text=text,
        digest=identity.of_bytes(text.encode()),
        python=PYTHON,
        packages=case.packages,
        source=case.source,
        warnings=case.warnings,
    )
    assert {path.name for path in project.iterdir()} == set(case.files)


def test_another_file_is_no_lock() -> None:
    with pytest.raises(ValueError, match="names no Python version"):
        read_lock("numpy==2.0 --hash=sha256:00\n")
