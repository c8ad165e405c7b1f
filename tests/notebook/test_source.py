from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest

from jupyter_mlops.notebook.source import EVERYTHING, parse_source

M = "__mlops_magic__"


@dataclass(frozen=True, kw_only=True)
class Case:
    source: str
    text: str


CASES = [
    Case(source="x = 1", text="x = 1"),
    Case(source="await f()", text="await f()"),
    Case(
        source="%matplotlib inline\nx = (7\n % 3)",
        text=f"{M}('%matplotlib inline')\nx = (7\n % 3)",
    ),
    Case(source="!ls {path} $n $$HOME", text=f"{M}('!ls {{path}} $n $$HOME', path, n)"),
    Case(source="y = !cat {p}\nz = 1", text=f"y = {M}('!cat {{p}}', p)\nz = 1"),
    Case(source="%time m.fit(X)", text=f"{M}('%time m.fit(X)'); m.fit(X)"),
    Case(source="%timeit f(x)", text=f"{M}('%timeit f(x)', f, x)"),
    Case(source="%%time\nx = f(y)", text=f"{M}('%%time')\nx = f(y)"),
    Case(source="%%capture out\nprint(x)", text=f"out = {M}('%%capture out')\nprint(x)"),
    Case(source="%%bash --out o\necho $HOME", text=f"o = {M}('%%bash --out o\\necho $HOME')"),
    Case(source="%run other.py", text=f"{M}('%run other.py', {EVERYTHING})"),
    Case(source="%%unknown a\nb c", text=f"{M}('%%unknown a\\nb c', a, b, c)"),
    Case(
        source="for i in x:\n    !echo {i}\n    %time y = i",
        text=f"for i in x:\n    {M}('!echo {{i}}', i)\n    {M}('%time y = i'); y = i",
    ),
    Case(source="df?", text=f"{M}('%pinfo df')"),
    Case(source="\n%%time\n%cd $d", text=f"\n{M}('%%time')\n{M}('%cd $d', d)"),
    Case(source='s = """\n%not magic\n"""', text='s = """\n%not magic\n"""'),
    Case(source="é = 1\n!echo {é}", text=f"é = 1\n{M}('!echo {{é}}', é)"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.source[:30])
def test_analysis_text(case: Case) -> None:
    source = parse_source(case.source)
    assert source.text.rstrip("\n") == case.text
    assert ast.dump(source.tree) == ast.dump(ast.parse(case.text)) or "await" in case.text


@pytest.mark.parametrize(
    ("source", "line"), [("x = 1\ny = (", 2), ("%time x\n1 +", 2), ("\0", None)]
)
def test_not_python(source: str, line: int | None) -> None:
    with pytest.raises(SyntaxError) as raised:
        parse_source(source)
    assert raised.value.lineno == line
