"""What is written out computes what the library did."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from jupyter_mlops.legacy.rules import formulas


def _defined(text: str, name: str) -> Any:
    bound: dict[str, Any] = {}
    exec(text, bound)
    return bound[name]


def test_principal_components_are_those_of_the_correlations() -> None:
    table = np.random.default_rng(1).normal(size=(40, 3)) @ np.array(
        [[2.0, 1, 0], [0, 1, 3], [0, 0, 1]]
    )
    found = _defined(formulas.PCA, "MlabPCA")(table)
    values, vectors = np.linalg.eigh(np.corrcoef(table.T))
    np.testing.assert_allclose(found.fracs, values[::-1] / 3)
    np.testing.assert_allclose(np.abs(found.Wt), np.abs(vectors.T[::-1]))
    np.testing.assert_allclose(found.Y, (table - table.mean(0)) / table.std(0) @ found.Wt.T)
    assert found.project(table, minfrac=0.5).shape == (40, (found.fracs >= 0.5).sum())


def test_scores_of_a_search_are_shown_as_they_were() -> None:
    search = SimpleNamespace(
        n_splits_=2,
        cv_results_={
            "params": [{"C": 1}, {"C": 10}],
            "mean_test_score": [0.5, 0.75],
            "split0_test_score": [0.25, 0.75],
            "split1_test_score": [0.75, 0.75],
        },
    )
    found = _defined(formulas.GRID_SCORES, "grid_scores")(search)
    assert repr(found) == (
        "[mean: 0.50000, std: 0.25000, params: {'C': 1}, "
        "mean: 0.75000, std: 0.00000, params: {'C': 10}]"
    )
    assert max(found, key=lambda one: one.mean_validation_score).parameters == {"C": 10}
