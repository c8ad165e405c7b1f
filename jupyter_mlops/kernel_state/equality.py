"""Whether two loaded values are equal, floats within a tolerance; if not, where they first differ.

Used in a kernel of the environment that the values are from; its text is also run as a cell of its
own, so that kernels with an older version of this package can do it. The standard library only:
what libraries offer is asked of those that the values have brought in.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

RELATIVE = 1e-6
"""Of the larger of two floats: by so much they may differ."""
ABSOLUTE = 1e-12

ANSWER = "jupyter-mlops-comparison "
"""Begins the line that `compare_groups` prints."""

_LONGEST = 80
_PLAIN = (str, bytes, bytearray, int, bool, type(None), range, slice, ModuleType)


def is_close(one: float, other: float) -> bool:
    """True if two floats are equal within the tolerance; NaN is equal to NaN."""
    return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE) or (
        math.isnan(one) and math.isnan(other)
    )


def first_difference(one: Any, other: Any, path: str) -> str | None:
    """A line such as ``df['x'][3]: 1.5 → 1.6``; None if the values are equal.

    Args:
        one: the value as it was.
        other: the value as it is.
        path: what they are called.
    """
    return _Comparison().differ(one, other, path)


class _Comparison:
    """Knows the pairs that it has begun with, so that cycles end."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], tuple[Any, Any]] = {}

    def differ(self, one: Any, other: Any, path: str) -> str | None:
        if one is other or (id(one), id(other)) in self._seen:
            return None
        self._seen[id(one), id(other)] = one, other  # keeps temporary objects, and their ids, alive
        if _name(type(one)) != _name(type(other)):
            return f"{path}: {_name(type(one))} → {_name(type(other))}"
        if isinstance(one, float):
            return None if is_close(one, other) else _change(path, one, other)
        if isinstance(one, complex):
            parts = is_close(one.real, other.real) and is_close(one.imag, other.imag)
            return None if parts else _change(path, one, other)
        if isinstance(one, _PLAIN):
            return None if one == other else _change(path, one, other)
        for library in (_arrays, _frames, _tensors, _tables):
            found = library(self, one, other, path)
            if found is not NotImplemented:
                return found  # type: ignore[no-any-return]
        return self._composed(one, other, path)

    def each(self, pairs: Iterator[tuple[Any, Any, str]]) -> str | None:
        """The first difference among pairs of parts."""
        return next(filter(None, (self.differ(*pair) for pair in pairs)), None)

    def _composed(self, one: Any, other: Any, path: str) -> str | None:
        if isinstance(one, Mapping) and type(one) is dict:
            return self._dicts(one, other, path)
        if isinstance(one, (list, tuple)) and type(one) in (list, tuple):
            if len(one) != len(other):
                return f"{path}: {len(one)} items → {len(other)} items"
            return self.each(
                (a, b, f"{path}[{n}]") for n, (a, b) in enumerate(zip(one, other, strict=True))
            )
        if isinstance(one, (set, frozenset)) and type(one) in (set, frozenset):
            if one == other:
                return None
            pair = (sorted(map(repr, one)), sorted(map(repr, other)))
            return self.differ(*pair, f"sorted({path})")
        if isinstance(one, CodeType):
            return self._codes(one, other, path)
        if isinstance(one, FunctionType):
            return self._functions(one, other, path)
        if isinstance(one, type):
            return self._classes(one, other, path)
        return self._objects(one, other, path)

    def _dicts(self, one: dict[Any, Any], other: dict[Any, Any], path: str) -> str | None:
        if list(map(_key, one)) != list(map(_key, other)):
            return _change(f"list({path})", list(one), list(other))
        return self.each(
            (a, b, f"{path}[{key!r}]")
            for (key, a), b in zip(one.items(), other.values(), strict=True)
        )

    def _codes(self, one: CodeType, other: CodeType, path: str) -> str | None:
        if (one.co_code, one.co_names) != (other.co_code, other.co_names):
            return f"{path}: its code is another"
        return self.differ(one.co_consts, other.co_consts, f"{path}.co_consts")

    def _functions(self, one: FunctionType, other: FunctionType, path: str) -> str | None:
        def cells(function: FunctionType) -> list[Any]:
            return [cell.cell_contents for cell in function.__closure__ or ()]

        parts = ("__code__", "__defaults__", "__kwdefaults__", "__dict__")
        return self.each(
            (getattr(one, part), getattr(other, part), f"{path}.{part}") for part in parts
        ) or self.differ(cells(one), cells(other), f"{path}.__closure__")

    def _classes(self, one: type, other: type, path: str) -> str | None:
        if _name(one) != _name(other):
            return f"{path}: {_name(one)} → {_name(other)}"
        return self._dicts(_members(one), _members(other), path)

    def _objects(self, one: Any, other: Any, path: str) -> str | None:
        """Instances, by what they would be pickled as."""
        try:
            before, after = _reduced(one), _reduced(other)
        except Exception as error:
            return f"{path}: {_name(type(one))} cannot be compared ({error})"
        return self.differ(before, after, path)


