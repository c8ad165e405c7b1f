"""Formulas of ``matplotlib.mlab`` that no library has under another name: written out."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "formula"
_GONE = re.compile(
    r"module 'matplotlib\.mlab' has no attribute 'bivariate_normal'|"
    r"cannot import name 'bivariate_normal' from 'matplotlib\.mlab'"
)
_USED = re.compile(r"\b(?:[\w.]+\.)?mlab\.bivariate_normal\b")
_IMPORTED = re.compile(r"^[ \t]*from matplotlib\.mlab import bivariate_normal[ \t]*\n?", re.M)
FORMULA = """\
def bivariate_normal(X, Y, sigmax=1.0, sigmay=1.0, mux=0.0, muy=0.0, sigmaxy=0.0):
    import numpy
    x, y, rho = X - mux, Y - muy, sigmaxy / (sigmax * sigmay)
    z = x**2 / sigmax**2 + y**2 / sigmay**2 - 2 * rho * x * y / (sigmax * sigmay)
    scale = 2 * numpy.pi * sigmax * sigmay * numpy.sqrt(1 - rho**2)
    return numpy.exp(-z / (2 * (1 - rho**2))) / scale
"""


def write_out(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the density of the bivariate normal distribution above its first use."""
    if not _GONE.search(failure.message):
        return None
    told = {"rule": RULE, "reason": "matplotlib has no bivariate_normal any more"}
    changed = draft
    for cell in draft.code:
        source = _USED.sub("bivariate_normal", _IMPORTED.sub("", cell.source))
        if cell.id == failure.cell_id:
            source = f"{FORMULA}\n{source}"
        changed = changed.edited(cell.id, source, confidence=0.95, **told)
    return changed
