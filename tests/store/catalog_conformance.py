"""What every catalog has to do: one suite, which each database's tests subclass."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from catalog_samples import execution_named, run_named

from jupyter_mlops.errors import ObjectCorrupted, StoreError, UnknownRun
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import CellError, StepReport
from jupyter_mlops.store import Rebuilt, Store
from jupyter_mlops.store.records import run_record


@dataclass(frozen=True)
class Search:
    asked: str
    found: str | None
    candidates: tuple[str, ...] = ()


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from jupyter_mlops.store import Store
sys.path.insert(0, sys.argv[3])
from catalog_samples import execution_named, run_named
store, me = Store(Path(sys.argv[1]), catalog=sys.argv[4]).open(), sys.argv[2]
for number in range(25):
    name = f"{me}-{number}"
    store.catalog.save_run(run_named(name))
    store.objects.put_bytes(b"shared" * 1000)
    store.catalog.record_execution(execution_named(f"{name}.train.1"))
    store.catalog.save_run(run_named(name, state="succeeded"))
"""


LABELLER = """
import sys
from pathlib import Path
from jupyter_mlops.lineage.label import note, set_alias, tag
from jupyter_mlops.store import Store
store, me = Store(Path(sys.argv[1]), catalog=sys.argv[4]).open(), sys.argv[2]
for number in range(15):
    set_alias(store, "best", me)
    set_alias(store, "best", f"{me}{number % 3}")
    tag(store, me, f"t{number}")
"""


def record_history(store: Store) -> None:
    """Three ended runs in the order of their times, with executions."""
    for day, (name, state) in enumerate([("r3", "failed"), ("r1", "succeeded"), ("r2", "lost")], 1):
        run = run_named(name, started=f"2026-11-0{day}")
        store.catalog.save_run(replace(run, steps=run.steps[:1]))
        execution = execution_named(f"{name}.train.1")
        result = replace(execution.result, started=f"2026-11-0{day}")
        store.catalog.record_execution(replace(execution, result=result))
        store.catalog.save_run(replace(run, state=state, ended=f"2026-11-1{day}"))


def everything(store: Store) -> tuple[object, ...]:
    """All that the catalog knows, in its order."""
    catalog = store.catalog
    executions = [execution.execution for execution in catalog.executions("sha256:k")]
    latest = catalog.latest_execution("/books/iris.ipynb", "train")
    return catalog.list_runs(limit=None), executions, latest


