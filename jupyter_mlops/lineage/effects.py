"""What a step gave otherwise in one run than in another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jupyter_mlops.lineage.cells import pair_cells, unified
from jupyter_mlops.lineage.contents import Versions
from jupyter_mlops.lineage.descriptions import Descriptions, changed_lines
from jupyter_mlops.lineage.given import Given
from jupyter_mlops.model.artifact import SHARED, FileRef, Group, is_facet
from jupyter_mlops.model.comparison import Consequence, equal_values
from jupyter_mlops.model.identity import of_bytes, short
from jupyter_mlops.model.run import StepReport, StepState
from jupyter_mlops.verify.compare import difference
from jupyter_mlops.verify.normalise import Part

_LONGEST_TEXT = 100_000
_MOST_LINES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """A version of a variable after a step."""

    digest: str
    size: int


def effects_of(
    a: Given | None, b: Given | None, versions: Versions, described: Descriptions
) -> Iterator[Consequence]:
    """What the step gave otherwise: outcome, metrics, outputs of cells, files, variables, state.

    Args:
        a: the step in the earlier run; None if it has no such step.
        b: in the later one.
        versions: the files of both runs.
        described: what the variables of both runs were.
    """
    one, other = (given.report if given is not None else None for given in (a, b))
    step = (other or one).step  # type: ignore[union-attr]
    yield from _outcome(step, one, other)
    yield from _metrics(step, one, other)
    if a is not None and b is not None:
        yield from _outputs(step, a, b)
        yield from _files(step, a.report, b.report, versions)
        yield from _variables(step, a.report, b.report, described)


def _outcome(step: str, a: StepReport | None, b: StepReport | None) -> Iterator[Consequence]:
    if a is None or b is None or _ended(a.state) == _ended(b.state):
        return
    text = f"{a.state} → {b.state}"
    if b.state in ("failed", "skipped", "cancelled"):
        text += f": {b.why}"
    yield Consequence(kind="outcome", step=step, name=step, a=a.state, b=b.state, text=text)


def _ended(state: StepState) -> StepState:
    return "succeeded" if state == "reused" else state


def _metrics(step: str, a: StepReport | None, b: StepReport | None) -> Iterator[Consequence]:
    old, new = (report.metrics if report is not None else {} for report in (a, b))
    for name in dict.fromkeys([*new, *old]):
        if name not in old or name not in new or not equal_values(old[name], new[name]):
            values = [m.get(name, "none") for m in (old, new)]
            one, other = map(_number, values)
            if one == other:
                one, other = map(repr, values)
            text = f"metric {name} {one} → {other}"
            yield Consequence(
                kind="metric", step=step, name=name, a=old.get(name), b=new.get(name), text=text
            )


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _outputs(step: str, a: Given, b: Given) -> Iterator[Consequence]:
    from jupyter_mlops.verify.whole import read_outputs

    if a.executed is None or b.executed is None:
        return
    old, new = (
        read_outputs(json.loads(executed), last=error.cell_id if error else None)
        for executed, error in ((a.executed, a.report.error), (b.executed, b.report.error))
    )
    first = step == b.run.steps[0].step
    for pair in pair_cells(a, b):
        if pair.a not in old or pair.b not in new or old[pair.a] == new[pair.b]:
            continue
        if not first and b.cells is not None and b.cells[pair.b].shared:
            continue  # the first step has told of it
        one, other = _shown(old[pair.a]), _shown(new[pair.b])
        kinds = ", ".join(_differing(one, other))
        yield Consequence(
            kind="output",
            step=step,
            name=pair.name,
            text=f"{pair.name} puts out something else: {kinds}",
            diff=difference(one, other),
            cell_a=pair.a,
            cell_b=pair.b,
        )


def _shown(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts that people compare: HTML is left out beside text, pictures are their digest."""
    kinds = {part.kind for part in parts}
    return tuple(
        Part(kind=part.kind, text=f"a picture, {short(_digest(part.text))}")
        if " image/" in part.kind
        else part
        for part in parts
        if part.kind.replace(" text/html", " text/plain") == part.kind
        or part.kind.replace(" text/html", " text/plain") not in kinds
    )


