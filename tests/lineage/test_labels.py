"""Tags, notes and aliases, from Python and by command."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from catalog_samples import run_named
from click.testing import CliRunner
from small_file_system import small_file_system

import jupyter_mlops
from jupyter_mlops.cli.group import cli
from jupyter_mlops.errors import MlopsError, StoreError
from jupyter_mlops.lineage.label import AliasMoved
from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.label import Labels
from jupyter_mlops.model.run import StepReport
from jupyter_mlops.store import check_store

MODEL = b"a model"
ENDED = "2026-12-01T00:00:00+00:00"


def save(catalog: jupyter_mlops.Catalog, name: str) -> str:
    """Record an ended run whose step ``train`` left a model and a file; the model's digest."""
    objects = catalog.store.objects
    digest = objects.put_bytes(MODEL)
    outputs = (
        Group(names=("model", "scaler"), digest=digest, size=7),
        FileRef(path="out/a:b.csv", digest=objects.put_bytes(b"1,2"), size=3),
        FileRef(path="old.csv", digest=None),
    )
    steps = (StepReport(step="train", state="succeeded", outputs=outputs),)
    source = objects.put_bytes(b"{}")
    run = run_named(name, source=source, state="succeeded", ended=ENDED, steps=steps)
    catalog.store.ledger.append(action="run", subject=name, state="begun")
    catalog.store.catalog.save_run(run)
    return digest


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[jupyter_mlops.Catalog]:
    with jupyter_mlops.Catalog(tmp_path / "store") as catalog:
        save(catalog, "r1")
        save(catalog, "r2")
        yield catalog


@pytest.fixture
def mlops(catalog: jupyter_mlops.Catalog) -> Callable[..., tuple[int, str]]:
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["--store", str(catalog.store.root), *arguments])
        return done.exit_code, done.output

    return run


@dataclass(frozen=True)
class Named:
    asked: str
    text: str
    digest: bool = False


NAMED = [
    Named("r1", "r1"),
    Named("latest", "r2"),
    Named("r1:train", "r1:train"),
    Named("r1:train:scaler", "r1:train:scaler", digest=True),
    Named("r1:train:out/a:b.csv", "r1:train:out/a:b.csv"),
    Named("best", "r1"),
    Named("best:train", "r1:train"),
    Named("{digest}", "{digest}", digest=True),
    Named("{short}", "{digest}", digest=True),
    Named("{bare}", "{digest}", digest=True),
]


@pytest.mark.parametrize("named", NAMED, ids=lambda named: named.asked)
def test_what_an_alias_can_name(catalog: jupyter_mlops.Catalog, named: Named) -> None:
    digest = catalog.store.objects.put_bytes(MODEL)
    words = {"digest": digest, "short": digest[:14], "bare": digest[7:19]}
    catalog.alias("best", "r1")
    catalog.alias("it", named.asked.format(**words))
    assert catalog.aliases()["it"] == named.text.format(**words)
    (change,) = catalog.store.catalog.labels.held("alias", "it")
    assert change.target is not None
    assert (change.target.digest == digest) == named.digest


@dataclass(frozen=True)
class Refused:
    name: str
    arguments: tuple[str, ...]
    says: str
    code: int = 2


REFUSED = [
    Refused("no run", ("tag", "r9", "x"), "no run is named 'r9'"),
    Refused("no step", ("tag", "r1:fit", "x"), "run r1 has no step 'fit'"),
    Refused("no artifact", ("tag", "r1:train:y", "x"), "it left: model, scaler, out/a:b.csv"),
    Refused("a deleted file", ("tag", "r1:train:old.csv", "x"), "left nothing that is called"),
    Refused("no object", ("note", "sha256:" + "0" * 64, "x"), "no object in the store"),
    Refused("no digest", ("note", "sha256:xyz", "x"), "is no digest"),
    Refused("a tag's name", ("tag", "r1", "a b"), "cannot be a tag"),
    Refused("an alias's name", ("alias", "1st", "r1"), "cannot be an alias"),
    Refused("a reserved name", ("alias", "latest", "r1"), "cannot be an alias"),
    Refused("no alias", ("alias", "remove", "x"), "there is no alias 'x'"),
    Refused("no history", ("alias", "history", "x"), "there never was an alias 'x'"),
    Refused("expected", ("alias", "best", "r2", "--expect", "none"), "names r1, and not none", 1),
    Refused("gone", ("alias", "new", "r2", "--expect", "r1"), "does not exist, and not r1", 1),
]


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused.name)
def test_what_is_refused_changes_nothing(
    catalog: jupyter_mlops.Catalog, mlops: Callable[..., tuple[int, str]], refused: Refused
) -> None:
    catalog.alias("best", "r1")
    before = catalog.store.catalog.labels.all_held()
    code, output = mlops(*refused.arguments)
    assert (code, refused.says in output) == (refused.code, True), output
    assert "fix:" in output
    assert catalog.store.catalog.labels.all_held() == before


def test_an_alias_stands_for_its_run_and_has_a_history(catalog: jupyter_mlops.Catalog) -> None:
    catalog.alias("model@production", "r1", expect="none")
    catalog.alias("model@production", "r1")  # says the same: no move
    catalog.alias("model@production", "r2:train:model", expect="r1")
    assert catalog.show("model@production").run == "r2"
    with pytest.raises(AliasMoved):
        catalog.alias("model@production", "r1", expect="r1")
    catalog.alias("model@production", None)
    catalog.alias("model@production", "r1", expect="none")
    moves = [(move.old, move.new) for move in catalog.alias_history("model@production")]
    assert moves == [
        (None, "r1"), ("r1", "r2:train:model"), ("r2:train:model", None), (None, "r1"),
    ]  # fmt: skip
    numbers = [move.number for move in catalog.alias_history("model@production")]
    assert numbers == [1, 2, 3, 4]


