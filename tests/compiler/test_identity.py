from __future__ import annotations

import pytest

from jupyter_mlops.compiler import compile_notebook

BASE = (
    (
        "shared",
        "import math\nK = 1\n\ndef helper(x):\n    return x * K\n\ndef other(x):\n    return x",
    ),
    ("parameters", "lr = 0.1\nn = 3"),
    ("step:a", "x = helper(lr)"),
    ("step:b", "y = other(x)  # a comment"),
    ("step:c", "print(y)"),
)

CHANGES = [
    ("comment", 3, "y = other(x)  # another comment", ""),
    ("formatting", 2, "x = helper(\n    lr\n)", ""),
    ("code of one step", 3, "y = other(x) + 1", "b"),
    ("a helper", 0, BASE[0][1].replace("x * K", "x + K"), "a"),
    (
        "the other helper",
        0,
        BASE[0][1] + " + 1",
        "b",
    ),
    ("a constant that a helper reads", 0, BASE[0][1].replace("K = 1", "K = 2"), "a"),
    ("an unused import", 0, "import sys\n" + BASE[0][1], ""),
    ("an option", 0, BASE[0][1] + "\nmath.set_option(1)", "abc"),
    ("a docstring-like comment cell", 0, '"""Helpers."""\n' + BASE[0][1], ""),
    ("a default value", 1, "lr = 0.2\nn = 3", ""),
]


def codes(cells, make_notebook) -> dict[str, str]:
    return {s.name: s.code for s in compile_notebook(make_notebook(cells)).pipeline.steps}


@pytest.mark.parametrize(("name", "index", "source", "changed"), CHANGES, ids=lambda v: str(v)[:30])
def test_what_changes_the_code_of_which_step(name, index, source, changed, make_notebook) -> None:
    cells = list(BASE)
    cells[index] = (cells[index][0], source)
    before, after = codes(BASE, make_notebook), codes(tuple(cells), make_notebook)
    assert "".join(step for step in before if before[step] != after[step]) == changed


def test_markdown_changes_no_code(make_notebook) -> None:
    cells = (("#", "# Title"), *BASE[:3], ("#", "text"), *BASE[3:])
    assert codes(cells, make_notebook) == codes(BASE, make_notebook)


def test_parameters_of_each_step(make_notebook) -> None:
    steps = compile_notebook(make_notebook(BASE)).pipeline.steps
    assert {s.name: s.parameters for s in steps} == {"a": ("lr",), "b": (), "c": ()}


def test_equal_notebooks_compile_to_equal_bytes(make_notebook) -> None:
    first, second = (compile_notebook(make_notebook(BASE)) for _ in range(2))
    assert first == second
