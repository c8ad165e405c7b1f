"""What cells put out in the kernel in which a notebook is mended."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jupyter_mlops.legacy.session import open_session

CATCHES = """
from comm import create_comm

state = {"_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output", "outputs": []}
widget = create_comm(target_name="jupyter.widget", data={"state": state})
this = get_ipython().kernel.get_parent()["header"]["msg_id"]
widget.send({"method": "update", "state": {"msg_id": this}})
print("caught", flush=True)
widget.send({"method": "update", "state": {"msg_id": ""}})
print("shown")
"""


@pytest.mark.kernel
def test_what_a_widget_catches_is_no_output_of_the_cell(tmp_path: Path) -> None:
    with open_session(sys.executable, tmp_path, network=False) as session:
        ran = session.run("a", CATCHES, timeout=60)
    assert ran.failure is None
    assert [output["text"] for output in ran.outputs] == ["shown\n"]


@pytest.mark.kernel
def test_what_a_library_prints_past_python_does_not_reach_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with open_session(sys.executable, tmp_path, network=False) as session:
        ran = session.run(
            "a", "import os; _ = os.write(1, b'loud'); _ = os.write(2, b'loud')", timeout=60
        )
    assert ran.failure is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.kernel
def test_a_magic_that_refuses_its_cell_says_why(tmp_path: Path) -> None:
    with open_session(sys.executable, tmp_path, network=False) as session:
        ran = session.run("a", "%nothing_of_that_name", timeout=60)
    assert ran.failure is not None
    assert (ran.failure.kind, ran.failure.message) == (
        "UsageError",
        "Line magic function `%nothing_of_that_name` not found.",
    )