def _digest(text: str) -> str:
    return of_bytes(text.encode(errors="backslashreplace"))


def _differing(a: tuple[Part, ...], b: tuple[Part, ...]) -> list[str]:
    """The kinds of the parts that are not the same in both; ``text/html`` if nothing else is."""
    found = [part.kind for part in (*a, *b) if part not in a or part not in b]
    return list(dict.fromkeys(found)) or ["text/html" if a == b else "order"]


def _files(step: str, a: StepReport, b: StepReport, versions: Versions) -> Iterator[Consequence]:
    old, new = (
        {file.path: file for file in report.outputs if isinstance(file, FileRef)}
        for report in (a, b)
    )
    for path in dict.fromkeys([*new, *old]):
        before, after = old.get(path), new.get(path)
        if before is not None and after is not None and before.version == after.version:
            continue
        table, diff = None, ""
        if before is not None and after is not None:
            table = versions.table(before, after)
            diff = _text_diff(versions.read(before, after)) if table is None else ""
        yield Consequence(
            kind="file",
            step=step,
            name=path,
            a=before and before.digest,
            b=after and after.digest,
            text=f"file {path} {_written(before)} → {_written(after)}",
            table=table,
            diff=diff,
        )


def _written(file: FileRef | None) -> str:
    if file is None:
        return "not written"
    return "deleted" if file.digest is None else short(file.digest)


def _text_diff(both: tuple[bytes, bytes] | None) -> str:
    """The first lines that differ; empty if one is gone, too long, or no text."""
    if both is None or max(map(len, both)) > _LONGEST_TEXT:
        return ""
    try:
        a, b = (content.decode() for content in both)
    except UnicodeDecodeError:
        return ""
    lines = unified(a, b).splitlines()
    more = [f"… {len(lines) - _MOST_LINES} more lines"] if len(lines) > _MOST_LINES else []
    return "\n".join([*lines[:_MOST_LINES], *more])


def _variables(
    step: str, a: StepReport, b: StepReport, described: Descriptions
) -> Iterator[Consequence]:
    """Names that the step leaves in another version: one effect for those that go together."""
    left = {n for r in (a, b) for g in r.outputs if isinstance(g, Group) for n in g.names}
    old, new = _after(a), _after(b)
    found: dict[tuple[_Left | None, _Left | None, bool], list[str]] = {}
    for name in sorted(left):
        before, after = old.get(name), new.get(name)
        if (before and before.digest) != (after and after.digest):
            found.setdefault((before, after, is_facet(name)), []).append(name.removeprefix(SHARED))
    for (before, after, ambient), names in sorted(found.items(), key=lambda item: item[0][2]):
        name = ", ".join(dict.fromkeys(names))
        sizes = " → ".join(_size(version) for version in (before, after))
        lines = [line for n in names for line in _changed(n, before, after, described)]
        yield Consequence(
            kind="state" if ambient else "variable",
            step=step,
            name=name,
            a=before and before.digest,
            b=after and after.digest,
            text=f"{'state' if ambient else 'variable'} {name} is another one ({sizes})",
            diff="\n".join(lines),
        )


def _changed(
    name: str, before: _Left | None, after: _Left | None, described: Descriptions
) -> list[str]:
    if before is None or after is None:
        return []
    old, new = described.get((name, before.digest)), described.get((name, after.digest))
    return changed_lines(name, old, new)


def _after(report: StepReport) -> dict[str, _Left]:
    """The version of each variable at the end of the step, of those it received or left."""
    return {
        name: _Left(digest=group.digest, size=group.size)
        for group in (*report.inputs, *report.outputs)
        if isinstance(group, Group)
        for name in group.names
    }


def _size(version: _Left | None) -> str:
    return "none" if version is None else f"{version.size:,} bytes"
