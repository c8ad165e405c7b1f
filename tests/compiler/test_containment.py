"""Settings that reach the compiled pipeline: hermetic steps, data folders, Kale's secrets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlops.compiler import compile_notebook
from jupyter_mlops.model.pipeline import Containment, Pipeline, Secret
from jupyter_mlops.notebook import read_notebook


def compiled(path: Path) -> Pipeline:
    return compile_notebook(read_notebook(path)).pipeline


@pytest.mark.parametrize("hermetic", [True, False])
def test_hermetic_cuts_off_the_network(notebook_file: Callable[..., Path], hermetic: bool) -> None:
    settings = {"hermetic": hermetic, "network": "default"}
    (step,) = compiled(notebook_file([("step:a", "x = 1")], settings=settings)).steps
    assert step.resources.network == ("none" if hermetic else "default")


LEADS_OUT = {
    "open('../data/a.csv')": False,
    "open('../data')": False,
    "open('../data2/a.csv')": True,
    "open('../data/../other/a.csv')": True,
    "open('../../data/a.csv')": True,
    "import os\nopen(os.path.join('..', 'other', 'a.csv'))": True,
    "%cd ..": True,
    "%cd '../other'": True,
    "%cd ../data": False,
    "%cd other": False,
    "%%bash\ncat a.csv ../other/b.csv": True,
    "lines = !cat ../other/a.csv": True,
}


@pytest.mark.parametrize("source", LEADS_OUT)
def test_data_folder_does_not_widen_the_project(
    notebook_file: Callable[..., Path], source: str
) -> None:
    path = notebook_file([("step:a", source)], settings={"data": ["../data"]})
    assert compiled(path).uses_parent_folder is LEADS_OUT[source]


def test_secret_tag_is_added_to_the_settings(notebook_file: Callable[..., Path]) -> None:
    path = notebook_file([(["step:a", "secret:TOKEN"], "x = 1"), ("step:b", "y = 1")])
    document = json.loads(path.read_text())
    document["cells"][0]["metadata"]["jupyter_mlops"] = {"secrets": ["DB_PASSWORD"]}
    path.write_text(json.dumps(document))
    both = (Secret(name="DB_PASSWORD"), Secret(name="TOKEN"))
    assert [step.containment for step in compiled(path).steps] == [
        Containment(secrets=both),
        Containment(),
    ]
