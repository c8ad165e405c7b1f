"""Files that land: once they have settled, once for each content, whatever is killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import threading
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest
from planned import StoppedClock, at, schedule_named, told

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.schedule import Schedule, Timing
from jupyter_mlops.scheduling import landed
from jupyter_mlops.scheduling.book import (
    add_schedule,
    find_schedule,
    history,
    pause_schedule,
    resume_schedule,
)
from jupyter_mlops.scheduling.files import PlaceError, check_pattern, digests_of, fixed_folder
from jupyter_mlops.scheduling.folders import Folders
from jupyter_mlops.scheduling.landed import look_at_files
from jupyter_mlops.scheduling.triggers import file_trigger
from jupyter_mlops.store import Store
from jupyter_mlops.store.systems import connect

MAPPED = {"path": "$.path", "digest": "$.digest"}


def waiting(source: object, name: str = "a", **changes: object) -> Schedule:
    trigger = replace(file_trigger(str(source)), parameters=MAPPED, settle=60, every=600)
    plain = schedule_named(name, missed="all", overlap="allow")
    asked = replace(plain, timing=Timing(kind="event"), trigger=trigger)
    return replace(asked, **changes)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


def looked(store: Store, minute: float) -> list[str]:
    """Names of the files that have become ticks at a look."""
    fired = look_at_files(store, "a", at(minute)).fired
    return [Path(str(tick.parameters["path"])).name for tick in fired.ticks]


@pytest.mark.parametrize("place", ["folder", "memory"])
def test_a_file_counts_once_it_has_settled_and_once_for_its_content(
    store: Store, folder: Path, place: str
) -> None:
    root = str(folder) if place == "folder" else f"memory://{folder}"
    files, path = fsspec.core.url_to_fs(root)

    def put(name: str, content: bytes) -> None:
        files.pipe_file(f"{path}/{name}", content)

    put("old.csv", b"old")
    add_schedule(store, waiting(f"{root}/*.csv"), at(0))
    put("a.csv", b"1")
    put("a.txt", b"another pattern's")
    assert [looked(store, minute) for minute in (1, 1.5, 2, 2.5)] == [[], [], ["a.csv"], []]
    put("b.csv", b"2")
    assert looked(store, 3) == []
    put("b.csv", b"2, and more is written")
    assert [looked(store, minute) for minute in (4, 5)] == [[], ["b.csv"]]
    put("copy-of-a.csv", b"1")
    put("old.csv", b"new")
    assert [looked(store, minute) for minute in (6, 7, 8)] == [[], ["old.csv"], []]
    tick = history(store, "a")[0]
    name = files.unstrip_protocol(f"{path}/old.csv") if place == "memory" else f"{path}/old.csv"
    assert (tick.cause, tick.parameters) == (
        f"{name} landed",
        {"path": name, "digest": of_bytes(b"new")},
    )


@pytest.mark.parametrize("place", ["bucket", "ssh_user"])
def test_files_land_on_real_servers(
    file_store: Store, folder: Path, place: str, request: pytest.FixtureRequest
) -> None:
    store, server = file_store, request.getfixturevalue(place)
    root = f"{server}/in" if place == "bucket" else server.url(folder)
    system = connect(root)

    def put(name: str, content: bytes) -> None:
        system.files.pipe_file(f"{system.root}/{name}", content)

    put("old.csv", b"old")
    add_schedule(store, waiting(f"{root}/*.csv"), at(0))
    put("a.csv", b"1")
    put("old.csv", b"older")
    assert [looked(store, minute) for minute in (1, 2, 3)] == [[], ["a.csv", "old.csv"], []]
    (tick, _) = history(store, "a")[::-1]
    assert tick.parameters == {"path": f"{root}/a.csv", "digest": of_bytes(b"1")}
    system.close()


def test_what_is_there_when_a_schedule_is_resumed_does_not_count(
    file_store: Store, folder: Path
) -> None:
    store = file_store
    add_schedule(store, waiting(folder / "*"), at(0))
    pause_schedule(store, "a", at(0))
    (folder / "a").write_text("1")
    assert looked(store, 1) == []
    resume_schedule(store, "a", at(2))
    (folder / "b").write_text("2")
    assert [looked(store, minute) for minute in (2, 3)] == [[], ["b"]]
    store.close()
    (store.root / "catalog.sqlite").unlink()
    store.rebuild_catalog()
    assert [looked(store, minute) for minute in (4, 5)] == [[], []]
    (folder / "c").write_text("3")
    assert [looked(store, minute) for minute in (6, 7)] == [[], ["c"]]


def test_a_place_that_is_away_for_a_while(file_store: Store, folder: Path) -> None:
    """It is not saved without its place; later it is told of, waited for, and stops no other."""
    store, clock = file_store, StoppedClock()
    with pytest.raises(PlaceError, match="no such folder"):
        add_schedule(store, waiting(folder / "none" / "*"), at(0))
    with pytest.raises(PlaceError, match="means /in"):
        add_schedule(store, waiting("memory:///in/"), at(0))
    with pytest.raises(PlaceError, match="nothing"):
        add_schedule(store, waiting("nothing://x/*"), at(0))
    add_schedule(store, waiting(folder / "*"), at(0))
    other = folder.with_name("other")
    other.mkdir()
    add_schedule(store, waiting(other / "*", "b"), at(0))
    (other / "x").write_text("x")
    folder.rename(folder.with_name("away"))

    def turn(minute: float) -> list[tuple[str, tuple[str, ...], int]]:
        clock.moment = at(minute)
        folders.look_once()
        return [(n, look.problems, len(look.fired.ticks)) for n, look in folders.turn()]

    folders = Folders(store, clock=clock)
    try:
        away = (f"{folder}: no such folder",)
        assert turn(1) == [("a", away, 0), ("b", (), 0)]
        assert find_schedule(store, "a").why == away[0]
        ended = {name: (problems, ticks) for name, problems, ticks in turn(2)}
        assert (ended["a"], ended["b"]) == (((), 0), ((), 1))
        folder.with_name("away").rename(folder)
        turn(3)
        assert (find_schedule(store, "a").why, find_schedule(store, "a").state) == ("", "active")
    finally:
        folders.close()


def test_more_files_than_are_read_at_one_look(
    file_store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, clock = file_store, StoppedClock(at(1))
    monkeypatch.setattr(landed, "FILES_AT_ONCE", 2)
    add_schedule(store, waiting(folder / "*"), at(0))
    for n in range(5):
        (folder / f"{n}").write_text(f"{n}")
    folders = Folders(store, clock=clock)
    try:
        folders.look_once()
        clock.moment = at(3)
        folders.look_once()
    finally:
        folders.close()
    assert [state for _, state in told(store, "a")] == ["queued"] * 5


def test_only_what_is_a_file_counts(file_store: Store, folder: Path) -> None:
    store = file_store
    add_schedule(store, waiting(folder / "*"), at(0))
    (folder / "a").write_text("1")
    (folder / "link").symlink_to(folder / "a")
    (folder / "broken").symlink_to(folder / "none")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    assert [looked(store, minute) for minute in (1, 2)] == [[], ["a"]]


def test_a_file_that_cannot_be_read_is_named_and_stops_no_other(folder: Path) -> None:
    (folder / "a").write_text("1")
    unread: list[str] = []
    paths = [str(folder), str(folder / "none"), str(folder / "a")]
    found = digests_of(f"{folder}/*", [*paths, *paths], unread.append, most=1)
    assert (found, unread) == (
        {paths[2]: of_bytes(b"1")},
        [f"{folder} cannot be read: Is a directory"],
    )


def test_a_bad_one_is_set_aside_and_stops_no_other(file_store: Store, folder: Path) -> None:
    store, clock = file_store, StoppedClock(at(1))
    for name in ("bad", "good"):
        add_schedule(store, waiting(folder / "*", name), at(0))
    from jupyter_mlops.store.schema import schedules

    broken = schedules.update().where(schedules.c.name == "bad").values(document="{")
    store.catalog.database.write(lambda connection: connection.execute(broken))
    folders = Folders(store, clock=clock)
    folders.look_once()
    seen = dict(folders.turn())
    folders.close()
    assert [name for name, _ in seen["bad"].fired.set_aside] == ["bad"]
    assert (find_schedule(store, "bad").state, seen["good"].problems) == ("invalid", ())


def test_no_password_is_stored() -> None:
    with pytest.raises(ScheduleError, match="holds a password"):
        check_pattern("sftp://ada:secret@host/in/*")


FOLDERS = {
    "/data/in/*.csv": "/data/in",
    "/data/in/a.csv": "/data/in",
    "/data/*/in/*.csv": "/data",
    "/data/**/x": "/data",
    "/d[ab]ta/x": "/",
}


@pytest.mark.parametrize("source", FOLDERS)
def test_where_all_files_of_a_pattern_lie(source: str) -> None:
    assert str(fixed_folder(source)) == FOLDERS[source]


def test_a_service_hears_of_a_file_before_it_looks(file_store: Store, folder: Path) -> None:
    """The next look is ten minutes away on its clock, which stands."""
    store, clock = file_store, StoppedClock(at(0))
    asked = waiting(folder / "*")
    trigger = replace(asked.trigger, settle=0.0, every=600.0)  # type: ignore[type-var]
    add_schedule(store, replace(asked, trigger=trigger), at(0))
    folders, never = Folders(store, clock=clock), threading.Event()

    def ended_look() -> int:
        """How many ticks the next look made that ends; pytest's timeout ends the wait."""
        while not (ended := folders.turn()):
            never.wait(0.01)
        return sum(len(look.fired.ticks) for _, look in ended)

    try:
        assert ended_look() == 0
        folder.with_name("a").write_text("1")
        folder.with_name("a").rename(folder / "a")
        clock.moment = at(1)
        assert ended_look() == 0
        clock.moment = at(2)
        assert ended_look() == 1
    finally:
        folders.close()
    assert [minute for minute, _ in told(store, "a")] == [2.0]


