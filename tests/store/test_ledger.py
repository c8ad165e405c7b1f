"""The ledger: one order for all writers, whole after a kill, and no tampering unseen."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlops.errors import StoreError
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.identity import canonical_json
from jupyter_mlops.model.ledger import NOTHING, Checkpoint, Entry, LedgerCheck, seal, unseal
from jupyter_mlops.store import Ledger, check_lines
from jupyter_mlops.store.ledger import read_entry
from jupyter_mlops.store.numbered import open_numbered


@pytest.fixture(params=["folder", "memory", "file"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    url = {"folder": "", "memory": "memory://shared", "file": f"file://{tmp_path}/shared"}
    yield Ledger(open_numbered(url[request.param], tmp_path))
    if request.param == "memory":
        fsspec.filesystem("memory").rm("/shared", recursive=True)


def local(folder: Path) -> Ledger:
    return Ledger(open_numbered("", folder))


def test_entries_follow_each_other(ledger: Ledger) -> None:
    assert ledger.tip() == (0, NOTHING)
    first = ledger.append(action="label", subject="model@production", objects=(NOTHING,))
    second = ledger.append(action="import", details={"loss": float("nan"), "path": "ü.zip"})
    assert list(ledger.entries()) == [first, second]
    assert [entry.number for entry in ledger.newest_first()] == [2, 1]
    assert (first.previous, ledger.read(2), ledger.read(3)) == (NOTHING, second, None)
    assert second.details == {"loss": "NaN", "path": "ü.zip"}
    assert check_lines(ledger.lines()) == LedgerCheck(entries=2, last=ledger.tip()[1])


def test_an_action_has_a_beginning_and_an_end(ledger: Ledger) -> None:
    with ledger.act(action="delete", subject="r1", details={"why": "old"}) as outcome:
        outcome.details["runs"] = 3
        outcome.objects.append(NOTHING)
    with pytest.raises(StoreError), ledger.act(action="import"):
        raise StoreError("no such file")
    told = [(e.action, e.state, e.begun, dict(e.details)) for e in ledger.entries()]
    assert told == [
        ("delete", "begun", None, {"why": "old"}),
        ("delete", "done", 1, {"runs": 3}),
        ("import", "begun", None, {}),
        ("import", "failed", 3, {"error": "no such file"}),
    ]
    assert [entry.objects for entry in ledger.entries()] == [(), (NOTHING,), (), ()]
    ledger.append(action="import", state="begun")
    assert check_lines(ledger.lines()).unfinished == (5,)


def test_a_ledger_of_thousands_has_its_entries_in_order(tmp_path: Path) -> None:
    ledger = local(tmp_path)
    with patch("os.fsync"):
        for _ in range(1001):
            ledger.append(action="label")
    folders = (tmp_path / "ledger" / "entries").iterdir()
    assert sorted(folder.name for folder in folders) == ["000000", "000001"]
    assert local(tmp_path).tip()[0] == 1001
    assert check_lines(ledger.lines()).problems == ()


def append_some(folder: Path) -> None:
    ledger = local(folder)
    for _ in range(25):
        ledger.append(action="label", subject=str(os.getpid()))


def test_writers_at_once_have_one_order(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("forkserver")) as pool:
        list(pool.map(append_some, [tmp_path] * 4))
    checked = check_lines(local(tmp_path).lines())
    assert (checked.entries, checked.problems) == (100, ())


def test_two_who_know_the_same_last_entry_both_get_a_place(ledger: Ledger, tmp_path: Path) -> None:
    other = Ledger(ledger._files)
    for who in (ledger, other, ledger, other, other):
        who.append(action="label")
    assert check_lines(ledger.lines()).problems == ()
    assert ledger.tip()[0] == 5


def fill(ledger: Ledger) -> None:
    for _ in range(1000):
        ledger.append(action="label", details={"note": "x" * 5000})


@pytest.mark.parametrize("kind", ["full", "read-only"])
def test_a_ledger_that_cannot_be_written_says_so(
    kind: str, small_disk: Callable[[str], None], tmp_path: Path
) -> None:
    ledger = local(tmp_path / "disk")
    ledger.append(action="label")
    if kind == "read-only":
        small_disk("ro")
    with pytest.raises(StoreError):
        fill(ledger)
    checked = check_lines(local(tmp_path / "disk").lines())
    assert checked.problems == ()
    assert checked.entries == ledger.tip()[0] >= 1


WRITES = ("fchmod", "fsync", "link", "mkdir", "open", "unlink")


def test_killed_at_every_write(tmp_path: Path) -> None:
    """Whatever a killed writer left, the next one goes on behind whole entries."""
    for kill_at in itertools.count(1):
        if fork(lambda: local(tmp_path).append(action="label"), kill_at) == 0:
            break
        before = local(tmp_path).tip()[0]
        local(tmp_path).append(action="import")
        checked = check_lines(local(tmp_path).lines())
        assert (checked.problems, checked.entries) == ((), before + 1), kill_at
        shutil.rmtree(tmp_path / "ledger")
    assert kill_at > 8


def fork(work: Callable[[], object], kill_at: int) -> int:
    """The signal that ended a process that killed itself instead of its ``kill_at``-th write."""
    child = os.fork()
    if child == 0:
        made = itertools.count(1)

        def dying(function: Callable[..., object]) -> Callable[..., object]:
            def call(*args: object, **options: object) -> object:
                if next(made) == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*args, **options)

            return call

        for name in WRITES:
            setattr(os, name, dying(getattr(os, name)))
        work()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def written(number: int) -> list[bytes]:
    """The lines of a ledger of so many entries."""
    lines, previous = [], NOTHING
    for n in range(1, number + 1):
        entry = Entry(
            number=n,
            previous=previous,
            time=f"2026-11-25T10:00:{n:02d}+00:00",
            user="ada",
            host="here",
            action="label",
            subject=f"run-{n}",
        )
        line, previous = seal(canonical_json(to_json(entry)))
        lines.append(line)
    return lines


def forged(line: bytes, **changes: object) -> bytes:
    """The entry with other fields, under a digest that fits."""
    entry, _ = read_entry(line)  # type: ignore[misc]
    return seal(canonical_json(to_json(replace(entry, **changes))))[0]  # type: ignore[arg-type]


def checkpoint(lines: list[bytes], number: int) -> Checkpoint:
    _, digest = unseal(lines[number - 1])  # type: ignore[misc]
    return Checkpoint(number=number, digest=digest, time="2026-11-25", key="k")


@dataclass(frozen=True)
class Case:
    """What somebody does to a ledger of five entries, and what is said about it."""

    name: str
    tamper: Callable[[list[bytes]], list[bytes]]
    found: tuple[tuple[str, int | None], ...]


def put(lines: list[bytes], number: int, line: bytes) -> list[bytes]:
    return [*lines[: number - 1], line, *lines[number:]]


CASES = (
    Case("nothing", lambda a: a, ()),
    Case("a letter", lambda a: put(a, 3, a[2].replace(b"ada", b"eve")), (("changed entry", 3),)),
    Case("a letter of the last", lambda a: put(a, 5, a[4][:-2] + b"x}"), (("changed entry", 5),)),
    Case("white space", lambda a: put(a, 2, a[1] + b" "), (("changed entry", 2),)),
    Case("emptied", lambda a: put(a, 1, b""), (("changed entry", 1),)),
    Case("forged", lambda a: put(a, 3, forged(a[2], user="eve")), (("changed entry", 3),)),
    Case("forged first", lambda a: put(a, 1, forged(a[0], user="eve")), (("changed entry", 1),)),
    Case(
        "forged last",
        lambda a: put(a, 5, forged(a[4], user="eve")),
        (("changed entry", 5),),
    ),
    Case("re-linked", lambda a: put(a, 3, forged(a[2], previous="?")), (("changed entry", 3),)),
    Case(
        "forged, and the next re-linked",
        lambda a: put(
            put(a, 4, forged(a[3], previous=unseal(forged(a[2], user="eve"))[1])),  # type: ignore
            3,
            forged(a[2], user="eve"),
        ),
        (("changed entry", 4),),
    ),
    Case("removed", lambda a: [*a[:2], *a[3:]], (("removed entry", 3),)),
    Case("first removed", lambda a: a[2:], (("removed entry", 1),)),
    Case("swapped", lambda a: [a[0], a[2], a[1], *a[3:]], (("moved entry", 2),)),
    Case("moved far", lambda a: [*a[1:], a[0]], (("moved entry", 1),)),
    Case("doubled", lambda a: [*a[:2], a[1], *a[2:]], (("moved entry", 2),)),
    Case("truncated", lambda a: a[:3], (("truncated ledger", 3),)),
    Case("all gone", lambda a: [], (("truncated ledger", 0),)),
    Case("written anew", lambda a: written(6)[:1] + rewritten(a), (("changed entry", 5),)),
)


def rewritten(lines: list[bytes]) -> list[bytes]:
    """Entries 2 to 5, the second forged and all behind it linked anew."""
    made, (_, previous) = [], unseal(lines[0])  # type: ignore[misc]
    for line in lines[1:]:
        new = forged(line, previous=previous, user="eve")
        _, previous = unseal(new)  # type: ignore[misc]
        made.append(new)
    return made


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_tampering_is_named(case: Case) -> None:
    lines = written(5)
    checked = check_lines(case.tamper(lines), [checkpoint(lines, 5)])
    assert tuple((p.kind, p.entry) for p in checked.problems) == case.found


LINES = written(12)
NEWEST = [checkpoint(LINES, 12)]


@given(st.data())
def test_no_single_change_is_unseen(data: st.DataObject) -> None:
    lines = list(LINES)
    way = data.draw(st.sampled_from(["change", "remove", "swap", "truncate", "forge"]))
    position = data.draw(st.integers(0, len(lines) - 1))
    line = lines[position]
    if way == "change":
        byte = data.draw(st.integers(0, len(line) - 1))
        other = data.draw(st.integers(0, 255).filter(lambda value: value != line[byte]))
        lines[position] = line[:byte] + bytes([other]) + line[byte + 1 :]
    elif way == "remove":
        del lines[position]
    elif way == "swap":
        other = data.draw(st.integers(0, len(lines) - 1).filter(lambda value: value != position))
        lines[position], lines[other] = lines[other], lines[position]
    elif way == "truncate":
        del lines[position:]
    else:
        lines[position] = forged(line, subject="other")
    assert check_lines(lines, NEWEST).problems


def test_a_damaged_last_entry_stops_nobody_and_stays_named(tmp_path: Path) -> None:
    ledger = local(tmp_path)
    ledger.append(action="label")
    (path,) = (tmp_path / "ledger" / "entries").rglob("*.json")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:50])
    assert local(tmp_path).append(action="label").number == 2
    found = [(p.kind, p.entry) for p in check_lines(local(tmp_path).lines()).problems]
    assert found == [("changed entry", 1)]
