"""The check of a whole store: silent about a sound one, exact about everything else."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from catalog_samples import execution_named, run_named
from click.testing import CliRunner, Result

from jupyter_mlops.cli.group import cli
from jupyter_mlops.errors import StoreError
from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.run import Execution, Run, StepReport
from jupyter_mlops.store import Problem, Store, check_store, examine_store
from jupyter_mlops.store.records import execution_record, run_record

REBUILD = "`jupyter mlops catalog rebuild` makes it anew from the records among the objects"
MISSING = "run the pipeline again with --fresh to make it anew"
NOTHING = "sha256:" + "0" * 64


@dataclass(frozen=True)
class History:
    """A store with one ended run of one step, all of whose objects are there."""

    store: Store
    run: Run
    execution: Execution

    def record(self) -> str:
        return self.store.catalog.record_execution(self.execution)


@pytest.fixture
def history(store: Store) -> History:
    put = store.objects.put_bytes
    execution = execution_named("r1.train.1")
    groups = (Group(names=("model",), digest=put(b"model"), size=5),)
    files = (
        FileRef(path="out.csv", digest=put(b"out"), size=3),
        FileRef(path="gone.csv", digest=None),
    )
    execution = replace(
        execution,
        inputs=(Group(names=("df",), digest=put(b"df"), size=2),),
        files=(FileRef(path="in.csv", digest=put(b"in"), size=2),),
        environment=replace(execution.environment, lock=put(b"lock")),
        source=put(b"source"),
        stage=put(b"stage"),
        result=replace(
            execution.result,
            groups=groups,
            files_read=(FileRef(path="data.csv", digest=NOTHING),),  # on record, not kept
            files_written=files,
            notebook=put(b"executed"),
            log=put(b"log"),
        ),
    )
    report = StepReport(
        step="train",
        state="succeeded",
        inputs=(*execution.inputs, *execution.result.files_read),
        outputs=(*groups, *files),
        log=execution.result.log,
    )
    run = run_named("r1", source=execution.source, steps=(report,))
    store.catalog.save_run(run)
    store.catalog.record_execution(execution)
    run = replace(run, state="succeeded", ended="2026-11-24")
    store.catalog.save_run(run)
    (store.run_folder("r1") / "steps").mkdir(parents=True)
    return History(store=store, run=run, execution=execution)


def state_of(root: Path) -> dict[str, tuple[int, bytes]]:
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_sound_store_is_sound_and_stays_as_it_is(history: History) -> None:
    history.store.close()
    os.utime(history.store.root / "VERSION", (0, 0))
    before = state_of(history.store.root)
    checked = examine_store(history.store)
    assert (checked.problems, checked.runs, checked.executions) == ((), 1, 1)
    assert checked.objects == len(list(history.store.objects.digests()))
    assert state_of(history.store.root) == before


def damage(history: History, digest: str, do: Callable[[Path], object]) -> None:
    path = history.store.objects.path(digest)
    path.chmod(0o644)
    do(path)


def flip(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])


@dataclass(frozen=True)
class Object:
    """An object of the history, by how it is found, and who needs it."""

    name: str
    find: Callable[[Execution], str | None]
    referrers: tuple[str, ...]


EXECUTION = "execution r1.train.1"
STEP = "step train of run r1"


def of_both(what: str) -> tuple[str, str]:
    return f"{what} {EXECUTION}", f"{what} {STEP}"


OBJECTS = [
    Object(
        "source",
        lambda e: e.source,
        (f"the source notebook of {EXECUTION}", "the source notebook of run r1"),
    ),
    Object("stage", lambda e: e.stage, (f"the stage notebook of {EXECUTION}",)),
    Object("lock", lambda e: e.environment.lock, (f"the lock of {EXECUTION}",)),
    Object("executed", lambda e: e.result.notebook, (f"the executed notebook of {EXECUTION}",)),
    Object("log", lambda e: e.result.log, of_both("the log of")),
    Object("group in", lambda e: e.inputs[0].digest, of_both("df, received by")),
    Object("file in", lambda e: e.files[0].digest, (f"in.csv, received by {EXECUTION}",)),
    Object("group out", lambda e: e.result.groups[0].digest, of_both("model, left by")),
    Object("file out", lambda e: e.result.files_written[0].digest, of_both("out.csv, left by")),
]
for_each_object = pytest.mark.parametrize("item", OBJECTS, ids=lambda item: item.name)


@for_each_object
def test_each_missing_object_is_named_with_who_needs_it(history: History, item: Object) -> None:
    digest = str(item.find(history.execution))
    damage(history, digest, Path.unlink)
    [problem] = check_store(history.store)
    assert problem == Problem(
        kind="missing object", what=digest, referrers=item.referrers, fix=MISSING
    )


@pytest.mark.parametrize("do", [flip, lambda path: os.truncate(path, 1)], ids=["flipped", "cut"])
@for_each_object
def test_each_damaged_object_is_named_with_who_needs_it(
    history: History, item: Object, do: Callable[[Path], object]
) -> None:
    digest = str(item.find(history.execution))
    damage(history, digest, do)
    [problem] = check_store(history.store)
    where = history.store.objects.path(digest)
    assert (problem.kind, problem.what, problem.referrers) == (
        "corrupted object", digest, item.referrers,
    )  # fmt: skip
    assert problem.fix.startswith(f"remove {where} and run the pipeline again")


def sql(history: History, statement: str) -> None:
    with sqlite3.connect(history.store.root / "catalog.sqlite") as connection:
        connection.execute(statement)
    connection.close()


def leave(history: History, name: str, seconds: float = 0.0) -> None:
    path = history.store.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    os.utime(path, (seconds, seconds) if seconds else None)


@dataclass(frozen=True)
class Wrong:
    name: str
    do: Callable[[History], object]
    kind: str
    what: str
    fix: str


WRONGS = [
    Wrong(
        "a run's row is gone",
        lambda h: sql(h, "DELETE FROM runs"),
        "run not in the catalog", "r1", REBUILD,
    ),
    Wrong(
        "an execution's row is gone",
        lambda h: sql(h, "DELETE FROM executions"),
        "execution not in the catalog", "r1.train.1", REBUILD,
    ),
    Wrong(
        "a run's row was edited",
        lambda h: sql(h, "UPDATE steps SET document = replace(document, 'succeeded', 'failed')"),
        "run differs from its record", "r1", REBUILD,
    ),
    Wrong(
        "an execution's row was edited",
        lambda h: sql(h, "UPDATE executions SET key = 'sha256:other'"),
        "execution differs from its record", "r1.train.1", REBUILD,
    ),
    Wrong(
        "a run's records are gone",
        lambda h: [
            h.store.objects.path(digest).unlink()
            for digest in list(h.store.objects.digests())
            if h.store.objects.head(digest, 13) == b'{"_kind":"run'
        ],
        "run not on record", "r1", "keep the catalog: nothing else holds this run",
    ),
    Wrong(
        "the catalog is cut short",
        lambda h: os.truncate(h.store.root / "catalog.sqlite", 5000),
        "unreadable catalog", "the catalog {root}/catalog.sqlite is damaged or cut short", REBUILD,
    ),
    Wrong(
        "the catalog is gone",
        lambda h: (h.store.root / "catalog.sqlite").unlink(),
        "unreadable catalog", "the catalog {root}/catalog.sqlite is missing", REBUILD,
    ),
    Wrong(
        "a writer was killed long ago",
        lambda h: leave(h, "objects/tmp/.a.tmp", 1.0),
        "stray file", "{root}/objects/tmp/.a.tmp", "remove it",
    ),
    Wrong(
        "the store's maker was killed long ago",
        lambda h: leave(h, ".a.tmp", 1.0),
        "stray file", "{root}/.a.tmp", "remove it",
    ),
    Wrong(
        "a foreign file lies among the objects",
        lambda h: leave(h, "objects/ab/notes.txt"),
        "stray file", "{root}/objects/ab/notes.txt", "remove it",
    ),
    Wrong(
        "an object lies in another's folder",
        lambda h: leave(h, f"objects/ab/{'0' * 64}"),
        "stray file", "{root}/objects/ab/" + "0" * 64, "remove it",
    ),
    Wrong(
        "a run's folder is left",
        lambda h: leave(h, "runs/r9/notebooks/01-load.ipynb"),
        "folder of no run", "{root}/runs/r9", "remove it",
    ),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONGS, ids=lambda wrong: wrong.name)
def test_everything_else_that_is_wrong_is_named(history: History, wrong: Wrong) -> None:
    store = history.store
    store.close()
    wrong.do(history)
    before = state_of(store.root)
    assert check_store(store) == (
        Problem(kind=wrong.kind, what=wrong.what.format(root=store.root), fix=wrong.fix),
    )
    assert state_of(store.root) == before


def test_a_missing_record_of_an_execution_is_a_missing_object(history: History) -> None:
    digest = history.record()
    damage(history, digest, Path.unlink)
    [problem] = check_store(history.store)
    assert (problem.what, problem.referrers) == (digest, ("the record of execution r1.train.1",))


@dataclass(frozen=True)
class Killed:
    """A moment at which a driver may die; a check finds nothing wrong after the next start."""

    name: str
    do: Callable[[History], object]


def begin(history: History) -> Run:
    run = replace(history.run, run="r2", state="running", ended=None)
    history.store.catalog.save_run(run)
    return run


def mark_lost(history: History, run: Run) -> None:
    history.store.catalog.save_run(replace(run, state="lost", ended="2026-11-25"))


def die_before_the_end_is_indexed(history: History) -> None:
    run = begin(history)
    ended = replace(run, state="succeeded", ended="2026-11-24")
    history.store.objects.put_bytes(run_record(ended, 2))
    mark_lost(history, run)


def die_before_an_execution_is_indexed(history: History) -> None:
    run = begin(history)
    execution = replace(history.execution, execution="r2.train.1", run="r2")
    history.store.objects.put_bytes(execution_record(execution))
    mark_lost(history, run)


KILLS = [
    Killed("a name was claimed", lambda h: h.store.run_folder("r2").mkdir()),
    Killed("a run has begun", begin),
    Killed("the end was not indexed", die_before_the_end_is_indexed),
    Killed("an execution was not indexed", die_before_an_execution_is_indexed),
    Killed("an object was not published", lambda h: leave(h, "objects/tmp/.b.tmp")),
]


@pytest.mark.parametrize("killed", KILLS, ids=lambda killed: killed.name)
def test_what_a_killed_driver_leaves_is_not_wrong(history: History, killed: Killed) -> None:
    killed.do(history)
    assert check_store(history.store) == ()


def test_no_store_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is not a store"):
        check_store(Store(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


@pytest.fixture
def mlops(history: History) -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--store", str(history.store.root), *arguments])

    return run


def test_the_command_says_sound_or_names_each_problem(
    history: History, mlops: Callable[..., Result]
) -> None:
    number = len(list(history.store.objects.digests()))
    sound = mlops("fsck")
    found = f"{number} objects, 1 runs, 1 executions"
    assert (sound.exit_code, sound.output) == (0, f"{found}: sound\n")
    damage(history, history.execution.stage, flip)
    broken = mlops("fsck")
    assert broken.exit_code == 1
    lines = broken.output.splitlines()
    assert lines[0] == f"corrupted object: {history.execution.stage}"
    assert lines[1] == "    needed: the stage notebook of execution r1.train.1"
    assert lines[2].startswith("    fix: remove ")
    assert lines[3:] == [f"{found}: 1 problem"]
    as_json = json.loads(mlops("fsck", "--json").output)
    assert (as_json["objects"], as_json["runs"], as_json["executions"]) == (number, 1, 1)
    assert [problem["kind"] for problem in as_json["problems"]] == ["corrupted object"]


def test_the_command_rebuilds_a_deleted_catalog(
    history: History, mlops: Callable[..., Result]
) -> None:
    store = history.store
    store.close()
    (store.root / "catalog.sqlite").unlink()
    assert mlops("fsck").exit_code == 1
    done = mlops("catalog", "rebuild")
    assert (done.exit_code, done.output) == (0, "1 runs, 1 executions\n")
    assert mlops("fsck").exit_code == 0
    assert store.catalog.list_runs() == [history.run]
    store.close()
    kept = str(store.root / "catalog.sqlite.before-1")
    assert json.loads(mlops("catalog", "rebuild", "--json").output) == {
        "runs": 1, "executions": 1, "schedules": 0, "alerts": 0,
        "lost": [], "left_out": [], "kept": kept,
    }  # fmt: skip


def test_the_command_leaves_a_catalog_alone_that_a_driver_writes_to(
    history: History, mlops: Callable[..., Result]
) -> None:
    from jupyter_mlops.store.lifeline import hold

    with hold(history.store.run_folder("r1")):
        done = mlops("catalog", "rebuild")
    assert done.exit_code == 1
    assert "run r1 is being driven" in done.output
    assert not (history.store.root / "catalog.sqlite.before-1").exists()


def test_the_settings_say_where_catalog_and_objects_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_MLOPS_OBJECTS_URL", f"file://{tmp_path}/remote")
    monkeypatch.setenv("JUPYTER_MLOPS_CATALOG_URL", f"postgresql://@/none?host={tmp_path}")
    done = CliRunner().invoke(cli, ["--store", str(tmp_path / "store"), "runs"])
    assert (done.exit_code, (tmp_path / "remote" / "tmp").is_dir()) == (1, True)
    assert "the catalog postgresql://" in done.output
