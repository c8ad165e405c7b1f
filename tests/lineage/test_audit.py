"""The ledger asked and verified: in its store, and by a third party who has a file and a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from catalog_samples import execution_named, run_named
from click.testing import CliRunner, Result

from jupyter_mlops.cli.group import cli
from jupyter_mlops.lineage import Catalog
from jupyter_mlops.model.run import Run
from jupyter_mlops.runner.recorder import Recorder
from jupyter_mlops.runner.telling import tell_settings
from jupyter_mlops.settings import Mlops
from jupyter_mlops.standards import open_standards
from jupyter_mlops.store import Store, check_store, check_store_ledger


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store").open()
    yield store
    store.close()


def record(store: Store, name: str, **settings: str) -> Run:
    """A run with one execution, begun and ended as the driver does it."""
    put = store.objects.put_bytes
    run = run_named(name, source=put(b"source"), started="9999-01-01", steps=())
    mlops_settings = Mlops(**settings)
    recorder = Recorder(run, store, lambda event: None, open_standards(mlops_settings, store))
    recorder.begin(tell_settings(store.ledger, mlops_settings))
    plain = execution_named(f"{name}.train.1")
    result = replace(plain.result, groups=(), files_written=(), notebook=None, log=None)
    environment = replace(plain.environment, lock=None)
    execution = replace(
        plain,
        inputs=(),
        files=(),
        source=run.source,
        stage=put(b"stage"),
        environment=environment,
        result=result,
    )
    store.catalog.record_execution(execution)
    recorder.end("succeeded")
    return recorder.run


def mlops(store: Store, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["--store", str(store.root), *arguments], env=environment)


def told(store: Store, *arguments: str) -> list[tuple[str, str, str]]:
    answer = json.loads(mlops(store, "audit", "log", "--json", *arguments).stdout)
    return [(entry["action"], entry["state"], entry["subject"]) for entry in answer]


def test_runs_and_settings_are_told(store: Store) -> None:
    record(store, "r1")
    record(store, "r2")
    record(store, "r3", index_url="https://ada:pw@example.com/simple")
    record(store, "r4", index_url="https://ada:pw@example.com/simple")
    r3 = [("settings", "done", ""), ("run", "begun", "r3"), ("run", "succeeded", "r3")]
    r4 = [("run", "begun", "r4"), ("run", "succeeded", "r4")]
    assert told(store)[-5:] == [*r3, *r4]
    assert told(store, "--action", "settings") == [("settings", "done", "")] * 2
    assert told(store, "--subject", "r4") == r4
    assert told(store, "--actor", "nobody") == told(store, "--until", "2001-01-01") == []
    assert len(told(store, "--since", "2001-01-01")) == 10
    with Catalog(store.root) as catalog:
        assert [entry.number for entry in catalog.ledger(action="run", subject="r4")] == [9, 10]
        assert catalog.verify_ledger() == check_store_ledger(store)
    first, second = (e for e in store.ledger.entries() if e.action == "settings")
    assert second.details["changed"] == ["index_url"]
    assert second.details["settings"]["index_url"] == "https://example.com/simple"
    assert "store" not in first.details["settings"]
    assert (check_store(store), check_store_ledger(store).problems) == ((), ())


def replace_bytes(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"?")


def object_of(store: Store, data: bytes) -> Path:
    return store.objects.path(store.objects.put_bytes(data))


def record_of(store: Store) -> Path:
    (entry,) = (e for e in store.ledger.entries() if e.state == "succeeded")
    return store.objects.path(entry.objects[0])


def forget_beginning(store: Store) -> None:
    for path in (store.root / "ledger" / "entries").rglob("*2.json"):
        path.unlink()


def unknown_run(store: Store) -> None:
    source = store.objects.put_bytes(b"source")
    store.catalog.save_run(
        run_named("r9", source=source, state="succeeded", started="9999", steps=())
    )


@dataclass(frozen=True)
class Case:
    """What somebody does to a store, and what `audit verify` and `fsck` say about it."""

    name: str
    tamper: Callable[[Store], object]
    verified: tuple[tuple[str, int | None], ...]
    checked: tuple[str, ...]


CASES = (
    Case("nothing", lambda store: None, (), ()),
    Case(
        "a record is removed",
        lambda store: record_of(store).unlink(),
        (("removed object", 3),),
        ("missing object", "run differs from its record"),
    ),
    Case(
        "what a record refers to is removed",
        lambda store: object_of(store, b"stage").unlink(),
        (("removed object", 3),),
        ("missing object",),
    ),
    Case(
        "what an entry names is changed",
        lambda store: replace_bytes(object_of(store, b"source")),
        (("changed object", 2),),
        ("corrupted object",),
    ),
    Case(
        "the beginning of a run is removed from the ledger",
        forget_beginning,
        (("removed entry", 2),),
        ("ledger: removed entry",),
    ),
    Case(
        "a run that nobody began",
        unknown_run,
        (("run not in the ledger", None),),
        ("run not in the ledger",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_done_to_a_store_is_named(case: Case, store: Store) -> None:
    record(store, "r1")
    case.tamper(store)
    answer = mlops(store, "audit", "verify", "--json")
    found = json.loads(answer.stdout)
    assert tuple((p["kind"], p["entry"]) for p in found["problems"]) == case.verified
    assert answer.exit_code == (1 if case.verified else 0)
    assert {problem.kind for problem in check_store(store)} == set(case.checked)


def test_what_is_told_to_be_deleted_is_not_missed(store: Store) -> None:
    record(store, "r1")
    path = object_of(store, b"stage")
    store.ledger.append(action="delete", objects=(f"sha256:{path.name}",))
    path.unlink()
    assert check_store_ledger(store).problems == ()


def test_a_deleted_catalog_is_made_anew_and_told(store: Store) -> None:
    record(store, "r1")
    store.close()
    store.catalog.where.unlink()  # type: ignore[union-attr]
    assert mlops(store, "catalog", "rebuild").exit_code == 0
    assert told(store)[-2:] == [("rebuild", "begun", "catalog"), ("rebuild", "done", "catalog")]
    assert check_store_ledger(store).problems == ()


def test_a_third_party_verifies_by_the_public_key_alone(store: Store, tmp_path: Path) -> None:
    key, exported, apart = (str(tmp_path / name) for name in ("key", "ledger.jsonl", "apart"))
    assert mlops(store, "audit", "key", "-o", key).exit_code == 0
    assert Path(key).stat().st_mode & 0o777 == 0o600
    assert mlops(store, "audit", "key", "-o", key).exit_code == 1
    record(store, "r1")
    signed = mlops(store, "audit", "checkpoint", "-o", apart, JUPYTER_MLOPS_LEDGER_KEY=key)
    assert signed.stdout.startswith("entry 3 is signed: ")
    record(store, "r2")
    assert mlops(store, "audit", "export", "-o", exported).stdout == f"{exported}: 5 entries\n"

    def verify(*more: str) -> tuple[int, str]:
        answer = mlops(Store(tmp_path / "no store"), "audit", "verify", exported, *more)
        return answer.exit_code, answer.stdout.splitlines()[0]

    assert verify("--public-key", f"{key}.pub") == (0, "5 entries, signed up to entry 3: sound")
    lines = Path(exported).read_text().splitlines(keepends=True)
    Path(exported).write_text("".join(lines[:2]))  # without its checkpoint, too
    assert verify()[0] == 0
    code, said = verify("--public-key", f"{key}.pub")
    assert (code, said.partition(":")[0]) == (1, "unsigned ledger")
    code, said = verify("--public-key", f"{key}.pub", "--checkpoint", apart)
    assert (code, said.partition(":")[0]) == (1, "truncated ledger")
    mlops(store, "audit", "key", "-o", f"{key}2")
    Path(exported).write_text("".join(lines))
    code, said = verify("--public-key", f"{key}2.pub")
    assert (code, said.partition(":")[0]) == (1, "false checkpoint")
    Path(exported).write_text("".join(lines).replace('"number":3,"sig', '"number":2,"sig'))
    code, said = verify("--public-key", f"{key}.pub")
    assert (code, said.partition(":")[0]) == (1, "false checkpoint")


USAGE = (
    ("audit verify nowhere.jsonl", 2, "nowhere.jsonl cannot be read"),
    ("audit verify --public-key nowhere", 1, "nowhere cannot be read"),
    ("audit checkpoint", 1, "no key is set that signs the ledger"),
    ("audit log --since tomorrow", 2, "does not match the formats"),
)


@pytest.mark.parametrize(("arguments", "code", "said"), USAGE)
def test_what_cannot_be_done_is_said(arguments: str, code: int, said: str, store: Store) -> None:
    answer = mlops(store, *arguments.split())
    assert (answer.exit_code, said in answer.output) == (code, True)
