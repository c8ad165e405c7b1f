"""All that can be mended in a notebook by looking at it, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from jupyter_mlops.legacy.choice import Choice
from jupyter_mlops.legacy.division import round_down
from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.era import Era
from jupyter_mlops.legacy.lists import as_lists
from jupyter_mlops.legacy.order import arrange
from jupyter_mlops.legacy.python2 import is_python2, modernise
from jupyter_mlops.legacy.rules import DATED, STATIC


def prepared(draft: Draft, metadata: Mapping[str, Any], era: Era, choice: Choice) -> Draft:
    """The draft after all that can be seen without running it.

    Args:
        draft: the notebook as it was read.
        metadata: of its old file.
        era: when it was written.
        choice: which changes may be made.
    """
    old = is_python2(draft, metadata)
    rules: Sequence[Callable[[Draft], Draft]] = (
        partial(modernise, every=old),
        *((as_lists, round_down) if old else ()),
        *STATIC,
        arrange,
    )
    for rule in rules:
        draft = choice.kept(draft, rule(draft))
    for dated in DATED:
        draft = choice.kept(draft, dated(draft, era))
    return draft
