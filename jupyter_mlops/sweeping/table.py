"""Combinations of parameters as people write them: on the command line, and as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import ParameterError

_ROWS = "rows"
_FORM = 'write rows such as [{"lr": 0.1}], or values such as {"lr": [0.1, 0.01]}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One combination as it is asked for; types are not checked yet.

    Attributes:
        text: values as text, by name.
        values: typed values, by name.
        where: what to call it in a message, or empty.
    """

    text: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""

    @property
    def names(self) -> list[str]:
        """The parameters that it sets."""
        return [*self.text, *self.values]


def read_option(option: str) -> list[Asked]:
    """The values of ``lr=0.1,0.01``, or typed ones of ``names=["a,b", "c"]``.

    A value with a comma in it stands in double quotes, as in a CSV file.

    Raises:
        ParameterError: it is something else, or has no value.
    """
    name, equals, text = option.partition("=")
    name = name.strip()
    if not equals or not name:
        raise ParameterError(
            f"{option!r} is not NAME=VALUE,VALUE…", name=name, fix="write --sweep lr=0.1,0.01"
        )
    if text.lstrip().startswith("["):
        try:
            values = json.loads(text)
        except ValueError as error:
            raise ParameterError(
                f"the values of {name} are no JSON: {error}",
                name=name,
                fix="write [0.1, 0.01], or a list of lists for a parameter that is a list",
            ) from None
        return _of_values(name, values)
    (row,) = csv.reader([text], skipinitialspace=True) if text.strip() else [[]]
    if not row:
        raise ParameterError(
            f"{option!r} has no value", name=name, fix=f"write --sweep {name}=0.1,0.01"
        )
    return [Asked(text={name: value.strip()}) for value in row]


def read_table(path: Path) -> list[Asked]:
    """The combinations of a CSV, JSON, TOML or YAML file, by its suffix.

    A CSV file has names in its first line, and a combination in each other; an empty field takes
    the notebook's default. The others have a list of combinations (in TOML as ``[[rows]]``), or
    lists of values by name, each of which is combined with each.

    Raises:
        ParameterError: the file cannot be read, has another form, or holds no combination.
    """
    try:
        data = path.read_text(encoding="utf-8-sig")
        found = (
            list(_of_csv(data, path))
            if path.suffix == ".csv"
            else list(_of_document(_parse(data, path.suffix), path))
        )
    except OSError as error:
        raise ParameterError(
            f"{path} cannot be read: {error.strerror}", name="--sweep-file"
        ) from None
    except ValueError as error:
        raise ParameterError(f"{path}: {error}", name="--sweep-file", fix=_FORM) from None
    if not found:
        raise ParameterError(f"{path} holds no combination", name="--sweep-file", fix=_FORM)
    return found


def cross(tables: Sequence[Sequence[Asked]]) -> list[Asked]:
    """Each combination of one table with each of the others; the last table varies fastest.

    Raises:
        ParameterError: two tables set one parameter.
    """
    seen: set[str] = set()
    for table in tables:
        names = {name: None for asked in table for name in asked.names}
        for name in names:
            if name in seen:
                raise ParameterError(
                    f"parameter {name!r} is swept twice", name=name, fix="name it once"
                )
        seen.update(names)
    return [_joined(parts) for parts in product(*tables)]


def _joined(parts: Sequence[Asked]) -> Asked:
    return Asked(
        text={name: value for part in parts for name, value in part.text.items()},
        values={name: value for part in parts for name, value in part.values.items()},
        where=", ".join(part.where for part in parts if part.where),
    )


def _of_values(name: str, values: Any, where: str = "") -> list[Asked]:
    if not isinstance(values, list) or not values:
        raise ParameterError(f"{where}{name} is no list of values", name=name, fix=_FORM)
    return [Asked(values={name: value}) for value in values]


def _of_csv(data: str, path: Path) -> Iterator[Asked]:
    reader = csv.reader(io.StringIO(data, newline=""), skipinitialspace=True, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        if len(set(names)) < len(names):
            raise ValueError("two columns have one name")
        for row in reader:
            where = f"line {reader.line_num} of {path}"
            if not any(row):
                continue
            if len(row) != len(names):
                raise ValueError(f"line {reader.line_num} has {len(row)} fields, not {len(names)}")
            filled = zip(names, map(str.strip, row), strict=True)
            yield Asked(text={name: value for name, value in filled if value}, where=where)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def _of_document(value: Any, path: Path) -> Iterator[Asked]:
    if isinstance(value, dict) and list(value) == [_ROWS] and _is_table(value[_ROWS]):
        value = value[_ROWS]
    if _is_table(value):
        for number, row in enumerate(value, start=1):
            yield Asked(values=row, where=f"row {number} of {path}")
    elif isinstance(value, dict):
        columns = [_of_values(name, values, f"{path}: ") for name, values in value.items()]
        yield from cross(columns) if columns else ()
    else:
        raise ValueError("it holds neither rows nor lists of values")


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _parse(data: str, suffix: str) -> Any:
    if suffix == ".toml":
        import tomllib

        return tomllib.loads(data)
    if suffix in (".yaml", ".yml"):
        import yaml  # type: ignore[import-untyped]

        try:
            return yaml.safe_load(data)
        except yaml.YAMLError as error:
            raise ValueError(" ".join(str(error).split())) from None
    return json.loads(data)
