"""The past, asked from Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalog_samples import run_named

import jupyter_mlops
from jupyter_mlops.errors import UnknownRun
from jupyter_mlops.store import Store


def test_runs_are_asked_for(tmp_path: Path) -> None:
    runs = [run_named(name) for name in ("first", "second")]
    store = Store(tmp_path).open()
    for run in runs:
        store.catalog.save_run(run)
    store.close()
    with jupyter_mlops.Catalog(tmp_path) as catalog:
        assert catalog.runs() == runs[::-1]
        assert catalog.runs(state="failed") == []
        assert catalog.show("latest") == runs[1]
        with pytest.raises(UnknownRun):
            catalog.show("third")
