"""kill -9 instead of each write of a collection: the store is right, and the next one finishes."""

from __future__ import annotations

import itertools
import shutil
import sys
from pathlib import Path

from collected import assert_whole, do_run, files, names

from jupyter_mlops.lineage.gc import collect
from jupyter_mlops.lineage.label import set_alias, tag
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.store import Store, check_store

sys.path.append(str(Path(__file__).parents[1] / "runner"))

from replay import in_child

RULES = Rules(keep_last=1)


def make(root: Path) -> None:
    """A run that stays, one that it rests on, one that is labelled, and two that go."""
    store = Store(root).open()
    first = do_run(store, "r1", makes="one")
    do_run(store, "r2", makes="two")
    do_run(store, "r3", makes="one")
    set_alias(store, "best", "r2")
    set_alias(store, "best", "r3")
    tag(store, "r2", "x")
    tag(store, "r2", "x", remove=True)
    do_run(store, "r4", reuses=first)
    do_run(store, "r5", reuses=first)
    store.objects.put_bytes(b"garbage")
    store.close()


def gone(root: Path) -> None:
    collect(Store(root).open(), RULES, dry_run=False)


def test_killed_at_every_write(memory_path: Path) -> None:
    past, whole = memory_path / "past", memory_path / "whole"
    make(past)
    shutil.copytree(past, whole)
    gone(whole)
    expected = files(whole)
    assert names(Store(whole)) == ["r5", "r3", "r1"]
    for number in itertools.count(1):
        root = memory_path / "killed"
        shutil.copytree(past, root)
        killed = in_child(lambda: gone(root), kill_at=number)  # noqa: B023
        store = Store(root)
        assert_whole(store, number)
        assert set(names(store)) in ({"r1", "r2", "r3", "r4", "r5"}, {"r1", "r3", "r5"}), number
        assert store.catalog.find_run("best").run == "r3"
        store.close()
        if number % 4 == 0:  # the catalog is lost as well
            (root / "catalog.sqlite").unlink()
            store.open().rebuild_catalog()
            assert_whole(store, number)
            assert {"r1", "r3", "r5"} <= set(names(store)), number
            store.close()
        gone(root)
        assert (names(store), files(root)) == (["r5", "r3", "r1"], expected), number
        store.close()
        shutil.rmtree(root)
        if not killed:
            break
    assert number > 60
    assert check_store(Store(whole)) == ()
