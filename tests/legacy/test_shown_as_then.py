"""What pandas did and showed otherwise when a notebook was written, by its date alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from drafts import draft_of

from jupyter_mlops.legacy.era import Era
from jupyter_mlops.legacy.rules import defaults
from jupyter_mlops.legacy.rules.dict_order import sort_keys
from jupyter_mlops.legacy.rules.shown import as_then


def written(latest: str) -> Era:
    return Era(earliest="2013-01-01", latest=latest, evidence=(), today="2026-01-01")


DICTS = {
    "d = {'b': 1,\n     'a': {'z': 1, 'y': 2}}\npd.DataFrame(d)": (
        "d = {'a': {'y': 2, 'z': 1},\n     'b': 1}\npd.DataFrame(d)"
    ),
    "Series({2: 'x', 1: 'y'}, index=[1])": "Series({1: 'y', 2: 'x'}, index=[1])",
    "x = {'b': 1, 'a': 2}": "x = {'b': 1, 'a': 2}",
    "DataFrame({'b': 1, k: 2})": "DataFrame({'b': 1, k: 2})",
}


@pytest.mark.parametrize("source", DICTS)
def test_frames_of_dicts_have_sorted_columns(source: str) -> None:
    assert sort_keys(draft_of(source), written("2016-01-01")).cells[0].source == DICTS[source]
    later = draft_of(source)
    assert sort_keys(later, written("2018-06-01")) is later


ENSEMBLE = "from sklearn.ensemble import RandomForestClassifier as RF\n"
MODELS = "from sklearn.linear_model import LogisticRegression, SGDClassifier, Perceptron\n"
SEARCH = "from sklearn import grid_search\n"
DEFAULTS = {
    ENSEMBLE + "RF()": ENSEMBLE + "RF(n_estimators=10)",
    ENSEMBLE + "RF(max_depth=2)": ENSEMBLE + "RF(max_depth=2, n_estimators=10)",
    ENSEMBLE + "RF(50)": ENSEMBLE + "RF(50)",
    ENSEMBLE + "RF(**given)": ENSEMBLE + "RF(**given)",
    MODELS + "LogisticRegression(C=1)": MODELS + 'LogisticRegression(C=1, solver="liblinear")',
    MODELS + "LogisticRegression(multi_class='ovr')": (
        MODELS + "LogisticRegression(multi_class='ovr')"
    ),
    MODELS + "SGDClassifier()": MODELS + "SGDClassifier(max_iter=5, tol=None)",
    MODELS + "Perceptron(n_iter=40)": MODELS + "Perceptron(n_iter=40, tol=None)",
    MODELS + "Perceptron(tol=1e-3)": MODELS + "Perceptron(tol=1e-3)",
    SEARCH + "grid_search.GridSearchCV(m, p)": SEARCH + "grid_search.GridSearchCV(m, p, cv=3)",
    SEARCH + "grid_search.GridSearchCV(m, p, cv=5)": (
        SEARCH + "grid_search.GridSearchCV(m, p, cv=5)"
    ),
    "from mine import SVC\nSVC()": "from mine import SVC\nSVC()",
    "from sklearn.svm import SVC\nSVC('rbf')": (
        "from sklearn.svm import SVC\nSVC('rbf', gamma=\"auto\")"
    ),
}


@pytest.mark.parametrize("source", DEFAULTS)
def test_arguments_that_were_left_out_are_what_they_were(source: str) -> None:
    draft = draft_of(source)
    assert defaults.as_then(draft, written("2016-01-01")).cells[0].source == DEFAULTS[source]
    assert defaults.as_then(draft, written("2024-06-01")) is draft


def shown(text: str) -> tuple[Mapping[str, Any], ...]:
    return ({"output_type": "execute_result", "data": {"text/plain": text}},)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A cell, what it showed on a day, and the first line that is put in for it."""

    source: str
    showed: str
    latest: str = "2016-01-01"
    line: str = ""


SHORT = "   a\n0  1\n.. ..\n9  2"
CASES = [
    Case(
        source="import pandas as pd",
        showed=SHORT,
        line='pandas.set_option("display.min_rows", None)',
    ),
    Case(source="import pandas as pd", showed="   a\n0  1"),
    Case(source="import pandas as pd", showed=SHORT, latest="2020-01-01"),
    Case(source="import csv", showed=SHORT),
    Case(
        source="from numpy import array",
        showed="array([ 1.,  2.])",
        line='numpy.set_printoptions(legacy="1.13")',
    ),
    Case(
        source="from sklearn.svm import SVC",
        showed="SVC(C=1.0)",
        line="sklearn.set_config(print_changed_only=False)",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line or case.latest)
def test_outputs_are_shown_as_then(case: Case) -> None:
    draft = draft_of(case.source, stored=shown(case.showed))
    found = as_then(draft, written(case.latest))
    assert [cell.id for cell in found.cells] == ["cell-shown", "c1"][not case.line :]
    assert found.cells[0].source.split("\n")[-1] == (case.line or case.source)
    assert [patch.rule for patch in found.patches] == (["shown"] if case.line else [])
