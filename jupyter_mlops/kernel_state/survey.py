"""One look at variables: the bytes that carry them, and what they share with others."""

from __future__ import annotations

import gc
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlops.kernel_state import secrets
from jupyter_mlops.kernel_state.covariables import mutable_objects
from jupyter_mlops.kernel_state.culprits import Culprit, find_culprit
from jupyter_mlops.kernel_state.hashed import find_layouts
from jupyter_mlops.kernel_state.objects import Sink
from jupyter_mlops.kernel_state.pickler import Container, Scope, StatePickler
from jupyter_mlops.kernel_state.reads import global_reads
from jupyter_mlops.kernel_state.refusals import Reason, Uncarriable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """What pickling a set of variables showed.

    Attributes:
        names: the variables, sorted.
        sink: their pickle. State that nobody touched gives the same bytes again in the same
            kernel, so its fingerprint says whether it changed.
        objects: the mutable objects that can be reached, kept alive so that their ids stand.
        ids: of these, and of the arrays that own the memory of the arrays among them.
        framed: ids of the arrays that own the memory which data frames among them change in place.
        reads: global names that their functions read.
        shared: names of shared objects that they refer to.
    """

    names: tuple[str, ...]
    sink: Sink
    objects: tuple[Any, ...]
    ids: frozenset[int]
    framed: frozenset[int]
    reads: frozenset[str]
    shared: frozenset[str]


def survey(
    values: Mapping[str, Any],
    scope: Scope,
    folder: Path | None = None,
    *,
    bytes_only: bool = False,
) -> Survey:
    """Pickles variables.

    Args:
        values: by name; the pickle is that of this dictionary, sorted by name.
        scope: what they may refer to.
        folder: objects folder in which the pickle can be published, or None to fingerprint only.
        bytes_only: True to leave ``objects`` and ``ids`` empty, which is faster.

    Raises:
        Uncarriable: if they cannot be carried; ``find_refusal`` says why.
    """
    # Whether a name is the very text that some object in it holds must not count.
    ordered = {sys.intern(name): values[name] for name in sorted(values)}
    containers: list[Container] = []
    owners: Set[int] = frozenset()
    while True:
        sink = Sink(folder)
        with _no_collection():
            seen = _pass(ordered, scope, containers, owners, sink, bytes_only=bytes_only)
        if isinstance(seen, Survey):
            return seen
        sink.discard()
        if isinstance(seen, Uncarriable):
            raise seen
        containers, owners = seen


def _pass(
    values: dict[str, Any],
    scope: Scope,
    containers: list[Container],
    owners: Set[int],
    sink: Sink,
    *,
    bytes_only: bool,
) -> Survey | Uncarriable | tuple[list[Container], Set[int]]:
    """Pickles once: what was seen, why it cannot be, or what must be known to pickle rightly."""
    pickler = StatePickler(sink, scope, owners)
    try:
        if containers:
            pickler.dump_references(containers)
        error = _dump(pickler, values, sink)
    except BaseException:
        sink.discard()
        raise
    memo: dict[int, tuple[int, Any]] = pickler.memo.copy()
    if error is None and (layouts := find_layouts(obj for _, obj in memo.values())):
        pickler.dump(layouts)
    pickler.clear_memo()
    known = {id(container[0]) for container in containers}
    met = [c for c in scope.containers() if id(c[0]) in memo and id(c[0]) not in known]
    if met:
        return [*containers, met[0]], owners
    if error is not None:
        return error
    if not (shared_owners := _shared_owners(pickler.memory, pickler.framed)) <= owners:
        return containers, owners | shared_owners
    objects: list[Any] = []
    if not bytes_only:
        skip = known | pickler.hidden | {id(values)}
        objects = mutable_objects(memo, skip=skip, by_value=pickler.by_value)
    ids = frozenset(map(id, objects))
    held = {**pickler.memory, **pickler.storages}
    memory = {number: owner for number, owner in held.items() if number in ids}
    return Survey(
        names=tuple(values),
        sink=sink,
        objects=tuple(objects),
        ids=(ids - memory.keys()) | frozenset(memory.values()),
        framed=frozenset(pickler.framed.values()),
        reads=global_reads(pickler.codes),
        shared=frozenset(pickler.shared_names),
    )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of tuples arise; looking for cycles among them would take most of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def shared_ids(surveys: Iterable[Survey]) -> dict[Survey, frozenset[int]]:
    """Of each survey, ids two of which are the same if they share what one of them can change."""
    surveys = list(surveys)
    known = frozenset().union(*(seen.ids for seen in surveys))
    return {seen: seen.ids | (seen.framed & known) for seen in surveys}


def find_refusal(name: str, value: Any, scope: Scope) -> Culprit:
    """What makes a variable uncarriable."""

    def fails(part: Any) -> Exception | None:
        try:
            survey({"": part}, scope)
        except Uncarriable as error:
            cause = error.__cause__
            return cause if isinstance(cause, Exception) else error
        return None

    found, scrub = find_culprit(name, value, fails), secrets.guarded.scrub
    return Culprit(scrub(found.path), Reason(scrub(found.reason.text), found.reason.code))


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
        uncarriable = Uncarriable(str(error))
        uncarriable.__cause__ = error
        return uncarriable
    return None


def _shared_owners(memory: Mapping[int, int], framed: Mapping[int, int]) -> set[int]:
    """Ids of the arrays whose memory more than one array uses, frames' own among themselves not."""
    users = Counter(memory.values())
    users.update(owner for array, owner in framed.items() if owner in users and array not in memory)
    return {owner for owner, arrays in users.items() if arrays > 1}
