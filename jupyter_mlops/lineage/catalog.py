"""All that is on record, from Python."""

from __future__ import annotations

from os import PathLike, fspath
from types import TracebackType
from typing import TYPE_CHECKING

from jupyter_mlops.installation import Installation
from jupyter_mlops.model.run import Run, RunState

if TYPE_CHECKING:
    from jupyter_mlops.model.comparison import Comparison
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
        self, *, notebook: str | None = None, state: RunState | None = None, limit: int | None = 50
    ) -> list[Run]:
        """The recorded runs, newest first.

        Args:
            notebook: only those of the notebook at this absolute path.
            state: only those in this state.
            limit: the most that are given; None gives all.
        """
        return self.store.catalog.list_runs(notebook=notebook, state=state, limit=limit)

    def show(self, run: str) -> Run:
        """The run of that name, of that unique beginning, or the newest for ``latest``."""
        return self.store.catalog.find_run(run)

    def diff(self, a: str, b: str) -> Comparison:
        """What differs between two runs, and what it caused.

        Args:
            a: names the earlier run, as `show` has it.
            b: names the later one.
        """
        from jupyter_mlops.lineage.compare import compare_runs

        return compare_runs(self.store, self.show(a), self.show(b))

    def report(self, run: str) -> str:
        """The run as one self-contained page of HTML, as `jupyter mlops report` writes it.

        Args:
            run: names it, as `show` has it.
        """
        from jupyter_mlops.lineage.report import report_page

        return report_page(self.store, self.show(run))
