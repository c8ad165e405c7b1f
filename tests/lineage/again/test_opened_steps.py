"""Steps opened with what they received, mended, and put back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner, Result
from nbclient import NotebookClient
from projects import Project, states

import jupyter_mlops
from jupyter_mlops.cli.group import cli
from jupyter_mlops.lineage.past import NotReproducible
from jupyter_mlops.lineage.saveback import SourceHasChanged, save_back

pytestmark = pytest.mark.kernel

BOOK = (
    ("parameters", "scale: int = 1"),
    ("shared", "import os\n\ndef total(rows):\n    return sum(rows)"),
    (
        "step:load",
        "rows = [int(line) for line in open('numbers.txt')]\nopen('more.txt', 'w').write('7')",
    ),
    ("step:train", "extra = int(open('more.txt').read()) * scale"),
    ("", "result = total(rows)  / (extra - 21)"),
    ("step:show", "print(result, extra)"),
)


def mlops(project: Project, *arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["--store", str(project.store.root), *map(str, arguments)])


def execute(folder: Path, *, allow_errors: bool = False) -> Any:
    """The debugging notebook after it ran from top to bottom in its own kernel."""
    (path,) = folder.glob("*.ipynb")
    book = nbformat.read(path, as_version=4)
    os.environ["JUPYTER_PATH"] = str(folder / "jupyter")
    try:
        client = NotebookClient(book, timeout=120, allow_errors=allow_errors)
        return client.execute(cwd=str(folder))
    finally:
        del os.environ["JUPYTER_PATH"]


def mend(folder: Path, old: str, new: str) -> None:
    (path,) = folder.glob("*.ipynb")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_failed_step_is_mended_on_its_real_inputs(project: Project) -> None:
    project.write(*BOOK)
    (project.folder / "numbers.txt").write_text("1\n2\n")
    failed = project.run(text_parameters={"scale": "3"})
    assert states(failed) == {"load": "succeeded", "train": "failed", "show": "skipped"}
    source, folder = project.notebook.read_bytes(), project.home / "debug"
    done = mlops(project, "open", failed.run, "train", "-o", folder, "--json")
    opened = json.loads(done.stdout)
    assert (done.exit_code, opened["folder"]) == (0, str(folder))
    failing = execute(folder, allow_errors=True)
    errors = [o.ename for c in failing.cells for o in c.get("outputs", ()) if "ename" in o]
    assert errors == ["ZeroDivisionError"]
    mend(folder, "(extra - 21)", "(extra - 20)")
    mend(folder, "open('more.txt').read()) * scale", "open('more.txt').read())  * scale")
    mended = execute(folder)
    assert not [o for c in mended.cells for o in c.get("outputs", ()) if o.output_type == "error"]
    assert project.notebook.read_bytes() == source
    saved = json.loads(mlops(project, "open", "--save-back", "-o", folder, "--json").stdout)
    assert [(cell["cell"], cell["cell_id"]) for cell in saved["cells"]] == [(4, "c4"), (5, "c5")]
    assert saved["cells"][1]["diff"].splitlines()[-2:] == [
        "-result = total(rows)  / (extra - 21)",
        "+result = total(rows)  / (extra - 20)",
    ]
    before, after = (json.loads(text) for text in (source, project.notebook.read_bytes()))
    changed = [a["id"] for a, b in zip(before["cells"], after["cells"], strict=True) if a != b]
    assert (changed, before.keys() == after.keys()) == (["c4", "c5"], True)
    resumed = project.run(resume=failed.run)
    assert states(resumed) == {"load": "reused", "train": "succeeded", "show": "succeeded"}
    assert project.printed("show") == "3.0 21\n"
    assert save_back(folder).cells == ()


def test_a_cell_that_has_been_changed_meanwhile_is_left_alone(project: Project) -> None:
    project.write(("step:load", "x = 1"), ("", "y = x / 0"))
    failed = project.run()
    with jupyter_mlops.Catalog(project.store.root) as catalog:
        folder = Path(catalog.open_step(failed.run, "load", project.home / "debug").folder)
    mend(folder, "y = x / 0", "y = x / 2")
    project.edit("y = x / 0", "y = x / 3")
    before = project.notebook.read_bytes()
    with pytest.raises(SourceHasChanged, match=r"cell 2 of .* has been changed since"):
        save_back(folder)
    document = json.loads(before)
    document["cells"] = document["cells"][:1]
    project.notebook.write_text(json.dumps(document))
    with pytest.raises(SourceHasChanged, match="a mended cell is gone"):
        save_back(folder)
    assert json.loads(project.notebook.read_bytes()) == document
    done = mlops(project, "open", "--save-back", "-o", project.home)
    assert (done.exit_code, "holds no opened step" in done.stderr) == (1, True)


def test_a_step_that_never_ran_received_nothing(project: Project) -> None:
    project.write(("step:load", "x = 1 / 0"), ("step:show", "print(x)"))
    failed = project.run()
    with (
        jupyter_mlops.Catalog(project.store.root) as catalog,
        pytest.raises(NotReproducible, match=r"step show of run .* was skipped"),
    ):
        catalog.open_step(failed.run, "show", project.home / "debug")
    assert not (project.home / "debug").exists()
