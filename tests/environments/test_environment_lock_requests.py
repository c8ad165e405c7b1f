"""Requests for locks: equal ones are resolved once, and a real kernel's is answered."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
from packages import Index
from projectfiles import PYTHON, detected, laid_out

from jupyter_mlops.environments import Lock, lock_for, make_lock
from jupyter_mlops.environments.declaration import find_declaration
from jupyter_mlops.environments.runtime import RUNTIME
from jupyter_mlops.errors import EnvironmentFailure, StoreError
from jupyter_mlops.model import identity
from jupyter_mlops.model.pipeline import Pipeline
from jupyter_mlops.settings import Mlops, load_settings

NOWHERE = Mlops(index_url="http://127.0.0.1:1/simple")
BETA = detected({"beta": "1.4"})


@pytest.fixture(autouse=True)
def no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


def test_equal_requests_are_resolved_once(index: Index, tmp_path: Path) -> None:
    settings = Mlops(index_url=index.url)
    first = make_lock(BETA, settings=settings, store_cache=tmp_path)
    assert make_lock(BETA, settings=NOWHERE, store_cache=tmp_path) == first
    for other in (
        {"request": replace(BETA, installed={"beta": "1"}), "refresh": False},
        {"request": BETA, "refresh": True},
    ):
        with pytest.raises(EnvironmentFailure):
            make_lock(
                other["request"],
                settings=NOWHERE,
                store_cache=tmp_path,
                refresh=other["refresh"],
            )


def test_a_changed_file_is_another_request(index: Index, tmp_path: Path) -> None:
    project = tmp_path / "project"
    laid_out(project, {"requirements.txt": "-r more.txt\n", "more.txt": "beta\n"}, index)
    declaration = find_declaration(project)
    settings = Mlops(index_url=index.url)
    found = []
    for text in ("beta\n", "beta>1.5\n"):
        (project / "more.txt").write_text(text)
        lock = make_lock(BETA, declaration=declaration, settings=settings, store_cache=tmp_path)
        found.append(lock.packages["beta"])
    assert found == ["1.4", "1.9"]


def test_a_real_kernel_is_locked_in_its_versions(tmp_path: Path) -> None:
    lock = lock_for(
        Pipeline(name="n", title="n", imports=("pandas", "sklearn")),
        notebook=tmp_path / "n.ipynb",
        settings=load_settings(),
        store_cache=tmp_path,
    )
    assert lock == Lock(
        text=lock.text,
        digest=identity.of_bytes(lock.text.encode()),
        python=PYTHON,
        packages={name: version(name) for name in lock.packages},
        source="imports of the notebook, versions of kernel 'python3'",
    )
    assert {"numpy", "pandas", "scikit-learn", "scipy", *RUNTIME} <= lock.packages.keys()
    assert not {"jupyterlab", "jupyter-server", "notebook"} & lock.packages.keys()
    entries = re.split(r"\n(?=[a-z0-9])", lock.text.partition("\n")[2].rstrip())
    assert [entry for entry in entries[1:] if "--hash=sha256:" not in entry] == []
    assert "://" not in lock.text


def test_a_cache_that_is_no_folder_is_named(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.touch()
    with pytest.raises(StoreError, match="cache/locks"):
        make_lock(BETA, settings=NOWHERE, store_cache=cache)