def test_a_run_of_the_name_goes_before_an_alias(catalog: jupyter_mlops.Catalog) -> None:
    catalog.alias("r", "r2")  # which also begins both names
    assert catalog.show("r").run == "r2"
    catalog.alias("r1", "r2")
    assert catalog.show("r1").run == "r1"


def test_labels_of_runs(catalog: jupyter_mlops.Catalog) -> None:
    catalog.tag("r1", "good", "base")
    catalog.tag("r2", "good")
    catalog.tag("r2", "good", "never", remove=True)
    catalog.tag("r2:train:model", "small")
    catalog.note("r1", "first")
    catalog.note("r1", "second\n")
    catalog.note("r2", "gone")
    catalog.note("r2", "")
    catalog.alias("best", "r1:train")
    assert catalog.labels("r1") == Labels(tags=("base", "good"), note="second", aliases=("best",))
    assert catalog.labels("r2") == Labels()
    assert [run.run for run in catalog.runs(tag="good")] == ["r1"]
    assert catalog.runs(tag="small") == []


def test_commands_show_labels(
    catalog: jupyter_mlops.Catalog, mlops: Callable[..., tuple[int, str]]
) -> None:
    digest = catalog.store.objects.put_bytes(MODEL)
    assert mlops("tag", "r1", "good", "base") == (0, "tag good on r1\ntag base on r1\n")
    assert mlops("note", digest, "small") == (0, f"note on {digest}\n")
    assert mlops("alias", "best", "r1:train:model") == (0, "best is r1:train:model\n")
    listed = mlops("runs")[1]
    assert listed.splitlines()[2].endswith("best, #base, #good"), listed
    [run] = json.loads(mlops("runs", "--tag", "good", "--json")[1])
    assert (run["run"], run["tags"], run["note"], run["aliases"]) == (
        "r1", ["base", "good"], "", ["best"],
    )  # fmt: skip
    shown = json.loads(mlops("show", "best", "--json")[1])
    assert (shown["run"], shown["tags"], shown["aliases"]) == ("r1", ["base", "good"], ["best"])
    on = [(label["kind"], label["target"]["text"]) for label in shown["labels"]]
    assert on == [
        ("tag", "r1"), ("alias", "r1:train:model"), ("tag", "r1"), ("note", digest),
    ]  # fmt: skip
    text = mlops("show", "r1")[1]
    assert all(word in text for word in ("labels\n", "tag    good", f"note   small  {digest}"))
    assert mlops("tag", "r1", "good", "--remove") == (0, "tag good removed from r1\n")
    assert mlops("runs", "--tag", "good") == (0, "no runs\n")
    listed = json.loads(mlops("alias", "list", "--json")[1])
    assert [(a["name"], a["target"]["text"]) for a in listed] == [("best", "r1:train:model")]
    assert mlops("alias", "remove", "best") == (0, "alias best removed\n")
    assert mlops("alias", "list") == (0, "no aliases\n")
    assert len(json.loads(mlops("alias", "history", "best", "--json")[1])) == 2


def test_the_clock_does_not_order_labels(
    catalog: jupyter_mlops.Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year, run in (("2030", "r1"), ("1970", "r2")):
        monkeypatch.setattr("jupyter_mlops.lineage.label.iso", lambda moment, year=year: year)
        catalog.alias("best", run)
    for _ in range(2):
        assert [m.time for m in catalog.alias_history("best")] == ["2030", "1970"]
        assert catalog.show("best").run == "r2"
        catalog.store.close()
        (catalog.store.root / "catalog.sqlite").unlink()
        catalog.store.rebuild_catalog()


def test_a_killed_writer_s_change_is_recorded_by_the_next(catalog: jupyter_mlops.Catalog) -> None:
    book = catalog.store.catalog.labels
    put, book._put = book._put, lambda change: None  # killed before the record is written
    catalog.alias("best", "r1")
    book._put = put
    assert catalog.show("best").run == "r1"
    assert check_store(catalog.store) == ()
    catalog.tag("r2", "x")
    catalog.store.rebuild_catalog()
    assert [change.name for change in catalog.store.catalog.labels.all_held()] == ["best", "x"]


def test_a_full_disk_leaves_labels_as_they_were(tmp_path: Path) -> None:
    with small_file_system(tmp_path / "disk", "2m"):
        objects = f"file://{tmp_path}/disk/objects"
        store = jupyter_mlops.Store(tmp_path / "store", objects=objects).open()
        catalog = jupyter_mlops.Catalog(store.root)
        catalog._store = store
        save(catalog, "r1")
        save(catalog, "r2")
        catalog.alias("best", "r1")
        ballast = tmp_path / "disk" / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        with pytest.raises(StoreError):
            catalog.alias("best", "r2")
        assert catalog.aliases() == {"best": "r1"}
        ballast.unlink()
        catalog.alias("best", "r2", expect="r1")
        assert check_store(store) == ()
        store.rebuild_catalog()
        assert catalog.aliases() == {"best": "r2"}
        store.close()


def test_labels_on_a_run_that_goes_meanwhile_are_refused(catalog: jupyter_mlops.Catalog) -> None:
    catalog.tag("r1", "x")
    (change,) = catalog.store.catalog.labels.held("tag")
    assert change.target is not None
    target = replace(change.target, text="gone", run="gone")
    with pytest.raises(MlopsError, match="no run is named 'gone'"):
        catalog.store.catalog.labels.record(replace(change, change="new", target=target))
