from __future__ import annotations

import json

from jupyter_mlops.compiler import compile_notebook

CELLS = (
    ("#", "# Title\n\nWhat it is about."),
    ("shared", "import math"),
    ("parameters", 'lr: float = 0.1  # rate\nmode: "Literal[1, 2]" = 1\nunused = 3'),
    ("#", "## Load\n\nReads things."),
    ("step:load", "x = [lr, mode]"),
    ("check", "assert x"),
    ("step:train", "y = math.fsum(x)"),
    ("metrics", "loss = y"),
    ("raises-exception", "1 / 0"),
    ("step:show", "print(y)"),
)

TRAIN = [
    (
        "mlops-title",
        None,
        "# train\n\nA step of the pipeline `nb`.\n\nMay receive: `x` (load).",
    ),
    ("mlops-parameters", ["parameters"], "# This step reads no parameters."),
    (
        "mlops-enter",
        ["jupyter-mlops"],
        "import jupyter_mlops.kernel_state as _mlops\n\n_mlops.enter()",
    ),
    ("c2", ["shared"], "import math"),
    ("mlops-restore", ["jupyter-mlops"], "_mlops.restore('x')"),
    ("c7", [], "y = math.fsum(x)"),
    ("c8", ["metrics"], "loss = y"),
    ("c9", ["raises-exception"], "1 / 0"),
    ("mlops-capture", ["jupyter-mlops"], "_mlops.capture('y', step='train', metrics=['loss'])"),
]


def cells_of(stage: bytes) -> list[tuple[str, list[str] | None, str]]:
    return [
        (
            c["id"],
            None if c["cell_type"] == "markdown" else c["metadata"].get("tags", []),
            "".join(c["source"]),
        )
        for c in json.loads(stage)["cells"]
    ]


def test_stage_notebook(make_notebook) -> None:
    compiled = compile_notebook(make_notebook(CELLS))
    assert cells_of(compiled.stages["train"]) == TRAIN
    load = {c[0]: c[2] for c in cells_of(compiled.stages["load"])}
    assert load["mlops-parameters"] == "lr: float = 0.1  # rate\nmode = 1  # Literal[1, 2]"
    assert load["mlops-title"].endswith("## Load\n\nReads things.")


def test_stage_is_a_valid_notebook(make_notebook) -> None:
    import nbformat

    for stage in compile_notebook(make_notebook(CELLS)).stages.values():
        nbformat.validate(nbformat.reads(stage.decode(), as_version=4))


def test_title_and_description(make_notebook) -> None:
    pipeline = compile_notebook(make_notebook(CELLS)).pipeline
    assert (pipeline.title, pipeline.description) == ("Title", "What it is about.")


def test_shared_cells_below_a_step_are_not_replayed_in_it(make_notebook) -> None:
    cells = (("step:a", "x = 1"), ("shared", "def f(): return 1"), ("step:b", "f()"))
    stages = compile_notebook(make_notebook(cells)).stages
    assert {name: "c2" in {c[0]: 1 for c in cells_of(s)} for name, s in stages.items()} == {
        "a": False,
        "b": True,
    }
