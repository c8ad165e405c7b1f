"""What a label is put on, from the words in which people name it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyter_mlops.errors import StoreError, UnknownRun
from jupyter_mlops.model.artifact import Group
from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.model.label import Target

if TYPE_CHECKING:
    from jupyter_mlops.model.run import Run, StepReport
    from jupyter_mlops.store import Store

_SHORTEST = 6
_DIGITS = re.compile(rf"[0-9a-f]{{{_SHORTEST},64}}")
_ALL = 64


class UnknownArtifact(StoreError):
    """No artifact of that name or digest, or more than one; ``artifact`` is what was asked for."""

    exit_code = 2

    def __init__(self, artifact: str, message: str, *, fix: str) -> None:
        self.artifact = artifact
        super().__init__(message, fix=fix)


def find_target(store: Store, text: str) -> Target:
    """The run, step or artifact that is meant.

    Args:
        store: where it is on record.
        text: ``RUN``, ``RUN:STEP`` or ``RUN:STEP:ARTIFACT`` (a variable or the path of a file that
            the step left), where RUN may be an alias; an alias alone means what it names; or the
            digest of an object, of which six digits suffice if no other begins so.

    Raises:
        UnknownRun, UnknownStepError, UnknownArtifact: there is none, or more than one.
    """
    from jupyter_mlops.runner.past import find_step

    if text.startswith(PREFIX):
        return _object(store, text, text.removeprefix(PREFIX))
    named = store.catalog.labels.held("alias", text)
    if named and (target := named[0].target) is not None:
        return target
    name, _, rest = text.partition(":")
    try:
        run = store.catalog.find_run(name)
    except UnknownRun as error:
        if error.candidates or rest or not _DIGITS.fullmatch(name):
            raise
        return _object(store, text, name)
    if not rest:
        return Target(text=run.run, run=run.run)
    step, _, artifact = rest.partition(":")
    report = find_step(run, step)
    if not artifact:
        return Target(text=f"{run.run}:{step}", run=run.run)
    return Target(
        text=f"{run.run}:{step}:{artifact}", run=run.run, digest=_left(run, report, artifact)
    )


def _left(run: Run, report: StepReport, name: str) -> str:
    """The digest of a variable or a file that the step left."""
    known: list[str] = []
    for item in report.outputs:
        names = item.names if isinstance(item, Group) else (item.path,)
        if name in names and item.digest is not None:
            return item.digest
        known += [] if item.digest is None else names
    raise UnknownArtifact(
        name,
        f"step {report.step} of run {run.run} left nothing that is called {name!r}",
        fix=f"it left: {', '.join(known) or 'nothing'}",
    )


def _object(store: Store, text: str, digits: str) -> Target:
    if not _DIGITS.fullmatch(digits):
        raise UnknownArtifact(
            text,
            f"{text!r} is no digest",
            fix=f"write {PREFIX} and at least {_SHORTEST} of its hexadecimal digits",
        )
    if len(digits) == _ALL:
        found = [PREFIX + digits] if PREFIX + digits in store.objects else []
    else:
        found = [d for d in store.objects.digests() if d.startswith(PREFIX + digits)]
    if len(found) == 1:
        return Target(text=found[0], digest=found[0])
    if found:
        raise UnknownArtifact(
            text,
            f"{len(found)} objects have a digest that begins so: {text}",
            fix="give more of it",
        )
    raise UnknownArtifact(
        text,
        f"no object in the store has the digest {text}",
        fix="`jupyter mlops show RUN --json` lists the digests of a run's artifacts",
    )
