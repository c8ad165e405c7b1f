"""Looks at what a step bound and mutated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from jupyter_mlops.kernel_state.names import is_notebook_name
from jupyter_mlops.kernel_state.pickler import Scope
from jupyter_mlops.kernel_state.refusals import Uncarriable
from jupyter_mlops.kernel_state.session import Session
from jupyter_mlops.kernel_state.standin import refusal_behind
from jupyter_mlops.kernel_state.survey import Survey, find_refusal, shared_ids, survey
from jupyter_mlops.kernel_state.table import SHARED, Group, Refusal, refuse


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """Variables looked at together.

    Attributes:
        survey: what was seen.
        group: the group that they were loaded as, if nothing in it changed.
    """

    survey: Survey
    group: Group | None = None


@dataclass(slots=True, kw_only=True)
class Observation:
    """What the step left of the live variables.

    Attributes:
        units: what can be carried, by name.
        refused: what cannot.
        static: surveys of the parameters and shared names, and of what these names were bound to
            (``@shared:NAME``), that are as they were at ``restore``.
        dead: names that were loaded and changed, but that no later step reads.
    """

    units: dict[str, Unit] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    static: dict[str, Survey] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)

    def has(self, name: str) -> bool:
        """True if the variable was looked at."""
        return (
            name in self.units
            or name in self.static
            or any(name in refusal.names for refusal in self.refused)
        )


def observe(session: Session, names: Iterable[str], step: str) -> tuple[Observation, Scope]:
    """Looks at the live names, and at what functions among them read, until nothing is missing.

    Gives the observation, and what objects may refer to when they are stored. Companions of what
    was loaded count as live: the step does not name them, so nobody knows who reads them later.

    A shared object or a parameter that did not change is not carried, unless a carried variable
    holds a part of it: then both must travel together, and the look is taken anew.
    """
    carried: set[str] = set()
    base = session.scope({})
    while True:
        observation, scope = _observe_once(session, names, step, carried, base)
        units = {unit.survey for unit in observation.units.values()}
        static = observation.static
        of_each = shared_ids({*units, *static.values()})
        ids = frozenset().union(*(of_each[seen] for seen in units))
        joined = {name for name, seen in static.items() if of_each[seen] & ids} - carried
        if not joined:
            return observation, scope
        for unit in observation.units.values():
            unit.survey.sink.discard()
        carried |= joined


def _observe_once(
    session: Session, names: Iterable[str], step: str, carried: Set[str], base: Scope
) -> tuple[Observation, Scope]:
    observation = Observation()
    static = dict(_static(session, carried, base))
    static.update(list(_standing(session, carried, static, base)))
    made_anew = session.made_anew().items()
    scope = base.sharing({name: value for name, value in made_anew if name in static})
    variables = session.variables()
    pending = [*names, *session.companions, *_changed(session, static)]
    while pending:
        name = pending.pop()
        if observation.has(name) or not is_notebook_name(name, variables):
            continue
        if name in static:
            observation.static[name] = seen = static[name]
        else:
            looked = _look(session, observation, name, variables, scope, step)
            if looked is None:
                continue
            seen = looked
        pending.extend(seen.reads | seen.shared)
    _look_at_dead(session, observation, variables, scope)
    return observation, scope


def _look_at_dead(
    session: Session, observation: Observation, variables: Mapping[str, Any], scope: Scope
) -> None:
    """Keeps loaded variables that no later step reads, if nothing in them changed."""
    for group in session.loaded:
        names = [name for name in group.names if not observation.has(name)]
        if not names:
            continue
        is_whole = len(names) == len(group.names)
        unit = _unchanged(session, group, variables, scope) if is_whole else None
        if unit is None:
            observation.dead.update(names)
        else:
            observation.units.update(dict.fromkeys(names, unit))


def _static(session: Session, carried: Set[str], base: Scope) -> Iterator[tuple[str, Survey]]:
    """The parameters and shared names that still are what they were, and are not to be carried."""
    for name, value in {**session.parameters, **session.shared}.items():
        if not carried.isdisjoint((name, SHARED + name)):
            continue
        if name in session.replaced or name in session.left_out:
            continue
        bound = session.namespace.get(name, session)
        try:
            seen = survey({name: bound}, base) if bound is not session else None
        except Uncarriable:
            seen = None
        if bound is value and session.known.get(name) is None:
            yield name, seen or survey({name: None}, base)
        elif seen is None or seen.sink.fingerprint() != session.known.get(name):
            continue
        elif bound is value or not seen.ids:
            yield name, seen


def _standing(
    session: Session, carried: Set[str], static: Mapping[str, Survey], base: Scope
) -> Iterator[tuple[str, Survey]]:
    """Shared objects that are as their cells make them, whatever their names are bound to now."""
    for identity, value in session.made_anew().items():
        name = identity.removeprefix(SHARED)
        if not carried.isdisjoint((name, identity)):
            continue
        if session.namespace.get(name, session) is value:
            if name in static:
                yield identity, static[name]
            continue
        if (known := session.known.get(name)) is None:
            yield identity, survey({name: None}, base)
            continue
        try:
            seen = survey({name: value}, base)
        except Uncarriable:
            continue
        if seen.sink.fingerprint() == known:
            yield identity, seen


def _changed(session: Session, static: Mapping[str, Survey]) -> Iterator[str]:
    """Parameters and shared objects that changed; the step need not have named them."""
    for name, value in {**session.parameters, **session.shared}.items():
        is_loaded = name in session.replaced
        if name not in static and not is_loaded and session.namespace.get(name, session) is value:
            yield name
    yield from session.made_anew().keys() - static.keys()
    yield from (SHARED + name for name in session.replaced)


def _look(
    session: Session,
    observation: Observation,
    name: str,
    variables: Mapping[str, Any],
    scope: Scope,
    step: str,
) -> Survey | None:
    """Looks at a variable: with the group that it was loaded in, else alone."""
    value, objects = variables[name], session.folder / "objects"
    if (refusal := refusal_behind(value)) is not None:
        observation.refused.append(replace(refusal, names=(name,)))
        return None
    group = next((group for group in session.loaded if name in group.names), None)
    if group is not None and (unit := _unchanged(session, group, variables, scope)) is not None:
        observation.units.update(dict.fromkeys(group.names, unit))
        return unit.survey
    try:
        seen = survey({name: value}, scope, objects)
    except Uncarriable:
        culprit = find_refusal(name.removeprefix(SHARED), value, scope)
        observation.refused.append(refuse(name, culprit, culprit.reason.code, step))
        return None
    observation.units[name] = Unit(seen)
    return seen


def _unchanged(
    session: Session, group: Group, variables: Mapping[str, Any], scope: Scope
) -> Unit | None:
    if any(name not in variables for name in group.names):
        return None
    try:
        seen = survey({name: variables[name] for name in group.names}, scope)
    except Uncarriable:
        return None
    is_same = seen.sink.fingerprint(session.kept[group.digest]) == session.loaded[group]
    seen.sink.discard()
    return Unit(seen, group) if is_same else None
