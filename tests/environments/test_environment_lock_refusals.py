"""What cannot be locked is named, with the fix: file, line, package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packages import Index
from projectfiles import OTHER_PYTHON, PYLOCK, PYPROJECT, PYTHON, UV_LOCK, detected, laid_out

from jupyter_mlops.environments import Detected, make_lock
from jupyter_mlops.environments.declaration import find_declaration
from jupyter_mlops.environments.target import target_for
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.settings import Mlops

NOWHERE = Mlops(index_url="http://127.0.0.1:1/simple")
BETA = detected({"beta": "1.4"})


@pytest.fixture(autouse=True)
def no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


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
        message="the notebook's packages cannot be locked: needs-new and needs-old are at odds:\n  "
        "needs-old depends on beta<1.5 and needs-new depends on beta>=1.5",
        fix="install versions in the notebook's kernel",
    ),
    Refused(
        title="requirements at odds",
        files={"requirements.txt": "needs-old\nneeds-new\n"},
        message="{project}/requirements.txt cannot be locked: needs-new and needs-old are at odds:",
        fix="change what requirements.txt asks for",
    ),
    Refused(
        title="requirements at odds with what one of them needs",
        files={"requirements.txt": "needs-old\nbeta>=1.5\n"},
        message="{project}/requirements.txt cannot be locked: needs-old and beta>=1.5 are at odds:"
        "\n  needs-old depends on beta<1.5",
        fix="change what requirements.txt asks for",
    ),
    Refused(
        title="requirements for an older step",
        files={"requirements.txt": "papermill==1.0\n"},
        message="{project}/requirements.txt cannot be locked: papermill==1.0 and papermill>=2.6 "
        "(which every step needs) are at odds",
        fix="change what requirements.txt asks for",
    ),
    Refused(
        title="requirements of which there is only an older version",
        files={"requirements.txt": "beta>2\n"},
        message="{project}/requirements.txt cannot be locked: there is only beta<=1.9, not beta>2",
        fix="change what requirements.txt asks for",
    ),
    Refused(
        title="requirements that no index has",
        files={"requirements.txt": "unheard-of\n"},
        message="{project}/requirements.txt cannot be locked: no package index has unheard-of",
        fix="change what requirements.txt asks for",
    ),
    Refused(
        title="no such version",
        detected=detected({"beta": "1900.1"}),
        message="the notebook's packages cannot be locked: there is no beta==1900.1",
        fix="install versions in the notebook's kernel",
    ),
    Refused(
        title="no wheel for this Python",
        detected=detected({"ancient": "1.0"}),
        message="the notebook's packages cannot be locked: ancient==1.0 has no wheel for Python "
        "{python} (its wheels are for cp39)",
        fix="choose a version that has a wheel for this Python",
    ),
    Refused(
        title="no wheel for the image's platform",
        detected=detected({"windows-only": "1.0"}),
        message="the notebook's packages cannot be locked: windows-only==1.0 has no wheel for this "
        "platform (its wheels are for win_amd64)",
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
