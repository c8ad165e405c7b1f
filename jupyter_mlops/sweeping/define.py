"""A sweep as it is asked for, every combination typed and checked before the first one starts."""

from __future__ import annotations

import getpass
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jupyter_mlops.errors import ParameterError
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.model.run import ParameterValue
from jupyter_mlops.model.sweep import Sweep
from jupyter_mlops.runner.naming import iso, run_name
from jupyter_mlops.sweeping.table import Asked, cross

if TYPE_CHECKING:
    from jupyter_mlops.model.pipeline import Parameter
    from jupyter_mlops.runner import RunRequest
    from jupyter_mlops.store import Store

MOST = 10_000
"""More combinations than this are no sweep but a mistake."""


def define_sweep(
    store: Store, request: RunRequest, tables: Sequence[Sequence[Asked]], moment: datetime
) -> Sweep:
    """The sweep of a notebook as it is saved now.

    Args:
        store: keeps the notebook.
        request: what every combination has in common.
        tables: each combination of one is run with each of the others.
        moment: the present.

    Raises:
        NotebookError, CompileError: the notebook cannot be run.
        ParameterError: a value is unknown or has the wrong type, is set twice, or two combinations
            are equal.
        StoreError: the store cannot be written.
    """
    from jupyter_mlops.compiler import compile_notebook
    from jupyter_mlops.notebook.document import read_notebook

    path = request.notebook.absolute()
    notebook = read_notebook(path)
    declared = compile_notebook(notebook).pipeline.parameters
    asked = cross(tables)
    names = tuple(dict.fromkeys(name for table in tables for one in table for name in one.names))
    _check_size(len(asked), names, request)
    fixed = _bound(declared, request)
    combinations = tuple(_combination(declared, request, one, names) for one in asked)
    _refuse_equal(combinations, asked)
    return Sweep(
        name=run_name(path.with_stem(f"{path.stem[:30]}-sweep"), moment),
        notebook=str(path),
        source=store.objects.put_bytes(notebook.raw),
        parameters=names,
        combinations=combinations,
        fixed={value.name: value.value for value in fixed if value.origin != "default"},
        engine=request.engine,
        environment=request.environment,
        hermetic=request.hermetic,
        user=getpass.getuser(),
        host=platform.node(),
        created=iso(moment),
    )


def _combination(
    declared: Iterable[Parameter], request: RunRequest, asked: Asked, names: tuple[str, ...]
) -> Mapping[str, Any]:
    """Values of all parameters that vary."""
    whole = replace(
        request,
        text_parameters={**request.text_parameters, **asked.text},
        given_parameters={**request.given_parameters, **asked.values},
    )
    try:
        values = {value.name: value.value for value in _bound(declared, whole)}
    except ParameterError as error:
        where = f"{asked.where}: " if asked.where else ""
        raise ParameterError(f"{where}{error.message}", name=error.name, fix=error.fix) from None
    return {name: values[name] for name in names}


def _bound(declared: Iterable[Parameter], request: RunRequest) -> tuple[ParameterValue, ...]:
    from jupyter_mlops.compiler import bind_parameters

    return bind_parameters(
        declared,
        text=request.text_parameters,
        given=request.given_parameters,
        values=request.file_parameters,
    )


def _check_size(number: int, names: tuple[str, ...], request: RunRequest) -> None:
    if number > MOST:
        raise ParameterError(
            f"that is {number} combinations, more than {MOST}", name="--sweep", fix="sweep less"
        )
    fixed = {*request.text_parameters, *request.given_parameters, *request.file_parameters}
    for name in names:
        if name in fixed:
            raise ParameterError(
                f"parameter {name!r} has one value and is swept, too",
                name=name,
                fix=f"leave -p {name} out, or the sweep of it",
            )


def _refuse_equal(combinations: Sequence[Mapping[str, Any]], asked: Sequence[Asked]) -> None:
    seen: dict[bytes, int] = {}
    for number, values in enumerate(combinations, start=1):
        first = seen.setdefault(canonical_json(values), number)
        if first != number:
            names = [asked[n - 1].where or f"combination {n}" for n in (first, number)]
            raise ParameterError(
                f"{names[0]} and {names[1]} are equal: {_shown(values)}",
                name=next(iter(values), ""),
                fix="leave one of them out",
            )


def _shown(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())