def storm_of_looks(store: Store, said: int) -> None:
    """Look at every minute's third, and tell of each look and each step in it."""
    for third in range(3 * MINUTES):
        look_at_files(store, "a", at(third / 3))
        os.write(said, b".")


MINUTES, LOOKERS, KILLS = 12, 3, 12
FORK = multiprocessing.get_context("fork")


def test_every_content_is_one_tick_in_a_storm(store: Store, folder: Path) -> None:
    """Services look while files land, and are killed at every moment."""
    add_schedule(store, waiting(folder / "*"), at(0))
    store.close()  # no connection is to be shared with the services
    dice = random.Random(7)
    for n in range(20):
        (folder / f"{n}").write_text(str(n % 15))
    for round_ in range(KILLS + 1):
        heard, said = os.pipe()
        lookers = [FORK.Process(target=storm_of_looks, args=(store, said)) for _ in range(LOOKERS)]
        for looker in lookers:
            looker.start()
        os.close(said)
        for _ in range(dice.randrange(40) if round_ < KILLS else 0):
            os.read(heard, 1)
        for looker in lookers:
            if round_ < KILLS:
                looker.kill()
        while os.read(heard, 4096):
            pass
        for looker in lookers:
            looker.join()
        os.close(heard)
    found = sorted(str(tick.parameters["digest"]) for tick in history(store, "a", limit=100))
    assert found == sorted(of_bytes(str(n).encode()) for n in range(15))
