"""``%pylab``, and the ``--pylab`` with which a server was started: the imports that it made."""

from __future__ import annotations

import re
from dataclasses import replace

from jupyter_mlops.legacy.draft import Draft, DraftCell

RULE = "pylab"
IMPORTS = """%matplotlib inline
import numpy
import numpy as np
import matplotlib
from matplotlib import pylab, mlab, pyplot
from matplotlib import pyplot as plt
from IPython.display import display
from IPython.core.pylabtools import figsize, getfigs
from pylab import *
from numpy import *"""
"""As IPython's own help of the magic says it, for Python 3."""
_MAGIC = re.compile(r"^[ \t]*%?pylab\b[^\n]*$", re.M)


def spell_out(draft: Draft) -> Draft:
    """The draft with the imports where the magic stood."""
    for cell in draft.code:
        draft = draft.edited(
            cell.id,
            _MAGIC.sub(IMPORTS, cell.source, count=1),
            rule=RULE,
            reason="what %pylab binds is spelled out, so that names can be followed",
            confidence=0.95,
        )
    return draft


def put_in(draft: Draft) -> Draft:
    """The draft with the imports in a cell of their own at the top."""
    cell = DraftCell(id="cell-pylab", position=0, kind="code", source=IMPORTS, metadata={})
    return replace(draft, cells=(cell, *draft.cells)).noted(
        rule=RULE,
        reason="its server was started with --pylab, which bound names that no cell imports",
        before="",
        after=IMPORTS,
        confidence=0.85,
    )
