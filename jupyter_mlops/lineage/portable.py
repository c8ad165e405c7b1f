"""All that somebody needs to show, trace and make some runs again, gathered from the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.crate import Absent
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import Execution, Run
from jupyter_mlops.store.records import run_record
from jupyter_mlops.store.references import references_of_execution, references_of_run

if TYPE_CHECKING:
    from jupyter_mlops.store import Store


@dataclass(slots=True)
class Portable:
    """What goes into a file.

    Attributes:
        runs: those asked for first, then those whose executions they reuse.
        asked: how many were asked for.
        executions: all of these runs, in order of time, by the digests of their records.
        records: bytes of the runs' records, by digest.
        objects: sizes of the other objects, by digest.
        wheels: files of packages that no index has, by name.
        images: ids of the images that steps ran in.
        absent: what is needed and not here.
    """

    runs: tuple[Run, ...]
    asked: int
    executions: Mapping[str, Execution]
    records: dict[str, bytes] = field(default_factory=dict)
    objects: dict[str, int] = field(default_factory=dict)
    wheels: dict[str, Path] = field(default_factory=dict)
    images: tuple[str, ...] = ()
    absent: list[Absent] = field(default_factory=list)


def gather(store: Store, asked: Sequence[Run]) -> Portable:
    """What goes into the file of these runs; every object of it is in the store.

    Raises:
        MlopsError: one of them has not ended.
        ObjectMissing: the store is not sound.
    """
    runs = _with_origins(store, asked)
    for run in runs:
        if run.state == "running":
            raise MlopsError(f"run {run.run} has not ended", fix="export it when it has")
    found = Portable(runs=runs, asked=len(asked), executions=_executions(store, runs))
    for run in runs:
        record = run_record(portable_run(run), 1)
        found.records[of_bytes(record)] = record
    executions = found.executions.values()
    for digest in found.executions:
        found.objects[digest] = store.objects.size(digest)
    references = [
        *(reference for run in runs for reference in references_of_run(run)),
        *(reference for e in executions for reference in references_of_execution(e)),
    ]
    for digest, _ in references:
        if digest not in found.objects:
            found.objects[digest] = store.objects.size(digest)
    for absent in _read_files(store, found):
        found.absent.append(absent)
    _add_wheels(store, found)
    images = (e.environment.image for e in executions)
    found.images = tuple(dict.fromkeys(image for image in images if image is not None))
    return found


def portable_run(run: Run) -> Run:
    """The run without what holds for one store only: how it came there, and paths in its folder."""
    steps = (
        replace(report, notebook=notebook_name(number, report.step) if report.notebook else None)
        for number, report in enumerate(run.steps, start=1)
    )
    return replace(run, imported=None, steps=tuple(steps))


def notebook_name(number: int, step: str) -> str:
    """How the executed notebook of a step is called in the folder of its run."""
    return f"{number:02}-{step}.ipynb"


def _with_origins(store: Store, asked: Sequence[Run]) -> tuple[Run, ...]:
    """The runs, and those in which the executions were made that they reuse, and so on."""
    found = {run.run: run for run in asked}
    waiting = list(asked)
    while waiting:
        for report in waiting.pop().steps:
            if report.execution is None:
                continue
            name = store.catalog.execution(report.execution).run
            if name not in found:
                found[name] = store.catalog.find_run(name)
                waiting.append(found[name])
    return tuple(found.values())


def _executions(store: Store, runs: Sequence[Run]) -> dict[str, Execution]:
    """The executions that were made in the runs, whatever became of them."""
    from sqlalchemy import select

    from jupyter_mlops.store.schema import executions

    query = select(executions).where(executions.c.run.in_([run.run for run in runs]))
    query = query.order_by(executions.c.started, executions.c.execution)
    rows = store.catalog.ask(lambda connection: connection.execute(query).all())
    return {row.digest: store.catalog.execution(row.execution) for row in rows}


def _read_files(store: Store, found: Portable) -> Iterator[Absent]:
    """Files that were only read: those that the store has are taken along."""
    written = {f.digest for e in found.executions.values() for f in e.result.files_written}
    told = set()
    for execution in found.executions.values():
        for file in execution.result.files_read:
            if file.digest is None or file.path.endswith("/") or file.digest in written:
                continue
            if execution.environment.holds(file.path) or file.digest in told:
                continue
            told.add(file.digest)
            if file.digest in store.objects:
                found.objects[file.digest] = store.objects.size(file.digest)
            else:
                why = f"step {execution.step} read it, and no copy of it was kept"
                yield Absent(kind="file", name=file.path, why=why, digest=file.digest)


def _add_wheels(store: Store, found: Portable) -> None:
    """The wheels of this machine's packages that locks name, and what an index must still give."""
    wheels = sorted((store.cache / "wheels").glob("*/*.whl"))
    digests = {of_bytes(path.read_bytes()): path for path in wheels}
    environments = {e.environment.digest: e.environment for e in found.executions.values()}
    for environment in environments.values():
        if environment.lock is None:
            why = "steps ran in a kernel as it stood, of which there is no lock"
            found.absent.append(Absent(kind="packages", name=environment.digest, why=why))
            continue
        lock = store.objects.read_bytes(environment.lock).decode(errors="replace")
        named = {path.name: path for digest, path in digests.items() if digest in lock}
        found.wheels.update(named)
        number = len(environment.packages) - len(named)
        why = f"{number} of its packages come from an index"
        found.absent.append(
            Absent(kind="packages", name=environment.lock, why=why, digest=environment.lock)
        )
