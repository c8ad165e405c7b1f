from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_mlops.bundle import write_bundle
from jupyter_mlops.compiler import compile_notebook
from jupyter_mlops.environments.lock import read_lock
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.notebook import read_notebook

EXAMPLE = Path(__file__).parents[1] / "examples" / "breast_cancer" / "breast_cancer.ipynb"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def compiled():
    return compile_notebook(read_notebook(EXAMPLE))


def test_files_of_a_bundle(compiled, tmp_path: Path) -> None:
    write_bundle(compiled, lock=None, folder=tmp_path / "deep" / "out")
    names = [step.name for step in compiled.pipeline.steps]
    files = bytes_of(tmp_path / "deep" / "out")
    assert set(files) == {"pipeline.json", "README.md", *(f"stages/{n}.ipynb" for n in names)}
    assert json.loads(files["pipeline.json"])["digest"] == compiled.digest
    assert list((tmp_path / "deep").iterdir()) == [tmp_path / "deep" / "out"]


def test_a_lock_lies_beside_the_wheels_that_it_needs(compiled, tmp_path: Path) -> None:
    wheel = tmp_path / "mine-0.3-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    text = "# Python 3.11\nmine==0.3 --hash=sha256:00\n"
    lock = replace(read_lock(text), wheels={wheel.name: wheel}, source="uv.lock")
    write_bundle(compiled, lock=lock, folder=tmp_path / "out")
    files = bytes_of(tmp_path / "out")
    found = {name: files[name] for name in ("requirements.lock", f"wheels/{wheel.name}")}
    assert found == {
        "requirements.lock": text.encode(),
        f"wheels/{wheel.name}": b"a wheel",
    }
    said = "Python 3.11; 1 packages with hashes in `requirements.lock`, from uv.lock; those that no"
    assert f"{said} index has are in `wheels/`." in files["README.md"].decode()


def test_the_readme_documents_the_pipeline(compiled, tmp_path: Path) -> None:
    write_bundle(compiled, lock=None, folder=tmp_path / "out")
    readme = (tmp_path / "out" / "README.md").read_text()
    pipeline = compiled.pipeline
    assert readme.startswith(f"# {pipeline.title}\n\n{pipeline.description[:40]}")
    for parameter in pipeline.parameters:
        assert f"| `{parameter.name}` |" in readme
        assert parameter.help in readme
    for step in pipeline.steps:
        assert f"### {step.name}\n" in readme


def test_equal_notebooks_give_equal_bytes(compiled, tmp_path: Path) -> None:
    again = compile_notebook(read_notebook(EXAMPLE))
    write_bundle(compiled, lock=None, folder=tmp_path / "a")
    write_bundle(again, lock=None, folder=tmp_path / "b")
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")


def test_an_earlier_bundle_is_replaced_whole(compiled, tmp_path: Path) -> None:
    write_bundle(compiled, lock=None, folder=tmp_path / "a")
    (tmp_path / "a" / "stages" / "old.ipynb").write_text("{}")
    write_bundle(compiled, lock=None, folder=tmp_path / "a")
    assert "stages/old.ipynb" not in bytes_of(tmp_path / "a")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_anything_else_is_left_alone(compiled, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("x")
    for name in ("mine", "file"):
        with pytest.raises(MlopsError, match="not a pipeline folder"):
            write_bundle(compiled, lock=None, folder=tmp_path / name)
    with pytest.raises(MlopsError, match="cannot be written"):
        write_bundle(compiled, lock=None, folder=tmp_path / "file" / "sub")
    assert bytes_of(tmp_path / "mine") == {"thesis.txt": b"years of work"}


ASKED = {
    "{}": "",
    '{"gpus": 0, "network": "default"}': "",
    '{"cpus": 2, "retries": 1}': "Asks for cpus 2.0, retries 1.",
    '{"data": ["../d"], "secrets": ["PW"], "hermetic": true}': (
        "Asks for network none, data folder `../d`, secret `PW`, a hermetic environment."
    ),
}


@pytest.mark.parametrize("settings", ASKED)
def test_the_readme_says_what_a_step_asks_for(notebook_file, tmp_path: Path, settings: str) -> None:
    path = notebook_file([("step:load", "x = 1")], settings=json.loads(settings))
    write_bundle(compile_notebook(read_notebook(path)), lock=None, folder=tmp_path / "out")
    section = (tmp_path / "out" / "README.md").read_text().partition("### load")[2]
    said = [line for line in section.splitlines() if line.startswith("Asks for")]
    assert "".join(said) == ASKED[settings]
