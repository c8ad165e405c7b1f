"""Theano and PyMC3, given up in 2021: the releases that they were written for."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "module"
_FAILURES = re.compile(
    r"Compiler\.__init__\(\) takes from 1 to 3 positional arguments|cannot import name 'Tester'|"
    r"has no attribute 'blas_opt_info'|module 'arviz' has no attribute 'from_pymc3'|"
    r"module 'numpy' has no attribute 'bool'"
)
_FRAMES = re.compile(r"^File \S+/site-packages/(?:theano|pymc3)/", re.M)
_IMPORTED = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:theano|pymc3)\b", re.M)
_NEEDED = ("numpy<1.24", "setuptools<80")
_NEEDED_BY_PYMC3 = ("arviz<0.15", "scipy<1.13")
_FLAGS = 'import os; os.environ["THEANO_FLAGS"] = "{}="'
"""Theano asks NumPy which BLAS it has, as NumPy before 1.22 told it."""


def supply(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that asks for these releases, and lets Theano not look for a BLAS."""
    if not _FRAMES.search(failure.traceback) or not _FAILURES.search(failure.message):
        return None
    importing = next((cell for cell in draft.code if _IMPORTED.search(cell.source)), None)
    needed = _NEEDED + (_NEEDED_BY_PYMC3 if "pymc3" in scene.versions else ())
    changed = draft.requiring(*needed)
    if importing is None or changed == draft:
        return None
    of_pymc = "theano-pymc" in scene.versions
    flags = _FLAGS.format("blas__ldflags" if of_pymc else "blas.ldflags")
    told = {"rule": RULE, "reason": "Theano is of 2021, and asks for what its libraries had then"}
    return changed.edited(
        importing.id, f"{flags}\n{importing.source}", confidence=0.95, **told
    ).noted(before="", after=", ".join(needed), confidence=0.95, **told)
