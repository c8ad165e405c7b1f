"""Seeds for a notebook whose runs differ and that sets none."""

from __future__ import annotations

import pytest
from drafts import draft_of

from jupyter_mlops.legacy.tags import seeded

ONE = "import random\n\nrandom.seed(0)\n\n"
BOTH = "import random\n\nimport numpy\n\nrandom.seed(0)\nnumpy.random.seed(0)\n\n"


@pytest.mark.parametrize(
    ("cell", "packages", "put_in"),
    [
        ("x = random.random()", ("numpy",), ONE),
        ("x = np.random.rand()", ("numpy",), BOTH),
        ("%version_information numpy", (), ONE),
        ("np.random.seed(3)", ("numpy",), ""),
    ],
)
def test_the_generators_that_are_there_are_seeded(
    cell: str, packages: tuple[str, ...], put_in: str
) -> None:
    assert seeded(draft_of(cell), packages).cells[0].source == put_in + cell
