from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from installed import Dist

from jupyter_mlops.environments.prove import Problem, Proof, prove
from jupyter_mlops.environments.statements import Statement, Weight
from jupyter_mlops.errors import EnvironmentFailure

LOADER = "libGL.so.1: cannot open shared object file: No such file or directory"
RARE = "libunheard.so.7: cannot open shared object file: No such file or directory"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter whose packages are broken in one way each."""
    folder = tmp_path_factory.mktemp("broken")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    for name, text in {
        "fine": "x = 1\nprint('hello')",
        "graphic": f"raise ImportError({LOADER!r})",
        "rare": f"raise OSError({RARE!r})",
        "needing": "import needed.part",
        "crashing": "import os; os.abort()",
        "leaving": "import sys; sys.exit(3)",
        "told": "import os; os.environ['BACKEND']",
    }.items():
        Dist(name=f"the-{name}", files={f"{name}.py": text}).install(site)
    Dist(name="whole", files={"whole/__init__.py": "", "whole/part.py": "z = 1"}).install(site)
    return folder / "bin" / "python"


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    module: str
    names: tuple[str, ...] = ()
    weight: Weight = "certain"
    expected: Mapping[str, object] = field(default_factory=dict)
    fix: str = ""


APT = "write libgl1 into apt.txt beside the notebook"
CASES = [
    Case(title="a module", module="fine"),
    Case(title="a name of a module", module="fine", names=("x",)),
    Case(title="a module of a package", module="whole", names=("part",)),
    Case(
        title="a module that is not there",
        module="absent.part",
        expected={
            "kind": "ModuleNotFoundError",
            "message": "No module named 'absent'",
            "missing": "absent",
        },
        fix="install the package that has 'absent' in the notebook's kernel, or add it to the "
        "requirements",
    ),
    Case(
        title="a module that another one needs",
        module="needing",
        expected={
            "kind": "ModuleNotFoundError",
            "message": "No module named 'needed'",
            "missing": "needed",
            "packages": ("the-needing",),
        },
        fix="install the package that has 'needed' in the notebook's kernel, or add it to the "
        "requirements",
    ),
    Case(
        title="a name that the version does not have",
        module="whole",
        names=("part", "gone"),
        expected={
            "kind": "ImportError",
            "message": "cannot import name 'gone'",
            "packages": ("whole",),
        },
        fix="take a version of whole that has it and runs in the image",
    ),
    Case(
        title="a shared library of a known package",
        module="graphic",
        expected={"kind": "ImportError", "message": LOADER, "packages": ("the-graphic",)},
        fix=APT,
    ),
    Case(
        title="a shared library of a known package, in a function",
        module="graphic",
        weight="inner",
        expected={"kind": "ImportError", "message": LOADER, "packages": ("the-graphic",)},
        fix=APT,
    ),
    Case(
        title="a shared library of nobody knows where",
        module="rare",
        expected={"kind": "OSError", "message": RARE, "packages": ("the-rare",)},
        fix="find the Debian package that has libunheard.so.7 (packages.debian.org) and write it "
        "into apt.txt beside the notebook, or give the steps an image that has it",
    ),
    Case(
        title="a crash",
        module="crashing",
        expected={"kind": "Crash", "message": "the interpreter ended with exit code -6"},
        fix="take a version of crashing that has it and runs in the image",
    ),
    Case(
        title="a module that ends the interpreter",
        module="leaving",
        expected={"kind": "SystemExit", "message": "3", "packages": ("the-leaving",)},
        fix="take a version of the-leaving that has it and runs in the image",
    ),
    Case(title="what the code may do without", module="graphic", weight="optional",
         expected={"kind": "ImportError", "message": LOADER, "packages": ("the-graphic",)}),
    Case(title="what a function may do without", module="absent", weight="inner",
         expected={"kind": "ModuleNotFoundError", "message": "No module named 'absent'",
                   "missing": "absent"}),
]  # fmt: skip


def proven(python: Path, *statements: Statement) -> Proof:
    def run(arguments: Sequence[str]) -> tuple[int, str]:
        done = subprocess.run([python, *arguments], capture_output=True, text=True)
        return done.returncode, done.stdout

    return prove(statements, run, fix="mend it")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_an_import(case: Case, python: Path) -> None:
    tried = Statement(module=case.module, names=case.names, weight=case.weight, cell=7)
    proof = proven(python, tried)
    problems = (Problem(statement=tried, **case.expected),) if case.expected else ()  # type: ignore[arg-type]
    assert proof.problems == problems
    if not case.fix:
        proof.require_imports(contained=True)
        return
    with pytest.raises(EnvironmentFailure) as caught:
        proof.require_imports(contained=True)
    assert caught.value.message == (
        f"an import of the notebook does not work in the environment of its steps:\n  {problems[0]}"
    )
    assert caught.value.fix == case.fix


def test_an_import_that_asks_for_a_variable(python: Path) -> None:
    tried = Statement(module="told", weight="certain", cell=7)
    assert [problem.kind for problem in proven(python, tried).problems] == ["KeyError"]
    assert proven(python, replace(tried, environ=(("BACKEND", "x"),))).problems == ()


def test_a_problem_names_cell_module_package_and_error(python: Path) -> None:
    tried = Statement(module="whole", names=("gone",), weight="certain", cell=7)
    (problem,) = proven(python, tried).problems
    text = "cell 7: import of whole (gone) of whole: ImportError: cannot import name 'gone'"
    assert str(problem) == text


def test_after_a_crash_the_others_are_tried(python: Path) -> None:
    tried = [
        Statement(module=name, weight="certain", cell=cell)
        for cell, name in enumerate(("crashing", "fine", "crashing", "absent", "whole"))
    ]
    proof = proven(python, *tried)
    found = [(p.statement.cell, p.kind) for p in proof.problems]
    assert found == [(0, "Crash"), (2, "Crash"), (3, "ModuleNotFoundError")]


def test_what_is_installed(python: Path) -> None:
    names = ("fine", "graphic", "rare", "needing", "crashing", "leaving", "told")
    expected = {"whole": "1.0", **{f"the-{name}": "1.0" for name in names}}
    proof = proven(python)
    assert dict(proof.python) == expected
    if platform.freedesktop_os_release()["ID"] == "debian":
        fields = "${db:Status-Status} ${Package} ${Version} ${Architecture}\n"
        command = ["dpkg-query", "-W", "-f", fields]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        lines = [line.split() for line in listed.splitlines() if line.startswith("installed ")]
        assert sorted(proof.debian) == sorted(tuple(line[1:]) for line in lines)
        assert proof.vendor == "debian"


def test_an_interpreter_that_does_not_start_is_named() -> None:
    with pytest.raises(EnvironmentFailure, match=r"\(exit code 127\): no such thing"):
        prove((), lambda arguments: (127, "no such thing"), fix="mend it")
