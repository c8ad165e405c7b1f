"""Labels, runs that come and go as files, the ledger, and collections of garbage."""

from __future__ import annotations

from itertools import islice

from jupyter_mlops.lineage.audit import verify_ledger
from jupyter_mlops.model.crate import Exported, Imported
from jupyter_mlops.model.ledger import LedgerCheck
from jupyter_mlops.model.retention import Collected
from jupyter_mlops.server.answers import AliasHistory, LabelChanges, LedgerEntries
from jupyter_mlops.server.backend import Backend
from jupyter_mlops.server.handler import MlopsHandler, route
from jupyter_mlops.server.refusals import BadRequest
from jupyter_mlops.server.requests import CollectionStart, ExportStart, ImportStart, LabelStart

_USUAL, _MOST = 100, 1000
_MOST_KEPT = 10**6


class LabelsHandler(MlopsHandler):
    """``/mlops/labels``."""

    @route("write")
    async def post(self) -> None:
        """Put a label on something, or take it away."""
        await self.answer(_label, self.backend, self.body(LabelStart))


class AliasHandler(MlopsHandler):
    """``/mlops/aliases/{alias}``."""

    @route("read")
    async def get(self, name: str) -> None:
        """All that the alias ever named."""
        await self.answer(_history, self.backend, name)


class ExportsHandler(MlopsHandler):
    """``/mlops/exports``."""

    @route("write")
    async def post(self) -> None:
        """Write a run to one file."""
        await self.answer(_export, self.backend, self.body(ExportStart), status=201)


class ImportsHandler(MlopsHandler):
    """``/mlops/imports``."""

    @route("write")
    async def post(self) -> None:
        """Take in the runs of a file."""
        await self.answer(_import, self.backend, self.body(ImportStart), status=201)


class LedgerHandler(MlopsHandler):
    """``/mlops/ledger``."""

    @route("read")
    async def get(self) -> None:
        """The newest entries."""
        limit = self.number("limit", usual=_USUAL, most=_MOST)
        await self.answer(
            _entries, self.backend, self.query("action"), self.query("subject"), limit
        )


class LedgerCheckHandler(MlopsHandler):
    """``/mlops/ledger/verification``."""

    @route("read")
    async def get(self) -> None:
        """Whether the ledger is whole."""
        await self.answer(_verify, self.backend, self.query("quick") == "true")


class GarbageHandler(MlopsHandler):
    """``/mlops/garbage``."""

    @route("read")
    async def get(self) -> None:
        """What a collection would take, by rules; nothing is removed."""
        last = self.number("keep_last", usual=0, most=_MOST_KEPT)
        days = self.number("keep_days", usual=0, most=_MOST_KEPT)
        await self.answer(_garbage, self.backend, last, days, True)

    @route("write")
    async def post(self) -> None:
        """Remove what no rule keeps, and what nothing on record refers to."""
        asked = self.body(CollectionStart)
        for kept in (asked.keep_last, asked.keep_days):
            if not 0 <= kept <= _MOST_KEPT:
                raise BadRequest(f"keep_last and keep_days are up to {_MOST_KEPT}, not {kept}")
        await self.answer(_garbage, self.backend, asked.keep_last, asked.keep_days, False)


def _label(backend: Backend, asked: LabelStart) -> LabelChanges:
    from jupyter_mlops.lineage.label import note, remove_alias, set_alias, tag

    store, target, name = backend.store(), asked.target, asked.name
    if asked.kind == "tag":
        return LabelChanges(changes=tuple(tag(store, target, name, remove=asked.remove)))
    if asked.kind == "note":
        return LabelChanges(changes=(note(store, target, "" if asked.remove else asked.text),))
    if asked.remove:
        return LabelChanges(changes=(remove_alias(store, name, expect=target),))
    return LabelChanges(changes=(set_alias(store, name, target),))


def _history(backend: Backend, name: str) -> AliasHistory:
    from jupyter_mlops.lineage.label import alias_history

    return AliasHistory(moves=tuple(alias_history(backend.store(), name)))


def _export(backend: Backend, asked: ExportStart) -> Exported:
    from jupyter_mlops.lineage.export import export_runs
    from jupyter_mlops.runner.past import find_run

    store, file = backend.store(), backend.contents.locate(asked.file)
    return export_runs(store, [find_run(store, asked.run)], file, images=asked.images)


def _import(backend: Backend, asked: ImportStart) -> Imported:
    from jupyter_mlops.lineage.importing import import_runs

    return import_runs(backend.store(), backend.contents.notebook(asked.file))


def _entries(
    backend: Backend, action: str | None, subject: str | None, limit: int
) -> LedgerEntries:
    found = (
        entry
        for entry in backend.store().ledger.newest_first()
        if action in (None, entry.action) and entry.subject.startswith(subject or "")
    )
    return LedgerEntries(entries=tuple(islice(found, limit)))


def _verify(backend: Backend, quick: bool) -> LedgerCheck:
    return verify_ledger(backend.store(), quick=quick)


def _garbage(backend: Backend, last: int, days: int, dry_run: bool) -> Collected:
    from jupyter_mlops.lineage.gc import collect
    from jupyter_mlops.lineage.retention import chosen_rules

    rules = chosen_rules(backend.installation.settings(), last or None, days or None)
    return collect(backend.store(), rules, dry_run=dry_run)