def _arrays(comparison: _Comparison, one: Any, other: Any, path: str) -> Any:
    numpy = sys.modules.get("numpy")
    if numpy is None or not isinstance(one, (numpy.ndarray, numpy.generic)):
        return NotImplemented
    if one.dtype != other.dtype or one.shape != other.shape:
        return f"{path}: {one.dtype}{list(one.shape)} → {other.dtype}{list(other.shape)}"
    if one.dtype.names:
        return comparison.each((one[n], other[n], f"{path}[{n!r}]") for n in one.dtype.names)
    if one.dtype == object:
        return comparison.differ(one.tolist(), other.tolist(), path)
    if one.dtype.kind in "fc":
        same = numpy.isclose(one, other, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
    elif one.dtype.kind in "Mm":
        same = (one == other) | (numpy.isnat(one) & numpy.isnat(other))
    else:
        same = numpy.asarray(one == other)
    if numpy.all(same):
        return None
    place = tuple(int(n) for n in numpy.argwhere(~numpy.asarray(same))[0])
    where = f"{path}[{', '.join(map(str, place))}]" if place else path
    return _change(where, one[place].item(), other[place].item())


def _frames(comparison: _Comparison, one: Any, other: Any, path: str) -> Any:
    pandas = sys.modules.get("pandas")
    if pandas is None or not hasattr(pandas, "DataFrame"):
        return NotImplemented
    if isinstance(one, pandas.DataFrame):
        heads = ((one.columns, other.columns, "columns"), (one.index, other.index, "index"))
        found = comparison.each((a, b, f"{path}.{name}") for a, b, name in heads)
        return found or comparison.each(
            (one.iloc[:, n], other.iloc[:, n], f"{path}[{column!r}]")
            for n, column in enumerate(one.columns)
        )
    if isinstance(one, pandas.Series):
        return comparison.differ(one.name, other.name, f"{path}.name") or comparison.each(
            iter([(one.index, other.index, f"{path}.index"), (one.array, other.array, path)])
        )
    if isinstance(one, (pandas.Index, pandas.api.extensions.ExtensionArray)):
        if str(one.dtype) != str(other.dtype) or len(one) != len(other):
            return f"{path}: {one.dtype}[{len(one)}] → {other.dtype}[{len(other)}]"
        return comparison.differ(one.to_numpy(), other.to_numpy(), path)
    if one is pandas.NA or one is pandas.NaT:
        return None
    return NotImplemented


def _tensors(comparison: _Comparison, one: Any, other: Any, path: str) -> Any:
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "Tensor") or not isinstance(one, torch.Tensor):
        return NotImplemented
    if one.dtype != other.dtype or one.shape != other.shape:
        return f"{path}: {one.dtype}{list(one.shape)} → {other.dtype}{list(other.shape)}"
    if torch.allclose(one, other, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True):
        return None
    return f"{path}: values differ by up to {float((one - other).abs().max())!r}"


def _tables(comparison: _Comparison, one: Any, other: Any, path: str) -> Any:
    """Arrow and Polars, whose own comparison is exact."""
    if str(type(one).__module__).partition(".")[0] not in ("pyarrow", "polars"):
        return NotImplemented
    equals = getattr(one, "equals", None)
    if equals is None:
        return NotImplemented
    return None if equals(other) else f"{path}: values differ"


def _members(kind: type) -> dict[str, Any]:
    """What a class of the notebook holds; where its code stands is another matter each time."""
    skipped = ("__dict__", "__weakref__", "__module__", "__firstlineno__", "_abc_impl")
    if kind.__module__ != "__main__":
        return {}
    return {name: value for name, value in vars(kind).items() if name not in skipped}


def _reduced(value: Any) -> Any:
    """The parts that a pickle is made of; iterators are used up."""
    reduced = value.__reduce_ex__(4)
    if isinstance(reduced, str):
        return reduced
    return tuple(
        list(part) if n in (3, 4) and part is not None else part
        for n, part in enumerate(reduced[:5])
    )


def _key(key: Any) -> Any:
    return key if isinstance(key, _PLAIN) else repr(key)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")


def _change(path: str, one: Any, other: Any) -> str:
    return f"{path}: {_short(one)} → {_short(other)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def compare_groups(
    recorded: Sequence[Mapping[str, Any]],
    again: Sequence[Mapping[str, Any]],
    wanted: Sequence[Sequence[str]],
) -> None:
    """Print what differs in each of the wanted groups, null for nothing, as one line of JSON.

    Args:
        recorded: the table of variables as a step left it; as JSON has it.
        again: the same of another execution. The state folder has the objects of both.
        wanted: the names of each group.
    """
    from jupyter_mlops import kernel_state
    from jupyter_mlops.kernel_state.loader import Loader
    from jupyter_mlops.kernel_state.table import Group, Table

    session = kernel_state._entered()
    found = {}
    sides = []
    for side in (recorded, again):
        table = Table(
            groups=tuple(
                Group(
                    names=tuple(group["names"]),
                    digest=group["digest"],
                    size=group["size"],
                    requires=tuple(group["requires"]),
                    step=group["step"],
                )
                for group in side
            )
        )
        namespace = dict(session.namespace)
        shared = {n: v for n, v in namespace.items() if n not in session.parameters}
        sides.append((table, Loader(Path(session.folder), table, namespace, shared)))
    for names in wanted:
        try:
            groups = [(loader, table.group_of(names[0])) for table, loader in sides]
            one, other = (loader.load(group) for loader, group in groups if group is not None)
            differences = (first_difference(one[name], other[name], name) for name in names)
            found[", ".join(names)] = next(filter(None, differences), None)
        except Exception as error:
            found[", ".join(names)] = f"cannot be compared: {type(error).__name__}: {error}"
    print(ANSWER + json.dumps(found))
