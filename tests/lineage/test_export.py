"""Runs go from store to store in one file; a file with anything wrong in it changes nothing."""

from __future__ import annotations

import json
import os
import signal
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from traced_history import FILES, record_traced

from jupyter_mlops import Catalog
from jupyter_mlops.errors import MlopsError, UnknownRun
from jupyter_mlops.lineage.parcel import BadParcel
from jupyter_mlops.model.crate import Absent
from jupyter_mlops.model.identity import PREFIX, canonical_json, of_bytes
from jupyter_mlops.store import Store, check_store

MANIFEST = "jupyter-mlops.json"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "store") as catalog:
        record_traced(catalog.store)
        yield catalog


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "other") as other:
        yield other


def state_of(store: Store) -> tuple[object, ...]:
    """All that the store holds."""
    runs = store.catalog.list_runs()
    files = sorted(str(path) for path in store.root.rglob("*"))
    return runs, list(store.objects.digests()), files


def test_runs_are_the_same_elsewhere(catalog: Catalog, other: Catalog) -> None:
    done = catalog.export("again", "again.zip")
    assert done.runs == ("again", "made")  # whose execution it reuses
    why, raw = "step load read it, and no copy of it was kept", of_bytes(FILES["data/raw.csv"])
    no_lock = "steps ran in a kernel as it stood, of which there is no lock"
    assert done.absent == (
        Absent(kind="file", name="data/raw.csv", why=why, digest=raw),
        Absent(kind="packages", name="sha256:e", why=no_lock),
    )
    taken = other.import_("again.zip")
    assert (taken.runs, taken.known, taken.digest) == (done.runs, (), done.digest)
    for name in done.runs:
        found = other.show(name)
        assert found.imported is not None
        assert found.imported.file == done.digest
        assert replace(found, imported=None) == catalog.show(name)
    assert other.trace("again", down=False) == catalog.trace("again", down=False)
    assert check_store(other.store) == ()
    assert not Path("unpickled").exists()
    before = state_of(other.store)
    assert other.import_("again.zip").known == done.runs
    assert state_of(other.store) == before
    assert other.export("again", "once-more.zip").digest == done.digest
    other.store.rebuild_catalog()
    assert state_of(other.store)[:2] == before[:2]


def test_a_notebook_takes_its_newest_runs(catalog: Catalog) -> None:
    assert catalog.export("/books/iris.ipynb", "all.zip").runs == ("again", "made")
    assert catalog.export("/books/score.ipynb", "one.zip", last=1).runs == ("scored",)
    with pytest.raises(UnknownRun):
        catalog.export("/books/absent.ipynb", "none.zip")
    with pytest.raises(MlopsError, match=r"one\.zip exists"):
        catalog.export("scored", "one.zip")
    catalog.store.catalog.save_run(replace(catalog.show("made"), run="r9", state="running"))
    with pytest.raises(MlopsError, match="r9 has not ended"):
        catalog.export("r9", "running.zip")
    assert sorted(path.name for path in Path().glob("*.zip*")) == ["all.zip", "one.zip"]


def test_others_can_read_it(catalog: Catalog) -> None:
    from rocrate.rocrate import ROCrate

    catalog.export("again", "again.zip")
    crate = ROCrate("again.zip")
    profiles = sorted(item.id.split("/")[-2] for item in crate.root_dataset["conformsTo"])
    assert profiles == ["process", "provenance", "workflow", "workflow-ro-crate"]
    assert "ComputationalWorkflow" in crate.mainEntity.type
    actions = {action.id for action in crate.get_by_type("CreateAction")}
    steps = {f"#made.{step}.1" for step in ("load", "train", "plot")} | {"#again.train.1"}
    assert actions == {"#again", "#made", *steps}
    organize = crate.dereference("#organize-made")
    assert organize["result"].id == "#made"
    assert {control["object"].id for control in organize["object"]} == steps - {"#again.train.1"}
    train = crate.dereference("#made.train.1")
    assert "model.pkl" in [result["name"] for result in train["result"]]
    names = set(zipfile.ZipFile("again.zip").namelist()) - {MANIFEST, "ro-crate-metadata.json"}
    assert {file.id for file in crate.get_by_type("File")} == names


