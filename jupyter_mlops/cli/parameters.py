"""Parameter values from a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import ParameterError


def read_parameters(path: Path) -> Mapping[str, Any]:
    """The values of a JSON or YAML file (by its suffix), by parameter name.

    Raises:
        ParameterError: if the file cannot be read or is not one mapping of names to JSON values.
    """
    try:
        values = _parse(path)
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror}", name="--params") from None
    except ValueError as error:
        raise ParameterError(f"{path}: {error}", name="--params") from None
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise ParameterError(
            f"{path} does not map parameter names to values",
            name="--params",
            fix='write {"n_trees": 500} or, in YAML, n_trees: 500',
        )
    for name, value in values.items():
        try:
            json.dumps(value)
        except TypeError:
            raise ParameterError(
                f"{path}: the value of {name} is a {type(value).__name__}, which JSON lacks",
                name=name,
                fix="put it in quotes to make it a string",
            ) from None
    return values


def _parse(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix not in (".yaml", ".yml"):
        return json.loads(text)
    import yaml  # type: ignore[import-untyped]

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
