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
from pathlib import Path
from collected import do_run
from jupyter_mlops.errors import ExecutionGone
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
        print("gone")
        run = store.catalog.find_run(name)
        store.catalog.save_run(__import__("dataclasses").replace(run, state="failed", ended="2027"))
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
    """Two drivers and two collectors, on as many machines as there are roots."""
    path = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "store")]
    paths = f"import sys; sys.path[:0] = {path!r}\n"
    works = [(DRIVER, "a"), (COLLECTOR, "c"), (COLLECTOR, "d"), (DRIVER, "b")]
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
    assert all(text.endswith("done\n") for text in said), said
    store = Store(roots[0], catalog=catalog, objects=objects).open()
    assert_whole(store)
    for _ in range(2):
        done = collect(store, Rules(keep_last=2), dry_run=False)
    assert (done.waiting, done.objects, store.objects.piles()) == (0, 0, [])
    kinds = {problem.kind for problem in check_store(store)}
    assert kinds <= ({"folder of no run"} if len(roots) > 1 else set())
    assert_whole(store)
    assert len(store.catalog.list_runs(notebook="/books/a")) >= 2
    store.close()


def test_on_one_machine(tmp_path: Path) -> None:
    Store(tmp_path / "store").open().catalog.list_runs()
    at_once([tmp_path / "store"], "", "")


@pytest.mark.xdist_group("postgres")
def test_on_two_machines(tmp_path: Path, postgres: PostgresServer) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    at_once(roots, postgres.create_database(), f"file://{tmp_path}/objects")
