"""A step that writes thousands of small files: they are all kept, and all reach the next step."""

from __future__ import annotations

import pytest
from projects import Project, states

from jupyter_mlops.store import check_store

MANY = 3000


@pytest.mark.kernel
def test_thousands_of_small_files(project: Project) -> None:
    project.write(
        (
            "step:make",
            "import os\nos.makedirs('out/deep')\n"
            f"for n in range({MANY}):\n"
            "    with open(f'out/deep/{n}' if n % 2 else f'out/{n}', 'w') as file:\n"
            "        size = file.write(str(n // 10))",
        ),
        (
            "step:sum",
            "import pathlib\nfiles = [p for p in pathlib.Path('out').rglob('*') if p.is_file()]\n"
            "print(len(files), sum(int(p.read_text()) for p in files))",
        ),
    )
    run = project.run()
    assert run.state == "succeeded"
    assert project.printed("sum") == f"{MANY} {sum(n // 10 for n in range(MANY))}\n"
    written = [item for item in run.steps[0].outputs if hasattr(item, "path")]
    assert (len(written), len({item.digest for item in written})) == (MANY, MANY // 10)
    assert states(project.run()) == {"make": "reused", "sum": "reused"}
    assert check_store(project.store) == ()
