"""Where the values of secrets come from, and what is said if they cannot be given."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.pipeline import Containment, Pipeline, Secret, Step
from jupyter_mlops.notebook import read_notebook
from jupyter_mlops.runner.secret_values import find_secrets, read_file, refuse_disclosed

PIPELINE = Pipeline(
    name="p",
    title="p",
    steps=(
        Step(name="load", cells=(), containment=Containment(secrets=(Secret(name="PW"),))),
        Step(name="rest", cells=()),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where values stand, and which one is taken."""

    id: str
    given: str | None = None
    environment: str | None = None
    usual: str | None = None
    keyring: str | None = None
    taken: str | None


SOURCES = [
    Source(
        id="file",
        given="from file",
        environment="from env",
        usual="usual",
        keyring="ring",
        taken="from file",
    ),
    Source(
        id="environment",
        environment="from env",
        usual="usual",
        keyring="ring",
        taken="from env",
    ),
    Source(id="usual file", usual="usual", keyring="ring", taken="usual"),
    Source(id="keyring", keyring="ring", taken="ring"),
    Source(id="empty values", given="", environment="", usual="", keyring="ring", taken="ring"),
    Source(id="nowhere", taken=None),
]


@pytest.mark.parametrize("case", SOURCES, ids=lambda case: case.id)
def test_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Source) -> None:
    def file(name: str, value: str | None) -> Path | None:
        if value is None:
            return None
        (tmp_path / name).write_text(f"OTHER=x\nPW={value}\n")
        return tmp_path / name

    errors = types.SimpleNamespace(KeyringError=ValueError)
    asked: list[tuple[str, str]] = []

    def get_password(service: str, name: str) -> str | None:
        asked.append((service, name))
        return case.keyring

    keyring = types.SimpleNamespace(get_password=get_password, errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    monkeypatch.delenv("PW", raising=False)
    if case.environment is not None:
        monkeypatch.setenv("PW", case.environment)
    places = {"given": file("given", case.given), "usual": file("usual", case.usual)}
    if case.taken is not None:
        assert find_secrets(PIPELINE, **places) == {"PW": case.taken}
        assert asked in ([], [("jupyter_mlops", "PW")])
        return
    with pytest.raises(MlopsError) as raised:
        find_secrets(PIPELINE, **places)
    assert (raised.value.exit_code, str(raised.value)) == (
        2,
        "step 'load' needs the secret PW, and nobody gives its value\n"
        "    fix: set PW in the environment, or put PW=… into a file and name it with "
        "--secrets FILE, or `keyring set jupyter_mlops PW`",
    )


def test_no_keyring_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.delenv("PW", raising=False)
    with pytest.raises(MlopsError, match="needs the secret PW"):
        find_secrets(PIPELINE, given=None, usual=None)


@pytest.mark.parametrize("value", ["abc", "abcdef\0g"])
def test_value_that_cannot_be_kept_out(tmp_path: Path, value: str) -> None:
    path = tmp_path / "secrets"
    path.write_text(f"PW='{value}'\n")
    with pytest.raises(MlopsError, match="the secret PW of step 'load'") as raised:
        find_secrets(PIPELINE, given=path, usual=None)
    assert value not in str(raised.value)


LINES = {
    "A=plain value": "plain value",
    "A = spaced ": "spaced",
    "export A=x": "x",
    "A=value # comment": "value",
    "A=a#b": "a#b",
    "A='single # quoted' # c": "single # quoted",
    'A="double \\n quoted"': "double \n quoted",
    "A=": "",
    "A='open": None,
    'A="bad \\q escape"': None,
    "no equals sign": None,
    "1A=x": None,
}


@pytest.mark.parametrize("line", LINES)
def test_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / ".env"
    path.write_text(f"# first\n\n{line}\n")
    if LINES[line] is not None:
        assert read_file(path) == {"A": LINES[line]}
        return
    with pytest.raises(MlopsError) as raised:
        read_file(path)
    assert raised.value.message == f"{path}, line 3, cannot be read"


BROKEN: dict[str, Callable[[Path], object]] = {
    "cannot be read: No such file or directory": lambda path: None,
    "cannot be read: Is a directory": Path.mkdir,
    "is not UTF-8": lambda path: path.write_bytes(b"A=\xff"),
}


@pytest.mark.parametrize("problem", BROKEN)
def test_file_that_cannot_be_read(tmp_path: Path, problem: str) -> None:
    path = tmp_path / "secrets"
    BROKEN[problem](path)
    with pytest.raises(MlopsError) as raised:
        read_file(path)
    assert raised.value.message == f"the file of secrets {path} {problem}"


@dataclass(frozen=True, kw_only=True)
class Disclosed:
    """What a request holds, and what is said of it."""

    id: str
    cell: str = "x = 1"
    parameters: dict[str, Any] = field(default_factory=dict)
    reason: str = "because"
    says: str | None = None


VALUES = {"LONG": "hunter2-secret", "SHORT": "x = "}
DISCLOSED = [
    Disclosed(id="nothing", parameters={"a": 1, "b": ["x"]}),
    Disclosed(
        id="parameter", parameters={"a": "hunter2-secret"}, says="parameter 'a' holds the secret"
    ),
    Disclosed(
        id="within a parameter",
        parameters={"a": {"b": ["pg://hunter2-secret@h"]}},
        says="parameter 'a' holds the secret LONG",
    ),
    Disclosed(id="short", parameters={"a": "x = "}, says="parameter 'a' holds the secret SHORT"),
    Disclosed(id="cell", cell="pw = 'hunter2-secret'", says="cell 1 of"),
    Disclosed(id="reason", reason="hunter2-secret", says="the reason of the run holds"),
]


@pytest.mark.parametrize("case", DISCLOSED, ids=lambda case: case.id)
def test_disclosed(notebook_file: Callable[..., Path], case: Disclosed) -> None:
    notebook = read_notebook(notebook_file([("step:a", case.cell)]))
    given = {"notebook": notebook, "parameters": case.parameters, "reason": case.reason}
    if case.says is None:
        refuse_disclosed(VALUES, **given)
        return
    with pytest.raises(MlopsError) as raised:
        refuse_disclosed(VALUES, **given)
    assert case.says in raised.value.message
    assert "hunter2" not in str(raised.value)


def test_disclosed_by_an_output_of_the_notebook(notebook_file: Callable[..., Path]) -> None:
    path = notebook_file([("step:a", "print(pw)")])
    path.write_text(path.read_text().replace('"outputs": []', '"outputs": ["hunter2-secret"]'))
    with pytest.raises(MlopsError, match="an output, or metadata") as raised:
        refuse_disclosed(VALUES, notebook=read_notebook(path), parameters={}, reason="")
    assert "hunter2" not in str(raised.value)
