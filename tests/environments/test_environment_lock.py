from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import pytest

from jupyter_mlops.environments import Detected, Kernel, Lock, lock_for, make_lock
from jupyter_mlops.environments.lock import RUNTIME_PACKAGES, read_lock
from jupyter_mlops.errors import EnvironmentFailure, StoreError
from jupyter_mlops.model import identity
from jupyter_mlops.model.pipeline import Pipeline
from jupyter_mlops.settings import Mlops, load_settings

NOWHERE = Mlops(index_url="http://127.0.0.1:1/simple")
PYTHON = "{}.{}".format(*sys.version_info[:2])


@pytest.fixture(autouse=True)
def no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


def detected(
    needed: dict[str, str],
    *,
    installed: dict[str, str] | None = None,
    elsewhere: dict[str, str] | None = None,
) -> Detected:
    return Detected(
        kernel=Kernel(name="python3", python=sys.executable, version=f"{PYTHON}.0"),
        needed=needed,
        closure=needed,
        installed=needed if installed is None else installed,
        elsewhere=elsewhere or {},
    )


def test_a_lock_holds_the_versions_of_the_kernel(tmp_path: Path) -> None:
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
    )
    assert {"numpy", "pandas", "scikit-learn", "scipy", *RUNTIME_PACKAGES} <= lock.packages.keys()
    assert not {"jupyterlab", "jupyter-server", "notebook"} & lock.packages.keys()
    entries = re.split(r"\n(?=[a-z0-9])", lock.text.partition("\n")[2].rstrip())
    assert [entry for entry in entries[1:] if "--hash=sha256:" not in entry] == []
    assert "://" not in lock.text


def test_equal_requests_are_resolved_once(tmp_path: Path) -> None:
    request = detected({"tzdata": version("tzdata")})
    first = make_lock(request, settings=load_settings(), store_cache=tmp_path)
    assert make_lock(request, settings=NOWHERE, store_cache=tmp_path) == first
    with pytest.raises(EnvironmentFailure):
        make_lock(
            replace(request, installed={"tzdata": "1"}), settings=NOWHERE, store_cache=tmp_path
        )


def test_the_steps_own_packages_give_way(tmp_path: Path) -> None:
    """A kernel whose tornado no jupyter_client takes still gets what the notebook imports."""
    needed = {"tzdata": version("tzdata")}
    request = detected(needed, installed={**needed, "tornado": "4.0", "papermill": "1.0"})
    lock = make_lock(request, settings=load_settings(), store_cache=tmp_path)
    assert lock.packages["tzdata"] == needed["tzdata"]
    assert lock.packages.keys() >= {"papermill", "tornado"}
    assert lock.packages["tornado"] != "4.0"


@dataclass(frozen=True, kw_only=True)
class Refused:
    title: str
    needed: dict[str, str]
    elsewhere: dict[str, str] = field(default_factory=dict)
    settings: Mlops | None = None
    message: str


REFUSED = [
    Refused(
        title="no such version",
        needed={"tzdata": "1900.1"},
        message=r"the notebook's packages cannot be locked:\n(  .+\n)*.*tzdata==1900\.1",
    ),
    Refused(
        title="from no index",
        needed={"mine": "1.0"},
        elsewhere={"mine": "file:///home/me/mine"},
        message=r"the notebook needs packages that no package index has: "
        r"mine \(from file:///home/me/mine\)$",
    ),
    Refused(
        title="an index that does not answer",
        needed={"tzdata": "2024.1"},
        settings=NOWHERE,
        message=r"the notebook's packages cannot be locked:\n(  .+\n?)+$",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.title)
def test_what_cannot_be_locked_is_named(case: Refused, tmp_path: Path) -> None:
    request = detected(case.needed, elsewhere=case.elsewhere)
    with pytest.raises(EnvironmentFailure) as caught:
        make_lock(request, settings=case.settings or load_settings(), store_cache=tmp_path)
    assert re.match(case.message, caught.value.message)
    assert len(caught.value.message.splitlines()) <= 13
    assert caught.value.fix.endswith("or run with --engine local")
    assert list(tmp_path.rglob("*.txt")) == []


def test_a_cache_that_is_no_folder_is_named(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.touch()
    with pytest.raises(StoreError, match="cache/locks"):
        make_lock(detected({}), settings=NOWHERE, store_cache=cache)


def test_another_file_is_no_lock() -> None:
    with pytest.raises(ValueError, match="names no Python version"):
        read_lock("numpy==2.0 --hash=sha256:00\n")
