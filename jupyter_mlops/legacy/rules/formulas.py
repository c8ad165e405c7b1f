"""What libraries had and no library has under another name: written out above its first use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "formula"

BIVARIATE_NORMAL = """\
def bivariate_normal(X, Y, sigmax=1.0, sigmay=1.0, mux=0.0, muy=0.0, sigmaxy=0.0):
    import numpy
    x, y, rho = X - mux, Y - muy, sigmaxy / (sigmax * sigmay)
    z = x**2 / sigmax**2 + y**2 / sigmay**2 - 2 * rho * x * y / (sigmax * sigmay)
    scale = 2 * numpy.pi * sigmax * sigmay * numpy.sqrt(1 - rho**2)
    return numpy.exp(-z / (2 * (1 - rho**2))) / scale
"""
PCA = """\
class MlabPCA:
    def __init__(self, a, standardize=True):
        import numpy
        self.numrows, self.numcols = a.shape
        self.mu, self.sigma, self.standardize = a.mean(axis=0), a.std(axis=0), standardize
        self.a = self.center(a)
        _, self.s, self.Wt = numpy.linalg.svd(self.a, full_matrices=False)
        self.Y = self.project(a)
        self.fracs = self.s**2 / (self.s**2).sum()
    def center(self, x):
        return (x - self.mu) / (self.sigma if self.standardize else 1)
    def project(self, x, minfrac=0.0):
        import numpy
        projected = numpy.dot(self.center(numpy.asarray(x)), self.Wt.T)
        return projected[..., self.fracs >= minfrac] if minfrac else projected
"""
GRID_SCORES = """\
def grid_scores(search):
    import collections, numpy
    names = "parameters mean_validation_score cv_validation_scores"
    class Score(collections.namedtuple("Score", names)):
        def __repr__(self):
            deviation = numpy.std(self.cv_validation_scores)
            told = "mean: {0:.5f}, std: {1:.5f}, params: {2}"
            return told.format(self.mean_validation_score, deviation, self.parameters)
    found = search.cv_results_
    folds = [found["split%d_test_score" % fold] for fold in range(search.n_splits_)]
    return list(map(Score, found["params"], found["mean_test_score"], numpy.transpose(folds)))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """Something that is gone.

    Attributes:
        owner: how the message calls the module or class that had it, as a regular expression.
        name: what it was called there.
        put: what is called instead.
        used: how code used it, with the object that had it as a group, if that counts.
        text: the definition of ``put``.
    """

    owner: str
    name: str
    put: str
    used: str
    text: str


def _of_mlab(name: str, put: str, text: str) -> Formula:
    used = rf"\b(?:[\w.]+\.)?mlab\.{name}\b"
    return Formula(owner=r"matplotlib\.mlab", name=name, put=put, used=used, text=text)


_FORMULAS = (
    _of_mlab("bivariate_normal", "bivariate_normal", BIVARIATE_NORMAL),
    _of_mlab("PCA", "MlabPCA", PCA),
    Formula(
        owner=r"\w+SearchCV",
        name="grid_scores_",
        put=r"grid_scores(\1)",
        used=r"\b(\w+(?:\.\w+)*)\.grid_scores_\b",
        text=GRID_SCORES,
    ),
)


def write_out(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with what is gone defined in the failing cell, and used wherever it was."""
    for formula in _FORMULAS:
        owner, name = formula.owner, formula.name
        gone = rf"'{owner}'.* has no attribute '{name}'|cannot import name '{name}' from '{owner}'"
        if re.search(gone, failure.message):
            return _written(draft, failure.cell_id, formula)
    return None


def _written(draft: Draft, failing: str, formula: Formula) -> Draft:
    imported = re.compile(
        rf"^([ \t]*)from {formula.owner} import {formula.name}(?: as (\w+))?[ \t]*\n?", re.M
    )

    def bound(found: re.Match[str]) -> str:
        name = found[2] or formula.name
        return "" if name == formula.put else f"{found[1]}{name} = {formula.put}\n"

    for cell in draft.code:
        source = re.sub(formula.used, formula.put, imported.sub(bound, cell.source))
        if cell.id == failing:
            source = f"{formula.text}\n{source}"
        draft = draft.edited(
            cell.id,
            source,
            rule=RULE,
            reason=f"{formula.name} is gone, and nothing does the same: it is written out",
            confidence=0.95,
        )
    return draft
