from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.kernel

ENTER = "import jupyter_mlops.kernel_state as _mlops\n_mlops.enter()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """Cells of stages that real kernels run one after another, and what the last cell prints."""

    name: str
    stages: tuple[str, ...]
    last: str
    shared: str = "import random"
    parameters: str = "n = 3"


STAGES = (
    Stages(
        name="functions, classes, frames, magics and parameters",
        stages=(
            "%env KS_WORD=hello\nimport numpy as np, pandas as pd\nimport xml.dom.pulldom\n"
            "random.seed(n)\nclass C:\n    def __init__(self): self.rows = df\n"
            "df = pd.DataFrame({'a': np.arange(n)})\nc = C()\n"
            "def total(): return int(df['a'].sum()) * scale\nscale = 1\nrandom.random()",
            "lines = !echo from the shell\nc.rows['a'] += 1\nscale = 10\nn = n + 1\n"
            "random.random()",
            "import os\nprint(total(), c.rows is df, isinstance(c, C), n, os.environ['KS_WORD'],\n"
            "      lines[0], xml.dom.pulldom.__name__, round(random.random(), 6))",
        ),
        last="60 True True 4 hello from the shell xml.dom.pulldom 0.369955\n",
    ),
    Stages(
        name="figures and their axes, inline",
        stages=(
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n"
            "plt.close(fig)",
            "ax.set_title('a title')",
            "print(fig.axes[0] is ax, ax.get_title(), plt.__name__)",
        ),
        last="True a title matplotlib.pyplot\n",
    ),
    Stages(
        name="options, magics, formatters, extensions and hooks of IPython",
        stages=(
            "from IPython.core.interactiveshell import InteractiveShell\n"
            "from IPython.core.magic import register_line_magic\n"
            "InteractiveShell.ast_node_interactivity = 'none'\n%precision 2\n%load_ext autoreload\n"
            "unit = 'm'\n@register_line_magic\ndef measure(line): print(line, unit)\n"
            "class Length: pass\n"
            "get_ipython().display_formatter.formatters['text/plain'].for_type(\n"
            "    Length, lambda x, p, cycle: p.text(unit))\n"
            "x = 1",
            "unit = 'km'",
            "%measure 5\n%autoreload 0\n"
            "shell = get_ipython()\n"
            "print(shell.ast_node_interactivity, shell.display_formatter.format(0.123)[0],\n"
            "      shell.display_formatter.format(Length())[0])",
        ),
        last="5 km\nnone {'text/plain': '0.12'} {'text/plain': 'km'}\n",
    ),
)


@pytest.mark.parametrize("case", STAGES, ids=lambda case: case.name)
def test_stages_in_real_kernels(
    case: Stages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As plain papermill runs them by hand: with nothing but an empty state folder."""
    monkeypatch.setenv("JUPYTER_MLOPS_STATE", str(tmp_path / "state"))
    for number, cell in enumerate(case.stages):
        printed = run_stage(
            [
                case.parameters,
                ENTER,
                case.shared,
                "_mlops.restore(everything=True)",
                cell,
                f"_mlops.capture(everything=True, step='{number}', metrics=['n'])\n"
                "print(sorted(k for k in globals() if 'mlops' in k))",
            ],
            tmp_path,
        )
    assert printed[-2:] == [case.last, "['_mlops']\n"]
    table = json.loads((tmp_path / "state" / "table.json").read_text())
    names = {name for group in table["groups"] for name in group["names"]}
    assert not names & {"In", "Out", "get_ipython", "exit", "quit", "open", "_mlops", "_ih"}
    assert table["refused"] == []


def test_asking_for_what_was_refused_fails_the_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from papermill import PapermillExecutionError

    monkeypatch.setenv("JUPYTER_MLOPS_STATE", str(tmp_path / "state"))
    run_stage(
        [ENTER, "log = {'f': open('x', 'w')}", "_mlops.capture('log', step='open')"], tmp_path
    )
    with pytest.raises(PapermillExecutionError) as caught:
        run_stage([ENTER, "_mlops.restore('log')"], tmp_path)
    assert (caught.value.ename, caught.value.evalue.partition("\n")[0]) == (
        "Refused",
        "ML602: 'log' cannot be carried over from step 'open': log['f'] is an open file",
    )


def run_stage(cells: list[str], folder: Path) -> list[str]:
    """What each cell of a notebook printed."""
    import nbformat
    import papermill

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    nbformat.write(notebook, folder / "stage.ipynb")
    executed = papermill.execute_notebook(
        folder / "stage.ipynb", folder / "out.ipynb", cwd=folder, progress_bar=False
    )
    return [
        "".join(output.text for output in cell.outputs if output.output_type == "stream")
        for cell in executed.cells
    ]
