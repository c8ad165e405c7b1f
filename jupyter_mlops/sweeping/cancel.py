"""Ends a sweep that another process drives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import StoreError
from jupyter_mlops.runner import cancel_run
from jupyter_mlops.store.disk import disk_problems, write_new
from jupyter_mlops.sweeping.book import find_sweep

if TYPE_CHECKING:
    from jupyter_mlops.model.sweep import Sweep, SweepReport
    from jupyter_mlops.store import Store


def cancel_sweep(store: Store, name: str) -> SweepReport:
    """The sweep after it was told to end; its runs, if they go on, need a moment to do so.

    A sweep that nobody drives is left as it is.

    Raises:
        UnknownSweep: there is none of that name, or more than one.
        StoreError: the store cannot be written, or another machine drives the sweep.
    """
    report = find_sweep(store, name)
    if report.state != "running":
        return report
    if report.sweep.name in store.catalog.writers.elsewhere():
        raise StoreError(
            f"sweep {report.sweep.name} is driven from another machine or store, on "
            f"{report.sweep.host}",
            fix=f"`jupyter mlops sweep cancel {report.sweep.name}` there",
        )
    wish = _wish(store, report.sweep)
    with disk_problems(wish):
        wish.parent.mkdir(parents=True, exist_ok=True)
        write_new(wish, b"")
    for one in find_sweep(store, report.sweep.name).combinations:
        if one.state == "running" and one.run is not None:
            cancel_run(store, one.run)
    return find_sweep(store, report.sweep.name)


def is_cancelled(store: Store, sweep: Sweep) -> bool:
    """True if somebody wants the sweep to end."""
    return _wish(store, sweep).exists()


def forget_wish(store: Store, sweep: Sweep) -> None:
    """Forget that an earlier driver of the sweep was to end."""
    _wish(store, sweep).unlink(missing_ok=True)


def _wish(store: Store, sweep: Sweep) -> Path:
    """In the folder of the sweep's lock, which goes with its driver."""
    return store.root / "writers" / sweep.name / "cancel"
