"""All that is on record, from Python."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from jupyter_mlops.installation import Installation
from jupyter_mlops.model.label import AliasMove, Labels
from jupyter_mlops.model.retention import Collected
from jupyter_mlops.model.run import Run, RunState

if TYPE_CHECKING:
    from jupyter_mlops.model.comparison import Comparison
    from jupyter_mlops.model.crate import Exported, Imported
    from jupyter_mlops.model.ledger import Entry, LedgerCheck
    from jupyter_mlops.model.reproduction import OpenedStep, Reproduction, Restored
    from jupyter_mlops.model.trace import Trace
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

    def trace(
        self,
        asked: str | PathLike[str],
        *,
        up: bool = True,
        down: bool = True,
        depth: int | None = None,
        limit: int = 200,
    ) -> Trace:
        """Where bytes or a run come from, and what was made of them, across runs.

        Args:
            asked: a file, wherever it lies and whatever it is called now; a digest or a unique
                beginning of one; or a run.
            up: follow what it was made of.
            down: follow what was made of it.
            depth: how many steps to go in each direction; None for all.
            limit: the most executions that are taken in in each direction.

        Raises:
            UnknownBytes: no execution on record has to do with these bytes.
        """
        from jupyter_mlops.lineage.trace import BOTH, trace

        ways = [way for way, wanted in zip(BOTH, (up, down), strict=True) if wanted]
        return trace(self.store, fspath(asked), directions=ways, depth=depth, limit=limit)

    def export(
        self,
        asked: str,
        file: str | PathLike[str],
        *,
        last: int | None = None,
        images: bool = False,
    ) -> Exported:
        """Write runs with all that belongs to them to one file, an RO-Crate.

        Args:
            asked: a run; or the path of a notebook: all its runs.
            file: the path; it must not exist.
            last: of a notebook's runs only so many, the newest.
            images: True to take along the images that steps ran in.

        Raises:
            UnknownRun: there is no such run.
            MlopsError: the file exists, or a run has not ended.
            EngineError: images are wanted, and the Docker engine does not answer.
        """
        from jupyter_mlops.lineage.export import choose_runs, export_runs

        runs = choose_runs(self.store, asked, last)
        return export_runs(self.store, runs, Path(file), images=images)

    def import_(self, file: str | PathLike[str]) -> Imported:
        """Take in the runs of a file that `export` wrote; nothing of it is unpickled or run.

        Images in it are given to the Docker engine; one that cannot be is named in the answer.

        Raises:
            BadParcel: the file is damaged, foreign or too new; nothing was taken in.
        """
        from jupyter_mlops.lineage.importing import import_runs

        return import_runs(self.store, Path(file))

    def reproduce(
        self,
        run: str,
        *,
        step: str | None = None,
        engine: Literal["local", "docker"] | None = None,
    ) -> Reproduction:
        """A verdict for all that a run left, after it was run again from recorded bytes only.

        Args:
            run: its name, a unique beginning of it, or ``latest``.
            step: the only step that is to run again, with what it received.
            engine: where; None for where the run ran.

        Raises:
            NotReproducible: what was recorded does not suffice, or what lies elsewhere has changed.
            UnknownStepError: the run has no such step.
            SecretError: nobody gives the value of a secret.
            EngineError: the engine does not answer.
        """
        from jupyter_mlops.lineage.reproduce import reproduce_run

        settings = self._installation.settings()
        return reproduce_run(self.store, run, settings=settings, step=step, engine=engine)

    def restore(self, run: str, folder: str | PathLike[str], *, force: bool = False) -> Restored:
        """What was laid out in a folder: the notebook, and the files that the run's steps read.

        Args:
            run: its name, a unique beginning of it, or ``latest``.
            folder: does not exist or is empty.
            force: True to move a folder that is not empty out of the way.

        Raises:
            MlopsError: the folder is not empty, or cannot be written.
        """
        from jupyter_mlops.lineage.restore import restore_run

        return restore_run(self.store, run, Path(folder), force=force)

    def open_step(
        self, run: str, step: str, folder: str | PathLike[str], *, engine: str = "auto"
    ) -> OpenedStep:
        """A step laid out in a folder: a notebook of its cells, what it received, and a kernel.

        Args:
            run: its name, a unique beginning of it, or ``latest``.
            step: a step that ran.
            folder: does not exist or is empty.
            engine: where its kernel runs; ``auto``: where the step ran, or in a local kernel if
                that cannot be had, of which a note then tells.

        Raises:
            EngineError: the engine does not answer.
            NotReproducible: the step never ran, or its environment cannot be had on this machine.
            MlopsError: the folder is not empty, or cannot be written.
        """
        from jupyter_mlops.lineage.debug import open_step

        settings = self._installation.settings()
        return open_step(self.store, run, step, Path(folder), settings=settings, engine=engine)

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

    def ledger(self, *, action: str | None = None, subject: str | None = None) -> list[Entry]:
        """Who did what when, the oldest first.

        Args:
            action: only this kind of action, such as ``run`` or ``delete``.
            subject: only what was done to this, or to what begins like it.
        """
        from jupyter_mlops.lineage.audit import ledger_log

        return list(ledger_log(self.store, action=action, subject=subject))

    def verify_ledger(self) -> LedgerCheck:
        """Whether the ledger is whole, and what it vouches for still there and unchanged."""
        from jupyter_mlops.lineage.audit import verify_ledger

        return verify_ledger(self.store)
