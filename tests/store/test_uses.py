"""What the index of digests takes note of."""

from __future__ import annotations

import base64
import json
import sqlite3
from dataclasses import replace

from catalog_samples import execution_named
from test_migrations import put_unversioned

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.store import Store
from jupyter_mlops.store.pictures import find_pictures
from jupyter_mlops.store.uses import Use, moment_of, uses_of

BEGUN, ENDED = "2026-11-01T10:00:00.5+00:00", "2026-11-01T12:00:00+01:00"


def test_what_an_execution_made_and_took() -> None:
    files = (
        FileRef(path="in.csv", digest="sha256:i", size=1),
        FileRef(path="out.csv", digest="sha256:f", size=9),  # an earlier step wrote it
        FileRef(path="data/", digest="sha256:listing", size=3),
        FileRef(path="empty", digest="sha256:empty", size=0),
        FileRef(path="link", digest="sha256:link", size=3, kind="link"),
        FileRef(path="gone", digest=None),
    )
    received = Group(names=("df",), digest="sha256:d", size=3, requires=("np",), step="load")
    groups = (
        received,
        Group(names=("@random",), digest="sha256:r", size=1, step="train"),
        Group(names=("a", "b"), digest="sha256:ab", size=1, step="train"),
    )
    execution = execution_named("r1.train.1")
    environment = replace(execution.environment, lock="sha256:l")
    result = replace(
        execution.result,
        started=BEGUN,
        ended=ENDED,
        groups=groups,
        files_read=files,
        files_written=files[:1],
        notebook="sha256:n",
    )
    begun, ended = 1_793_527_200_500_000, 1_793_530_800_000_000
    execution = replace(execution, environment=environment, result=result)
    assert list(uses_of(execution, [("c1", "sha256:p")])) == [
        Use("sha256:d", "received", begun, "df", "variables", "load"),
        Use("sha256:i", "read", begun, "in.csv", "file"),
        Use("sha256:f", "received", begun, "out.csv", "file", None),
        Use("sha256:s", "read", begun, "", "source notebook"),
        Use("sha256:t", "read", begun, "", "stage notebook"),
        Use("sha256:l", "read", begun, "", "lock"),
        Use("sha256:ab", "made", ended, "a, b", "variables"),
        Use("sha256:i", "made", ended, "in.csv", "file"),
        Use("sha256:n", "made", ended, "", "executed notebook"),
        Use("sha256:p", "made", ended, "c1", "figure"),
    ]
    assert moment_of("long ago") == 0


def test_pictures_are_found_as_they_are_saved() -> None:
    png, svg = b"\x89PNG\r\n", "<svg>\n</svg>"
    text = base64.encodebytes(png).decode()
    data = [
        {"image/png": text, "text/plain": "<Figure>"},
        {"image/svg+xml": svg.splitlines(keepends=True)},
        {"image/gif": "é"},
        {"text/html": "<img>"},
    ]
    outputs = [{"output_type": "display_data", "data": item} for item in data]
    outputs.append({"output_type": "stream", "text": "…"})
    cells = [{"cell_type": "markdown", "id": "a"}, {"id": "b", "outputs": outputs}]
    assert find_pictures(json.dumps({"cells": cells}).encode()) == [
        ("b", of_bytes(png)),
        ("b", of_bytes(svg.encode())),
    ]
    for strange in (b"executed", b"[1]", b'{"cells": [1]}', b'{"cells": [{"outputs": [[]]}]}'):
        assert find_pictures(strange) == []


def test_an_old_catalog_learns_which_executions_its_steps_have(store: Store) -> None:
    path = store.root / "catalog.sqlite"
    put_unversioned(path)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "UPDATE steps SET document = ? WHERE position = 1",
            ['{"step": "train", "execution": "old.train.1", "metrics": {"loss": NaN}}'],
        )
    connection.close()
    store.catalog.list_runs(limit=0)
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT position, step, execution FROM steps").fetchall()
    connection.close()
    assert rows == [(0, "load", None), (1, "train", "old.train.1")]
