"""A store against a plain reference in memory, whatever the order of calls and of damage."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from catalog_samples import execution_named, run_named
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing, StoreError, UnknownRun
from jupyter_mlops.lineage.gc import collect
from jupyter_mlops.lineage.label import tag
from jupyter_mlops.model.artifact import Group
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.model.run import Execution, Run, RunState, StepReport, StepResult
from jupyter_mlops.store import Store, check_store

STEPS = ("load", "train")
BOOKS = ("/books/a.ipynb", "/books/b.ipynb")
ENDS: tuple[RunState, ...] = ("succeeded", "failed", "cancelled", "lost")

steps = st.sampled_from(STEPS)
digits = st.integers(0, 5)


class StoreMachine(RuleBasedStateMachine):
    """Subclasses say where the catalog is.

    The reference: ``sound`` and ``damaged`` objects by digest, ``runs`` and ``executions`` by name
    in the order in which they were recorded, where the record of each execution is, tagged runs,
    and the digests of all records of executions.
    """

    names = Bundle("names")

    def catalog(self) -> str:
        """URL of a new catalog's database; empty for a file."""
        return ""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.url = self.catalog()
        self.store = self.open()
        self.sound: dict[str, bytes] = {}
        self.damaged: dict[str, type[Exception]] = {}
        self.runs: dict[str, Run] = {}
        self.executions: dict[str, Execution] = {}
        self.records: dict[str, str] = {}
        self.clock = self.begun = 0
        self.tagged: set[str] = set()
        self.recorded: set[str] = set()

    def open(self) -> Store:
        return Store(self.folder / "store", catalog=self.url).open()

    def tick(self) -> str:
        self.clock += 1
        return f"2026-11-23T{self.clock // 3600:02}:{self.clock // 60 % 60:02}:{self.clock % 60:02}"

    @rule(n=digits)
    def put(self, n: int) -> None:
        """Put an object; a damaged one is whole again."""
        self.put_data(n)

    def put_data(self, n: int) -> str:
        data = b"object %d" % n
        digest = self.store.objects.put_bytes(data)
        assert digest == of_bytes(data)
        self.sound[digest] = data
        self.damaged.pop(digest, None)
        return digest

    @rule(n=digits)
    def adopt(self, n: int) -> None:
        left = self.folder / "left"
        left.write_bytes(b"object %d" % n)
        digest = of_bytes(left.read_bytes())
        self.store.objects.adopt(left, digest)
        self.sound[digest] = b"object %d" % n
        self.damaged.pop(digest, None)

    def break_object(self, digest: str, *, lose: bool) -> None:
        path = self.store.objects.path(digest)
        self.damaged[digest] = ObjectMissing if lose else ObjectCorrupted
        if lose:
            path.unlink()
        else:
            data = path.read_bytes()
            path.chmod(0o644)
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    @rule(n=digits, lose=st.booleans())
    def break_data(self, n: int, lose: bool) -> None:
        digest = of_bytes(b"object %d" % n)
        if self.sound.pop(digest, None) is not None:
            self.break_object(digest, lose=lose)

    @precondition(lambda self: self.executions)
    @rule(draw=st.data(), lose=st.booleans())
    def break_record(self, draw: st.DataObject, lose: bool) -> None:
        digest = self.records[draw.draw(st.sampled_from(sorted(self.executions)))]
        if digest not in self.damaged:
            self.break_object(digest, lose=lose)

    @rule(target=names, n=digits, book=st.sampled_from(BOOKS))
    def begin(self, n: int, book: str) -> str:
        self.begun += 1
        name = f"r{self.begun:03}"
        pending = tuple(StepReport(step=step, state="pending") for step in STEPS)
        run = run_named(
            name, source=self.put_data(n), notebook=book, steps=pending, started=self.tick()
        )
        self.store.run_folder(name).mkdir()
        self.store.ledger.append(action="run", subject=name, state="begun")
        self.store.catalog.save_run(run)
        self.runs[name] = run
        return name

    def is_running(self, name: str) -> bool:
        return name in self.runs and self.runs[name].state == "running"

    @rule(name=names, step=steps)
    def note(self, name: str, step: str) -> None:
        if self.is_running(name):
            report = StepReport(step=step, state="running", why=self.tick())
            position = STEPS.index(step)
            self.store.catalog.save_step(name, position, report)
            reports = self.runs[name].steps
            changed = (*reports[:position], report, *reports[position + 1 :])
            self.runs[name] = replace(self.runs[name], steps=changed)

    @rule(name=names, step=steps, n=digits, good=st.booleans(), key=st.sampled_from("kl"))
    def execute(self, name: str, step: str, n: int, good: bool, key: str) -> None:
        if not self.is_running(name):
            return
        digest = self.put_data(n)
        attempt = 1 + sum(e.run == name and e.step == step for e in self.executions.values())
        result = StepResult(
            attempt=attempt,
            state="succeeded" if good else "failed",
            started=self.tick(),
            ended=self.tick(),
            groups=(Group(names=("x",), digest=digest, size=8, step=step),),
        )
        self.record(
            execution_named(
                f"{name}.{step}.{attempt}",
                key=key,
                inputs=(),
                files=(),
                stage=digest,
                source=self.runs[name].source,
                result=result,
            )
        )

    def record(self, execution: Execution) -> None:
        name = execution.execution
        self.records[name] = self.store.catalog.record_execution(execution)
        self.recorded.add(self.records[name])
        self.damaged.pop(self.records[name], None)
        self.executions[name] = execution

    @precondition(lambda self: self.executions)
    @rule(draw=st.data())
    def record_again(self, draw: st.DataObject) -> None:
        """A damaged record is whole again."""
        self.record(self.executions[draw.draw(st.sampled_from(sorted(self.executions)))])

    @rule(name=names, state=st.sampled_from(ENDS))
    def end(self, name: str, state: RunState) -> None:
        if self.is_running(name):
            self.runs[name] = replace(self.runs[name], state=state, ended=self.tick())
            self.store.catalog.save_run(self.runs[name])

    @rule(name=names, remove=st.booleans())
    def tag(self, name: str, remove: bool) -> None:
        if name in self.runs:
            tag(self.store, name, "gold", remove=remove)
            self.tagged = self.tagged - {name} if remove else self.tagged | {name}

    @rule(last=st.integers(1, 2))
    def collect(self, last: int) -> None:
        """Nobody drives the runs, so that those without an end are lost; what is not kept goes."""
        running = {name for name in self.runs if self.is_running(name)}
        kept = self.kept(last)
        unknown = {
            digest
            for digest, error in self.damaged.items()
            if digest in self.recorded and error is ObjectCorrupted
        }
        unknown |= self.damaged.keys() & {
            self.records[name] for name, e in self.executions.items() if e.run in kept
        }
        if unknown:
            with pytest.raises(StoreError, match=r"[Ff]sck --repair|cannot be read|corrupted"):
                collect(self.store, Rules(keep_last=last), dry_run=False)
            kept = set(self.runs)
        else:
            done = collect(self.store, Rules(keep_last=last), dry_run=False)
            assert set(done.runs) == self.runs.keys() - kept
            assert (done.kept.keys(), done.waiting) == (kept, 0)
            self.forget_all_but(kept)
        for name in running & kept:
            self.runs[name] = self.store.catalog.find_run(name)
            assert self.runs[name].state == "lost"
            assert {step.state for step in self.runs[name].steps} == {"cancelled"}

    def kept(self, last: int) -> set[str]:
        found = set(self.tagged)
        for book in BOOKS:
            mine = [run for run in self.runs.values() if run.notebook == book]
            good = [run for run in mine if run.state == "succeeded"]
            found |= {run.run for run in (*mine[-last:], *good[-1:])}
        return found & self.runs.keys()

    def forget_all_but(self, kept: set[str]) -> None:
        self.runs = {name: run for name, run in self.runs.items() if name in kept}
        self.executions = {n: e for n, e in self.executions.items() if e.run in kept}
        needed = self.needed()
        gone = self.damaged.keys() - needed
        self.damaged |= dict.fromkeys(gone | (self.sound.keys() - needed), ObjectMissing)
        self.sound = {digest: data for digest, data in self.sound.items() if digest in needed}

    def needed(self) -> set[str]:
        found = {run.source for run in self.runs.values()}
        for name, execution in self.executions.items():
            found.add(self.records[name])
            if self.records[name] not in self.damaged:
                found |= {execution.stage, *(g.digest for g in execution.result.groups)}
        for run in self.runs.values():
            found |= {item.digest for step in run.steps for item in step.outputs if item.digest}
        return found

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.open()

    @rule()
    def rebuild(self) -> None:
        """Runs without an end are lost, executions whose record is broken are gone."""
        unfinished = [name for name in self.runs if self.is_running(name)]
        rebuilt = self.store.rebuild_catalog()
        self.executions = {
            name: execution
            for name, execution in sorted(
                self.executions.items(), key=lambda item: item[1].result.started
            )
            if self.records[name] not in self.damaged
        }
        assert (rebuilt.runs, rebuilt.executions) == (len(self.runs), len(self.executions))
        assert list(rebuilt.lost) == unfinished
        for name in rebuilt.lost:
            lost = self.store.catalog.find_run(name)
            assert [(s.state, s.execution) for s in lost.steps] == self.steps_of_lost(name)
            self.runs[name] = replace(self.runs[name], state="lost", ended=lost.ended)
            self.runs[name] = replace(self.runs[name], steps=lost.steps)

    def steps_of_lost(self, name: str) -> list[tuple[str, str | None]]:
        mine = [e for e in self.executions.values() if e.run == name]
        last = {e.step: e for e in sorted(mine, key=lambda e: e.attempt)}
        return [
            (last[step].result.state, last[step].execution) if step in last else ("cancelled", None)
            for step in STEPS
        ]

    def readable(self) -> list[Execution]:
        """Succeeded executions whose record is sound, newest first."""
        return [
            execution
            for name, execution in reversed(self.executions.items())
            if execution.result.state == "succeeded" and self.records[name] not in self.damaged
        ]

    @invariant()
    def objects_agree(self) -> None:
        objects = self.store.objects
        assert {digest: objects.read_bytes(digest) for digest in self.sound} == self.sound
        for digest, error in self.damaged.items():
            with pytest.raises(error):
                objects.read_bytes(digest)

    @invariant()
    def runs_agree(self) -> None:
        catalog, newest = self.store.catalog, list(reversed(self.runs.values()))
        tagged = [run for run in newest if run.run in self.tagged]
        assert catalog.list_runs(tag="gold", limit=None) == tagged
        assert catalog.list_runs(limit=None) == newest
        for book in BOOKS:
            of_book = [run for run in newest if run.notebook == book]
            assert catalog.list_runs(notebook=book, limit=2) == of_book[:2]
        running = [run for run in newest if run.state == "running"]
        assert catalog.list_runs(state="running") == running
        if newest:
            assert catalog.find_run("latest") == newest[0]
            assert catalog.find_run(newest[-1].run) == newest[-1]
        with pytest.raises(UnknownRun):
            catalog.find_run("none")

    @invariant()
    def executions_agree(self) -> None:
        catalog = self.store.catalog
        for key in "kl":
            assert catalog.executions(key) == [e for e in self.readable() if e.key == key]

    @rule()
    def check(self) -> None:
        """Every damage is named, and nothing else; nothing is changed by looking."""
        broken: dict[type[Exception], set[str]] = {ObjectCorrupted: set(), ObjectMissing: set()}
        for digest, error in self.damaged.items():
            broken[error].add(digest)
        wanted = self.needed()
        found = {(problem.kind, problem.what) for problem in check_store(self.store)}
        corrupted, missing = broken[ObjectCorrupted], broken[ObjectMissing]
        expected = {
            *(("corrupted object", digest) for digest in corrupted),
            *(("unreadable record", digest) for digest in corrupted & self.recorded),
            *(("missing object", digest) for digest in missing & wanted),
        }
        assert found == expected

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)
