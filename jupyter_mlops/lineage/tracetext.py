"""What a trace says in words: its heading, and the certificate as pairs of name and value."""

from __future__ import annotations

import json
from collections.abc import Iterator

from jupyter_mlops.model.identity import PREFIX
from jupyter_mlops.model.times import local_text
from jupyter_mlops.model.trace import MOST_COUNTED, Birth, Sighting, Trace

_SHORT = 12
_MOST_FILES = 10


def heading(trace: Trace) -> str:
    """What it is about, in one line."""
    return f"Trace of {'run ' + trace.run if trace.run else trace.asked}"


def certificate(trace: Trace) -> Iterator[tuple[str, str]]:
    """What is known of the bytes, or of the run, that were asked about."""
    if trace.digest is not None:
        yield "digest", trace.digest
    if trace.birth is not None:
        yield from _birth(trace.birth)
    elif trace.digest is not None:
        yield "made by", "no execution on record: it came from outside"
    for name, how, number in (
        ("made", ("made",), trace.made),
        ("taken", ("read", "received"), trace.taken),
    ):
        seen = [sighting for sighting in trace.sightings if sighting.how in how]
        if number > 1 or (number and name == "taken"):
            yield name, _times(seen, number)
    own = [step for step in trace.steps if step.distance == 0]
    if trace.run is not None:
        yield "run", trace.run
        yield "executions", ", ".join(step.execution for step in own) or "none"


def _birth(birth: Birth) -> Iterator[tuple[str, str]]:
    made, environment = birth.made, birth.environment
    yield "made as", f"{made.kind} {made.name}".rstrip()
    yield "by", f"step {made.step} of run {made.run} ({made.execution})"
    if birth.cell is not None:
        yield "cell", str(birth.cell.cell or birth.cell.id)
    yield "notebook", f"{birth.notebook} ({short(birth.source)})"
    if birth.git is not None:
        dirty = ", with changes" if birth.git.dirty else ""
        yield "commit", f"{birth.git.commit}{dirty}"
    yield "code", short(birth.code)
    parameters = (f"{name}={json.dumps(value)}" for name, value in birth.parameters.items())
    yield "parameters", ", ".join(parameters) or "none"
    files = [f"{file.path} ({short(file.digest)})" for file in birth.files[:_MOST_FILES]]
    if len(birth.files) > _MOST_FILES:
        files.append(f"and {len(birth.files) - _MOST_FILES} more")
    yield "read", ", ".join(files) or "no files"
    image = f", image {short(environment.image)}" if environment.image else ""
    lock = f", lock {short(environment.lock)}" if environment.lock else ""
    yield (
        "environment",
        (
            f"{short(environment.digest)}: {environment.engine} engine, "
            f"Python {environment.python}, {len(environment.packages)} packages{lock}{image}"
        ),
    )
    yield "who", f"{birth.user} on {birth.host}: {birth.reason}"
    yield "when", f"{local_text(birth.started)} to {local_text(birth.ended)}"


def _times(seen: list[Sighting], number: int) -> str:
    often = f"{number} or more times" if number >= MOST_COUNTED else f"{number} times"
    if number == 1:
        often = "once"
    newest, first = seen[0], seen[-1]
    last = f"last by {newest.execution} ({_as(newest)})"
    return f"{often}, {last}" + ("" if number == 1 else f", first by {first.execution}")


def _as(sighting: Sighting) -> str:
    name = f" {sighting.name}" if sighting.name else ""
    return f"as {sighting.kind}{name}, {local_text(sighting.time)}"


def short(digest: str | None) -> str:
    """The first digits of a digest."""
    return "-" if digest is None else digest.removeprefix(PREFIX)[:_SHORT]
