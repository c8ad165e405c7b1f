"""What is said to have changed since the last run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from jupyter_mlops.model.artifact import FileRef
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import Environment, FileChange, Run, StepReport, StepState
from jupyter_mlops.runner.attempt import Cancelled
from jupyter_mlops.runner.changes import changed_files
from jupyter_mlops.runner.files import ProjectFiles
from jupyter_mlops.step.links import of_link
from jupyter_mlops.store import Store

NOTEBOOK = "/project/book.ipynb"
LOCAL = Environment(digest="e", engine="local", python="3")
IMAGE = replace(LOCAL, engine="docker", image="sha256:i")
RUN = Run(
    run="",
    state="succeeded",
    reason="",
    notebook=NOTEBOOK,
    source="",
    pipeline="",
    parameters=(),
    engine="local",
    user="",
    host="",
    started="",
)


def ref(path: str, content: bytes | None = b"old") -> FileRef:
    return FileRef(path=path, digest=None if content is None else of_bytes(content))


def report(
    step: str,
    *reads: FileRef,
    writes: tuple[FileRef, ...] = (),
    state: StepState = "succeeded",
    environment: Environment = LOCAL,
) -> StepReport:
    return StepReport(step=step, state=state, inputs=reads, outputs=writes, environment=environment)


def change(path: Path, content: bytes = b"new") -> None:
    path.write_bytes(content)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Runs, oldest first, what is done then, and what has changed; the files held ``old``."""

    id: str
    runs: tuple[tuple[StepReport, ...], ...]
    do: Callable[[Path], object] = lambda root: change(root / "a.csv")
    changed: tuple[FileChange, ...] = ()


A = FileChange(path="a.csv", became="changed", steps=("a",))
CASES = [
    Case(id="never ran", runs=()),
    Case(id="nothing", runs=((report("a", ref("a.csv")),),), do=lambda root: None),
    Case(id="changed", runs=((report("a", ref("a.csv")),),), changed=(A,)),
    Case(id="changed back", runs=((report("a", ref("a.csv", b"new")),),)),
    Case(id="read by nobody", runs=((report("a", ref("b.csv")),),)),
    Case(
        id="gone, and new",
        runs=((report("a", ref("a.csv"), ref("new.csv", None)),),),
        do=lambda root: (root / "a.csv").rename(root / "new.csv"),
        changed=(
            replace(A, became="gone"),
            FileChange(path="new.csv", became="new", steps=("a",)),
        ),
    ),
    Case(
        id="read by several",
        runs=((report("a", ref("a.csv")), report("b", ref("a.csv"), state="reused")),),
        changed=(replace(A, steps=("a", "b")),),
    ),
    Case(id="a listing", runs=((report("a", FileRef(path="./", digest="sha256:l")),),)),
    Case(
        id="a link",
        runs=((report("a", of_link("link", "a.csv")),),),
        do=lambda root: ((root / "link").unlink(), (root / "link").symlink_to("b.csv")),
        changed=(FileChange(path="link", became="changed", steps=("a",)),),
    ),
    Case(
        id="what an earlier step wrote",
        runs=((report("a", writes=(ref("a.csv", b"x"),)), report("b", ref("a.csv", b"x"))),),
    ),
    Case(
        id="what a step read before it wrote it",
        runs=((report("a", ref("a.csv"), writes=(ref("a.csv", b"x"),)),),),
        changed=(A,),
    ),
    Case(id="a file of an image", runs=((report("a", ref("/none"), environment=IMAGE),),)),
    Case(
        id="a step that the last run did not come to",
        runs=(
            (report("a", ref("b.csv")), report("b", ref("a.csv"))),
            (report("a", ref("b.csv"), state="failed"), report("b", state="skipped")),
        ),
        changed=(replace(A, steps=("b",)),),
    ),
    Case(
        id="the newest run counts",
        runs=((report("a", ref("b.csv", b"x")),), (report("a", ref("a.csv")),)),
        changed=(A,),
    ),
    Case(id="a step that is no more", runs=((report("c", ref("a.csv")),),)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_changes(tmp_path: Path, case: Case) -> None:
    root, store = tmp_path / "project", Store(tmp_path / "store").open()
    root.mkdir()
    for name in ("a.csv", "b.csv"):
        (root / name).write_bytes(b"old")
    (root / "link").symlink_to("a.csv")
    begun = (report("a", state="pending"), report("b", state="pending"))
    for number, steps in enumerate((*case.runs, begun)):
        store.catalog.save_run(replace(RUN, run=f"run-{number}", steps=steps))
    case.do(root)

    def found(is_cancelled: bool = False) -> tuple[FileChange, ...]:
        project = ProjectFiles(root)
        return changed_files(store.catalog, NOTEBOOK, ["a", "b"], project, lambda: is_cancelled)

    assert found() == case.changed
    if case.changed:
        with pytest.raises(Cancelled):
            found(is_cancelled=True)
    store.close()
