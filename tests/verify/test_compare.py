from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlops.model.pipeline import Cell
from jupyter_mlops.model.run import CellError, StepReport
from jupyter_mlops.verify.compare import CellVerdict, compare_cells
from jupyter_mlops.verify.normalise import Part

ONE = (Part(kind="stream stdout", text="a\nb"),)
OTHER = (Part(kind="stream stdout", text="a\nc"),)
LONGER = (*ONE, Part(kind="result text/plain", text="5"))
REFUSED = (Part(kind="error", text="Refused: ML613: plt.gcf() cannot be carried over"),)


def failed(step: str, kind: str) -> StepReport:
    code = "ML602" if kind == "Refused" else ""
    error = CellError(kind=kind, message=f"{code}: refused", code=code)
    return StepReport(step=step, state="failed", why=f"{kind} why", error=error)


def skipped(step: str, because_of: str) -> StepReport:
    why = f"step {because_of}, which it may depend on, was skipped"
    return StepReport(step=step, state="skipped", why=why)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Outputs of a cell of step c, the reports of steps, and the verdict."""

    name: str
    whole: tuple[Part, ...] | None
    again: tuple[Part, ...] | str | None = "whole"
    pipeline: tuple[Part, ...] | None
    steps: tuple[StepReport, ...] = ()
    expected: tuple[str, ...]


CASES = [
    Case(name="same", whole=ONE, pipeline=ONE, expected=("same", "", "")),
    Case(name="same silence", whole=(), pipeline=(), expected=("same", "", "")),
    Case(
        name="other text",
        whole=ONE,
        pipeline=OTHER,
        expected=("differs", "stream stdout differs", "@@ -2,2 +2,2 @@\n a\n-b\n+c"),
    ),
    Case(
        name="less",
        whole=LONGER,
        pipeline=ONE,
        expected=(
            "differs",
            "result text/plain is missing from the pipeline",
            "@@ -3,3 +3 @@\n b\n-[result text/plain]\n-5",
        ),
    ),
    Case(
        name="more",
        whole=ONE,
        pipeline=LONGER,
        expected=(
            "differs",
            "result text/plain is only in the pipeline",
            "@@ -3 +3,3 @@\n b\n+[result text/plain]\n+5",
        ),
    ),
    Case(
        name="not deterministic",
        whole=ONE,
        again=OTHER,
        pipeline=ONE,
        expected=(
            "not deterministic",
            "two runs in one kernel differ from one another",
            "@@ -2,2 +2,2 @@\n a\n-b\n+c",
        ),
    ),
    Case(
        name="not reached in one kernel",
        whole=None,
        pipeline=ONE,
        expected=("not run", "in one kernel, too, an error ends the notebook before it", ""),
    ),
    Case(
        name="refused to its step",
        whole=(),
        pipeline=None,
        steps=(failed("c", "Refused"),),
        expected=("refused", "ML602: refused", "", "ML602"),
    ),
    Case(
        name="refused to a step far above",
        whole=(),
        pipeline=None,
        steps=(failed("a", "Refused"), skipped("b", "a"), skipped("c", "b")),
        expected=("refused", "ML602: refused", "", "ML602"),
    ),
    Case(
        name="refused while it ran",
        whole=ONE,
        pipeline=REFUSED,
        steps=(failed("c", "Refused"),),
        expected=("refused", "Refused: ML613: plt.gcf() cannot be carried over", "", "ML613"),
    ),
    Case(
        name="a step above failed for another reason",
        whole=(),
        pipeline=None,
        steps=(failed("a", "KeyError"), failed("b", "Refused"), skipped("c", "a")),
        expected=(
            "differs",
            "it did not run in the pipeline: step a, which it may depend on, was skipped",
            "",
        ),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_verdicts(case: Case) -> None:
    cell = Cell(id="x", position=7, source="")
    again = case.whole if isinstance(case.again, str) else case.again
    first, second, pipeline = (
        {} if parts is None else {"x": parts} for parts in (case.whole, again, case.pipeline)
    )
    found = compare_cells([("c", cell)], (first, second), pipeline, {s.step: s for s in case.steps})
    state, why, diff, *code = case.expected
    verdict = CellVerdict(
        cell=7, cell_id="x", step="c", state=state, why=why, diff=diff, code="".join(code)
    )
    assert found == (verdict,)


def test_a_third_run_in_one_kernel_tells_that_a_cell_is_not_deterministic() -> None:
    one, other = ((Part(kind="display image/png", text=digest),) for digest in ("1", "2"))
    (verdict,) = compare_cells(
        [("c", Cell(id="x", position=1, source=""))],
        ({"x": one}, {"x": one}, {"x": other}),
        {"x": other},
        {},
    )
    assert verdict.state == "not deterministic"


def test_a_long_difference_is_cut() -> None:
    long = (Part(kind="stream stdout", text="\n".join(map(str, range(50)))),)
    (verdict,) = compare_cells(
        [("c", Cell(id="x", position=1, source=""))], ({"x": long}, {"x": long}), {"x": ()}, {}
    )
    assert verdict.diff.splitlines()[-1] == "… 44 more lines"
    assert len(verdict.diff.splitlines()) == 9
