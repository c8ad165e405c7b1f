from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from jupyter_mlops.compiler import bind_parameters, compile_notebook
from jupyter_mlops.errors import ParameterError
from jupyter_mlops.model.pipeline import Parameter

SOURCE = """\
from typing import Literal, Optional

# learning rate
lr: float = 0.1
n_trees = 10  # how many trees
name: str = "it's"
mode: Literal["fast", "exact", 3] = "fast"
limit: Optional[int] = None
columns = ["a", "b"]
options: dict = {"k": 1}
verbose = False
anything = None
"""


@pytest.fixture
def declared(make_notebook) -> tuple[Parameter, ...]:
    cells = (("parameters", SOURCE), ("step:a", "print(lr)"))
    return compile_notebook(make_notebook(cells)).pipeline.parameters


def test_declarations(declared) -> None:
    assert declared == (
        Parameter(name="lr", type="float", default=0.1, help="learning rate"),
        Parameter(name="n_trees", type="int", default=10, help="how many trees"),
        Parameter(name="name", type="str", default="it's"),
        Parameter(name="mode", type="Literal['fast', 'exact', 3]", default="fast"),
        Parameter(name="limit", type="Optional[int]", default=None),
        Parameter(name="columns", type="list", default=["a", "b"]),
        Parameter(name="options", type="dict", default={"k": 1}),
        Parameter(name="verbose", type="bool", default=False),
        Parameter(
            name="anything", type="int | float | bool | str | None | list | dict", default=None
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    text: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    expected: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    fix: str = ""


CASES = [
    Case(text={"lr": "0.5"}, expected={"lr": 0.5}),
    Case(text={"lr": "1e-3"}, expected={"lr": 0.001}),
    Case(text={"n_trees": "7"}, expected={"n_trees": 7}),
    Case(
        text={"name": "say \"hi\" \\n C:\\dir 'x'"}, expected={"name": "say \"hi\" \\n C:\\dir 'x'"}
    ),
    Case(text={"name": "5"}, expected={"name": "5"}),
    Case(text={"mode": "exact"}, expected={"mode": "exact"}),
    Case(text={"mode": "3"}, expected={"mode": 3}),
    Case(text={"limit": "none"}, expected={"limit": None}),
    Case(text={"limit": "4"}, expected={"limit": 4}),
    Case(text={"columns": '["x"]'}, expected={"columns": ["x"]}),
    Case(text={"options": '{"k": [1]}'}, expected={"options": {"k": [1]}}),
    Case(text={"verbose": "Yes"}, expected={"verbose": True}),
    Case(text={"anything": "5"}, expected={"anything": 5}),
    Case(text={"anything": "five"}, expected={"anything": "five"}),
    Case(values={"lr": 1, "limit": None}, expected={"lr": 1, "limit": None}),
    Case(text={"lr": "2"}, values={"lr": 3.0}, expected={"lr": 2.0}),
    Case(text={"n_tree": "7"}, error="no parameter 'n_tree'", fix="did you mean `n_trees`?"),
    Case(text={"zzz": "7"}, error="no parameter 'zzz'", fix="declared parameters: lr, n_trees"),
    Case(text={"n_trees": "many"}, error="takes int, not 'many'", fix="like the default, 10"),
    Case(text={"n_trees": "0.5"}, error="takes int"),
    Case(text={"mode": "slow"}, error="takes Literal"),
    Case(text={"columns": "x"}, error="takes list"),
    Case(text={"verbose": "maybe"}, error="takes bool"),
    Case(values={"n_trees": True}, error="takes int, not True"),
    Case(values={"name": 5}, error="takes str, not 5"),
    Case(values={"options": [1]}, error="takes dict"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: str(c.text or c.values))
def test_values(case: Case, declared) -> None:
    if case.error:
        with pytest.raises(ParameterError) as raised:
            bind_parameters(declared, text=case.text, values=case.values)
        assert case.error in raised.value.message
        assert case.fix in raised.value.fix
        return
    bound = bind_parameters(declared, text=case.text, values=case.values)
    got = {b.name: b.value for b in bound if b.origin != "default"}
    assert got == case.expected
    assert [type(v) for v in got.values()] == [type(v) for v in case.expected.values()]
    assert [b.name for b in bound] == [p.name for p in declared]
