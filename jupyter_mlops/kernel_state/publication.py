"""Stores what a step left, and writes the table as it stands after the step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any

from jupyter_mlops.kernel_state import codes, secrets
from jupyter_mlops.kernel_state.covariables import connected
from jupyter_mlops.kernel_state.culprits import Culprit
from jupyter_mlops.kernel_state.description import describe_all
from jupyter_mlops.kernel_state.errors import KernelStateError
from jupyter_mlops.kernel_state.metrics import read_metrics
from jupyter_mlops.kernel_state.modules import NAME as MODULES
from jupyter_mlops.kernel_state.modules import Changes, Left
from jupyter_mlops.kernel_state.names import is_notebook_name, notebook_names
from jupyter_mlops.kernel_state.objects import remove_partial
from jupyter_mlops.kernel_state.observation import Observation, Unit, observe
from jupyter_mlops.kernel_state.pickler import Scope
from jupyter_mlops.kernel_state.reads import is_builtin
from jupyter_mlops.kernel_state.refusals import Reason, Uncarriable
from jupyter_mlops.kernel_state.session import Session
from jupyter_mlops.kernel_state.standin import first_noted, refusal_behind
from jupyter_mlops.kernel_state.survey import find_refusal, shared_ids, survey
from jupyter_mlops.kernel_state.table import (
    SHARED,
    Group,
    Refusal,
    Table,
    refuse,
    write_json,
    write_table,
)

_VALUES = (bool, int, float, complex, str, bytes, tuple, frozenset, type(None), ModuleType)


def capture(
    session: Session,
    names: Sequence[str],
    *,
    everything: bool = False,
    step: str = "",
    metrics: Sequence[str] = (),
) -> Table:
    """Writes the table as it stands after the step, the objects in it, and ``observed.json``.

    Args:
        session: as ``enter`` gave it and ``restore`` completed it.
        names: the variables that later steps may read; those that are not bound are left out.
        everything: True for all variables.
        step: name of the step.
        metrics: variables whose scalar values are metrics.

    Returns:
        The table.

    Raises:
        UndeclaredRead: if a hermetic step was refused a read and went on without it.
        Refused: if the step's cells used what was refused, and caught that error.
        KernelStateError: if the name of a file that it read holds a secret.
    """
    if session.recorder.undeclared is not None:
        raise session.recorder.undeclared
    if (refusal := first_noted()) is not None:
        raise refusal
    namespace = session.namespace
    ambient = [(facet.name, facet.read()) for facet in session.facets()]
    with session.recorder.paused():
        remove_partial(session.folder / "objects")
        if everything:
            names = notebook_names(namespace)
        observation, scope = observe(session, [*names, *_read_by_facets(session, ambient)], step)
        kept, made = _store(session, observation, scope, step)
        facets_kept, facets_made, facets_refused = _store_ambient(
            session, ambient, observation, scope, step
        )
        refused = (*observation.refused, *facets_refused)
        table = _table(session, observation, (*kept, *made), (*facets_kept, *facets_made), refused)
        gone = _gone(session)
        left_anew = {*_names(made), *_names(facets_made), *_names(refused)}
        changed = {*left_anew, *gone, *observation.dead}
        given = {*_names(session.table.groups), *session.parameters, *session.shared}
        write_table(session.folder, table)
        write_json(
            session.folder / "observed.json",
            {
                "metrics": read_metrics(metrics, namespace),
                "files": _named(session.recorder.files()),
                "listed": _named(session.recorder.listed()),
                "made": session.recorder.made(),
                "searched": session.recorder.searched(),
                "urls": session.recorder.fetched.listed(),
                "changed": _shown(changed),
                "unchanged": _shown({*_names(kept), *_names(facets_kept)} - changed),
                "created": _shown({*left_anew, *_bound_here(session, observation)} - given),
                "joined": _shown(_joined(observation, made)),
                "deleted": _shown(gone),
                "unused": _shown(_unused(session)),
                "everything": session.everything,
                "values": describe_all(_names(made), namespace),
            },
        )
    return table


def _shown(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if not name.startswith(SHARED))


def _named(paths: Sequence[str]) -> Sequence[str]:
    """The paths, none of which holds a secret."""
    name = secrets.guarded.find("\n".join(paths))
    if name is not None:
        raise KernelStateError(
            codes.SECRET_IN_NAME,
            f"the step reads a file or folder whose name holds the secret {name}",
            fix="choose another name: those of files are stored",
        )
    return paths


def _store(
    session: Session, observation: Observation, scope: Scope, step: str
) -> tuple[list[Group], list[Group]]:
    """Stores the units, those together that share objects: groups kept, groups made."""
    units = dict.fromkeys(observation.units.values())
    kept: list[Group] = []
    made: list[Group] = []
    ids = shared_ids(unit.survey for unit in units)
    for component in connected({unit: ids[unit.survey] for unit in units}):
        if len(component) == 1 and component[0].group is not None:
            kept.append(component[0].group)
            continue
        names = sorted(name for unit in component for name in unit.survey.names)
        group = _publish(session, names, component, observation, scope, step)
        before = next((old for old in session.loaded if _is_same(old, group)), None)
        if before is None:
            made.append(group)
        else:
            kept.append(before)
    return kept, made


def _publish(
    session: Session,
    names: Sequence[str],
    component: Sequence[Unit],
    observation: Observation,
    scope: Scope,
    step: str,
) -> Group:
    seen = component[0].survey
    if len(component) > 1:
        for unit in component:
            unit.survey.sink.discard()
        variables = session.variables()
        values = {name: variables[name] for name in names}
        seen = survey(values, scope, session.folder / "objects", bytes_only=True)
    digest = seen.sink.publish()
    return Group(
        names=tuple(names),
        digest=digest,
        size=seen.sink.size,
        requires=_requires(session, component, observation, names),
        step=step,
    )


def _requires(
    session: Session, component: Sequence[Unit], observation: Observation, own: Sequence[str]
) -> tuple[str, ...]:
    """Globals that functions in a group read, also over functions that shared cells define."""
    pending = {name for unit in component for name in unit.survey.reads | unit.survey.shared}
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        if (seen := observation.static.get(name)) is not None:
            pending |= seen.reads | seen.shared
    variables = session.variables()
    return tuple(
        sorted(
            name
            for name in found - set(own)
            if is_notebook_name(name, variables) or (name not in variables and not is_builtin(name))
        )
    )


def _read_by_facets(session: Session, facets: Iterable[tuple[str, Any]]) -> set[str]:
    """The names that functions in the facets read: formatters, handlers, magics …"""
    scope = session.scope({})
    found: set[str] = set()
    for name, value in facets:
        with suppress(Uncarriable):
            found |= survey({name: value}, scope, bytes_only=True).reads
    return found


def _store_ambient(
    session: Session,
    facets: Iterable[tuple[str, Any]],
    observation: Observation,
    scope: Scope,
    step: str,
) -> tuple[list[Group], list[Group], list[Refusal]]:
    """Stores the facets that the step changed: groups kept, groups made, refusals."""
    kept: list[Group] = []
    made: list[Group] = []
    refused: list[Refusal] = []
    variables = session.variables()
    mine = {
        name: value
        for name in observation.units
        if not isinstance(value := variables[name], _VALUES)
    }
    scope = scope.sharing({**mine, **scope.shared})
    for name, found in facets:
        value = _apart(found, observation, scope, step) if name == MODULES and found else found
        before = session.table.group_of(name)
        try:
            seen = survey({name: value}, scope, session.folder / "objects")
        except Uncarriable:
            if session.ambient.get(name, "") is None:  # shared cells make it anew in each step
                continue
            culprit = find_refusal(name, value, scope)
            refused.append(refuse(name, culprit, codes.FACET_REFUSED, step))
            continue
        if seen.sink.fingerprint() == session.ambient.get(name):
            seen.sink.discard()
            kept += [before] if before is not None else []
        elif value is None:
            seen.sink.discard()
        else:
            digest = seen.sink.publish()
            requires = sorted(n for n in seen.reads if observation.has(n)) + sorted(seen.shared)
            made.append(
                Group(
                    names=(name,),
                    digest=digest,
                    size=seen.sink.size,
                    requires=tuple(requires),
                    step=step,
                )
            )
    return kept, made, refused


def _apart(changes: Changes, observation: Observation, scope: Scope, step: str) -> Changes:
    """The changes in modules without what shares objects with variables, which would part them."""
    named = set(map(id, scope.shared.values()))
    apart: dict[str, dict[str, Any]] = {module: {} for module in changes}
    for module, values in changes.items():
        for path, value in values.items():
            seen = survey({path: value}, scope)
            seen.sink.discard()
            ids = seen.ids - named
            other = next((n for n, u in observation.units.items() if ids & u.survey.ids), None)
            if other is not None and id(value) not in named:
                what = f"a global that shares objects with variable {other.removeprefix(SHARED)!r}"
                where = Culprit(f"{module}.{path}", Reason(what, codes.MODULE_SHARES))
                value = Left(refuse(where.path, where, codes.MODULE_SHARES, step))
            apart[module][path] = value
    return apart


def _table(
    session: Session,
    observation: Observation,
    groups: Iterable[Group],
    facets: Iterable[Group],
    refused: Iterable[Refusal],
) -> Table:
    """The table after the step: what it stored, and what it did not touch."""
    groups, facets, refused = tuple(groups), tuple(facets), tuple(refused)
    settled = {*_names(groups), *_names(refused), *_gone(session)}
    bound = set(_bound_here(session, observation))
    rest = []
    for group in session.table.groups:
        if group.is_ambient or group in session.loaded:
            continue
        names = tuple(name for name in group.names if name not in settled | bound)
        if names:
            rest.append(
                Group(
                    names=names,
                    digest=group.digest,
                    size=group.size,
                    requires=group.requires,
                    step=group.step,
                )
            )
    old = [r for r in session.table.refused if not set(r.names) & (settled | bound)]
    return Table(
        groups=tuple(sorted((*rest, *groups, *facets), key=lambda group: group.names)),
        refused=tuple(sorted((*old, *refused), key=lambda refusal: refusal.names)),
    )


def _bound_here(session: Session, observation: Observation) -> Iterator[str]:
    """Names that are bound now, neither loaded nor as parameters and shared cells bound them."""
    loaded = _names(session.loaded)
    for name in notebook_names(session.namespace):
        if name in loaded or name in observation.static:
            continue
        if refusal_behind(session.namespace[name]) is not None:
            continue
        known = {**session.parameters, **session.replayed}
        if name not in known or session.namespace[name] is not known[name]:
            yield name


def _gone(session: Session) -> set[str]:
    """Names that were loaded, or had a stand-in, and that the step deleted."""
    return (_names(session.loaded) | session.stand_ins) - session.variables().keys()


def _joined(observation: Observation, made: Iterable[Group]) -> Iterator[str]:
    """Names that were left as they were, and now share objects with others in a new group."""
    for name in _names(made):
        unit = observation.units.get(name)
        if unit is not None and unit.group is not None:
            yield name


def _unused(session: Session) -> set[str]:
    """Loaded names that neither the step asked for nor functions among the loaded ones read."""
    return session.companions - {name for group in session.loaded for name in group.requires}


def _is_same(one: Group, other: Group) -> bool:
    return one.names == other.names and one.digest == other.digest


def _names(groups: Iterable[Group | Refusal]) -> set[str]:
    return {name for group in groups for name in group.names}
