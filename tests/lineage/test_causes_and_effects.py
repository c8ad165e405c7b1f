"""What two real runs were given otherwise, and what came of it."""

from __future__ import annotations

import pytest
from two_runs import Past

import jupyter_mlops
from jupyter_mlops.lineage.compare import compare_runs
from jupyter_mlops.model.comparison import ColumnPair, TableDiff

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("past")]


def test_causes_come_in_step_order_and_reach_what_they_led_to(past: Past) -> None:
    found = compare_runs(past.store, past.a, past.b)
    assert [(c.number, c.kind, c.name, c.steps) for c in found.causes] == [
        (1, "unknown", "chance", ("chance",)),
        (2, "data", "data.csv", ("load",)),
        (3, "code", "cell 6", ("draw",)),
        (4, "seed", "seed", ("draw",)),
        (5, "parameter", "spare", ()),
    ]
    chance, data, code, seed, spare = found.causes
    assert data.table == TableDiff(
        rows_a=3,
        rows_b=3,
        only_a=1,
        only_b=1,
        columns=(
            ColumnPair(name="age", a="int", b="int", cells=1),
            ColumnPair(name="weight", a="int", b=None),
            ColumnPair(name="height", a=None, b="float"),
        ),
    )
    assert code.diff.splitlines()[2:4] == [
        "-drawn = [round(random.random() * scale, 3) for _ in rows]",
        "+drawn = [round(random.random() + scale, 3) for _ in rows]",
    ]
    assert (seed.a, seed.b, seed.text) == (1, 2, "parameter seed 1 → 2")
    assert chance.text == "step chance gives something else from the same: it is not deterministic"
    assert (spare.a, spare.b) == ("a", "b")
    assert [(pair.step, pair.causes) for pair in found.steps] == [
        ("chance", (1,)),
        ("load", (2,)),
        ("draw", (2, 3, 4)),
        ("show", (1, 2, 3, 4)),
    ]
    assert [(e.step, e.kind, e.name) for e in found.effects] == [
        ("chance", "variable", "noise"),
        ("load", "output", "cell 5"),
        ("load", "variable", "rows"),
        ("draw", "metric", "total"),
        ("draw", "file", "drawn.csv"),
        ("draw", "state", "@random"),
    ]
    noise, output, rows, metric, file, *_ = found.effects
    assert [line[:9] for line in noise.diff.splitlines()] == ["-noise: b", "+noise: b"]
    assert rows.diff == ""  # as many rows, and what is in them is not described
    assert output.diff.splitlines()[2:] == ["-40 years", "+41 years"]
    assert (metric.a, metric.b) == tuple(run.steps[2].metrics["total"] for run in (past.a, past.b))
    assert file.table == TableDiff(
        rows_a=3, rows_b=3, only_a=3, only_b=3,
        columns=(ColumnPair(name="n", a="float", b="float", cells=3),),
    )  # fmt: skip
    assert [(p.name, p.a_origin, p.b_origin) for p in found.parameters] == [
        ("seed", "default", "command line"),
        ("scale", "default", "default"),
        ("spare", "default", "command line"),
    ]


def test_a_run_does_not_differ_from_itself(past: Past) -> None:
    with jupyter_mlops.Catalog(past.store.root) as catalog:
        found = catalog.diff(past.b.run, past.b.run)
    assert (found.causes, found.effects) == ((), ())
    assert all(pair.same_execution for pair in found.steps)
