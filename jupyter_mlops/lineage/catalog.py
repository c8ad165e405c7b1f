"""All that is on record, from Python."""

from __future__ import annotations

from os import PathLike, fspath
from types import TracebackType
from typing import TYPE_CHECKING

from jupyter_mlops.installation import Installation
from jupyter_mlops.model.label import AliasMove, Labels
from jupyter_mlops.model.retention import Collected
from jupyter_mlops.model.run import Run, RunState

if TYPE_CHECKING:
    from jupyter_mlops.store import Store


class Catalog:
    """What the commands of the past answer, as Python values.

    The store is opened at the first question, and closed at the end of a ``with`` block. Every
    method raises ``StoreError`` if it cannot be read, and ``UnknownRun`` if a run is not in it.

    Args:
        store: folder of the store; None takes that of the settings.

    Example:
        >>> with Catalog() as catalog:
        ...     print(catalog.show("latest").state)
    """

    def __init__(self, store: str | PathLike[str] | None = None) -> None:
        self._installation = Installation(store=None if store is None else fspath(store))
        self._store: Store | None = None

    def __enter__(self) -> Catalog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store; the next question opens it again."""
        if self._store is not None:
            self._store.close()
            self._store = None

    @property
    def store(self) -> Store:
        """The store, open."""
        if self._store is None:
            self._store = self._installation.open_store()
        return self._store

    def runs(
        self,
        *,
        notebook: str | None = None,
        state: RunState | None = None,
        tag: str | None = None,
        limit: int | None = 50,
    ) -> list[Run]:
        """The recorded runs, newest first.

        Args:
            notebook: only those of the notebook at this absolute path.
            state: only those in this state.
            tag: only those with this tag.
            limit: the most that are given; None gives all.
        """
        return self.store.catalog.list_runs(notebook=notebook, state=state, tag=tag, limit=limit)

    def show(self, run: str) -> Run:
        """The run of that name or alias, of that unique beginning, or the newest for ``latest``."""
        return self.store.catalog.find_run(run)

    def labels(self, run: str) -> Labels:
        """Tags, note and aliases of the run."""
        name = self.show(run).run
        return self.store.catalog.labels.of_runs([name]).get(name, Labels())

    def tag(self, target: str, *names: str, remove: bool = False) -> None:
        """Put tags on a run or an artifact, or remove them.

        Args:
            target: ``RUN[:STEP[:ARTIFACT]]``, an alias or a digest.
            names: of the tags.
            remove: take them away instead.
        """
        from jupyter_mlops.lineage.label import tag

        tag(self.store, target, *names, remove=remove)

    def note(self, target: str, text: str) -> None:
        """Put a note on a run or an artifact in the place of an earlier one; "" removes it."""
        from jupyter_mlops.lineage.label import note

        note(self.store, target, text)

    def alias(self, name: str, target: str | None, *, expect: str | None = None) -> None:
        """Let an alias name a run, a step, an artifact or a digest; None removes the alias.

        Args:
            name: such as ``model@production``; it stands wherever a run does.
            target: ``RUN[:STEP[:ARTIFACT]]``, another alias or a digest.
            expect: what it must name before, or ``none``; else it is not moved (``AliasMoved``).
        """
        from jupyter_mlops.lineage.label import remove_alias, set_alias

        if target is None:
            remove_alias(self.store, name, expect=expect)
        else:
            set_alias(self.store, name, target, expect=expect)

    def aliases(self) -> dict[str, str]:
        """What each alias names."""
        held = self.store.catalog.labels.held("alias")
        return {change.name: change.target.text for change in held if change.target is not None}

    def alias_history(self, name: str) -> list[AliasMove]:
        """All that an alias ever named, the first move first."""
        from jupyter_mlops.lineage.label import alias_history

        return alias_history(self.store, name)

    def gc(
        self, *, keep_last: int | None = None, keep_days: int | None = None, dry_run: bool = True
    ) -> Collected:
        """What would go, or what went: runs that no rule keeps, objects that nothing refers to.

        Args:
            keep_last: keep so many runs of each notebook, the newest; None: as the settings say.
            keep_days: keep runs that began in so many last days; None: as the settings say.
            dry_run: only say what would go.
        """
        from jupyter_mlops.lineage.gc import collect
        from jupyter_mlops.lineage.retention import chosen_rules

        rules = chosen_rules(self._installation.settings(), keep_last, keep_days)
        return collect(self.store, rules, dry_run=dry_run)
