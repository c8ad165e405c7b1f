"""What the commands ``alert`` and ``hook`` have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jupyter_mlops.cli.command import Command, write_json
from jupyter_mlops.installation import Installation

if TYPE_CHECKING:
    from jupyter_mlops.model.alert import AlertKind, AlertReport

F = TypeVar("F", bound=Callable[..., Any])


def asked_options(default: str) -> Callable[[F], F]:
    """What both may be told of; None where it is not given.

    Args:
        default: what ``--on`` is then, for people.
    """
    options = (
        click.option(
            "--on", metavar="EVENTS",
            help="Some of failure, recovery, lateness, success, duration (or duration:3) and "
            f"metric:accuracy<0.9, with commas [{default}].",
        ),
        click.option(
            "--notebook", type=click.Path(path_type=Path), help="Only runs of this notebook."
        ),
        click.option("--schedule", metavar="NAME", help="Only runs of this schedule."),
        click.option(
            "--by-hand/--scheduled", default=None,
            help="Also runs that no schedule made, or those of schedules alone [scheduled].",
        ),
        click.option(
            "--begins-within", metavar="TIME", help="A tick that begins later is late [5m]."
        ),
        click.option(
            "--ends-within", metavar="TIME", help="A run that ends later is late, or never [never]."
        ),
        click.option(
            "--repeat", metavar="TIME",
            help="The same trouble is told again after it, or 0: with each run [1d].",
        ),
    )  # fmt: skip

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def new(installation: Installation, name: str, given: dict[str, Any]) -> AlertReport:
    """The alert of that name after it was checked and added."""
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.telling import add_asked

    return add_asked(installation.open_store(), name, _read(given), now())


def changed(
    installation: Installation, kind: AlertKind, name: str, given: dict[str, Any]
) -> AlertReport:
    """The alert of that name after what is given of it was checked and changed."""
    from jupyter_mlops.runner.naming import now
    from jupyter_mlops.scheduling.telling import change_asked

    _of_kind(installation, kind, name)
    return change_asked(installation.open_store(), name, _read(given), now())


def answer(report: AlertReport, as_json: bool) -> None:
    """Print how an alert stands."""
    from jupyter_mlops.cli.toldtext import report_lines

    if as_json:
        write_json(report)
    else:
        click.echo("\n".join(report_lines(report)))


def add_commands(group: click.Group, kind: AlertKind) -> None:
    """Add the commands that alerts and hooks have alike."""
    for function, arguments, about in (
        (
            _list,
            "",
            f"List the {kind}s, and how many deliveries wait or failed.",
        ),
        (_show, " ops", f"Show how the {kind} NAME stands."),
        (_pause, " ops", f"Let the {kind} NAME tell of nothing until it is resumed."),
        (_resume, " ops", f"Let the {kind} NAME tell of what happens from now on."),
        (_remove, " ops", f"Remove the {kind} NAME; its history stays."),
        (_test, " ops", f"Send a test to the {kind} NAME now, and say whether it arrived."),
        (_history, " ops", f"List what the {kind} NAME told, the latest first."),
        (_retry, " ops", f"Send anew what the {kind} NAME could not tell; all of it, or KEYs."),
    ):
        name = function.__name__.removeprefix("_")
        example = f"\b\nExample:\n  jupyter mlops {kind} {name}{arguments}"
        group.add_command(
            Command(
                name,
                callback=click.pass_obj(_bound(function, kind)),
                help=f"{about}\n\n{example}",
                params=_params(function),
            )
        )


def _bound(function: Callable[..., None], kind: AlertKind) -> Callable[..., None]:
    def call(installation: Installation, /, **given: Any) -> None:
        function(installation, kind, **given)

    return call


def _params(function: Callable[..., None]) -> list[click.Parameter]:
    params: list[click.Parameter] = [] if function is _list else [click.Argument(["name"])]
    if function is _history:
        count = click.IntRange(1)
        params.append(click.Option(["-n", "--limit"], default=20, show_default=True, type=count))
    if function is _retry:
        params.append(click.Argument(["keys"], metavar="[KEY]...", nargs=-1))
    flag = click.Option(["--json", "as_json"], is_flag=True, help="Answer as JSON on stdout.")
    return [*params, flag]


def _list(installation: Installation, kind: AlertKind, *, as_json: bool) -> None:
    from jupyter_mlops.alerts.book import list_alerts
    from jupyter_mlops.cli.toldtext import table

    found = list_alerts(installation.open_store(), kind)
    if as_json:
        write_json(found)
    else:
        click.echo("\n".join(table(found, kind)))


def _show(installation: Installation, kind: AlertKind, *, name: str, as_json: bool) -> None:
    answer(_of_kind(installation, kind, name), as_json)


def _pause(installation: Installation, kind: AlertKind, *, name: str, as_json: bool) -> None:
    from jupyter_mlops.alerts.book import pause_alert
    from jupyter_mlops.runner.naming import now

    _of_kind(installation, kind, name)
    answer(pause_alert(installation.open_store(), name, now()), as_json)


def _resume(installation: Installation, kind: AlertKind, *, name: str, as_json: bool) -> None:
    from jupyter_mlops.alerts.book import resume_alert
    from jupyter_mlops.runner.naming import now

    _of_kind(installation, kind, name)
    answer(resume_alert(installation.open_store(), name, now()), as_json)


def _remove(installation: Installation, kind: AlertKind, *, name: str, as_json: bool) -> None:
    from jupyter_mlops.alerts.book import remove_alert
    from jupyter_mlops.runner.naming import now

    _of_kind(installation, kind, name)
    remove_alert(installation.open_store(), name, now())
    if as_json:
        write_json({"removed": name})
    else:
        click.echo(f"{kind} {name}: removed")


def _test(installation: Installation, kind: AlertKind, *, name: str, as_json: bool) -> None:
    from jupyter_mlops.alerts.deliver import send_test
    from jupyter_mlops.runner.naming import now

    _of_kind(installation, kind, name)
    delivery = send_test(installation.open_store(), name, now)
    if as_json:
        write_json(delivery)
    else:
        click.echo(" ".join(filter(None, (f"{kind} {name}: {delivery.state}", delivery.why))))
    click.get_current_context().exit(0 if delivery.state == "delivered" else 1)


def _history(
    installation: Installation, kind: AlertKind, *, name: str, limit: int, as_json: bool
) -> None:
    from jupyter_mlops.alerts.outbox import history
    from jupyter_mlops.cli.toldtext import deliveries_table

    found = history(installation.open_store(), name, limit=limit)
    if not found:
        _of_kind(installation, kind, name)
    if as_json:
        write_json(found)
    else:
        click.echo("\n".join(deliveries_table(found)))


def _retry(
    installation: Installation,
    kind: AlertKind,
    *,
    name: str,
    keys: tuple[str, ...],
    as_json: bool,
) -> None:
    from jupyter_mlops.alerts.outbox import retry
    from jupyter_mlops.runner.naming import now

    _of_kind(installation, kind, name)
    done = retry(installation.open_store(), name, keys, now())
    if as_json:
        write_json(done)
    else:
        click.echo(f"{kind} {name}: {len(done)} queued, `jupyter mlops service` sends them")


def _of_kind(installation: Installation, kind: AlertKind, name: str) -> AlertReport:
    """The alert of that name, which is of this kind."""
    from jupyter_mlops.alerts.book import find_alert
    from jupyter_mlops.errors import AlertError

    report = find_alert(installation.open_store(), name)
    if report.kind != kind:
        raise AlertError(
            f"{name} is no {kind}", fix=f"see `jupyter mlops {report.kind} show {name}`"
        )
    return report


def _read(given: dict[str, Any]) -> dict[str, Any]:
    """Options as the fields of an alert."""
    words, notebook = given["on"], given["notebook"]
    on = None if words is None else tuple(filter(None, map(str.strip, words.split(","))))
    return {**given, "on": on, "notebook": notebook and str(notebook.absolute())}