def test_wheels_of_the_machine_go_along(catalog: Catalog, other: Catalog) -> None:
    store, name, data = catalog.store, "own-1.0-py3-none-any.whl", b"a wheel"
    (store.cache / "wheels" / "source").mkdir(parents=True)
    (store.cache / "wheels" / "source" / name).write_bytes(data)
    lock = store.objects.put_bytes(f"own==1.0 --hash={of_bytes(data)}\nnumpy==2".encode())
    run, scored = catalog.show("scored"), store.catalog.execution("scored.load.1")
    packages = {"own": "1.0", "numpy": "2"}
    environment = replace(scored.environment, lock=lock, packages=packages)
    locked = replace(scored, run="locked", execution="locked.load.1", environment=environment)
    step = replace(run.steps[0], execution=locked.execution)
    store.catalog.save_run(replace(run, run="locked", steps=(step,)))
    store.catalog.record_execution(locked)
    absent = catalog.export("locked", "locked.zip").absent
    why = "1 of its packages come from an index"
    assert absent == (Absent(kind="packages", name=lock, why=why, digest=lock),)
    assert other.import_("locked.zip").absent == absent
    shelf = other.store.cache / "wheels" / of_bytes(data).removeprefix(PREFIX)
    assert (shelf / name).read_bytes() == data
    assert other.trace(lock).taken == 1


Entries = dict[str, bytes]


def change(entries: Entries, **fields: object) -> None:
    entries[MANIFEST] = canonical_json({**json.loads(entries[MANIFEST]), **fields})


def change_run(entries: Entries, **fields: object) -> None:
    """Another run in the place of the first, whose record and digest are in order."""
    manifest = json.loads(entries[MANIFEST])
    old = manifest["runs"][0]
    record = canonical_json({**json.loads(entries.pop(entry(old))), **fields})
    new = of_bytes(record)
    entries[entry(new)] = record
    del manifest["objects"][old]
    objects = {**manifest["objects"], new: len(record)}
    change(entries, runs=[new, *manifest["runs"][1:]], objects=objects)


def entry(digest: str) -> str:
    return "objects/" + digest.removeprefix(PREFIX)


def some_object(entries: Entries) -> str:
    manifest = json.loads(entries[MANIFEST])
    records = {*manifest["runs"], *manifest["executions"]}
    return next(entry(digest) for digest in manifest["objects"] if digest not in records)


def drop_object(entries: Entries) -> None:
    """An object that the records name and neither the manifest nor the file holds."""
    name = some_object(entries)
    del entries[name]
    objects = json.loads(entries[MANIFEST])["objects"]
    objects.pop(PREFIX + name.removeprefix("objects/"))
    change(entries, objects=objects)


@dataclass(frozen=True)
class Wrong:
    name: str
    do: Callable[[Entries], object]
    message: str


