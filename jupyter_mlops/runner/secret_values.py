"""Values of secrets, from where the user keeps them, before anything starts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import MlopsError, ParameterError
from jupyter_mlops.kernel_state.secrets import LEAST_BYTES, LEAST_TEXT, Secrets
from jupyter_mlops.model.pipeline import Pipeline
from jupyter_mlops.notebook.document import Notebook

SERVICE = "jupyter_mlops"
"""Under this name the keyring keeps them."""

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)", re.ASCII)
_QUOTED = re.compile(r"(?P<quote>['\"])(?P<text>.*)(?P=quote)\s*(?:#.*)?")


class SecretError(MlopsError):
    """A secret that a step asks for cannot be given; ``name`` is the secret's."""

    exit_code = 2

    def __init__(self, message: str, *, name: str = "", fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.name = name


def find_secrets(pipeline: Pipeline, *, given: Path | None, usual: Path | None) -> dict[str, str]:
    """The value of every secret that a step asks for, by name.

    Looked for in this order: the file that was given, the environment, the usual file, the keyring.

    Args:
        pipeline: as compiled.
        given: a file for this run, or None.
        usual: the installation's file, or None.

    Raises:
        SecretError: if one is missing or cannot be kept out of outputs, or a file cannot be read.
    """
    wanted = {s.name: step.name for step in pipeline.steps for s in step.containment.secrets}
    if not wanted:
        return {}
    first = read_file(given) if given is not None else {}
    last = read_file(usual) if usual is not None else {}
    return {
        name: _usable(name, step, first.get(name) or _look_up(name, last))
        for name, step in wanted.items()
    }


def find_secret(name: str, *, usual: str) -> str | None:
    """The value of a secret outside of runs: of the environment, the usual file or the keyring.

    Args:
        name: of the secret.
        usual: the installation's file, or empty.

    Raises:
        SecretError: if the file cannot be read.
    """
    return _look_up(name, read_file(Path(usual)) if usual else {})


def _look_up(name: str, last: Mapping[str, str]) -> str | None:
    return os.environ.get(name) or last.get(name) or _from_keyring(name)


def _usable(name: str, step: str, value: str | None) -> str:
    if not value:
        raise SecretError(
            f"step {step!r} needs the secret {name}, and nobody gives its value",
            name=name,
            fix=f"set {name} in the environment, or put {name}=… into a file and name it with "
            f"--secrets FILE, or `keyring set {SERVICE} {name}`",
        )
    if len(value) < LEAST_TEXT or "\0" in value:
        raise SecretError(
            f"the secret {name} of step {step!r} is too short to be told apart from other text"
            if len(value) < LEAST_TEXT
            else f"the secret {name} of step {step!r} holds a zero byte",
            name=name,
            fix=f"give it a value of at least {LEAST_TEXT} characters, none of them zero bytes",
        )
    return value


def read_file(path: Path) -> dict[str, str]:
    """The values of a file with a line ``NAME=value`` each, as ``.env`` files have them.

    Blank lines, comments and ``export`` are passed over; values may stand in quotes, in double ones
    with JSON's escapes.

    Raises:
        SecretError: if it cannot be read; the message holds nothing of its content.
    """
    try:
        lines = path.expanduser().read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SecretError(f"the file of secrets {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SecretError(f"the file of secrets {path} is not UTF-8") from None
    values = {}
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        value = _value(match[2]) if match else None
        if match is None or value is None:
            raise SecretError(
                f"{path}, line {number}, cannot be read", fix="write it like NAME=value"
            )
        values[match[1]] = value
    return values


def _value(text: str) -> str | None:
    if not text.startswith(("'", '"')):
        return text.partition(" #")[0].rstrip()
    match = _QUOTED.fullmatch(text)
    if match is None:
        return None
    if match["quote"] == "'":
        return match["text"]
    try:
        return str(json.loads(f'"{match["text"]}"'))
    except ValueError:
        return None


def _from_keyring(name: str) -> str | None:
    """The value that the system's keyring has; None without the library or a keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        value: str | None = keyring.get_password(SERVICE, name)
    except KeyringError:
        return None
    return value


def refuse_disclosed(
    values: Mapping[str, str], *, notebook: Notebook, parameters: Mapping[str, Any], reason: str
) -> None:
    """Pass if neither the notebook nor what else is recorded of a run holds a secret.

    Short values, which other words may hold, are only compared with whole parameters.

    Raises:
        SecretError: if the notebook or the reason does.
        ParameterError: if the value of a parameter does.
    """
    secrets = Secrets({n: value for n, value in values.items() if len(value) >= LEAST_BYTES})
    by_value = {value: name for name, value in values.items()}
    for parameter, value in parameters.items():
        if name := by_value.get(str(value)) or secrets.find_in(value):
            raise ParameterError(
                f"parameter {parameter!r} holds the secret {name}, and parameters are stored",
                name=parameter,
                fix=f"read the secret in the step: os.environ[{name!r}]",
            )
    for cell in notebook.cells:
        if name := secrets.find(cell.source):
            raise SecretError(
                f"cell {cell.position} of {notebook.path} holds the secret {name}, and notebooks "
                "are stored",
                name=name,
                fix=f"write os.environ[{name!r}] in its place, and give the secret a new value",
            )
    for where, text in (
        (f"{notebook.path} (an output, or metadata)", notebook.raw.decode(errors="replace")),
        ("the reason of the run", reason),
    ):
        if name := secrets.find(text):
            raise SecretError(
                f"{where} holds the secret {name}, which is never stored",
                name=name,
                fix="take it out, and give the secret a new value",
            )
