"""Why a step runs and is not reused: the first thing that differs from its last execution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jupyter_mlops.model.artifact import SHARED, FileRef, Group, is_facet
from jupyter_mlops.model.change import Change
from jupyter_mlops.model.comparison import equal_values
from jupyter_mlops.model.identity import short
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
        last: as `changes` has it, and so are the others.
        code: see there.
        name_code: says what of the code changed; asked only if the digest did.
        parameters: see there.
        environment: see there.
        inputs: see there.
        files: see there.
    """
    for change in changes(
        last,
        code=code,
        parameters=parameters,
        environment=environment,
        inputs=inputs,
        files=files,
    ):
        yield (name_code() if change.kind == "code" else None) or change.text


def changes(
    last: Execution,
    *,
    code: str,
    parameters: Mapping[str, Any],
    environment: Environment,
    inputs: tuple[Group, ...],
    files: tuple[FileRef, ...],
) -> Iterator[Change]:
    """All that differs between an execution and what a step would be given, the first one first.

    Args:
        last: the newest succeeded execution of the same step of the same notebook.
        code: digest of the step's code now.
        parameters: values that it would receive now.
        environment: what it would run in now.
        inputs: variable groups that it would receive now.
        files: files of earlier steps that would lie in its working folder now.
    """
    if code != last.code:
        yield Change(kind="code", text="code changed")
    yield from parameter_changes(last.parameters, parameters)
    yield from environment_changes(last.environment, environment)
    yield from _inputs(last.inputs, inputs)
    yield from _files(last.files, files)


def parameter_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Parameters whose value or type differs, and those that only one has."""
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if not equal_values(before, after):
            text = f"parameter {name} {_show(before)} → {_show(after)}"
            a, b = old.get(name), new.get(name)
            yield Change(kind="parameter", name=name, a=a, b=b, text=text)


def environment_changes(old: Environment, new: Environment) -> Iterator[Change]:
    """What differs between two environments, if their identities do."""
    if old.digest != new.digest:
        told = tuple(_environment_parts(old, new))
        yield from told or (Change(kind="environment", text="environment changed"),)


def _environment_parts(old: Environment, new: Environment) -> Iterator[Change]:
    if old.engine != new.engine:
        text = f"engine {old.engine} → {new.engine}"
        yield Change(kind="engine", a=old.engine, b=new.engine, text=text)
    if old.engine == new.engine and (old.lock is None) != (new.lock is None):
        a, b = (f"packages of {'the kernel' if e.lock is None else 'a lock'}" for e in (old, new))
        yield Change(kind="packages", a=a, b=b, text=f"{a} → {b}")
    if old.python != new.python:
        text = f"Python {old.python} → {new.python}"
        yield Change(kind="python", a=old.python, b=new.python, text=text)
    for name in sorted({*old.packages, *new.packages}):
        before, after = old.packages.get(name), new.packages.get(name)
        if before != after:
            text = f"package {name} {before or 'none'} → {after or 'none'}"
            yield Change(kind="package", name=name, a=before, b=after, text=text)
    if old.engine == new.engine and old.base != new.base:
        text = f"base image {short(old.base)} → {short(new.base)}"
        yield Change(kind="image", a=old.base, b=new.base, text=text)
    if old.base is new.base is None and old.image and new.image and old.image != new.image:
        text = f"image {short(old.image)} → {short(new.image)}"
        yield Change(kind="image", a=old.image, b=new.image, text=text)
    for name in sorted({*old.system} ^ {*new.system}):
        gone = name in old.system
        text = f"system package {name} {'removed' if gone else 'added'}"
        yield Change(
            kind="system", name=name, a=name if gone else None, b=None if gone else name, text=text
        )
    for name in sorted({*old.settings, *new.settings}):
        was, becomes = old.settings.get(name), new.settings.get(name)
        if was != becomes:
            shown = _SETTINGS.get(name, name)
            text = f"setting {shown} {_shown(was)} → {_shown(becomes)}"
            yield Change(kind="setting", name=shown, a=was, b=becomes, text=text)


_SETTINGS = {"environ": "env"}


def _shown(value: Any) -> str:
    return "none" if value is None else _show(value)


def _inputs(old: tuple[Group, ...], new: tuple[Group, ...]) -> Iterator[Change]:
    before = {name: group.digest for group in old for name in group.names}
    after = {name: group.digest for group in new for name in group.names}
    # A facet such as @random usually changes because a variable did: name the variable.
    for name in sorted({*before, *after}, key=lambda name: (name.startswith("@"), name)):
        a, b = before.get(name), after.get(name)
        if a != b and is_facet(name):
            yield Change(kind="state", name=name, a=a, b=b, text=f"state {name} changed")
        elif a != b:
            text = f"input {name.removeprefix(SHARED)} changed"
            yield Change(kind="input", name=name, a=a, b=b, text=text)


def _files(old: tuple[FileRef, ...], new: tuple[FileRef, ...]) -> Iterator[Change]:
    before = {file.path: file.version for file in old}
    after = {file.path: file.version for file in new}
    for path in sorted({*before, *after}):
        if before.get(path, _ABSENT) != after.get(path, _ABSENT):
            text = f"file {path} of an earlier step changed"
            a, b = before.get(path), after.get(path)
            yield Change(kind="file", name=path, a=a, b=b, text=text)


def _show(value: Any) -> str:
    text = "none" if value is _ABSENT else repr(value)
    return text if len(text) <= _TEXT_LIMIT else f"{text[:_TEXT_LIMIT]}…"
