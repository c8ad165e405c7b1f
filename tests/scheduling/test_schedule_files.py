"""Schedules as a file: what is refused, what it changes, and that it is written as it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from planned import T0, at

from jupyter_mlops.alerts.book import add_alert, list_alerts
from jupyter_mlops.alerts.define import checked
from jupyter_mlops.alerts.private import look_up
from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.plan import Plan
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.model.schedule import Timing
from jupyter_mlops.model.trigger import Trigger
from jupyter_mlops.scheduling.book import (
    add_schedule,
    change_schedule,
    known_schedule,
    list_schedules,
    pause_schedule,
)
from jupyter_mlops.scheduling.filed.apply import apply_file
from jupyter_mlops.scheduling.filed.lines import key_lines
from jupyter_mlops.scheduling.filed.read import read_rules
from jupyter_mlops.scheduling.filed.write import file_text
from jupyter_mlops.store import Store

PARAMETERS = "n = 1\nday = 'x'\nseed: int | None = 3"


@pytest.fixture
def folder(tmp_path: Path, notebook_file: Callable[..., Path]) -> Path:
    """A folder with the notebooks ``load.ipynb`` and ``train.ipynb``."""
    for name in ("load", "train"):
        cells = [("parameters", PARAMETERS), ("step:a", "print(n, day, seed)")]
        notebook_file(cells, name=str(tmp_path / "books" / f"{name}.ipynb"))
    return tmp_path / "books"


def write(folder: Path, text: str) -> Path:
    path = folder / "mlops.toml"
    path.write_text(text)
    return path


NIGHTLY = '[schedules.nightly]\nnotebook = "load.ipynb"\ncron = "15 3 * * *"\n'
TRAIN = '[schedules.train]\nnotebook = "train.ipynb"\nafter = "nightly"\n'


def test_lines_of_keys() -> None:
    text = "\n".join(
        [
            "# a comment, with [brackets]",
            "[schedules.a]",
            'notebook = """two',
            '[lines]"""',
            "parameters = { x = 1, 'y z' = [",
            "  1,",
            "] }",
            '[ schedules . "b.c" ]',
            "timing.cron = '@daily' # x = 1",
            "[[rows]]",
            "n = 1",
        ]
    )
    assert key_lines(text) == {
        ("schedules",): 2,
        ("schedules", "a"): 2,
        ("schedules", "a", "notebook"): 3,
        ("schedules", "a", "parameters"): 5,
        ("schedules", "a", "parameters", "x"): 5,
        ("schedules", "a", "parameters", "y z"): 5,
        ("schedules", "b.c"): 8,
        ("schedules", "b.c", "timing"): 9,
        ("schedules", "b.c", "timing", "cron"): 9,
        ("rows",): 10,
        ("rows", "n"): 11,
    }


@dataclass(frozen=True)
class Refusal:
    """A file, and all that is told of it: line, key, and the beginning of the message."""

    name: str
    text: str
    told: tuple[str, ...]


