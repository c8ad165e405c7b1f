"""Runs and collections at once, in processes of their own: nothing that is on record is lost.

The runs make few different objects: what one collection takes is put and reused all the time.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from collected import assert_whole
from postgres_server import PostgresServer, postgres

from jupyter_mlops.lineage.gc import collect
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.store import Store, check_store

__all__ = ["postgres"]

DRIVER = """
import random, sys
from contextlib import suppress
from pathlib import Path
from collected import do_run
from jupyter_mlops.errors import ExecutionGone, ObjectMissing
from jupyter_mlops.lineage.label import set_alias
from jupyter_mlops.lineage.target import UnknownArtifact
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store import Store
root, catalog, objects, me = sys.argv[1:]
store, chance = Store(Path(root), catalog=catalog, objects=objects).open(), random.Random(me)
for number in range(14):
    name, found = f"{me}{number:02}", store.catalog.executions("sha256:k")
    try:
        if found and chance.random() < 0.6:
            do_run(store, name, reuses=chance.choice(found), notebook=f"/books/{me}")
        else:
            do_run(store, name, makes=f"model {chance.randrange(3)}", notebook=f"/books/{me}")
    except ExecutionGone:
        pass  # nobody drives it any more: it is found lost
    with suppress(ObjectMissing, UnknownArtifact):
        model = of_bytes(b"model %d" % chance.randrange(3))
        set_alias(store, f"{me}{number % 2}", chance.choice((name, model)))
print("done")
"""

CHECKER = """
import sys
from pathlib import Path
from collected import HARMLESS
from jupyter_mlops.store import Store, check_store
root, catalog, objects, me = sys.argv[1:]
store = Store(Path(root), catalog=catalog, objects=objects).open()
for _ in range(8):
    wrong = [str(problem) for problem in check_store(store) if problem.kind not in HARMLESS]
    assert not wrong, wrong
print("done")
"""

COLLECTOR = """
import sys
from pathlib import Path
from jupyter_mlops.lineage.gc import collect
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.store import Store
root, catalog, objects, me = sys.argv[1:]
store = Store(Path(root), catalog=catalog, objects=objects).open()
gone = sum(len(collect(store, Rules(keep_last=2), dry_run=False).runs) for _ in range(10))
print(gone, "done")
"""


def at_once(roots: list[Path], catalog: str, objects: str) -> None:
    """Two drivers, two collectors and a checker, on as many machines as there are roots."""
    path = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "store")]
    paths = f"import sys; sys.path[:0] = {path!r}\n"
    works = [(DRIVER, "a"), (COLLECTOR, "c"), (COLLECTOR, "d"), (DRIVER, "b"), (CHECKER, "e")]
    store = Store(roots[0], catalog=catalog, objects=objects).open()
    store.catalog.list_runs()  # makes the tables
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", paths + code, str(roots[n % len(roots)]), catalog, objects, me],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for n, (code, me) in enumerate(works)
    ]
    said = [process.communicate()[0] for process in processes]
    assert [text for text in said if not text.endswith("done\n")] == []
    assert_whole(store)
    for _ in range(2):
        done = collect(store, Rules(keep_last=2), dry_run=False)
    assert (done.waiting, done.objects, store.objects.piles()) == (0, 0, [])
    elsewhere = {"folder of no run"} if len(roots) > 1 else set()
    assert [problem for problem in check_store(store) if problem.kind not in elsewhere] == []
    assert_whole(store)
    assert len(store.catalog.list_runs(notebook="/books/a")) >= 2
    store.close()


def test_on_one_machine(tmp_path: Path) -> None:
    at_once([tmp_path / "store"], "", "")


@pytest.mark.xdist_group("postgres")
def test_on_two_machines(tmp_path: Path, postgres: PostgresServer) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    at_once(roots, postgres.create_database(), f"file://{tmp_path}/objects")
