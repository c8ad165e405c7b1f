from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import pytest
from packages import STEP, Index

from jupyter_mlops.environments import Detected, Kernel, Lock, lock_for, make_lock
from jupyter_mlops.environments.declaration import find_declaration
from jupyter_mlops.environments.draft import RUNTIME
from jupyter_mlops.environments.installs import Install
from jupyter_mlops.environments.lock import read_lock
from jupyter_mlops.environments.target import target_for
from jupyter_mlops.errors import EnvironmentFailure, StoreError
from jupyter_mlops.model import identity
from jupyter_mlops.model.pipeline import Pipeline
from jupyter_mlops.settings import Mlops, load_settings

NOWHERE = Mlops(index_url="http://127.0.0.1:1/simple")
PYTHON = "{}.{}".format(*sys.version_info[:2])
OTHER_PYTHON = f"3.{sys.version_info.minor + 1}"


@pytest.fixture(autouse=True)
def no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


def detected(
    needed: Mapping[str, str],
    *,
    closure: Mapping[str, str] | None = None,
    installed: Mapping[str, str] | None = None,
    elsewhere: Mapping[str, str] | None = None,
    installs: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
) -> Detected:
    """A kernel in which each package installs the module of its own name."""
    closure = closure or needed
    return Detected(
        kernel=Kernel(name="mine", python=sys.executable, version=f"{PYTHON}.0"),
        needed=needed,
        closure=closure,
        installed={**closure, **STEP, **(installed or {})},
        elsewhere=elsewhere or {},
        modules={name.replace("-", "_"): (name,) for name in needed},
        absent=absent,
        installs=tuple(
            Install(cell=4, name=re.split("[=<>]", text)[0], text=text) for text in installs
        ),
    )


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
PYLOCK = """\
lock-version = "1.0"
created-by = "a test"
requires-python = ">={python}"
[[packages]]
name = "beta"
version = "1.4"
[[packages.wheels]]
name = "beta-1.4-py3-none-any.whl"
url = "https://index.test/beta-1.4-py3-none-any.whl"
hashes = {sha256 = "{digest}"}
[[packages]]
name = "windows-only"
version = "1.0"
marker = "sys_platform == 'win32'"
[[packages.wheels]]
url = "https://index.test/windows_only-1.0-py3-none-win_amd64.whl"
hashes = {sha256 = "{digest}"}
"""
UV_LOCK = """\
version = 1
revision = 3
requires-python = ">={python}"

[[package]]
name = "beta"
version = "1.4"
source = { registry = "https://index.test/simple" }
wheels = [
    { url = "https://index.test/beta-1.4-py3-none-any.whl", hash = "sha256:{digest}" },
]

[[package]]
name = "project"
version = "0"
source = { virtual = "." }
dependencies = [{ name = "beta" }]

[package.metadata]
requires-dist = [{ name = "beta" }]
"""
PYPROJECT = '[project]\nname = "project"\nversion = "0"\ndependencies = ["beta"]\n'
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
        packages={"beta": "1.9", **STEP},
    ),
    Case(
        title="a package that the notebook installs and the kernel does not have",
        detected=detected({}, installs=("needs-new",), absent=("needs_new",)),
        source=KERNEL,
        packages={"needs-new": "1.0", "beta": "1.9", **STEP},
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


def laid_out(folder: Path, files: Mapping[str, str], index: Index) -> None:
    folder.mkdir()
    for name, text in files.items():
        filled = text.replace("{python}", PYTHON).replace("{other python}", OTHER_PYTHON)
        digest = index.digest("beta", "1.4")
        filled = filled.replace("{digest}", digest.removeprefix("sha256:"))
        (folder / name).write_text(filled.replace("{beta}", index.pin("beta", "1.4")))


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


@dataclass(frozen=True, kw_only=True)
class Refused:
    title: str
    detected: Detected = BETA
    files: Mapping[str, str] = field(default_factory=dict)
    chosen: str | None = None
    settings: Mlops | None = None
    message: str
    fix: str


REFUSED = [
    Refused(
        title="two packages at odds",
        detected=detected({"needs-old": "1.0", "needs-new": "1.0"}),
        message="the notebook's packages cannot be locked: needs-new and needs-old are at odds:",
        fix="install versions in the notebook's kernel",
    ),
    Refused(
        title="requirements at odds",
        files={"requirements.txt": "needs-old\nneeds-new\n"},
        message="{project}/requirements.txt cannot be locked: needs-new and needs-old are at odds:",
        fix="change what requirements.txt asks for",
    ),
    Refused(
        title="no such version",
        detected=detected({"beta": "1900.1"}),
        message="the notebook's packages cannot be locked:\n  Because there is no version of "
        "beta==1900.1",
        fix="install versions in the notebook's kernel",
    ),
    Refused(
        title="no wheel for this Python",
        detected=detected({"ancient": "1.0"}),
        message="the notebook's packages cannot be locked:\n  Because ancient==1.0 has no wheels "
        "with a matching Python ABI tag",
        fix="choose a version that has a wheel for this Python",
    ),
    Refused(
        title="no wheel for the image's platform",
        detected=detected({"windows-only": "1.0"}),
        message="the notebook's packages cannot be locked:\n  Because windows-only==1.0 has no "
        "wheels with a matching platform tag",
        fix="choose a version that has a wheel for this Python",
    ),
    Refused(
        title="an index that does not answer",
        settings=NOWHERE,
        message="the notebook's packages cannot be locked:\n  Failed to fetch: "
        "http://127.0.0.1:1/simple/",
        fix="make the package index reachable",
    ),
    Refused(
        title="a package from a repository",
        detected=detected(
            {"mine": "1.0"}, elsewhere={"mine": "git+https://code.test/mine@0123abc"}
        ),
        message="the notebook needs mine from a repository (git+https://code.test/mine@0123abc), "
        "of which no hash is known",
        fix="build a wheel of it and install that in the kernel",
    ),
    Refused(
        title="a module that is not installed",
        detected=detected({}, absent=("absent",)),
        message="the notebook imports module 'absent', not installed in its kernel 'mine'",
        fix="install it there: ",
    ),
    Refused(
        title="a lock that lacks an import",
        detected=detected({"alpha-lib": "2.1"}),
        files={"requirements.txt": "{beta}"},
        message="the notebook imports 'alpha_lib' (package alpha-lib), which "
        "{project}/requirements.txt does not contain",
        fix="add it to what the file is made from and make the file anew",
    ),
    Refused(
        title="a lock of uv that lacks an import",
        detected=detected({"alpha-lib": "2.1"}),
        files={"uv.lock": UV_LOCK, "pyproject.toml": PYPROJECT},
        message="the notebook imports 'alpha_lib' (package alpha-lib), which {project}/uv.lock does"
        " not contain",
        fix="add it: uv add alpha-lib; or choose another environment with --environment",
    ),
    Refused(
        title="a lock of PEP 751 that lacks an import",
        detected=detected({"alpha-lib": "2.1"}),
        files={"pylock.toml": PYLOCK},
        message="the notebook imports 'alpha_lib' (package alpha-lib), which {project}/pylock.toml "
        "does not contain",
        fix="lock it too, with the tool that wrote the file",
    ),
    Refused(
        title="a lock that has another version than the notebook installs",
        detected=detected({"beta": "1.4"}, installs=("beta>=1.5",)),
        files={"requirements.txt": "{beta}"},
        message="cell 4 installs beta>=1.5, but {project}/requirements.txt has 1.4",
        fix="add it to what the file is made from and make the file anew (uv pip compile "
        "--generate-hashes); or remove the cell's line",
    ),
    Refused(
        title="a lock with which no step can run",
        files={
            "requirements.txt": "{beta}tornado==4.0 --hash=sha256:00\n",
        },
        message="what a step needs besides the packages of {project}/requirements.txt cannot be "
        "locked:",
        fix="lock versions that go together with papermill, ipykernel and cloudpickle",
    ),
    Refused(
        title="a lock with a papermill of old",
        files={"requirements.txt": "{beta}papermill==1.0 --hash=sha256:00\n"},
        message="{project}/requirements.txt has papermill 1.0; a step needs papermill>=2.6",
        fix="lock a newer one, or leave papermill out of the lock",
    ),
    Refused(
        title="hashed requirements for another Python",
        files={
            "requirements.txt": "# uv pip compile --python-version {other python} in.txt\n{beta}"
        },
        message="{project}/requirements.txt was made for Python {other python}, but the notebook's "
        "kernel runs Python {python}.0",
        fix="lock it for Python {python}, or choose a kernel that it holds for",
    ),
    Refused(
        title="a lock of uv for another Python",
        files={"uv.lock": UV_LOCK.replace("{python}", "{other python}")},
        message="{project}/uv.lock is for Python >={other python}, but the notebook's kernel runs "
        "Python {python}.0",
        fix="lock it for Python {python}, or choose a kernel that it holds for",
    ),
    Refused(
        title="a lock of PEP 751 for another Python",
        files={"pylock.toml": PYLOCK.replace("{python}", "{other python}")},
        message="{project}/pylock.toml is for Python >={other python}, but the notebook's kernel "
        "runs Python {python}.0",
        fix="lock it for Python {python}, or choose a kernel that it holds for",
    ),
    Refused(
        title="a lock of PEP 751 without a wheel for the image",
        files={"pylock.toml": PYLOCK.replace("marker = \"sys_platform == 'win32'\"\n", "")},
        message="{project}/pylock.toml does not hold for Python {python} on {platform}: No wheel "
        "found matching the provided tags for package 'windows-only'",
        fix="lock it for that platform too, with wheels for this Python",
    ),
    Refused(
        title="a lock of uv that is no TOML",
        files={"uv.lock": "version = 1\nrequires-python = \n"},
        message="{project}/uv.lock is no TOML: Invalid value (at line 2, column 19)",
        fix="correct that place, or make the file anew",
    ),
    Refused(
        title="a lock of uv without its project",
        files={"uv.lock": UV_LOCK},
        message="{project}/uv.lock cannot be read by uv:\n  ",
        fix="make the lock anew beside its pyproject.toml: uv lock",
    ),
    Refused(
        title="a lock of PEP 751 that is none",
        files={"pylock.toml": 'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\n'},
        message="{project}/pylock.toml is no lock as PEP 751 has it: Missing required value in "
        "'packages[0].name'",
        fix="make it anew with the tool that wrote it",
    ),
    Refused(
        title="a hashed requirement without a hash",
        files={"requirements.txt": "{beta}\ntornado==6.5\n"},
        message="{project}/requirements.txt, line 4: tornado has no hash",
        fix="make the file anew with hashes",
    ),
    Refused(
        title="a hashed requirement without a version",
        files={"requirements.txt": "{beta}\ntornado>=6 --hash=sha256:00\n"},
        message="{project}/requirements.txt, line 4: tornado is not pinned to one version, but the "
        "file has hashes",
        fix="write tornado==VERSION",
    ),
    Refused(
        title="a line that is no requirement",
        files={"requirements.txt": "{beta}\n<<<<<<< HEAD\n"},
        message="{project}/requirements.txt, line 4: '<<<<<<< HEAD' is no requirement: ",
        fix="correct the line",
    ),
    Refused(
        title="requirements that are no requirements",
        files={"requirements.txt": "beta\n<<<<<<< HEAD\n"},
        message="{project}/requirements.txt, line 2: '<<<<<<< HEAD' is no requirement: ",
        fix="correct the line",
    ),
    Refused(
        title="requirements that include a file that is not there",
        files={"requirements.txt": "-r gone.txt\n"},
        message="{project}/gone.txt cannot be read: No such file or directory",
        fix="make it readable",
    ),
    Refused(
        title="requirements that choose an index",
        files={"requirements.txt": "beta\n--extra-index-url https://other.test/simple\n"},
        message="{project}/requirements.txt, line 2: --extra-index-url chooses a package index for "
        "this file alone",
        fix="set JUPYTER_MLOPS_INDEX_URL or JUPYTER_MLOPS_EXTRA_INDEX_URLS",
    ),
    Refused(
        title="conda packages without a wheel",
        files={"environment.yml": "dependencies: [numpy, cudatoolkit, r-base]\n"},
        message="{project}/environment.yml names conda packages of which no wheel is known: "
        "cudatoolkit, r-base",
        fix="list it under `pip:`",
    ),
    Refused(
        title="a conda environment for another Python",
        files={"environment.yml": "dependencies:\n- python={other python}\n"},
        message="{project}/environment.yml is for Python =={other python}.*, but the notebook's "
        "kernel runs {python}.0",
        fix="choose a kernel with that Python",
    ),
    Refused(
        title="a conda environment that is no YAML",
        files={"environment.yml": "dependencies:\n- python\n  - numpy: [\n"},
        message="{project}/environment.yml, line 3: it is no YAML: ",
        fix="correct that line",
    ),
    Refused(
        title="a conda lock without the image's platform",
        files={"conda-lock.yml": "package:\n- {name: beta, version: '1', platform: osx-64}\n"},
        message="{project}/conda-lock.yml has no packages for linux-64",
        fix="lock it for that platform too: conda-lock lock --platform linux-64",
    ),
    Refused(
        title="a chosen file that is not there",
        chosen="gone.txt",
        message="the environment gone.txt is not there: {project}/gone.txt",
        fix="choose one with --environment FILE",
    ),
    Refused(
        title="a chosen file of no known kind",
        files={"Pipfile": ""},
        chosen="Pipfile",
        message="{project}/Pipfile is no environment: it is none of ",
        fix="choose one with --environment FILE",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.title)
def test_what_cannot_be_locked_is_named(case: Refused, index: Index, tmp_path: Path) -> None:
    project = tmp_path / "project"
    laid_out(project, case.files, index)
    with pytest.raises(EnvironmentFailure) as caught:
        make_lock(
            case.detected,
            declaration=find_declaration(project, case.chosen),
            settings=case.settings or Mlops(index_url=index.url),
            store_cache=tmp_path,
        )

    def filled(text: str) -> str:
        values = {"project": str(project), "python": PYTHON, "other python": OTHER_PYTHON}
        values["platform"] = target_for(PYTHON).platform
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    begins = (caught.value.message[: len(filled(case.message))], caught.value.fix)
    assert begins == (filled(case.message), caught.value.fix)
    assert caught.value.fix[: len(filled(case.fix))] == filled(case.fix)
    assert len(caught.value.message.splitlines()) <= 13
    assert list(tmp_path.rglob("*.json")) == []


def test_equal_requests_are_resolved_once(index: Index, tmp_path: Path) -> None:
    settings = Mlops(index_url=index.url)
    first = make_lock(BETA, settings=settings, store_cache=tmp_path)
    assert make_lock(BETA, settings=NOWHERE, store_cache=tmp_path) == first
    for other in (
        {"request": replace(BETA, installed={"beta": "1"}), "refresh": False},
        {"request": BETA, "refresh": True},
    ):
        with pytest.raises(EnvironmentFailure):
            make_lock(
                other["request"],
                settings=NOWHERE,
                store_cache=tmp_path,
                refresh=other["refresh"],
            )


def test_a_changed_file_is_another_request(index: Index, tmp_path: Path) -> None:
    project = tmp_path / "project"
    laid_out(project, {"requirements.txt": "-r more.txt\n", "more.txt": "beta\n"}, index)
    declaration = find_declaration(project)
    settings = Mlops(index_url=index.url)
    found = []
    for text in ("beta\n", "beta>1.5\n"):
        (project / "more.txt").write_text(text)
        lock = make_lock(BETA, declaration=declaration, settings=settings, store_cache=tmp_path)
        found.append(lock.packages["beta"])
    assert found == ["1.4", "1.9"]


def test_a_real_kernel_is_locked_in_its_versions(tmp_path: Path) -> None:
    lock = lock_for(
        Pipeline(name="n", title="n", imports=("pandas", "sklearn")),
        notebook=tmp_path / "n.ipynb",
        settings=load_settings(),
        store_cache=tmp_path,
    )
    assert lock == Lock(
        text=lock.text,
        digest=identity.of_bytes(lock.text.encode()),
        python=PYTHON,
        packages={name: version(name) for name in lock.packages},
        source="imports of the notebook, versions of kernel 'python3'",
    )
    assert {"numpy", "pandas", "scikit-learn", "scipy", *RUNTIME} <= lock.packages.keys()
    assert not {"jupyterlab", "jupyter-server", "notebook"} & lock.packages.keys()
    entries = re.split(r"\n(?=[a-z0-9])", lock.text.partition("\n")[2].rstrip())
    assert [entry for entry in entries[1:] if "--hash=sha256:" not in entry] == []
    assert "://" not in lock.text


def test_a_cache_that_is_no_folder_is_named(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.touch()
    with pytest.raises(StoreError, match="cache/locks"):
        make_lock(BETA, settings=NOWHERE, store_cache=cache)


def test_another_file_is_no_lock() -> None:
    with pytest.raises(ValueError, match="names no Python version"):
        read_lock("numpy==2.0 --hash=sha256:00\n")