class CatalogConformance:
    """Subclasses may override the fixture ``store``: a new, open store over their database."""

    def test_a_run_comes_back_whole_and_is_replaced_whole(self, store: Store) -> None:
        first = run_named("r1")
        store.catalog.save_run(first)
        assert store.catalog.find_run("r1") == first
        last = replace(first, state="failed", ended="2026", steps=first.steps[:1])
        store.catalog.save_run(last)
        assert store.catalog.find_run("r1") == last
        assert store.catalog.list_runs() == [last]

    def test_a_step_is_replaced_in_its_place(self, store: Store) -> None:
        run = run_named("r1")
        store.catalog.save_run(run)
        report = StepReport(step="load", state="reused", why="equal", metrics={"n": 2.5})
        store.catalog.save_step("r1", 0, report)
        added = StepReport(step="report", state="pending")
        store.catalog.save_step("r1", 2, added)
        assert store.catalog.find_run("r1").steps == (report, run.steps[1], added)

    def test_a_step_of_no_run_is_refused(self, store: Store) -> None:
        with pytest.raises(StoreError, match=r"(?i)refuses a row: .*foreign key"):
            store.catalog.save_step("absent", 0, StepReport(step="load", state="pending"))

    def test_a_name_that_begins_another_is_found_exactly(self, store: Store) -> None:
        for name in ("r1", "r11"):
            store.catalog.save_run(run_named(name))
        assert store.catalog.find_run("r1").run == "r1"

    def test_runs_are_listed_newest_first(self, store: Store) -> None:
        runs = [
            run_named("r1", state="succeeded"),
            run_named("r2", state="failed", notebook="/books/wine.ipynb", steps=()),
            run_named("r0", state="failed", started="1970"),  # the clock jumped back
        ]
        for run in runs:
            store.catalog.save_run(run)
        store.catalog.save_run(runs[0])  # saving again does not make it newer
        listed = store.catalog.list_runs
        assert listed() == [runs[2], runs[1], runs[0]]
        assert listed(limit=2) == [runs[2], runs[1]]
        assert listed(state="failed", limit=None) == [runs[2], runs[1]]
        assert listed(notebook="/books/iris.ipynb") == [runs[2], runs[0]]
        assert listed(notebook="/books/iris.ipynb", state="failed") == [runs[2]]

    def test_runs_are_listed_by_pages(self, store: Store) -> None:
        runs = [
            run_named(f"r{n}", notebook=f"/books/{'wine' if n % 2 else 'iris'}.ipynb")
            for n in range(5)
        ]
        for run in runs:
            store.catalog.save_run(run)
        listed = store.catalog.list_runs
        assert listed(after="r3", limit=2) == [runs[2], runs[1]]
        assert listed(after="r3", notebook="/books/wine.ipynb") == [runs[1]]
        assert listed(after="r0") == []
        with pytest.raises(UnknownRun):
            listed(after="r")

    def test_the_newest_run_of_each_notebook(self, store: Store) -> None:
        assert store.catalog.newest_runs() == []
        runs = [
            run_named("r1"),
            run_named("r2", notebook="/books/wine.ipynb"),
            run_named("r0"),
            run_named("r3", notebook="/books/wine.ipynb", state="failed"),
            run_named("r4"),
        ]
        for run in runs:
            store.catalog.save_run(run)
        assert store.catalog.newest_runs() == [(runs[4], 3), (runs[3], 2)]

    def test_listing_costs_two_queries(self, store: Store) -> None:
        from sqlalchemy import Engine, event

        for number in range(20):
            store.catalog.save_run(run_named(f"r{number}"))
        statements: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            store.catalog.list_runs()
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        assert [s.split()[0] for s in statements if s != "BEGIN"] == ["SELECT", "SELECT"]

    def test_executions_are_objects_found_by_key_newest_first(self, store: Store) -> None:
        store.catalog.save_run(run_named("r1"))
        failed = execution_named("r1.train.1")
        failed = replace(failed, result=replace(failed.result, state="failed"))
        first, second = execution_named("r1.train.2"), execution_named("r1.other.1")
        elsewhere = execution_named("r1.load.1", key="sha256:other")
        digests = [store.catalog.record_execution(e) for e in (failed, first, second, elsewhere)]
        assert store.catalog.record_execution(first) == digests[1]  # a second time changes nothing
        assert store.catalog.executions("sha256:k") == [second, first]
        assert store.catalog.executions("sha256:none") == []
        assert store.catalog.execution("r1.train.1") == failed
        assert all(digest in store.objects for digest in digests)
        with pytest.raises(StoreError, match=r"r1\.train\.2 is recorded already"):
            store.catalog.record_execution(replace(first, why="another record"))
        with pytest.raises(UnknownRun):
            store.catalog.execution("r1.train.9")

    def test_the_latest_execution_is_of_the_notebook_and_succeeded(self, store: Store) -> None:
        store.catalog.save_run(run_named("r1"))
        store.catalog.save_run(run_named("r2", notebook="/books/wine.ipynb"))
        mine, other = execution_named("r1.train.1"), execution_named("r2.train.1")
        failed = execution_named("r1.train.2")
        failed = replace(failed, result=replace(failed.result, state="failed"))
        for execution in (mine, other, failed):
            store.catalog.record_execution(execution)
        assert store.catalog.latest_execution("/books/iris.ipynb", "train") == mine
        assert store.catalog.latest_execution("/books/iris.ipynb", "load") is None

    def test_a_corrupted_record_is_refused_by_name_and_skipped_by_key(self, store: Store) -> None:
        store.catalog.save_run(run_named("r1"))
        good, bad = execution_named("r1.train.1"), execution_named("r1.train.2")
        store.catalog.record_execution(good)
        path = store.objects.path(store.catalog.record_execution(bad))
        path.chmod(0o644)
        path.write_bytes(path.read_bytes().replace(b"first run", b"first rum"))
        assert store.catalog.executions("sha256:k") == [good]
        with pytest.raises(ObjectCorrupted):
            store.catalog.execution("r1.train.2")

    @pytest.mark.parametrize(
        "case",
        [
            Search("20261123-iris-3fa9", "20261123-iris-3fa9"),
            Search("20261123-iris-3", "20261123-iris-3fa9"),
            Search("20261124", "20261124-wine-0001"),
            Search("latest", "20261124-wine-0001"),
            Search("20261123-iris", None, ("20261123-iris-4abc", "20261123-iris-3fa9")),
            Search("2026%", None),
            Search("_", None),
            Search("", None),
            Search("iris", None),
        ],
        ids=lambda case: case.asked or "nothing",
    )
    def test_runs_are_found_by_name_beginning_or_latest(self, store: Store, case: Search) -> None:
        for name in ("20261123-iris-3fa9", "20261123-iris-4abc", "20261124-wine-0001"):
            store.catalog.save_run(run_named(name))
        if case.found is not None:
            assert store.catalog.find_run(case.asked).run == case.found
        else:
            with pytest.raises(UnknownRun) as caught:
                store.catalog.find_run(case.asked)
            assert (caught.value.run, caught.value.candidates) == (case.asked, case.candidates)

    def test_two_processes_write_one_new_store(self, store: Store) -> None:
        here = str(Path(__file__).parent)
        url = store.catalog.where if isinstance(store.catalog.where, str) else ""
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, store.root, me, here, url], stderr=subprocess.PIPE
            )
            for me in ("a", "b")
        ]
        problems = [writer.communicate()[1].decode() for writer in writers]
        assert ([writer.returncode for writer in writers], problems) == ([0, 0], ["", ""])

        names = sorted(f"{me}-{number}" for me in "ab" for number in range(25))
        runs = store.catalog.list_runs(limit=None)
        assert sorted(run.run for run in runs) == names
        assert {run.state for run in runs} == {"succeeded"}
        assert sorted(e.run for e in store.catalog.executions("sha256:k")) == names
        assert list((store.objects.root / "tmp").iterdir()) == []
        store.close()

    def test_labels_of_two_at_once_are_all_in_one_history(self, store: Store) -> None:
        from jupyter_mlops.lineage.label import alias_history

        for name in ("a", "a0", "a1", "a2", "b", "b0", "b1", "b2"):
            store.catalog.save_run(run_named(name))
        store.close()
        arguments = [str(Path(__file__).parent), str(store.catalog.where)]
        if isinstance(store.catalog.where, Path):
            arguments[1] = ""
        writers = [
            subprocess.Popen([sys.executable, "-c", LABELLER, store.root, me, *arguments])
            for me in "ab"
        ]
        assert [writer.wait() for writer in writers] == [0, 0]
        labels = store.catalog.labels
        for _ in range(2):
            moves = alias_history(store, "best")
            assert [move.old for move in moves] == [None, *(move.new for move in moves[:-1])]
            for me in "ab":
                mine = [move.new for move in moves if move.new and move.new.startswith(me)]
                assert mine == [n for i in range(15) for n in (me, f"{me}{i % 3}")]
                tagged = [c.name for c in labels.on(me) if c.kind == "tag"]
                assert sorted(tagged) == sorted(f"t{number}" for number in range(15))
            held = labels.all_held()
            store.rebuild_catalog()
            assert labels.all_held() == held

    def test_a_rebuilt_catalog_is_the_one_before(self, store: Store) -> None:
        record_history(store)
        before = everything(store)
        rebuilt = store.rebuild_catalog()
        assert everything(store) == before
        assert replace(rebuilt, kept=None) == Rebuilt(runs=3, executions=3)
        assert rebuilt.kept is not None
        assert store.rebuild_catalog().kept not in (None, rebuilt.kept)
        store.catalog.save_run(run_named("r9"))  # it goes on
        assert store.catalog.find_run("latest") == run_named("r9")

    def test_a_run_without_an_end_is_rebuilt_as_lost(self, store: Store) -> None:
        pending = tuple(StepReport(step=name, state="pending") for name in ("load", "fit", "plot"))
        store.catalog.save_run(run_named("r1", steps=pending))
        exported = store.run_folder("r1") / "notebooks" / "01-load.ipynb"
        exported.parent.mkdir(parents=True)
        exported.write_text("executed")
        load, fit = execution_named("r1.load.1"), execution_named("r1.fit.1")
        missing = of_bytes(b"executed")
        load = replace(load, result=replace(load.result, notebook=missing))
        error = CellError(kind="ValueError", message="no", cell=3)
        failed = replace(fit.result, state="failed", error=error, ended="2026-12-01")
        again = replace(fit, execution="r1.fit.2", attempt=2, result=replace(failed, attempt=2))
        for execution in (load, replace(fit, result=failed), again):
            store.catalog.record_execution(execution)
        rebuilt = store.rebuild_catalog()
        assert (rebuilt.runs, rebuilt.executions, rebuilt.lost) == (1, 3, ("r1",))
        run = store.catalog.find_run("r1")
        assert (run.state, run.ended) == ("lost", "2027")
        assert [(s.step, s.state, s.execution, s.notebook, s.why) for s in run.steps] == [
            ("load", "succeeded", "r1.load.1", str(exported), "first run"),
            ("fit", "failed", "r1.fit.2", None, "cell 3: ValueError: no"),
            ("plot", "cancelled", None, None, "the process that drove the run died"),
        ]
        assert run.steps[0].inputs == load.inputs
        assert store.rebuild_catalog().lost == ()  # it is on record now
        assert store.catalog.find_run("r1") == run

    def test_a_driver_that_dies_while_it_records_the_end_leaves_a_lost_run(
        self, store: Store
    ) -> None:
        running = run_named("r1")
        store.catalog.save_run(running)
        ended = replace(running, state="succeeded", ended="2026-11-24")
        store.objects.put_bytes(run_record(ended, 2))  # and is killed here
        assert store.catalog.find_run("r1") == running
        lost = replace(running, state="lost", ended="2026-11-23")
        store.catalog.save_run(lost)
        store.rebuild_catalog()
        assert store.catalog.find_run("r1") == lost
