from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

from jupyter_mlops.environments import Detected, Kernel, detect
from jupyter_mlops.environments.installs import Install
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.pipeline import Cell, Pipeline, Step

INSTALLED = {"alpha-lib": "2.1", "beta": "1.4", "delta": "1.0", "pyarrow": "9", "unrelated": "1.0"}


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    imports: tuple[str, ...]
    source: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    uses_parent_folder: bool = False
    needed: Mapping[str, str] = field(default_factory=dict)
    closure: Mapping[str, str] | None = None
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    installs: tuple[Install, ...] = ()


ALPHA = {"alpha-lib": "2.1"}
BETA = {"beta": "1.4"}
BETA_MODULE = {"beta": ("beta",)}
CASES = [
    Case(title="nothing", imports=()),
    Case(title="the standard library, and what every step has", imports=("IPython", "os", "sys")),
    Case(
        title="a package and what it needs",
        imports=("alpha",),
        needed=ALPHA,
        closure=ALPHA | BETA,
        modules={"alpha": ("alpha-lib",)},
    ),
    Case(
        title="from no index",
        imports=("beta", "delta"),
        needed=BETA | {"delta": "1.0"},
        elsewhere={"delta": "file:///home/me/delta"},
        modules={"beta": ("beta",), "delta": ("delta",)},
    ),
    Case(
        title="a module beside the notebook, and what it imports",
        imports=("helpers",),
        files={"project/helpers.py": "import beta\nfrom . import x\n"},
        needed=BETA,
        modules=BETA_MODULE,
    ),
    Case(
        title="a package beside the notebook that imports another one",
        imports=("mine",),
        files={
            "project/mine/__init__.py": "",
            "project/mine/deep/more.py": "from other.part import f",
            "project/other/part.py": "def f():\n    import beta\n",
        },
        needed=BETA,
    ),
    Case(
        title="a module beside the notebook comes before an installed one",
        imports=("alpha",),
        files={"project/alpha.py": ""},
    ),
    Case(
        title="a folder of data does not hide an installed module",
        imports=("beta",),
        files={"project/beta/table.csv": ""},
        needed=BETA,
        modules=BETA_MODULE,
    ),
    Case(
        title="a folder that the notebook puts on sys.path",
        imports=("helpers",),
        files={"project/src/helpers.py": "import beta"},
        needed=BETA,
        modules=BETA_MODULE,
    ),
    Case(
        title="a folder beside the notebook's own",
        imports=("helpers",),
        files={"lib/helpers.py": "import beta"},
        uses_parent_folder=True,
        needed=BETA,
        modules=BETA_MODULE,
    ),
    Case(
        title="an import that the notebook can do without",
        imports=("absent", "beta"),
        source="%time pass\ntry:\n    import absent, beta\nexcept ImportError:\n    pass",
        needed=BETA,
    ),
    Case(
        title="a module beside the notebook that can do without its import",
        imports=("helpers",),
        files={"project/helpers.py": "try:\n    import absent\nexcept ImportError:\n    pass"},
    ),
    Case(
        title="a module that is not installed, and what the notebook installs",
        imports=("absent",),
        source="%pip install -q absent==2\nimport absent",
        absent=("absent",),
        installs=(Install(cell=1, name="absent", text="absent==2"),),
    ),
    Case(
        title="an engine that a package loads by itself",
        imports=("pandas",),
        source="import pandas as pd\npd.read_parquet('x')",
        absent=("pandas",),
        needed={"pyarrow": "9"},
    ),
    Case(
        title="an engine that a module beside the notebook needs",
        imports=("helpers",),
        files={"project/helpers.py": "import pandas\nload = pandas.read_parquet"},
        absent=("pandas",),
        needed={"pyarrow": "9"},
    ),
    Case(
        title="a module beside the notebook that is not Python",
        imports=("helpers",),
        files={"project/helpers.py": "print 'old'"},
    ),
]


@pytest.fixture
def kernel(venv: Path) -> Kernel:
    return Kernel(name="mine", python=str(venv / "bin" / "python"), version="3.11.9")


def prepared(folder: Path, case: Case) -> tuple[Pipeline, Path]:
    notebook = folder / "project" / "notebook.ipynb"
    notebook.parent.mkdir()
    for path, text in case.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    pipeline = Pipeline(
        name="notebook",
        title="notebook",
        steps=(Step(name="only", cells=(Cell(id="c1", position=1, source=case.source),)),),
        imports=case.imports,
        uses_parent_folder=case.uses_parent_folder,
    )
    return pipeline, notebook


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_detect(case: Case, kernel: Kernel, tmp_path: Path) -> None:
    pipeline, notebook = prepared(tmp_path, case)
    assert detect(pipeline, notebook=notebook, kernel=kernel) == Detected(
        kernel=kernel,
        needed=case.needed,
        closure=case.needed if case.closure is None else case.closure,
        installed=INSTALLED,
        elsewhere=case.elsewhere,
        modules=case.modules,
        absent=case.absent,
        installs=case.installs,
    )


@dataclass(frozen=True, kw_only=True)
class Missing:
    title: str
    imports: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    message: str
    packages: str


MISSING = [
    Missing(
        title="a module",
        imports=("alpha", "absent"),
        message="the notebook imports module 'absent'",
        packages="absent",
    ),
    Missing(
        title="modules of packages with other names",
        imports=("yaml", "cv2", "absent"),
        message="the notebook imports modules absent, cv2, yaml",
        packages="absent opencv-python-headless pyyaml",
    ),
    Missing(
        title="a module that a module beside the notebook imports",
        imports=("helpers",),
        files={"project/helpers.py": "import absent"},
        message="the notebook imports module 'absent'",
        packages="absent",
    ),
]


@pytest.mark.parametrize("case", MISSING, ids=lambda case: case.title)
def test_a_missing_module_is_named(case: Missing, kernel: Kernel, tmp_path: Path) -> None:
    files = Case(title="", imports=case.imports, files=case.files)
    pipeline, notebook = prepared(tmp_path, files)
    with pytest.raises(EnvironmentFailure) as caught:
        detect(pipeline, notebook=notebook, kernel=kernel).require_installed()
    expected = f"{case.message}, not installed in its kernel 'mine' ({kernel.python})"
    fix = f"install it there: {kernel.python} -m pip install {case.packages}"
    assert (caught.value.message, caught.value.fix) == (expected, fix)


def test_an_interpreter_that_fails_is_named(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no such luck >&2\nexit 1\n")
    python.chmod(0o755)
    pipeline, notebook = prepared(tmp_path, Case(title="", imports=()))
    with pytest.raises(EnvironmentFailure, match="cannot be listed: no such luck"):
        detect(
            pipeline, notebook=notebook, kernel=Kernel(name="k", python=str(python), version="3")
        )


def test_this_interpreter_is_asked_in_process(tmp_path: Path) -> None:
    pipeline, notebook = prepared(tmp_path, Case(title="", imports=("sklearn", "filelock")))
    here = Kernel(name="python3", python=sys.executable, version="3.11.9")
    detected = detect(pipeline, notebook=notebook, kernel=here)
    assert detected.needed == {name: version(name) for name in ("filelock", "scikit-learn")}
    assert {"numpy", "scipy"} <= detected.closure.keys() < detected.installed.keys()
