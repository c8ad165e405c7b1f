"""An alert or a hook as it is asked for, checked before anything is saved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.alerts.findings import check_alert
from jupyter_mlops.alerts.private import is_reference, keep, look_up
from jupyter_mlops.errors import AlertError, UnknownSchedule
from jupyter_mlops.model.naming import NAME

if TYPE_CHECKING:
    from jupyter_mlops.model.alert import Alert
    from jupyter_mlops.store import Store


def checked(store: Store, alert: Alert, *, planned: Collection[str] | None = None) -> Alert:
    """The alert with what it needs found to be there, and its secrets kept out of it.

    Args:
        store: keeps what is given in clear, in files that only its owner reads.
        alert: what is asked for; ``to`` and ``secret`` may be the values themselves.
        planned: names of the schedules that there will be, if not those that are on record.

    Raises:
        AlertError: it cannot be kept as it is asked for.
        UnknownSchedule: there is no schedule of the name that it is to tell of.
        StoreError: the store cannot be written.
    """
    if not NAME.fullmatch(alert.name):
        raise AlertError(
            f"{alert.name!r} cannot be the name of {alert.kind}s",
            fix="use letters, digits, '.', '_' and '-'",
        )
    check_alert(alert)
    if alert.notebook is not None:
        path = Path(alert.notebook).absolute()
        if not path.is_file():
            raise AlertError(f"{path}: no such file", fix="check --notebook")
        alert = replace(alert, notebook=str(path))
    if alert.schedule is not None and planned is None:
        _check_schedule(store, alert.schedule)
    elif alert.schedule is not None and planned is not None and alert.schedule not in planned:
        raise UnknownSchedule(alert.schedule)
    return _with_address(store, alert)


def _with_address(store: Store, alert: Alert) -> Alert:
    """The alert with its address checked and its secrets kept."""
    if alert.way == "command":
        from jupyter_mlops.alerts.ways.command import check_command

        if alert.secret:
            raise AlertError("a command has no use for --secret", fix="leave it out")
        command = check_command(alert.to)
        return replace(alert, to=command, shown=command)
    if alert.way == "github":
        from jupyter_mlops.alerts.ways.github import repository_url

        if not alert.secret:
            raise AlertError("GitHub needs a token", fix="give --secret env:GITHUB_TOKEN")
        url = repository_url(alert.to)
        return replace(alert, to=url, shown=url, secret=keep(store, alert.name, alert.secret))
    url = look_up(store, alert.to) if is_reference(alert.to) else alert.to
    if alert.way == "message":
        from jupyter_mlops.alerts.ways.message import shown_url

        shown = shown_url(url)
    else:
        from jupyter_mlops.alerts.ways.post import check_url, shown_address
        from jupyter_mlops.standards.webhooks import key_of

        check_url(url)
        key_of(look_up(store, alert.secret) if is_reference(alert.secret) else alert.secret)
        shown = shown_address(url)
    secret = keep(store, alert.name, alert.secret) if alert.secret else ""
    return replace(alert, to=keep(store, alert.name, alert.to), shown=shown, secret=secret)


def _check_schedule(store: Store, name: str) -> None:
    from jupyter_mlops.store.schema import schedules

    there = (schedules.c.name == name) & (schedules.c.state != "removed")
    query = schedules.select().where(there)
    if store.catalog.database.read(lambda c: c.execute(query).first()) is None:
        raise UnknownSchedule(name)
