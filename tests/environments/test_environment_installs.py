from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.environments.installs import Install, installs_of
from jupyter_mlops.model.pipeline import Cell


@dataclass(frozen=True, kw_only=True)
class Case:
    source: str
    expected: tuple[tuple[str, str], ...] = ()


HERE = Path("/project")
CASES = [
    Case(source="import pandas"),
    Case(source="%pip install tqdm", expected=(("tqdm", "tqdm"),)),
    Case(source="%pip install -q Foo_Bar==1.2 'x[a,b]>=2,<3'  # quick",
         expected=(("foo-bar", "Foo_Bar==1.2"), ("x", "x[a,b]<3,>=2"))),
    Case(source="x = 1\n!pip install a\n! python3 -m pip install b && echo done",
         expected=(("a", "a"), ("b", "b"))),
    Case(source="!{sys.executable} -m pip install a", expected=(("a", "a"),)),
    Case(source="!uv pip install a\n%uv pip install b", expected=(("a", "a"), ("b", "b"))),
    Case(source="%pip install --upgrade a --index-url https://x.test b > /dev/null",
         expected=(("a", "a"), ("b", "b"))),
    Case(source="%pip install \\\n    a \\\n    b", expected=(("a", "a"), ("b", "b"))),
    Case(source="%pip install -r more/requirements.txt -c limits.txt a",
         expected=(("", "/project/more/requirements.txt"), ("a", "a"))),
    Case(source="%pip install -e . ./mine git+https://x.test/y {package} $name"),
    Case(source="if IN_COLAB:\n    !pip install a"),
    Case(source="%%bash\npip install a", expected=(("a", "a"),)),
    Case(source="pip install a"),
    Case(source="%%writefile x.sh\npip install a"),
    Case(source="%%capture\n%pip install a", expected=(("a", "a"),)),
    Case(source="%pip list\n!pip uninstall a\n%pip install 'a"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.source)
def test_installs_of(case: Case) -> None:
    cells = [Cell(id="x", position=1, source="1"), Cell(id="y", position=4, source=case.source)]
    expected = tuple(Install(cell=4, name=name, text=text) for name, text in case.expected)
    assert installs_of(cells, HERE) == expected
