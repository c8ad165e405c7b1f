"""What the ledger is told of runs: their end, and the settings that are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlops.kernel_state.urls import without_secrets
from jupyter_mlops.store import Ledger, Store
from jupyter_mlops.store.rows import execution_records

if TYPE_CHECKING:
    from jupyter_mlops.model.run import Run
    from jupyter_mlops.settings import Mlops


def tell_settings(ledger: Ledger, settings: Mlops) -> int:
    """Number of the entry that holds the settings in force: the last run's, if they are the same.

    All settings count but the place of the store, which is the ledger's own. URLs are told without
    user, password and whatever else may be secret.
    """
    told = {
        name: _public(getattr(settings, name))
        for name in sorted(settings.class_traits(config=True))
        if name != "store"
    }
    last, number = _last_settings(ledger)
    if last == told:
        return number
    changed = sorted(name for name in told if name not in last or last[name] != told[name])
    details = {"settings": told, "changed": changed}
    return ledger.append(action="settings", details=details).number


def tell_end(store: Store, run: Run, record: str, begun: int | None = None) -> None:
    """Tell that a run has ended; the entry vouches for all that is on record of it.

    Args:
        store: the store.
        run: in its final state.
        record: digest of its record.
        begun: number of the entry of its beginning, if it is known.
    """
    records = store.catalog.ask(lambda connection: execution_records(connection, run.run))
    assert run.state != "running"
    store.ledger.append(
        action="run", subject=run.run, state=run.state, begun=begun, objects=(record, *records)
    )


def _last_settings(ledger: Ledger) -> tuple[dict[str, Any], int]:
    """The settings of the last run that began, and the number of the entry that holds them."""
    for entry in ledger.newest_first():
        if entry.action == "run" and entry.state == "begun":
            entry = ledger.read(entry.details.get("settings", 0)) or entry
        if entry.action == "settings":
            return dict(entry.details.get("settings", {})), entry.number
    return {}, 0


def _public(value: Any) -> Any:
    if isinstance(value, list):
        return [_public(item) for item in value]
    if not isinstance(value, str) or "://" not in value:
        return value
    try:
        return without_secrets(value)
    except ValueError:  # no URL after all
        return value.partition("://")[0] + "://…"
