"""A collection at the worst moment of a run: between finding an execution and resting on it."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from projects import Project, states, whys

from jupyter_mlops.lineage.gc import collect
from jupyter_mlops.model.retention import Rules
from jupyter_mlops.runner.perform import export_notebook
from jupyter_mlops.store import check_store

pytestmark = pytest.mark.kernel


def test_an_execution_that_goes_before_it_is_reused_runs_anew(project: Project) -> None:
    project.write(("parameters", "n = 1"), ("step:one", "x = n"))
    first = project.run()
    project.run(text_parameters={"n": "2"})
    gone: list[str] = []

    def late(context, plan, execution):
        if not gone:
            gone.extend(collect(project.store, Rules(keep_last=1), dry_run=False).runs)
        export_notebook(context, plan, execution)

    with patch("jupyter_mlops.runner.sequence.export_notebook", late):
        run = project.run()
    assert gone == [first.run]
    assert states(run) == {"one": "succeeded"}
    assert whys(run)["one"] == f"execution {first.run}.one.1 was removed meanwhile"
    assert run.steps[0].outputs == first.steps[0].outputs
    assert collect(project.store, Rules(), dry_run=False).waiting == 0
    assert check_store(project.store) == ()
    assert states(project.run()) == {"one": "reused"}