REFUSALS = [
    Refusal("no TOML", "[schedules", ("is not TOML: Expected ']'",)),
    Refusal("unknown table", "[schedule.a]", ("line 1, schedule: there is no such key",)),
    Refusal("no table", "schedules = 1", ("line 1, schedules: 1 is not a table",)),
    Refusal(
        "every wrong key at once",
        NIGHTLY + 'retrys = 1\nretries = "2"\npinned = 1\nengine = "k8s"\nmap = { a = 1 }',
        (
            "line 4, schedules.nightly.retrys: there is no such key\n      fix: did you mean retr",
            "line 5, schedules.nightly.retries: '2' is not a whole number",
            "line 6, schedules.nightly.pinned: 1 is not true or false",
            "line 7, schedules.nightly.engine: 'k8s' is none of its words",
            "line 8, schedules.nightly.map.a: 1 is no path",
        ),
    ),
    Refusal(
        "every schedule at once",
        '[schedules.a]\ncron = "61 * * * *"\n[schedules.b]\nnotebook = "b.ipynb"\n'
        '[schedules.c]\nnotebook = "c.ipynb"\nevery = "1h"\nat = 2020-01-01\n'
        '[schedules.d]\nnotebook = "d.ipynb"\nat = 2020-01-01T00:00:00\ntimeout = "soon"\n',
        (
            "line 1, schedules.a: it names no notebook",
            "line 2, schedules.a.cron: '61 * * * *' is not a cron expression",
            "line 3, schedules.b: nothing says when it is due",
            "line 5, schedules.c: every and at says when it is due",
            "line 11, schedules.d.at: the time never comes",
            "line 12, schedules.d.timeout: 'soon' is not a duration",
        ),
    ),
    Refusal(
        "notebooks and values",
        NIGHTLY.replace("load", "no") + TRAIN + "parameters = { n = 1.5 }\n"
        '[schedules."x/y"]\nnotebook = "train.ipynb"\nevery = "1h"\nparameters.m = 1\n',
        (
            "line 2, schedules.nightly.notebook:",
            "line 7, schedules.train.parameters.n: parameter 'n' takes int, not 1.5",
            "line 8, schedules.x/y: 'x/y' cannot be a schedule's name",
        ),
    ),
    Refusal("unknown upstream", TRAIN, ("line 1, schedules.train: no schedule",)),
    Refusal(
        "a circle",
        NIGHTLY.replace('cron = "15 3 * * *"', 'after = "train"') + TRAIN,
        ("line 1, schedules.nightly: schedule nightly would start itself",
         "line 4, schedules.train: schedule train would start itself"),
    ),
    Refusal("map of a time", NIGHTLY + 'map = {n = "$.run"}', ("line 4, schedules.nightly.map:",)),
    Refusal(
        "files and hooks",
        "[schedules.a]\nnotebook = 'load.ipynb'\nfile = 'none/*.csv'\nsettle = '5s'\nrate = 3\n"
        "[schedules.b]\nnotebook = 'load.ipynb'\nwebhook = 'json'\npoll = 'x'\ntz = 'UTC'\n",
        ("line 5, schedules.a.rate: what it waits for has no such thing",
         "line 9, schedules.b.poll: 'x' is not a duration",
         "line 9, schedules.b.poll: what it waits for has no such thing",
         "line 10, schedules.b.tz: what it waits for has no such thing"),
    ),
    Refusal(
        "alerts and hooks",
        '[alerts.a]\nto = "env:OPS"\nif = ["a>1"]\n[hooks.d]\non = "failure"\n',
        ("line 3, alerts.a.if: there is no such key",
         "line 5, hooks.d.on: 'failure' is not a list of texts"),
    ),
    Refusal(
        "what alerts and hooks are told, and where",
        '[alerts.a]\nto = "mailto://me:secret@x"\nrepeat = "x"\n'
        '[alerts.b]\nto = "env:OPS"\non = ["woe"]\n'
        '[alerts.c]\nto = "env:OPS"\nschedule = "gone"\n[hooks.d]\nevent_type = "x"\n'
        '[hooks.c]\ncommand = "/bin/true"\n',
        ("line 2, alerts.a.to: what may be secret stands in no file",
         "line 3, alerts.a.repeat: 'x' is not a duration",
         "line 4, alerts.b: nothing is told on 'woe'",
         "line 7, alerts.c: no schedule",
         "line 10, hooks.d: nothing says where it goes",
         "line 11, hooks.d.event_type: it is of github alone",
         "line 12, hooks.c: an alert and a hook have this name"),
    ),
    Refusal(
        "places and secrets",
        "[schedules.a]\nnotebook = 'load.ipynb'\nfile = 'none/*.csv'\n"
        "[schedules.b]\nnotebook = 'load.ipynb'\nwebhook = 'json'\nsecret = 'NOBODY'\n",
        ("line 1, schedules.a: ", "line 4, schedules.b: nobody gives the value of the secret"),
    ),
    Refusal(
        "map of a wrong type",
        NIGHTLY + TRAIN + 'map = { n = "$.run" }',
        ("line 7, schedules.train.map.n: parameter 'n' takes int",),
    ),
    Refusal("retention", "[retention]\nkeep_last = 0", ("line 2, retention.keep_last: 0 is no",)),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_nothing_is_saved_of_a_wrong_file(
    case: Refusal, file_store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS", "mailto://127.0.0.1:25?from=a@example.com&to=b@example.com")
    path = write(folder, "[schedules.fine]\nnotebook = 'load.ipynb'\nevery = '1h'\n")
    apply_file(file_store, path, T0)
    before = list_schedules(file_store)
    write(folder, case.text)
    with pytest.raises(ScheduleError) as refused:
        apply_file(file_store, path, T0, prune=True)
    message = refused.value.message
    assert message.startswith(str(path))
    assert all(told in message for told in case.told), message
    assert message.count("\n  line ") == sum(told.startswith("line") for told in case.told)
    assert list_schedules(file_store) == before
    assert list_alerts(file_store) == []


def verbs(plan: Plan) -> dict[str, str]:
    """What becomes of each schedule, with the fields that change."""
    return {
        change.name: " ".join([change.verb, *(f.name for f in change.fields)])
        if change.verb == "change"
        else change.verb
        for change in plan.changes
    }


def test_a_file_from_its_first_version_to_its_last(file_store: Store, folder: Path) -> None:
    store, book = file_store, folder / "load.ipynb"
    hourly = "[schedules.hourly]\nnotebook = 'load.ipynb'\nevery = '1h'\npinned = true\n"
    once = "[schedules.once]\nnotebook = 'load.ipynb'\nat = 2026-11-25T13:00:00Z\n"
    # What waits comes before what it waits for.
    path = write(folder, TRAIN + NIGHTLY + hourly + once)
    everything = ("hourly", "nightly", "once", "train")
    planned = apply_file(store, folder, T0, dry_run=True)
    assert (verbs(planned), planned.dry_run) == (dict.fromkeys(everything, "add"), True)
    assert list_schedules(store) == []
    assert replace(planned, dry_run=False) == apply_file(store, folder, T0)
    first = list_schedules(store)
    assert [(one.name, one.schedule and one.schedule.file) for one in first] == [
        (name, str(path)) for name in everything
    ]

    # Nothing changes later either: the interval is counted on, the one time is over.
    assert verbs(apply_file(store, folder, at(100))) == dict.fromkeys(everything, "keep")
    assert list_schedules(store) == first

    pause_schedule(store, "nightly", at(101))
    book.write_text(book.read_text().replace("print(", "repr("))
    write(folder, NIGHTLY.replace("15 3", "15 4") + "retries = 1\n" + hourly)
    assert verbs(apply_file(store, folder, at(102))) == {
        "hourly": "change revision",
        "nightly": "change timing.cron retries",
        "once": "leave",
        "train": "leave",
    }
    second = {report.name: report for report in list_schedules(store)}
    assert {name: one.state for name, one in second.items()} == {
        "hourly": "active", "nightly": "paused", "once": "active", "train": "active",
    }  # fmt: skip
    assert second["hourly"].outdated is False
    assert verbs(apply_file(store, folder, at(103), prune=True)) == {
        "hourly": "keep", "nightly": "keep", "once": "remove", "train": "remove",
    }  # fmt: skip

    change_schedule(store, replace(known_schedule(store, "hourly"), priority=3), at(104))
    write(folder, hourly)
    assert verbs(apply_file(store, folder, at(105), prune=True)) == {
        "hourly": "change priority", "nightly": "remove",
    }  # fmt: skip
    assert [one.name for one in list_schedules(store)] == ["hourly"]


def test_what_is_not_the_files_own(file_store: Store, folder: Path, tmp_path: Path) -> None:
    store, other = file_store, tmp_path / "other"
    other.mkdir()
    path = write(folder, NIGHTLY)
    apply_file(store, path, T0)
    theirs = write(other, NIGHTLY.replace("load", "../books/load"))
    with pytest.raises(ScheduleError, match=rf"line 1, schedules.nightly: {path} has a schedule"):
        apply_file(store, theirs, T0)
    path.unlink()  # the file was moved
    assert verbs(apply_file(store, theirs, T0)) == {"nightly": "change file"}

    by_hand = replace(known_schedule(store, "nightly"), name="mine", file="")
    add_schedule(store, by_hand, T0)
    trigger = Trigger(kind="schedule", source="nightly")
    waiting = replace(by_hand, name="train", timing=Timing(kind="event"), trigger=trigger)
    add_schedule(store, waiting, T0)
    write(other, "")
    with pytest.raises(ScheduleError, match="nightly would go, and train waits for its runs"):
        apply_file(store, theirs, T0, prune=True)
    assert verbs(apply_file(store, theirs, T0)) == {"nightly": "leave"}
    write(other, NIGHTLY.replace("nightly", "mine").replace("load", "../books/load") + "priority=1")
    assert verbs(apply_file(store, theirs, T0)) == {
        "mine": "change priority file", "nightly": "leave",
    }  # fmt: skip


TOLD = """
[alerts.ops]
to = "env:OPS"
on = ["failure", "lateness"]
schedule = "nightly"
repeat = "12h"

[hooks.deploy]
command = "/bin/true --now"
notebook = "train.ipynb"
if = ["accuracy>=0.9"]
"""


def test_alerts_and_hooks(file_store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS", "mailto://127.0.0.1:25?from=a@example.com&to=b@example.com")
    store, path = file_store, write(folder, NIGHTLY + TOLD)
    added = {"nightly": "add", "ops": "add", "deploy": "add"}
    assert verbs(apply_file(store, path, T0, dry_run=True)) == added
    assert list_alerts(store) == []
    assert verbs(apply_file(store, path, T0)) == added
    assert verbs(apply_file(store, path, T0)) == dict.fromkeys(added, "keep")
    deploy, ops = (report.alert for report in list_alerts(store))
    assert (ops.to, ops.on, ops.schedule, ops.repeat, ops.file) == (
        "env:OPS", ("failure", "lateness"), "nightly", 43200.0, str(path),
    )  # fmt: skip
    assert (deploy.way, deploy.to, deploy.on, deploy.checks, deploy.notebook) == (
        "command", "/bin/true --now", ("success",), ("accuracy>=0.9",),
        str(folder / "train.ipynb"),
    )  # fmt: skip

    by_hand = replace(ops, name="mine", file="")
    add_alert(store, by_hand, T0)
    write(folder, NIGHTLY + TOLD.replace('"12h"', '"0"').partition("[hooks")[0])
    told = {"nightly": "keep", "ops": "change repeat"}
    assert verbs(apply_file(store, path, at(1))) == {**told, "deploy": "leave"}
    told["ops"] = "keep"
    assert verbs(apply_file(store, path, at(2), prune=True)) == {**told, "deploy": "remove"}
    assert [report.name for report in list_alerts(store)] == ["mine", "ops"]


TOLD_AS_WRITTEN = """
[alerts.ops]
to = "env:OPS"
on = ["failure", "lateness", "metric:accuracy<0.9"]
schedule = "nightly"
by_hand = true
begins_within = "0s"
ends_within = "1h30m"
repeat = "12h"

[hooks.deploy]
command = "/bin/true --now"
if = ["accuracy>=0.9"]
notebook = "train.ipynb"

[hooks.gitops]
github = "https://api.github.com/repos/ada/models"
secret = "env:OPS"
event_type = "trained"

[hooks.post]
webhook = "env:URL"
secret = "env:KEY"
"""


def test_alerts_and_hooks_are_written_as_they_were_read(
    file_store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS", "mailto://127.0.0.1:25?from=a@example.com&to=b@example.com")
    monkeypatch.setenv("URL", "https://example.com/landed")
    monkeypatch.setenv("KEY", "0123456789abcdef0123456789abcdef")
    path = write(folder, NIGHTLY + TOLD_AS_WRITTEN)
    apply_file(file_store, path, T0)
    found = [report.schedule for report in list_schedules(file_store) if report.schedule]
    told = [report.alert for report in list_alerts(file_store) if report.alert]
    assert file_text(found, folder, alerts=told) == NIGHTLY + TOLD_AS_WRITTEN
    kept = checked(file_store, replace(told[-1], name="kept", to="https://example.com/x", file=""))
    add_alert(file_store, kept, T0)
    text = file_text(found, folder, alerts=[*told, kept])
    assert "https://example.com" not in text
    write(folder, text)
    assert set(verbs(apply_file(file_store, path, at(1))).values()) == {"keep", "change file"}
    assert look_up(file_store, kept.to) == "https://example.com/x"


WRITTEN = """
[schedules.landed]
notebook = "load.ipynb"
file = "*.csv"
map = { day = "$.path" }
settle = "30s"
poll = "2m"

[schedules.nightly]
notebook = "load.ipynb"
cron = "15 3 * * 1-5"
tz = "Europe/Helsinki"
parameters = { day = "a \\"quoted\\" day", n = 7, seed = "none" }
environment = "lock.txt"
pinned = true
engine = "local"
missed = "all"
overlap = "cancel"
timeout = "2h"
retries = 3
backoff = "30s"
jitter = "1m30s"
priority = -1

[schedules."of.alias"]
notebook = "train.ipynb"
alias = "model@production"
map = { day = "$.run" }
overlap = "allow"

[schedules.once]
notebook = "train.ipynb"
at = "2026-12-24T16:00:00.000+00:00"
environment = "imports"

[schedules.posted]
notebook = "load.ipynb"
webhook = "github"
map = { n = "$.number" }
secret = "HOOK"
rate = 5

[schedules.train]
notebook = "train.ipynb"
after = "load.ipynb"

[schedules.weekly]
notebook = "load.ipynb"
every = "1w"

[retention]
keep_last = 10
""".lstrip()


def test_a_file_is_written_as_it_was_read(
    file_store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", "0123456789abcdef0123456789abcdef")
    (folder / "lock.txt").touch()
    path = write(folder, WRITTEN)
    rules = apply_file(file_store, path, T0).retention
    assert rules == read_rules(path) == Rules(keep_last=10, folder=str(folder))
    found = [report.schedule for report in list_schedules(file_store) if report.schedule]
    assert known_schedule(file_store, "nightly").parameters["seed"] is None
    assert file_text(found, folder, rules) == WRITTEN
    assert set(verbs(apply_file(file_store, path, at(5))).values()) == {"keep"}
    elsewhere = file_text(found, folder.parent)
    assert 'notebook = "books/load.ipynb"' in elsewhere
    assert 'after = "books/load.ipynb"' in elsewhere
    assert "retention" not in elsewhere
