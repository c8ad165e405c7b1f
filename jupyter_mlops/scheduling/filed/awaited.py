"""What a schedule in a file waits for, if not for a time: read, and written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.model.trigger import Trigger
from jupyter_mlops.scheduling.files import is_url
from jupyter_mlops.scheduling.timing import duration_text
from jupyter_mlops.scheduling.triggers import OPTIONS, TRIGGERS

_WORDS = {"schedule": "after", "notebook": "after"}
"""The key of a trigger, where it is not its kind."""


def plain_trigger(key: str, asked: Mapping[str, Any], folder: Path) -> Trigger:
    """The trigger of ``after``, ``alias``, ``file`` or ``webhook``, with no options yet."""
    source = asked[key]
    is_path = source.endswith(".ipynb") if key == "after" else key == "file" and not is_url(source)
    return TRIGGERS[key](os.path.normpath(folder / source) if is_path else source)


def said_of(trigger: Trigger, folder: Path) -> Mapping[str, Any]:
    """What a file in a folder says of a trigger: all that differs from the defaults."""
    is_path = trigger.kind == "notebook" or (trigger.kind == "file" and not is_url(trigger.source))
    source = os.path.relpath(trigger.source, folder) if is_path else trigger.source
    word = _WORDS.get(trigger.kind, trigger.kind)
    usual, said = plain_trigger(word, {word: source}, folder), {word: source}
    for key, name in OPTIONS.items():
        value = getattr(trigger, name)
        if value != getattr(usual, name):
            said[key] = duration_text(int(value)) if key in ("settle", "poll") else value
    return said
