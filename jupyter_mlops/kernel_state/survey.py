"""One look at variables: the bytes that carry them, and what they share with others."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlops.kernel_state.covariables import mutable_objects
from jupyter_mlops.kernel_state.objects import Sink
from jupyter_mlops.kernel_state.pickler import Scope, StatePickler
from jupyter_mlops.kernel_state.reads import global_reads
from jupyter_mlops.kernel_state.refusals import Uncarriable, find_culprit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """What pickling a set of variables showed.

    Attributes:
        names: the variables, sorted.
        sink: their pickle; its digest is their fingerprint, too: state that nobody touched gives
            the same bytes again in the same kernel.
        objects: the mutable objects that can be reached, kept alive so that their ids stand.
        ids: of these, and of the arrays that own the memory of the arrays among them.
        reads: global names that their functions read.
        shared: names of shared objects that they refer to.
    """

    names: tuple[str, ...]
    sink: Sink
    objects: tuple[Any, ...]
    ids: frozenset[int]
    reads: frozenset[str]
    shared: frozenset[str]

    @property
    def digest(self) -> str:
        """Of the pickle."""
        return self.sink.digest


def survey(values: Mapping[str, Any], scope: Scope, folder: Path | None = None) -> Survey:
    """Pickles variables.

    Args:
        values: by name; the pickle is that of this dictionary, sorted by name.
        scope: what they may refer to.
        folder: objects folder in which the pickle can be published, or None to fingerprint only.

    Raises:
        Uncarriable: if they cannot be carried; ``find_refusal`` says why.
    """
    ordered = {name: values[name] for name in sorted(values)}
    containers: list[tuple[Any, Any, tuple[Any, ...]]] = []
    owners: Set[int] = frozenset()
    while True:
        sink = Sink(folder)
        pickler = StatePickler(sink, scope, owners)
        try:
            if containers:
                pickler.dump_references(containers)
            error = _dump(pickler, ordered, sink)
            known = {id(item[0]) for item in containers}
            met = _met(pickler, [c for c in scope.containers() if id(c[0]) not in known])
            shared_owners = _shared_owners(pickler.memory)
        except BaseException:
            sink.discard()
            raise
        if met:
            containers += met[:1]
        elif error is None and not shared_owners <= owners:
            owners = owners | shared_owners
        elif error is not None:
            sink.discard()
            raise error
        else:
            return _survey(tuple(ordered), sink, pickler, known | {id(ordered)})
        sink.discard()


def find_refusal(name: str, value: Any, scope: Scope) -> tuple[str, str]:
    """Access path to what makes a variable uncarriable, and what stands there."""

    def fails(part: Any) -> Exception | None:
        try:
            survey({"": part}, scope)
        except Uncarriable as error:
            cause = error.__cause__
            return cause if isinstance(cause, Exception) else error
        return None

    return find_culprit(name, value, fails)


def _met(
    pickler: StatePickler, containers: list[tuple[Any, Any, tuple[Any, ...]]]
) -> list[tuple[Any, Any, tuple[Any, ...]]]:
    memo = pickler.memo.copy()
    return [container for container in containers if id(container[0]) in memo]


def _dump(pickler: StatePickler, values: dict[str, Any], sink: Sink) -> Uncarriable | None:
    """Pickles; what goes wrong in reducers, of whatever kind, means that it cannot be carried."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pickler.dump(values)
    except Uncarriable as error:
        return error
    except MemoryError:
        raise
    except Exception as error:
        if sink.failure is not None:
            raise
        uncarriable = Uncarriable(values, str(error))
        uncarriable.__cause__ = error
        return uncarriable
    return None


def _shared_owners(memory: Mapping[int, int]) -> set[int]:
    """Ids of the arrays whose memory more than one array uses."""
    return {owner for owner, arrays in Counter(memory.values()).items() if arrays > 1}


def _survey(names: tuple[str, ...], sink: Sink, pickler: StatePickler, skip: Set[int]) -> Survey:
    memory = dict(pickler.memory)
    memo = pickler.memo.copy()
    pickler.clear_memo()
    objects = mutable_objects(memo, skip=skip | pickler.hidden, by_value=pickler.by_value)
    ids = {memory.get(id(obj), id(obj)) for obj in objects}
    return Survey(
        names=names,
        sink=sink,
        objects=tuple(objects),
        ids=frozenset(ids),
        reads=global_reads(pickler.codes),
        shared=frozenset(pickler.shared_names),
    )
