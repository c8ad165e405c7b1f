"""A name that nothing binds: the import that it customarily comes from, or pylab's."""

from __future__ import annotations

import re

from jupyter_mlops.compiler.customary import customary_import
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.rules import pylab

RULE = "import"
_MISSING = re.compile(r"name '(\w+)' is not defined")
_PYLAB = frozenset([
    "arange", "array", "zeros", "ones", "linspace", "plot", "figure", "subplot", "subplots",
    "show", "hist", "scatter", "xlabel", "ylabel", "title", "legend", "axis", "imshow",
    "colorbar", "rand", "randn", "randint", "random", "sin", "cos", "tan", "exp", "log", "sqrt",
    "pi", "mean", "std", "ylim", "xlim", "grid", "contour", "contourf", "bar", "pcolor",
    "semilogx", "semilogy", "loglog", "errorbar", "meshgrid", "dot", "eye", "logspace", "figsize",
    "savefig", "text", "annotate", "cumsum", "diff", "where", "rcParams", "fill_between", "hold",
    "cm", "cla", "clf",
])  # fmt: skip
_PYLAB_CALLS = frozenset([
    "matrix", "mat", "hstack", "vstack", "concatenate", "fft", "ifft", "fftfreq", "fftshift",
    "conj", "imag", "angle", "arctan", "arctan2", "arcsin", "arccos", "sinc", "convolve", "unwrap",
    "argmax", "argmin", "argsort", "histogram", "outer", "diag", "poly1d", "polyfit", "polyval",
    "cumprod", "xticks", "yticks", "gca", "gcf", "twinx", "axhline", "axvline", "hlines", "vlines",
    "quiver", "stem", "boxplot", "specgram", "matshow", "spy", "suptitle", "tight_layout", "setp",
    "normal", "uniform", "permutation", "ndarray", "allclose",
])  # fmt: skip
"""Other names of pylab, which count where they are called: each may be a lost variable."""
_PYTHON2 = {
    "basestring": "str", "file": "open", "long": "int", "unichr": "chr", "unicode": "str",
    "xrange": "range",
}  # fmt: skip
"""Builtins of Python 2 → those of 3, where they are called."""
_DISPLAY = frozenset({"display", "HTML", "Image", "Math", "Latex", "Markdown", "YouTubeVideo"})


def bind(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft with the import above the cell that needs it."""
    found = _MISSING.search(failure.message) if failure.kind == "NameError" else None
    if found is None:
        return None
    name = found[1]
    cell = draft.cell(failure.cell_id)
    statement = customary_import(name)
    if name in _PYTHON2 and f"{name}(" in cell.source:
        statement = f"{name} = {_PYTHON2[name]}"
    if name in _DISPLAY:
        statement = f"from IPython.display import {name}"
    is_pylab = name in _PYLAB or (name in _PYLAB_CALLS and f"{name}(" in cell.source)
    if statement is None and is_pylab and all(c.id != "cell-pylab" for c in draft.cells):
        return pylab.put_in(draft)
    if statement is None or statement in cell.source or cell.source.lstrip().startswith("%%"):
        return None
    return draft.edited(
        cell.id,
        f"{statement}\n{cell.source}",
        rule=RULE,
        reason=f"no cell above binds {name}, and this is what it customarily stands for",
        confidence=0.85,
    )
