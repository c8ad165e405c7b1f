"""The data flow that a run showed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from jupyter_mlops.model.artifact import FileRef, Group
from jupyter_mlops.model.dataflow import (
    DataFlow,
    FileRead,
    FileWrite,
    NameRead,
    NameWrite,
    ObservedEffect,
    StepFlow,
    Use,
    edges_between,
)
from jupyter_mlops.model.run import Observed, Run, StepReport


def observed_flow(run: Run) -> DataFlow:
    """What flowed between the steps of the run; for a reused step, in the execution it reuses.

    Parameters and what shared cells bind flow between steps only once a step has changed them. A
    step that did not come to its end left nothing; what it received is given.
    """
    producers: dict[str, str] = {}
    writers: dict[str, str] = {}
    steps = []
    for report in run.steps:
        flow = _step_flow(report, producers, writers)
        steps.append(flow)
        for write in flow.writes:
            producers[write.name] = report.step
        for file in flow.files_written:
            for path in (file.path, _folder_of(file.path)):
                writers[path] = report.step
    found = tuple(steps)
    return DataFlow(basis="observed", steps=found, edges=edges_between(found))


def _step_flow(report: StepReport, producers: dict[str, str], writers: dict[str, str]) -> StepFlow:
    received = list(_names(report.inputs))
    carried = set(_names(report.outputs))
    seen = report.observed or _guess(report, received)
    effects: dict[str, ObservedEffect] = {
        **dict.fromkeys(seen.created, "created"),
        **dict.fromkeys(seen.changed, "changed"),
        **dict.fromkeys(seen.joined, "joined"),
        **dict.fromkeys(seen.deleted, "deleted"),
    }

    def use(name: str) -> Use:
        if report.observed is None or seen.everything:
            return "may read"
        return "not read" if name in seen.unused else "read"

    return StepFlow(
        step=report.step,
        reads=tuple(
            NameRead(
                name=name,
                sources=(producers[name],) if name in producers else (),
                use=use(name),
            )
            for name in sorted(received)
            if not name.startswith("@")
        ),
        writes=tuple(
            NameWrite(name=name, effect=effect, carried=name in carried)
            for name, effect in sorted(effects.items())
        ),
        unchanged=tuple(name for name in seen.unchanged if not name.startswith("@")),
        files_read=tuple(
            FileRead(path=file.path, sources=(writers[file.path],) if file.path in writers else ())
            for file in report.inputs
            if isinstance(file, FileRef)
        ),
        files_written=tuple(
            FileWrite(path=file.path, effect="deleted" if file.digest is None else "written")
            for file in report.outputs
            if isinstance(file, FileRef)
        ),
        everything=seen.everything,
    )


def _guess(report: StepReport, received: list[str]) -> Observed:
    """What versions alone say of a step whose variables nobody recorded."""
    left = {
        n for g in report.outputs if isinstance(g, Group) and g.step == report.step for n in g.names
    }
    return Observed(created=tuple(left - set(received)), changed=tuple(left & set(received)))


def _names(items: tuple[Group | FileRef, ...]) -> Iterator[str]:
    return (name for item in items if isinstance(item, Group) for name in item.names)


def _folder_of(path: str) -> str:
    """The folder whose listing names the path, as a listing is written."""
    parent = str(PurePosixPath(path).parent)
    return "./" if parent == "." else f"{parent.rstrip('/')}/"
