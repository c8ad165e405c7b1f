"""What a schedule in a file waits for, if not for a time: read, and written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_mlops.model.trigger import Trigger
from jupyter_mlops.scheduling.files import is_url
from jupyter_mlops.scheduling.timing import duration_text, read_duration
from jupyter_mlops.scheduling.triggers import file_trigger, upstream_trigger, webhook_trigger

OPTIONS: Mapping[str, str] = {
    "map": "parameters",
    "settle": "settle",
    "poll": "every",
    "secret": "secret",
    "rate": "rate",
}
"""What a file says of a trigger, and the field that it is."""

FIELDS: Mapping[str, set[str]] = {
    "schedule": {"map"},
    "notebook": {"map"},
    "alias": {"map"},
    "file": {"map", "settle", "poll"},
    "webhook": {"map", "secret", "rate"},
}
"""What a file may say of triggers of each kind."""

_WORDS = {"schedule": "after", "notebook": "after"}
"""The key of a trigger, where it is not its kind."""


def plain_trigger(key: str, asked: Mapping[str, Any], folder: Path) -> Trigger:
    """The trigger of ``after``, ``alias``, ``file`` or ``webhook``, with no options yet."""
    source = asked[key]
    if key == "alias":
        return Trigger(kind="alias", source=source)
    if key == "webhook":
        return webhook_trigger(source)
    if key == "file":
        return file_trigger(source if is_url(source) else os.path.normpath(folder / source))
    is_path = source.endswith(".ipynb")
    return upstream_trigger(os.path.normpath(folder / source) if is_path else source)


def with_option(trigger: Trigger, key: str, value: Any) -> Trigger:
    """The trigger with what the file says of it; None says nothing.

    Raises:
        ScheduleError: a duration cannot be read.
    """
    if value is None:
        return trigger
    value = float(read_duration(value)) if key in ("settle", "poll") else value
    return replace(trigger, **{OPTIONS[key]: value})


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
