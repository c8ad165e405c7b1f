"""``fsck --repair``: what is damaged is out of the way, what lies elsewhere is put back."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from catalog_samples import execution_named, run_named
from click.testing import CliRunner

from jupyter_mlops.cli.group import cli
from jupyter_mlops.lineage.label import set_alias
from jupyter_mlops.lineage.repair import Repaired, repair_store
from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import Execution, Run, StepReport
from jupyter_mlops.runner.salvage import announce_execution
from jupyter_mlops.store import Store, check_store
from jupyter_mlops.store.disk import write_new
from jupyter_mlops.store.lifeline import hold
from jupyter_mlops.store.records import execution_record, label_record, run_record

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from replay import in_child

ENDED = "2026-12-01T00:00:00+00:00"


@dataclass(frozen=True)
class Past:
    """A store with one ended run as a driver leaves it, and the project that it ran."""

    store: Store
    project: Path
    run: Run
    execution: Execution

    def path(self, digest: str | None) -> Path:
        assert digest is not None
        return self.store.objects.path(digest)


def make_past(folder: Path) -> Past:
    from jupyter_mlops.model.codec import to_json

    project = folder / "project"
    (project / "out").mkdir(parents=True)
    notebook = project / "book.ipynb"
    for path, text in ((notebook, "source"), (project / "out" / "a.csv", "1,2")):
        path.write_text(text)
    store = Store(folder / "store").open()
    put = store.objects.put_bytes
    steps = store.run_folder("r1") / "steps" / "01-train"
    (steps / "attempts" / "1").mkdir(parents=True)
    (steps / "attempts" / "1" / "events.jsonl").write_text("log")
    exported = store.run_folder("r1") / "notebooks" / "01-train.ipynb"
    exported.parent.mkdir()
    exported.write_text("executed")
    execution = execution_named("r1.train.1", source=put(b"source"), stage=put(b"stage"))
    result = replace(
        execution.result,
        groups=(Group(names=("model",), digest=put(b"model"), size=5, step="train"),),
        files_written=(FileRef(path="out/a.csv", digest=put(b"1,2"), size=3),),
        notebook=put(b"executed"),
        log=put(b"log"),
    )
    execution = replace(execution, inputs=(), files=(), result=result)
    announce_execution(steps, replace(execution, result=replace(result, groups=())))
    write_new(steps / "result.json", json.dumps(to_json(result)).encode())
    report = StepReport(
        step="train", state="succeeded", execution="r1.train.1", log=result.log,
        outputs=(*result.groups, *result.files_written),
    )  # fmt: skip
    run = run_named("r1", source=execution.source, notebook=str(notebook), steps=(report,))
    store.ledger.append(action="run", subject="r1", state="begun")
    store.catalog.save_run(run)
    store.catalog.record_execution(execution)
    run = replace(run, state="succeeded", ended=ENDED)
    store.catalog.save_run(run)
    set_alias(store, "best", "r1")
    return Past(store, project, run, execution)


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return make_past(tmp_path)


def flip(path: Path) -> None:
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def cut(path: Path) -> None:
    os.chmod(path, 0o644)  # noqa: PTH101
    os.truncate(path, path.stat().st_size // 2)


def lose(path: Path) -> None:
    path.unlink()


def alias_digest(past: Past) -> str:
    return of_bytes(label_record(past.store.catalog.labels.held("alias", "best")[0]))


FOUND: dict[str, Callable[[Past], str | None]] = {
    "the user's notebook": lambda p: p.run.source,
    "the user's file": lambda p: p.execution.result.files_written[0].digest,
    "the executed notebook": lambda p: p.execution.result.notebook,
    "the log in the run's folder": lambda p: p.execution.result.log,
    "a run's last record": lambda p: of_bytes(run_record(p.run, 2)),
    "an execution's record": lambda p: of_bytes(execution_record(p.execution)),
    "a label's record": alias_digest,
}


@pytest.mark.parametrize("harm", [flip, cut, lose], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("what", FOUND)
def test_bytes_that_lie_elsewhere_are_put_back(
    past: Past, what: str, harm: Callable[[Path], None]
) -> None:
    path = past.path(FOUND[what](past))
    before = path.read_bytes()
    harm(path)
    assert check_store(past.store) != ()
    repaired = repair_store(past.store)
    assert (repaired.left.problems, path.read_bytes()) == ((), before)
    assert repaired.repairs != ()
    assert repair_store(past.store) == replace(repaired, repairs=())
    assert past.store.catalog.list_runs() == [past.run]
    assert past.store.catalog.executions("sha256:k") == [past.execution]
    assert past.store.catalog.find_run("best") == past.run
    aside = [past.store.objects.aside(pile) for pile in past.store.objects.piles()]
    assert aside == ([] if harm is lose else [["sha256:" + path.name]])


def test_what_lies_nowhere_is_out_of_the_way_and_listed(past: Past) -> None:
    digest = past.execution.result.groups[0].digest
    flip(past.path(digest))
    damaged = past.path(digest).read_bytes()
    (past.project / "book.ipynb").write_text("changed")
    lose(past.path(past.run.source))
    for _ in range(2):
        left = repair_store(past.store).left
        assert {(problem.kind, problem.what) for problem in left.problems} == {
            ("missing object", digest),
            ("missing object", past.run.source),
        }
        assert all(problem.fix and problem.referrers for problem in left.problems)
    [pile] = past.store.objects.piles()
    kept = past.store.objects.root / "aside" / pile / past.path(digest).name
    assert (kept.read_bytes(), past.path(digest).exists()) == (damaged, False)


def sql(past: Past, statement: str) -> None:
    past.store.close()
    with sqlite3.connect(past.store.root / "catalog.sqlite") as connection:
        connection.execute(statement)
    connection.close()


def unrecord(past: Past) -> None:
    for revision in (1, 2):
        state = past.run if revision == 2 else replace(past.run, state="running", ended=None)
        past.path(of_bytes(run_record(state, revision))).unlink()


def old_file(past: Past) -> None:
    path = past.store.objects.root / "tmp" / ".x.tmp"
    path.write_bytes(b"half")
    os.utime(path, (0, 0))


@dataclass(frozen=True)
class Mended:
    name: str
    do: Callable[[Past], object]
    kind: str


MENDED = [
    Mended("no catalog", lambda p: sql(p, "SELECT 1") or lose(p.store.root / "catalog.sqlite"),
           "unreadable catalog"),
    Mended("no row of the run", lambda p: sql(p, "DELETE FROM runs"), "run not in the catalog"),
    Mended("no row of the execution", lambda p: sql(p, "DELETE FROM executions"),
           "execution not in the catalog"),
    Mended("no row of the alias", lambda p: sql(p, "DELETE FROM labels"),
           "label not in the catalog"),
    Mended("an edited row", lambda p: sql(p, "UPDATE runs SET document = "
                                          "replace(document, 'ada', 'eve')"),
           "run differs from its record"),
    Mended("no records of the run", unrecord, "run not on record"),
    Mended("a temporary file", old_file, "stray file"),
    Mended("a writable object", lambda p: p.path(p.run.source).chmod(0o644), "writable object"),
]  # fmt: skip


@pytest.mark.parametrize("mended", MENDED, ids=lambda mended: mended.name)
def test_catalog_records_and_files_are_brought_in_order(past: Past, mended: Mended) -> None:
    mended.do(past)
    past.store.close()
    assert mended.kind in {problem.kind for problem in check_store(past.store)}
    repaired = repair_store(past.store)
    assert repaired.left.problems == ()
    assert mended.kind in {repair.kind for repair in repaired.repairs}
    assert past.store.catalog.list_runs() == [past.run]
    assert past.store.catalog.executions("sha256:k") == [past.execution]
    assert past.store.catalog.find_run("best") == past.run


@pytest.mark.parametrize("file", ["objects/ab/notes.txt", "runs/r9/notebooks/01-x.ipynb"])
def test_what_is_not_the_store_s_own_is_listed_and_stays(past: Past, file: str) -> None:
    path = past.store.root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    repaired = repair_store(past.store)
    assert (len(repaired.left.problems), repaired.repairs) == (1, ())
    assert path.read_text() == "mine"


def test_a_catalog_that_a_run_writes_to_is_left_alone(past: Past) -> None:
    sql(past, "DELETE FROM labels")
    with hold(past.store.run_folder("r1")):
        [problem] = repair_store(past.store).left.problems
    assert problem.kind == "label not in the catalog"
    assert repair_store(past.store).left.problems == ()


def test_a_damaged_object_at_a_url_is_replaced_from_the_copy_at_hand(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", objects=f"file://{tmp_path}/remote").open()
    digest = store.objects.put_bytes(b"source")
    store.ledger.append(action="run", subject="r1", state="begun")
    store.catalog.save_run(run_named("r1", source=digest, steps=(), state="failed", ended=ENDED))
    name = digest.removeprefix("sha256:")
    flip(tmp_path / "remote" / name[:2] / name)
    repaired = repair_store(store)
    assert repaired.left.problems == ()
    assert (tmp_path / "remote" / name[:2] / name).read_bytes() == b"source"
    [pile] = store.objects.piles()
    assert store.objects.aside(pile) == [digest]
    store.close()


def test_killed_at_every_write_it_is_repaired_by_the_next(memory_path: Path) -> None:
    past = make_past(memory_path / "past")
    flip(past.path(past.run.source))
    cut(past.path(of_bytes(run_record(past.run, 2))))
    old_file(past)
    past.store.close()
    sql(past, "DELETE FROM executions")
    for number in itertools.count(1):
        copy = memory_path / "copy"
        shutil.copytree(past.store.root, copy)
        killed = in_child(lambda: repair_store(Store(copy)), kill_at=number)  # noqa: B023
        repaired = repair_store(Store(copy))
        assert repaired.left.problems == (), number
        store = Store(copy)
        assert store.catalog.list_runs() == [past.run], number
        assert store.catalog.executions("sha256:k") == [past.execution], number
        store.close()
        shutil.rmtree(copy)
        if not killed:
            break
    assert number > 15


def test_the_command_says_what_it_did(past: Past) -> None:
    arguments = ["--store", str(past.store.root), "fsck", "--repair"]
    sound = CliRunner().invoke(cli, arguments)
    assert (sound.exit_code, sound.output.splitlines()[-1][-7:]) == (0, ": sound")
    flip(past.path(past.run.source))
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == f"repaired: corrupted object: {past.run.source}"
    assert lines[1].startswith("    moved aside, into the pile damaged.")
    assert lines[3] == f"    its bytes put back from {past.project}/book.ipynb"
    flip(past.path(past.execution.stage))
    done = CliRunner().invoke(cli, [*arguments, "--json"])
    answer = json.loads(done.output)
    assert (done.exit_code, [r["kind"] for r in answer["repairs"]]) == (1, ["corrupted object"])
    assert [p["what"] for p in answer["left"]["problems"]] == [past.execution.stage]
    assert Repaired.__dataclass_fields__.keys() == answer.keys()
