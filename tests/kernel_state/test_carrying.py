from __future__ import annotations

from pathlib import Path

import cases_known
import cases_refused
import pytest
from carrying import Case, Zygote

ALL = (*cases_known.CASES,)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_stages_print_what_the_notebook_prints(case: Case, zygote: Zygote, tmp_path: Path) -> None:
    whole = zygote.notebook(case, tmp_path)
    assert whole.error is None, whole.error
    assert whole.outputs[-1] == case.last

    stages = zygote.stages(case, tmp_path)
    assert [stage.error for stage in stages] == [None] * len(stages)
    assert [stage.outputs for stage in stages] == [[output] for output in whole.outputs]


@pytest.mark.parametrize("case", cases_refused.CASES, ids=lambda case: case.name)
def test_what_would_differ_is_refused(case: Case, zygote: Zygote, tmp_path: Path) -> None:
    whole = zygote.notebook(case, tmp_path)
    assert (whole.error, whole.outputs[-1]) == (None, case.last)

    *earlier, last = zygote.stages(case, tmp_path)
    assert [stage.error for stage in earlier] == [None] * len(earlier)
    assert [stage.outputs for stage in earlier] == [[output] for output in whole.outputs[:-1]]
    assert last.error is not None
    assert (last.error["kind"], last.error["message"][:5]) == ("Refused", case.refused)


def test_no_two_cases_have_one_name() -> None:
    names = [case.name for case in (*ALL, *cases_refused.CASES)]
    assert sorted(set(names)) == sorted(names)
