"""Why a step runs and is not reused: the first thing that differs from its last execution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jupyter_mlops.model.artifact import SHARED, FileRef, Group, is_facet
from jupyter_mlops.model.run import Environment, Execution

_TEXT_LIMIT = 60
_ABSENT = object()


def differences(
    last: Execution,
    *,
    code: str,
    name_code: Callable[[], str | None] = lambda: None,
    parameters: Mapping[str, Any],
    environment: Environment,
    inputs: tuple[Group, ...],
    files: tuple[FileRef, ...],
) -> Iterator[str]:
    """A sentence such as ``parameter lr 0.1 → 0.2`` for all that differs, the first one first.

    Args:
        last: the newest succeeded execution of the same step of the same notebook.
        code: digest of the step's code now.
        name_code: says what of the code changed; asked only if the digest did.
        parameters: values that it would receive now.
        environment: what it would run in now.
        inputs: variable groups that it would receive now.
        files: files of earlier steps that would lie in its working folder now.
    """
    if code != last.code:
        yield name_code() or "code changed"
    yield from _parameters(last.parameters, parameters)
    yield from _environment(last.environment, environment)
    yield from _inputs(last.inputs, inputs)
    yield from _files(last.files, files)


def _parameters(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if type(before) is not type(after) or before != after:
            yield f"parameter {name} {_show(before)} → {_show(after)}"


def _environment(old: Environment, new: Environment) -> Iterator[str]:
    told = tuple(_environment_parts(old, new))
    if old.digest != new.digest:
        yield from told or ("environment changed",)


def _environment_parts(old: Environment, new: Environment) -> Iterator[str]:
    if old.engine != new.engine:
        yield f"engine {old.engine} → {new.engine}"
    if old.engine == new.engine and (old.lock is None) != (new.lock is None):
        yield f"{_packages(old)} → {_packages(new)}"
    if old.python != new.python:
        yield f"Python {old.python} → {new.python}"
    for name in sorted({*old.packages, *new.packages}):
        before, after = old.packages.get(name, "none"), new.packages.get(name, "none")
        if before != after:
            yield f"package {name} {before} → {after}"
    for name in sorted({*old.settings, *new.settings}):
        was, becomes = old.settings.get(name), new.settings.get(name)
        if was != becomes:
            yield f"setting {_SETTINGS.get(name, name)} {_shown(was)} → {_shown(becomes)}"


def _packages(environment: Environment) -> str:
    return "packages of the kernel" if environment.lock is None else "packages of a lock"


_SETTINGS = {"environ": "env"}


def _shown(value: Any) -> str:
    return "none" if value is None else _show(value)


def _inputs(old: tuple[Group, ...], new: tuple[Group, ...]) -> Iterator[str]:
    before = {name: group.digest for group in old for name in group.names}
    after = {name: group.digest for group in new for name in group.names}
    # A facet such as @random usually changes because a variable did: name the variable.
    for name in sorted({*before, *after}, key=lambda name: (name.startswith("@"), name)):
        if before.get(name) != after.get(name):
            kind = "state" if is_facet(name) else "input"
            yield f"{kind} {name.removeprefix(SHARED)} changed"


def _files(old: tuple[FileRef, ...], new: tuple[FileRef, ...]) -> Iterator[str]:
    before = {file.path: file.version for file in old}
    after = {file.path: file.version for file in new}
    for path in sorted({*before, *after}):
        if before.get(path, _ABSENT) != after.get(path, _ABSENT):
            yield f"file {path} of an earlier step changed"


def _show(value: Any) -> str:
    text = "none" if value is _ABSENT else repr(value)
    return text if len(text) <= _TEXT_LIMIT else f"{text[:_TEXT_LIMIT]}…"
