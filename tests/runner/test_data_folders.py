"""Data folders are found, or refused before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.errors import NotebookError
from jupyter_mlops.model.pipeline import Containment, Pipeline, Step
from jupyter_mlops.runner.data import find_data


@dataclass(frozen=True, kw_only=True)
class Data:
    """Folders as written (``{base}`` is the place of everything), and what becomes of them."""

    id: str
    written: tuple[str, ...]
    names: tuple[str, ...] = ()
    says: str | None = None


DATA = [
    Data(id="none", written=()),
    Data(id="beside", written=("../data",), names=("{base}/data",)),
    Data(id="absolute", written=("{base}/data",), names=("{base}/data",)),
    Data(id="in the project", written=("big",), names=("big",)),
    Data(id="in the project, absolute", written=("{base}/project/big/",), names=("big",)),
    Data(id="twice", written=("../data", "{base}/data"), names=("{base}/data",)),
    Data(id="one in another", written=("../data/in", "../data"), names=("{base}/data",)),
    Data(id="link", written=("../link",), names=("{base}/link",)),
    Data(id="missing", written=("../nothing",), says="does not exist ({base}/nothing)"),
    Data(id="file", written=("a.csv",), says="is no folder ({base}/project/a.csv)"),
    Data(id="the project", written=(".",), says="holds the project"),
    Data(id="above the project", written=("..",), says="holds the project"),
    Data(id="above it, by a link", written=("../up",), says="holds the project"),
    Data(id="the store", written=("../store",), says="holds the store"),
    Data(id="in the store", written=("../store/runs",), says="lies in the store"),
    Data(id="everything", written=("/",), says="holds the project"),
    Data(id="system", written=("/etc",), says="is a folder of the system"),
    Data(id="devices", written=("/dev/shm",), says="is a folder of the system"),
]


@pytest.mark.parametrize("case", DATA, ids=lambda case: case.id)
def test_find(tmp_path: Path, case: Data) -> None:
    project, store = tmp_path / "project", tmp_path / "store"
    for folder in (project / "big", store / "runs", tmp_path / "data" / "in"):
        folder.mkdir(parents=True)
    (project / "a.csv").touch()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    (tmp_path / "up").symlink_to(tmp_path)
    written = tuple(text.format(base=tmp_path) for text in case.written)
    step = Step(name="load", cells=(), containment=Containment(data=written))
    given = {"notebook": project / "n.ipynb", "root": project, "store": store}
    pipeline = Pipeline(name="p", title="p", steps=(step,))
    if case.says is None:
        (found,) = find_data(pipeline, **given).steps
        assert found.containment.data == tuple(n.format(base=tmp_path) for n in case.names)
        return
    with pytest.raises(NotebookError) as raised:
        find_data(pipeline, **given)
    message = raised.value.message
    assert message.startswith(f"data folder {written[0]} of step 'load' ")
    assert case.says.format(base=tmp_path) in message
