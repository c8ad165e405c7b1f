"""What a schedule waits for, as a request says it."""

from __future__ import annotations

from jupyter_mlops.errors import ScheduleError
from jupyter_mlops.model.trigger import Trigger
from jupyter_mlops.scheduling.filed.awaited import plain_trigger
from jupyter_mlops.scheduling.files import is_url
from jupyter_mlops.scheduling.triggers import FITTING, OPTIONS, TRIGGERS, with_option
from jupyter_mlops.server.contents import Contents
from jupyter_mlops.server.requests import TriggerStart


def trigger_asked_for(contents: Contents, asked: TriggerStart) -> Trigger:
    """The trigger, of notebooks and files below the contents root.

    Raises:
        ScheduleError: it is none, or has what triggers of its kind have not.
        OutsideContents, NoSuchFile: a path leads out of the contents root, or to no notebook.
    """
    given = {kind: source for kind in TRIGGERS if (source := getattr(asked, kind)) is not None}
    if len(given) != 1:
        raise ScheduleError(
            "a schedule waits for one thing", fix=f"give one of {', '.join(TRIGGERS)}"
        )
    ((kind, source),) = given.items()
    if kind == "after" and source.endswith(".ipynb"):
        source = str(contents.notebook(source))
    elif kind == "file" and not is_url(source):
        source = str(contents.locate(source))
    trigger = plain_trigger(kind, {kind: source}, contents.root)
    for option in OPTIONS:
        value = getattr(asked, option)
        if value is None or value == {}:
            continue
        if option not in FITTING[trigger.kind]:
            raise ScheduleError(f"{option}: what the schedule waits for has no such thing")
        trigger = with_option(trigger, option, value)
    return trigger