WRONG = [
    Wrong("an object is gone", lambda e: e.pop(some_object(e)), "is missing from it"),
    Wrong("a reference is gone", drop_object, "left by step load of run .* is missing from it"),
    Wrong(
        "an object has other bytes",
        lambda e: e.update({some_object(e): e[some_object(e)][::-1]}),
        "its bytes have another digest",
    ),
    Wrong(
        "a bomb",
        lambda e: e.update({some_object(e): bytes(50_000_000)}),
        "has another size than it says",
    ),
    Wrong(
        "a bomb that says so",
        lambda e: change(e, objects={PREFIX + "0" * 64: 10**18}),
        r"have 1000000000000000000 bytes, and \d+ are free",
    ),
    Wrong("upwards", lambda e: e.update({"../evil": b""}), r"'\.\./evil' leads out of it"),
    Wrong("absolute", lambda e: e.update({"/evil": b""}), "'/evil' leads out of it"),
    Wrong("backslash", lambda e: e.update({"..\\evil": b""}), "leads out of it"),
    Wrong("no export", lambda e: e.clear(), "it is no export"),
    Wrong("another crate", lambda e: e.pop(MANIFEST), "it is an RO-Crate of another program"),
    Wrong(
        "newer",
        lambda e: change(e, format=2, program="9.1"),
        r"has format 2; this version reads format 1[\s\S]*upgrade jupyter_mlops to 9\.1",
    ),
    Wrong("no format", lambda e: change(e, format="one"), "names no format"),
    Wrong("no JSON", lambda e: e.update({MANIFEST: b"\xff"}), "is not a JSON object"),
    Wrong("other types", lambda e: change(e, objects=[1]), "cannot be read"),
    Wrong("lists for names", lambda e: change(e, wheels={"a.whl": [1]}), "damaged"),
    Wrong("no runs", lambda e: change(e, runs=["sha256:1"]), "record sha256:1 of a run is missing"),
    Wrong(
        "an execution is gone", lambda e: change(e, executions=[]), "execution .* is missing from"
    ),
    Wrong("a name that leads out", lambda e: change_run(e, run="../up"), "cannot be the name"),
    Wrong("a run that goes on", lambda e: change_run(e, state="running"), "in the form of an exp"),
    Wrong("a wheel's name", lambda e: change(e, wheels={"../a": "x"}), "is missing from it"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_what_is_wrong_changes_nothing(catalog: Catalog, other: Catalog, wrong: Wrong) -> None:
    catalog.export("again", "good.zip")
    with zipfile.ZipFile("good.zip") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    wrong.do(entries)
    with zipfile.ZipFile("bad.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    before = state_of(other.store)
    with pytest.raises(BadParcel, match=wrong.message):
        other.import_("bad.zip")
    assert state_of(other.store) == before


@pytest.mark.parametrize("what", ["flipped", "cut", "garbage", "empty"])
def test_damaged_bytes_change_nothing(catalog: Catalog, other: Catalog, what: str) -> None:
    catalog.export("again", "good.zip")
    good = Path("good.zip").read_bytes()
    middle = good.index(b"a model")
    bad = {
        "flipped": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
        "cut": good[: len(good) // 2],
        "garbage": os.urandom(1000),
        "empty": b"",
    }[what]
    Path("bad.zip").write_bytes(bad)
    before = state_of(other.store)
    with pytest.raises(BadParcel):
        other.import_("bad.zip")
    assert state_of(other.store) == before


def test_another_run_of_the_name_is_not_replaced(catalog: Catalog, other: Catalog) -> None:
    catalog.export("made", "made.zip")
    mine = replace(catalog.show("made"), reason="another", steps=())
    other.store.catalog.save_run(mine)
    with pytest.raises(BadParcel, match="another run is named made"):
        other.import_("made.zip")
    assert other.runs() == [mine]


REBUILT = {"run not in the catalog"}
"""What is found of an import that died between a record and the catalog; a rebuild mends it."""


def import_and_die(file: str, root: Path, number: int) -> bool:
    """True if the import was killed when it made its so manieth object durable."""
    child = os.fork()
    if child == 0:
        import jupyter_mlops.store.objects as objects

        left, publish = [number], objects.publish

        def dying(part: Path, target: Path) -> bool:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return publish(part, target)

        objects.publish = dying
        try:
            Catalog(root).import_(file)
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL)
    return status != 0


def test_an_import_that_was_killed_is_done_again(catalog: Catalog, tmp_path: Path) -> None:
    catalog.export("made", "made.zip")
    for number in range(1, 99):
        root = tmp_path / f"killed-{number}"
        was_killed = import_and_die("made.zip", root, number)
        with Catalog(root) as killed:
            assert [run.run for run in killed.runs()] == ([] if was_killed else ["made"])
            assert {problem.kind for problem in check_store(killed.store)} <= REBUILT
            killed.import_("made.zip")
            assert check_store(killed.store) == ()
            assert killed.trace("made", down=False) == catalog.trace("made", down=False)
        if not was_killed:
            assert number > 5
            return
    raise AssertionError("it never came to its end")
