"""What a collection takes away, and what stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from collected import assert_whole, do_run, names
from small_file_system import small_file_system

import jupyter_mlops
from jupyter_mlops.cli.group import cli
from jupyter_mlops.errors import ExecutionGone, StoreError
from jupyter_mlops.lineage.gc import collect
from jupyter_mlops.lineage.label import note, remove_alias, set_alias, tag
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.model.schedule import Schedule
from jupyter_mlops.scheduling.book import add_schedule
from jupyter_mlops.scheduling.timing import cron_timing
from jupyter_mlops.store import Store, check_store
from jupyter_mlops.store.records import run_record

NOW = datetime(2026, 12, 24, tzinfo=UTC)
LAST = Rules(keep_last=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store").open()


@dataclass(frozen=True)
class Case:
    """Runs r1, r2 … of a store; ``stays`` names those that a collection keeps, with the reason."""

    name: str
    make: Callable[[Store], object]
    stays: dict[str, str]
    rules: Rules = LAST


def plain(store: Store, number: int = 3) -> None:
    for n in range(1, number + 1):
        do_run(store, f"r{n}", makes=f"model {n}")


def then(*acts: Callable[[Store], object], number: int = 3) -> Callable[[Store], None]:
    def make(store: Store) -> None:
        plain(store, number)
        for act in acts:
            act(store)

    return make


def reuse(store: Store, name: str, of: str) -> None:
    do_run(store, name, reuses=store.catalog.execution(f"{of}.train.1"))


def fail_twice(store: Store) -> None:
    plain(store)
    for name in ("r4", "r5"):
        do_run(store, name, state="failed")


def two_books(store: Store) -> None:
    for n in range(1, 5):
        do_run(store, f"r{n}", makes=f"{n}", notebook=f"/books/{n % 2}.ipynb")


def two_folders(store: Store) -> None:
    for n in range(1, 5):
        folder = "of mine" if n % 2 else "of others"
        do_run(store, f"r{n}", makes=f"{n}", notebook=f"/books/{folder}/a.ipynb")


def days(store: Store) -> None:
    for n, day in enumerate(("2026-11-01", "2026-12-20", "2027-05-01", "2026-11-02"), 1):
        do_run(store, f"r{n}", makes=f"{n}", started=f"{day}T00:00:00+00:00")
    do_run(store, "r5", state="failed", started="2026-12-23T00:00:00")


def chain(store: Store) -> None:
    plain(store, 1)
    reuse(store, "r2", "r1")
    do_run(store, "r3", makes="3")
    reuse(store, "r4", "r1")


ONE = "one of the last 1 of its notebook"
TWO = "one of the last 2 of its notebook"
MINE = "its notebook is not below /books/of mine"
GOOD = "the last of its notebook that succeeded"
CASES = [
    Case("no rule", plain, dict.fromkeys(("r3", "r2", "r1"), "no rule says that runs go"), Rules()),
    Case("the last", plain, {"r3": ONE}),
    Case("the last two", plain, {"r3": TWO, "r2": TWO}, Rules(keep_last=2)),
    Case("of each notebook", two_books, {"r4": ONE, "r3": ONE}),
    Case("of one folder", two_folders, {"r3": ONE, **dict.fromkeys(("r4", "r2"), MINE)},
         Rules(keep_last=1, folder="/books/of mine")),
    Case("the last that succeeded", fail_twice, {"r5": ONE, "r3": GOOD}),
    Case("by days; the clock ran ahead or back", days,
         {"r5": "of the last 7 days", "r4": GOOD, "r3": "of the last 7 days",
          "r2": "of the last 7 days"}, Rules(keep_days=7)),
    Case("what one of two rules keeps", days,
         {"r5": ONE, "r4": GOOD, "r3": "of the last 7 days", "r2": "of the last 7 days"},
         Rules(keep_days=7, keep_last=1)),
    Case("what the last rests on", chain,
         {"r4": ONE, "r1": "run r4 rests on its execution r1.train.1"}),
    Case("tagged", then(lambda s: tag(s, "r1", "gold")), {"r3": ONE, "r1": "tag gold"}),
    Case("a tagged step", then(lambda s: tag(s, "r1:train", "x")), {"r3": ONE, "r1": "tag x"}),
    Case("noted", then(lambda s: note(s, "r1", "good")), {"r3": ONE, "r1": "note"}),
    Case("an alias", then(lambda s: set_alias(s, "m@p", "r1:train:model")),
         {"r3": ONE, "r1": "alias m@p"}),
    Case("a moved alias",
         then(lambda s: set_alias(s, "m", "r1"), lambda s: set_alias(s, "m", "r2")),
         {"r3": ONE, "r2": "alias m"}),
    Case("a removed alias", then(lambda s: set_alias(s, "m", "r1"), lambda s: remove_alias(s, "m")),
         {"r3": ONE}),
    Case("what made a labelled object",
         then(lambda s: set_alias(s, "m", s.objects.put_bytes(b"model 1"))),
         {"r3": ONE, "r1": "alias m"}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_stays(store: Store, case: Case) -> None:
    case.make(store)
    before = set(store.objects.digests())
    garbage = store.objects.put_bytes(b"garbage")
    planned = collect(store, case.rules, dry_run=True, clock=lambda: NOW)
    assert planned.kept == case.stays
    assert set(store.objects.digests()) == {*before, garbage}
    done = collect(store, case.rules, dry_run=False, clock=lambda: NOW)
    assert replace(done, dry_run=True) == planned
    assert set(names(store)) == set(case.stays)
    assert {folder.name for folder in (store.root / "runs").iterdir()} == set(case.stays)
    gone = before - set(store.objects.digests())
    assert (len(gone) + 1, garbage in store.objects) == (done.objects, False)
    assert (store.objects.piles(), check_store(store)) == ([], ())
    assert_whole(store)
    again = collect(store, case.rules, dry_run=False, clock=lambda: NOW)
    assert (again.runs, again.objects, again.kept) == ((), 0, case.stays)
    assert store.rebuild_catalog().runs == len(case.stays)


def test_beside_a_run_objects_wait_aside_for_its_end(store: Store) -> None:
    plain(store)
    with store.catalog.writers.enter("r9"):
        dead = store.objects.put_bytes(b"model 1")  # which is there: nothing is written
        done = collect(store, LAST, dry_run=False)
        assert (done.runs, done.waiting, done.waiting_for) == (("r2", "r1"), done.objects, ("r9",))
        assert check_store(store) == ()
        assert collect(store, LAST, dry_run=False).waiting == done.waiting
        assert store.objects.read_bytes(dead) == b"model 1"  # the run needs it: it comes back
        other = store.objects.put_bytes(b"model 2")  # and this one is written anew
        for digest in (dead, other):
            set_alias(store, f"a{digest[7:]}", digest)
    assert collect(store, LAST, dry_run=False).waiting == 0
    assert store.objects.piles() == []
    assert {dead, other} <= set(store.objects.digests())
    assert_whole(store)


def test_a_run_that_comes_later_is_not_waited_for(store: Store) -> None:
    plain(store)
    with store.catalog.writers.enter("first"):
        assert collect(store, LAST, dry_run=False).waiting_for == ("first",)
    with store.catalog.writers.enter("second"):
        assert collect(store, LAST, dry_run=False).waiting == 0
        assert store.objects.piles() == []


def test_a_dead_writer_is_not_waited_for(store: Store) -> None:
    from jupyter_mlops.store.database import Database

    plain(store)
    writers = store.catalog.writers
    with writers.enter("r9"):
        rows = writers._all()
    database: Database = store.catalog._database
    from jupyter_mlops.store import schema

    row = {"writer": "r9", "place": writers._place}
    database.write(lambda connection: connection.execute(schema.writers.insert().values(row)))
    assert (rows.keys(), writers._all().keys()) == ({"r9"}, {"r9"})
    assert collect(store, LAST, dry_run=False).waiting == 0
    elsewhere = {"writer": "r9", "place": "another machine"}
    database.write(lambda connection: connection.execute(schema.writers.insert().values(elsewhere)))
    store.objects.put_bytes(b"garbage")
    assert collect(store, LAST, dry_run=False).waiting_for == ("r9",)


def test_a_run_cannot_rest_on_what_was_removed(store: Store) -> None:
    plain(store)
    execution = store.catalog.execution("r1.train.1")
    collect(store, LAST, dry_run=False)
    with pytest.raises(ExecutionGone):
        do_run(store, "r4", reuses=execution)
    [step] = store.catalog.find_run("r4").steps
    assert step.state == "pending"


def test_what_came_since_the_plan_spares_what_it_needs(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain(store, 5)
    catalog = store.catalog
    digest = store.objects.put_bytes(b"model 3")
    remove = catalog.removals.remove

    def late(*arguments, **options):
        reuse(store, "r6", "r1")
        tag(store, "r2", "late")
        set_alias(store, "model", digest)
        return remove(*arguments, **options)

    monkeypatch.setattr(catalog.removals, "remove", late)
    done = collect(store, LAST, dry_run=False)
    assert done.runs == ("r4",)
    assert set(names(store)) == {"r1", "r2", "r3", "r5", "r6"}
    assert_whole(store)


@dataclass(frozen=True)
class Damage:
    name: str
    do: Callable[[Store], object]
    says: str


def lose_catalog(store: Store) -> None:
    store.close()
    (store.root / "catalog.sqlite").unlink()
    do_run(store, "r9", makes="9")


def flip_record(store: Store) -> None:
    path = store.objects.path(store.catalog.record_execution(store.catalog.execution("r3.train.1")))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"ada", b"eve"))


def record_other(store: Store) -> None:
    store.objects.put_bytes(run_record(replace(store.catalog.find_run("r1"), run="r0"), 1))


DAMAGES = [
    Damage("the catalog was lost", lose_catalog, "the catalog lacks run r"),
    Damage("a flipped bit in a record that is needed", flip_record, "is corrupted"),
    Damage("a run's row is gone", record_other, "the catalog lacks run r0"),
    Damage("an unreadable record", lambda s: s.objects.put_bytes(b'{"_kind":"run",'),
           "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damaged_store_is_left_alone(store: Store, damage: Damage) -> None:
    plain(store)
    damage.do(store)
    before = set(store.objects.digests())
    with pytest.raises(StoreError, match=damage.says) as caught:
        collect(store, LAST, dry_run=False)
    assert "nothing was removed" in caught.value.fix
    assert set(store.objects.digests()) == before


def test_records_of_kinds_that_are_not_known_stay_with_what_they_name(store: Store) -> None:
    plain(store)
    named = store.objects.put_bytes(b"something")
    record = store.objects.put_bytes(b'{"_kind":"signature","of":"%s"}' % named.encode())
    assert collect(store, LAST, dry_run=False).runs == ("r2", "r1")
    assert {named, record} <= set(store.objects.digests())


def test_the_notebook_that_a_schedule_is_pinned_to_stays(store: Store) -> None:
    plain(store)
    pinned = store.objects.put_bytes(b"pinned notebook")
    schedule = Schedule(
        name="nightly",
        notebook="/books/iris.ipynb",
        timing=cron_timing("0 3 * * *", "UTC"),
        revision=pinned,
        created=NOW.isoformat(),
    )
    add_schedule(store, schedule, NOW)
    collect(store, LAST, dry_run=False)
    assert pinned in store.objects
    assert check_store(store) == ()


def test_wheels_that_a_lock_names_stay(store: Store) -> None:
    wheel, stray = (store.objects.put_bytes(data) for data in (b"a wheel", b"a stray"))
    lock = store.objects.put_bytes(f"mine==0.1 \\\n    --hash={wheel}\n".encode())
    do_run(store, "r1", makes="model", lock=lock)
    collect(store, LAST, dry_run=False)
    assert (wheel in store.objects, stray in store.objects) == (True, False)


def test_a_full_disk_stops_it_and_the_next_goes_on(tmp_path: Path) -> None:
    with small_file_system(tmp_path / "disk", "2m"):
        store = Store(tmp_path / "disk" / "store").open()
        plain(store)
        ballast = tmp_path / "disk" / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for size in (4096, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    continue
        with pytest.raises(StoreError, match="space"):
            collect(store, LAST, dry_run=False)
        assert_whole(store)
        ballast.unlink()
        collect(store, LAST, dry_run=False)
        assert (names(store), check_store(store)) == (["r3"], ())
        store.close()


def test_the_command_removes_nothing_unasked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plain(store)

    def mlops(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["--store", str(store.root), "gc", *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    assert mlops("--yes").splitlines()[-1] == "0 runs, 0 objects, 0 MB removed"
    assert mlops("--keep-last", "1").splitlines() == [
        "would go: r2",
        "would go: r1",
        "stays: r3  one of the last 1 of its notebook",
        "2 runs, 10 objects, 0 MB would go; nothing was removed: --yes removes it",
    ]
    mlops("--keep-last", "1", "--yes", "--dry-run")
    assert len(names(store)) == 3
    monkeypatch.setenv("JUPYTER_MLOPS_GC_KEEP_LAST", "2")
    assert json.loads(mlops("--json", "--yes"))["runs"] == ["r1"]
    with jupyter_mlops.Catalog(store.root) as catalog:
        assert catalog.gc(keep_last=1).runs == ("r2",)
        assert catalog.gc(keep_last=1, dry_run=False).runs == ("r2",)
        assert [run.run for run in catalog.runs()] == ["r3"]
