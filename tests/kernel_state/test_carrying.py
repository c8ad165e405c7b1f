from __future__ import annotations

from pathlib import Path

import cases_ambient
import cases_classes
import cases_data
import cases_functions
import cases_shared
import pytest
from carrying import Case, Zygote

ALL = (
    *cases_functions.CASES,
    *cases_classes.CASES,
    *cases_data.CASES,
    *cases_shared.CASES,
    *cases_ambient.CASES,
)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_stages_print_what_the_notebook_prints(case: Case, zygote: Zygote, tmp_path: Path) -> None:
    whole = zygote.notebook(case, tmp_path)
    assert whole.error is None, whole.error
    assert whole.outputs[-1] == case.last

    stages = zygote.stages(case, tmp_path)
    assert [stage.error for stage in stages] == [None] * len(stages)
    assert [stage.outputs for stage in stages] == [[output] for output in whole.outputs]


def test_no_two_cases_have_one_name() -> None:
    names = [case.name for case in ALL]
    assert sorted(set(names)) == sorted(names)
