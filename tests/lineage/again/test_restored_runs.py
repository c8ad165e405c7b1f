"""Working folders of runs, laid out as they were."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from projects import Project, states

import jupyter_mlops
from jupyter_mlops.cli.group import cli
from jupyter_mlops.errors import MlopsError

pytestmark = pytest.mark.kernel

KILLED = """
import os, signal, sys
from pathlib import Path
from jupyter_mlops.lineage import restore
from jupyter_mlops.store import Store
lay_out = restore.lay_out
def killed(*given):
    lay_out(*given)
    os.kill(os.getpid(), signal.SIGKILL)
restore.lay_out = killed
restore.restore_run(Store(Path(sys.argv[1])).open(), "latest", Path(sys.argv[2]))
"""


def write(project: Project, outside: Path) -> None:
    project.write(
        ("parameters", "n: int = 1"),
        (
            "step:load",
            "import os, subprocess\n"
            "text = open('../data/latest.txt').read() * n\n"
            f"more = open({str(outside)!r}).read()\n"
            "print(subprocess.check_output('./tool.sh', text=True), sorted(os.listdir('.')))\n"
            "open('made.txt', 'w').write(text)",
        ),
        ("step:show", "print(text, open('made.txt').read(), sorted(os.listdir('..')))"),
    )
    data = project.home / "data"
    (data / "deep").mkdir(parents=True)
    (data / "deep/first.txt").write_text("first")
    (data / "latest.txt").symlink_to("deep/first.txt")
    tool = project.folder / "tool.sh"
    tool.write_text("#!/bin/sh\necho a tool\n")
    tool.chmod(0o755)
    (project.folder / "listed.txt").write_text("only its name is seen")
    outside.write_text("outside")


def test_every_step_is_reused_in_the_restored_folder(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "more.txt"
    project = Project(project.home / "home", project.write_file, name="book.ipynb")
    write(project, outside)
    recorded = project.run(text_parameters={"n": "2"})
    assert states(recorded) == {"load": "succeeded", "show": "succeeded"}
    folder = project.home.parent / "as-it-was"
    source = project.notebook.read_bytes()
    (project.home / "project").rename(project.home.parent / "moved")
    (project.home / "data/deep/first.txt").write_text("changed")
    invoke = CliRunner().invoke
    store = ["--store", str(project.store.root)]
    done = invoke(cli, [*store, "restore", "latest", "-o", str(folder), "--json"])
    found = json.loads(done.stdout)
    assert (done.exit_code, found["missing"], found["outside"]) == (0, [], [str(outside)])
    assert found["files"] == ["data/deep/first.txt", "data/latest.txt", "project/tool.sh"]
    assert found["empty"] == ["project/listed.txt"]
    assert (folder / "project/book.ipynb").read_bytes() == source
    assert str((folder / "data/latest.txt").readlink()) == "deep/first.txt"
    assert os.access(folder / "project/tool.sh", os.X_OK)
    again = invoke(cli, [*store, *found["command"][2:], "--json"])
    run = json.loads(again.stdout)
    assert [(step["step"], step["state"]) for step in run["steps"]] == [
        ("load", "reused"),
        ("show", "reused"),
    ]


def test_a_folder_that_is_in_use_is_never_lost(project: Project) -> None:
    project.write(("step:load", "print(open('given.txt').read())"))
    (project.folder / "given.txt").write_text("given")
    project.run()
    folder = project.home / "taken"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    with jupyter_mlops.Catalog(project.store.root) as catalog:
        with pytest.raises(MlopsError, match="is not empty"):
            catalog.restore("latest", folder)
        assert [path.name for path in folder.iterdir()] == ["mine.txt"]
        found = catalog.restore("latest", folder, force=True)
    assert sorted(path.name for path in folder.iterdir()) == [
        ".jupyter_mlops",
        "book.ipynb",
        "given.txt",
    ]
    assert (Path(found.kept) / "mine.txt").read_text() == "mine"


def test_a_killed_restore_leaves_no_folder(project: Project) -> None:
    project.write(("step:load", "1"))
    project.run()
    folder = project.home / "killed"
    command = [sys.executable, "-c", KILLED, str(project.store.root), str(folder)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert not folder.exists()
