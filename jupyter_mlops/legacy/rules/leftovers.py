"""Python 2 in cells that Python 3 can read, which is found out only as they run."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene
from jupyter_mlops.legacy.python2 import RULE, to_python3

_GONE = re.compile(
    r"No module named '(?:cPickle|c?StringIO|urllib2|urlparse|ConfigParser|Queue|Tkinter|"
    r"HTMLParser|httplib|cookielib|__builtin__|copy_reg|xmlrpclib|commands|anydbm)\b|"
    r"name '(?:xrange|unicode|basestring|unichr|long|reduce|raw_input|execfile|izip)' is not|"
    r"has no attribute '(?:next|has_key|iter(?:items|keys|values)|func_\w+|im_\w+)'|"
    r"module 'urllib' has no attribute '(?:url\w+|(?:un)?quote(?:_plus)?)'|"
    r"module 'itertools' has no attribute 'i(?:map|zip|filter)'|"
    r"module 'string' has no attribute '(?:letters|maketrans|lower|upper|join|split|replace)'"
)


def modernise(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft whose failing cells are in Python 3, if what they ask for was Python 2's."""
    if not _GONE.search(failure.message):
        return None
    ids = [place.cell_id for place in reversed(failure.places)] or [failure.cell_id]
    for cell in map(draft.cell, ids):
        text = to_python3(cell.source)
        if text is not None and text.rstrip() != cell.source.rstrip():
            return draft.edited(
                cell.id,
                text,
                rule=RULE,
                reason="Python 2 names, as Python 3 writes them",
                confidence=0.8,
            )
    return None
