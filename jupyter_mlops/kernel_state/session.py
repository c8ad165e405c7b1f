"""One step's life in its kernel: what was there, what was loaded, what the shared cells bound."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_mlops.kernel_state import codes
from jupyter_mlops.kernel_state.ambient import (
    Facet,
    Start,
    early_facets,
    late_facets,
    observe_start,
)
from jupyter_mlops.kernel_state.containment import read_containment
from jupyter_mlops.kernel_state.culprits import Culprit
from jupyter_mlops.kernel_state.errors import KernelStateError, Refused
from jupyter_mlops.kernel_state.files import Recorder, start_recording
from jupyter_mlops.kernel_state.interpreter import (
    Values,
    interpreter_facets,
    observe_interpreter,
)
from jupyter_mlops.kernel_state.loader import Loader
from jupyter_mlops.kernel_state.modules import Modules, listen, modules_facet
from jupyter_mlops.kernel_state.names import imported_submodules, notebook_names
from jupyter_mlops.kernel_state.objects import Kept
from jupyter_mlops.kernel_state.options import library_facets
from jupyter_mlops.kernel_state.pickler import Scope
from jupyter_mlops.kernel_state.references import find_singletons, import_path
from jupyter_mlops.kernel_state.refusals import Uncarriable
from jupyter_mlops.kernel_state.secrets import guard
from jupyter_mlops.kernel_state.shell import observe_shell, shell_facet
from jupyter_mlops.kernel_state.shown import read_shown, write_shown
from jupyter_mlops.kernel_state.standin import forget_noted, stand_in
from jupyter_mlops.kernel_state.survey import find_refusal, survey
from jupyter_mlops.kernel_state.table import SHARED, Group, Table, read_table

_SHOWN = "@warnings.shown"


@dataclass(slots=True, kw_only=True)
class Session:
    """What a step's kernel remembers between ``enter``, ``restore`` and ``capture``.

    Attributes:
        namespace: the user namespace.
        folder: the state folder.
        start: the process before the step's first cell.
        interpreter: limits, builtins and the like before the step's first cell.
        shell: the state of IPython at that time.
        recorder: hears which files are read.
        modules: hears which modules are imported, and knows what was changed in them.
        table: the versions that the step received.
        parameters: what was bound before ``enter``, by name.
        replayed: what shared cells bound in this step, by name.
        shared: the same, as earlier steps changed it.
        replaced: names of these that an earlier step changed, so that no shared cell makes them.
        known: fingerprints of the parameters and of the shared names, None for what has none.
        loaded: fingerprint of each group that was loaded, None for what has none.
        kept: the buffers of each object that was loaded, by digest.
        left_out: parameters and shared names that an earlier step bound anew, and that this step
            does not ask for: they are not bound, so that what binds them here is seen.
        companions: names that were loaded because they share objects with one that is read, or
            because functions read them.
        everything: True if all that could be bound was asked for, and nobody knows what is read.
        deleted: parameters and shared names that earlier steps deleted.
        ambient: fingerprint of each ambient facet after ``restore``.
        stand_ins: names at which a stand-in was put, because functions may read them.
        submodules: dotted names that loaded modules imported.
    """

    namespace: dict[str, Any]
    folder: Path
    start: Start
    interpreter: Mapping[str, Values]
    shell: Mapping[tuple[str, ...], Any]
    recorder: Recorder
    modules: Modules
    table: Table = field(default_factory=Table)
    parameters: dict[str, Any] = field(default_factory=dict)
    replayed: dict[str, Any] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    known: dict[str, str | None] = field(default_factory=dict)
    loaded: dict[Group, str | None] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    companions: set[str] = field(default_factory=set)
    everything: bool = False
    deleted: set[str] = field(default_factory=set)
    ambient: dict[str, str | None] = field(default_factory=dict)
    stand_ins: set[str] = field(default_factory=set)
    submodules: set[str] = field(default_factory=set)

    def scope(self, shared: Mapping[str, Any]) -> Scope:
        """What objects may refer to now, given the shared objects among it.

        It takes a look at all imported modules; ``Scope.sharing`` gives it with others.
        """
        imported = imported_submodules(self.namespace.get("_ih", ()))
        return Scope(
            namespace=self.namespace,
            shared=shared,
            submodules=imported | self.submodules,
            singletons=find_singletons(self.start.work),
        )

    def facets(self) -> tuple[Facet, ...]:
        """All ambient facets, in the order in which they are put in force."""
        return (
            Facet(
                name=_SHOWN,  # first, because reading others voids it
                read=read_shown,
                write=write_shown,
            ),
            *early_facets(self.start),
            *late_facets(self.start),
            *library_facets(),
            modules_facet(self.modules, self._uncarriable),
            *interpreter_facets(self.interpreter),
            shell_facet(self.shell, self.namespace),
            Facet(name="@deleted", read=self._read_deleted, write=self._delete),
        )

    def _uncarriable(self, values: Mapping[str, Any]) -> dict[str, Culprit]:
        """What cannot be carried among some values, and why."""
        if not values:
            return {}
        scope = self.scope(self.made_anew())
        if fingerprint(values, scope) is not None:
            return {}
        return {
            name: find_refusal(name, value, scope)
            for name, value in values.items()
            if fingerprint({name: value}, scope) is None
        }

    def _read_deleted(self) -> list[str] | None:
        """Names that parameters and shared cells bind in every step, and that were deleted."""
        known = {*self.parameters, *self.shared, *self.deleted} - self.left_out
        return sorted(known - self.namespace.keys()) or None

    def _delete(self, names: Sequence[str]) -> None:
        self.deleted.update(names)
        for name in names:
            if self.table.group_of(name) is None:
                self.namespace.pop(name, None)

    def variables(self) -> dict[str, Any]:
        """All variables, and as ``@shared:NAME`` what shared cells bound to each name."""
        return {**self.namespace, **{SHARED + name: value for name, value in self.shared.items()}}

    def made_anew(self) -> dict[str, Any]:
        """What the shared cells make anew in each step, as ``@shared:NAME``, imports left out."""
        return {
            SHARED + name: value
            for name, value in self.shared.items()
            if name not in self.replaced and _is_own(value)
        }


def enter(namespace: dict[str, Any], folder: Path) -> Session:
    """Starts a step: puts cwd, environment and ``sys.path`` in force and records file reads.

    Args:
        namespace: the user namespace, with nothing but the parameters in it.
        folder: the state folder.

    Raises:
        KernelStateError: if a facet cannot be put in force.
    """
    work = Path(os.environ.get("JUPYTER_MLOPS_WORK") or Path.cwd()).absolute()
    containment = read_containment()
    guard(containment.secret_values())
    session = Session(
        namespace=namespace,
        folder=folder,
        start=observe_start(work, is_seeded=_mentions_seed(namespace)),
        interpreter=observe_interpreter(),
        shell=observe_shell(),
        recorder=Recorder(work, folder, containment),
        modules=Modules(work=work, namespace=namespace),
    )
    listen(session.modules)
    start_recording(session.recorder)
    with session.recorder.paused():
        session.table = read_table(folder)
        session.parameters = {name: namespace[name] for name in notebook_names(namespace)}
        loader = Loader(folder, session.table, namespace, {})
        _put_in_force(session, loader, early_facets(session.start))
    return session


def restore(session: Session, names: Sequence[str], *, everything: bool = False) -> None:
    """Binds the variables that a step reads, then puts the ambient facets in force.

    Args:
        session: as ``enter`` gave it; the shared cells ran since.
        names: of the variables. A name that the table does not hold is left alone.
        everything: True to bind all that can be bound.

    Raises:
        Refused: if a variable is asked for by name that an earlier step could not leave, or an
            ambient facet could not be left.
        KernelStateError: if an object is missing, corrupted or cannot be loaded.
    """
    table, namespace = session.table, session.namespace
    facets = [facet.name for facet in session.facets()]
    for name in [*names, *facets]:
        if (refusal := table.refusal_of(name)) is not None:
            raise Refused(
                refusal.code,
                name=name,
                path=refusal.path,
                reason=refusal.reason,
                step=refusal.step,
            )
    with session.recorder.paused():
        for name in notebook_names(namespace):
            if name not in session.parameters or namespace[name] is not session.parameters[name]:
                session.parameters.pop(name, None)
                session.replayed[name] = session.shared[name] = namespace[name]
        _remember_known(session)
        loader = Loader(session.folder, table, namespace, session.shared)
        facets_read = (name for g in table.groups if g.is_ambient for name in g.requires)
        groups = _wanted(table, [*names, *facets_read], everything=everything)
        for group in groups:
            loaded = loader.load(group).items()
            namespace.update((name, value) for name, value in loaded if not name.startswith(SHARED))
        session.replaced = loader.replaced
        _leave_out(session, groups)
        _stand_in(session, groups, everything=everything)
        session.everything = everything
        if not everything:
            session.companions = {n for group in groups for n in group.names} - set(names)
        _put_in_force(session, loader, session.facets())
        session.submodules |= loader.submodules
        loader.close()
        scope, variables = session.scope(session.made_anew()), session.variables()
        for group in groups:
            values = {name: variables[name] for name in group.names}
            session.loaded[group] = fingerprint(values, scope, loader.kept[group.digest])
        session.kept = loader.kept
        session.ambient = {f.name: fingerprint({f.name: f.read()}, scope) for f in session.facets()}
        if (shown := table.group_of(_SHOWN)) is not None:  # at last: all else voids it
            value = loader.load(shown)[_SHOWN]
            session.ambient[_SHOWN] = fingerprint({_SHOWN: value}, scope)
            write_shown(value)
    forget_noted()


def _mentions_seed(namespace: Mapping[str, Any]) -> bool:
    return any("seed" in str(cell) for cell in namespace.get("_ih", ()))


def _leave_out(session: Session, loaded: Iterable[Group]) -> None:
    """Unbinds what parameters and shared cells bound, if that is not what stands and not loaded."""
    current = {name for group in session.table.groups for name in group.names}
    current.difference_update(*(group.names for group in loaded))
    session.left_out = current & {*session.parameters, *session.shared}
    for name in session.left_out:
        del session.namespace[name]


def _stand_in(session: Session, groups: Iterable[Group], *, everything: bool) -> None:
    """Puts stand-ins where functions among the groups may look for what could not be carried."""
    required = {name for group in groups for name in group.requires}
    for refusal in session.table.refused:
        for name in refusal.names:
            is_bound = name in session.namespace or name.startswith("@")
            if not is_bound and (everything or name in required):
                session.namespace[name] = stand_in(name, refusal)
                session.stand_ins.add(name)


def fingerprint(values: Mapping[str, Any], scope: Scope, kept: Kept | None = None) -> str | None:
    """A digest that equal state has in this kernel, or None if it has none.

    Args:
        values: by name.
        scope: what they may refer to.
        kept: the object that they were loaded from.
    """
    try:
        sink = survey(values, scope, bytes_only=True).sink
    except Uncarriable:
        return None
    seen = sink.fingerprint(kept)
    sink.discard()
    return seen


def _remember_known(session: Session) -> None:
    given = {**session.parameters, **session.shared}
    if not given:
        return
    scope = session.scope({})
    for name, value in given.items():
        session.known[name] = fingerprint({name: value}, scope)


def _wanted(table: Table, names: Iterable[str], *, everything: bool) -> list[Group]:
    """The groups of the names, and of the globals that functions in them read.

    A group stands behind those that it requires, unless they require it, too: a class may read
    globals while its instances are loaded (``__setstate__``, ``__hash__``).
    """
    if everything:
        names = [name for group in table.groups if not group.is_ambient for name in group.names]
    ordered: list[Group] = []
    seen: set[Group] = set()
    pending: list[str | Group] = list(names)
    while pending:
        item = pending.pop()
        if isinstance(item, Group):
            ordered.append(item)
        elif (group := table.group_of(item)) is not None and group not in seen:
            seen.add(group)
            pending += [group, *group.requires]
    return ordered


def _put_in_force(session: Session, loader: Loader, facets: Iterable[Facet]) -> None:
    for facet in facets:
        group = session.table.group_of(facet.name)
        if group is None:
            continue
        value = loader.load(group)[facet.name]
        try:
            facet.write(value)
        except Exception as error:
            raise KernelStateError(
                codes.FACET_NOT_IN_FORCE,
                f"{facet.name} from step {group.step!r} cannot be put in force: {error}",
                fix="see that what it names exists where this step runs",
            ) from error


def _is_own(value: Any) -> bool:
    """True if the notebook made the object, and its identity can matter."""
    if isinstance(value, (bool, int, float, complex, str, bytes, type(None), ModuleType)):
        return False
    return import_path(value) is None
