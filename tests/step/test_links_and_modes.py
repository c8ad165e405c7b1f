"""Links and files that may be run: how they go from step to step, and what counts as read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from stepfolder import StepFolder, file_ref, make_step
from test_working_folder import lay

from jupyter_mlops.model.artifact import FileKind, FileRef, FileStamp
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import StepSpec
from jupyter_mlops.runner.files import ProjectFiles
from jupyter_mlops.step.harvest import Harvest, harvest, lay_out_state
from jupyter_mlops.step.layout import Layout
from jupyter_mlops.step.scrub import Scrubber
from jupyter_mlops.step.workfolder import scan


def put(path: Path, content: str = "x", mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)


def project(step: StepFolder) -> None:
    put(step.source / "plain.txt", "plain")
    put(step.source / "tool.sh", "tool", 0o755)
    put(step.source / "data" / "one.csv", "1")
    put(step.source / "data" / "two.csv", "2")
    (step.source / "latest.csv").symlink_to("data/one.csv")


@dataclass(frozen=True, kw_only=True)
class Left:
    """What one step does to its working folder, and what it leaves: path → kind and content."""

    id: str
    do: Callable[[Path], object]
    left: Mapping[str, tuple[str, str]]


def file(content: str) -> tuple[str, str]:
    return "file", content


LEFT = [
    Left(
        id="link to a file that it made",
        do=lambda w: (put(w / "real"), (w / "link").symlink_to("real")),
        left={"real": file("x"), "link": ("link", "real")},
    ),
    Left(
        id="link to a folder",
        do=lambda w: (w / "link").symlink_to("data"),
        left={"link": ("link", "data")},
    ),
    Left(
        id="link in a folder, to its own working folder by an absolute path",
        do=lambda w: (w / "data" / "link").symlink_to(w / "plain.txt"),
        left={"data/link": ("link", "../plain.txt")},
    ),
    Left(
        id="link that leads nowhere",
        do=lambda w: (w / "link").symlink_to("none/such"),
        left={"link": ("link", "none/such")},
    ),
    Left(
        id="relative link out of the folder",
        do=lambda w: (w / "link").symlink_to("../../none"),
        left={"link": ("link", "../../none")},
    ),
    Left(
        id="absolute link to a file elsewhere: the file itself",
        do=lambda w: (w / "link").symlink_to(__file__),
        left={"link": file(Path(__file__).read_text())},
    ),
    Left(
        id="absolute link to a folder elsewhere",
        do=lambda w: (w / "link").symlink_to("/usr"),
        left={"link": ("link", "/usr")},
    ),
    Left(
        id="link made to lead elsewhere",
        do=lambda w: ((w / "latest.csv").unlink(), (w / "latest.csv").symlink_to("data/two.csv")),
        left={"latest.csv": ("link", "data/two.csv")},
    ),
    Left(
        id="link replaced by a file",
        do=lambda w: ((w / "latest.csv").unlink(), put(w / "latest.csv", "new")),
        left={"latest.csv": file("new")},
    ),
    Left(
        id="written through a link",
        do=lambda w: (w / "latest.csv").write_text("new"),
        left={"data/one.csv": file("new")},
    ),
    Left(
        id="script",
        do=lambda w: put(w / "run.sh", mode=0o755),
        left={"run.sh": ("executable", "x")},
    ),
    Left(
        id="only the mode is new",
        do=lambda w: (w / "plain.txt").chmod(0o744),
        left={"plain.txt": ("executable", "plain")},
    ),
    Left(
        id="no script any more",
        do=lambda w: (w / "tool.sh").chmod(0o644),
        left={"tool.sh": file("tool")},
    ),
    Left(id="other bits of a mode", do=lambda w: (w / "plain.txt").chmod(0o664), left={}),
]


def perform(
    base: Path,
    do: Callable[[Path], object],
    reads: tuple[str, ...] = (),
    known: tuple[FileStamp, ...] = (),
) -> tuple[Layout, Harvest]:
    """What a step leaves that did that and read those paths."""
    step = make_step(base)
    project(step)
    layout, _ = lay(step)
    layout.outputs.mkdir()
    layout.stage.touch()
    before = scan(layout.own_work)
    lay_out_state(layout, (), ())
    do(layout.own_work)
    observed = {"metrics": {}, "files": reads, "listed": []}
    (layout.state / "observed.json").write_text(json.dumps(observed))
    spec = StepSpec(run="r", step="s", stage="", known=known)
    return layout, harvest(layout, spec, before, Scrubber({}), pytest.fail)


def kind_and_content(path: Path) -> tuple[str, str]:
    if path.is_symlink():
        return "link", str(path.readlink())
    return ("executable" if os.access(path, os.X_OK) else "file"), path.read_text()


@pytest.mark.parametrize("case", LEFT, ids=lambda case: case.id)
def test_links_and_modes_go_on(tmp_path: Path, case: Left) -> None:
    layout, harvested = perform(tmp_path / "one", case.do)
    written = {ref.path: ref for ref in harvested.files_written}
    assert {path: ref.kind for path, ref in written.items()} == {
        path: kind for path, (kind, _) in case.left.items()
    }
    step = make_step(tmp_path / "two", objects=[o.read_bytes() for o in layout.outputs.iterdir()])
    project(step)
    later, _ = lay(step, tuple(written.values()))
    assert {path: kind_and_content(later.work / path) for path in written} == dict(case.left)


@dataclass(frozen=True, kw_only=True)
class Read:
    """A path that a step reads, and what is on record of it."""

    id: str
    path: str
    refs: tuple[FileRef, ...]
    do: Callable[[Path], object] = lambda work: None


LATEST = FileRef(path="latest.csv", digest=of_bytes(b"data/one.csv"), size=12, kind="link")
ONE = FileRef(path="data/one.csv", digest=of_bytes(b"1"), size=1)
READS = [
    Read(id="through a link of the project", path="latest.csv", refs=(ONE, LATEST)),
    Read(id="what a link of the project leads to", path="data/one.csv", refs=(ONE, LATEST)),
    Read(id="what no link leads to", path="data/two.csv", refs=(file_ref("data/two.csv", b"2"),)),
    Read(id="a script", path="tool.sh", refs=(file_ref("tool.sh", b"tool"),)),
    Read(
        id="through a link that the step made",
        path="link/one.csv",
        do=lambda w: (w / "link").symlink_to("data"),
        refs=(ONE, LATEST),
    ),
    Read(
        id="through one that leads to a file elsewhere",
        path="link",
        do=lambda w: (w / "link").symlink_to(__file__),
        refs=(file_ref(__file__, Path(__file__).read_bytes()),),
    ),
    Read(
        id="through one that leads to a folder elsewhere",
        path="link/test_links_and_modes.py",
        do=lambda w: (w / "link").symlink_to(Path(__file__).parent),
        refs=(file_ref(__file__, Path(__file__).read_bytes()),),
    ),
    Read(
        id="through an absolute one into the working folder",
        path="link",
        do=lambda w: (w / "link").symlink_to(w / "data" / "one.csv"),
        refs=(ONE, LATEST),
    ),
]


@pytest.mark.parametrize("case", READS, ids=lambda case: case.id)
def test_reads_through_links(tmp_path: Path, case: Read) -> None:
    layout, harvested = perform(tmp_path, case.do, (case.path,))
    assert harvested.files_read == case.refs
    project = ProjectFiles(layout.source)
    assert [project.version(ref, ()) for ref in case.refs] == [ref.version for ref in case.refs]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the runner knows of a file outside the project, and whether the step believes it."""

    id: str
    believed: bool = False
    differs: Mapping[str, int] = field(default_factory=dict)


KNOWN = [
    Known(id="as it is", believed=True),
    *(Known(id=name, differs={name: 1}) for name in ("size", "modified", "changed", "inode")),
]


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case.id)
def test_files_that_are_known_are_not_hashed_again(tmp_path: Path, case: Known) -> None:
    stamp = FileStamp.of(__file__, Path(__file__).stat(), "sha256:told")
    known = (replace(stamp, **case.differs),)
    _, harvested = perform(tmp_path, lambda work: None, (__file__,), known)
    real = file_ref(__file__, Path(__file__).read_bytes())
    assert harvested.files_read == (replace(real, digest="sha256:told") if case.believed else real,)


def test_a_link_of_the_project_that_leads_elsewhere_now_reads_otherwise(tmp_path: Path) -> None:
    layout, _ = perform(tmp_path, lambda work: None)
    files, link = ProjectFiles(layout.source), layout.source / "latest.csv"
    assert files.version(LATEST, ()) == LATEST.version
    link.unlink()
    link.symlink_to("data/two.csv")
    assert files.version(LATEST, ()) == f"link {of_bytes(b'data/two.csv')}"
    link.unlink()
    link.write_text("1")
    assert files.version(LATEST, ()) is None


def test_versions_of_plain_files_are_their_digests() -> None:
    """So keys of steps that were recorded before there were kinds stay what they were."""
    plain = from_json(FileRef, {"path": "a", "digest": "sha256:1", "size": 1})
    kinds: tuple[FileKind, ...] = ("file", "executable", "link")
    assert [replace(plain, kind=kind).version for kind in kinds] == [
        "sha256:1",
        "executable sha256:1",
        "link sha256:1",
    ]
    assert replace(plain, kind="link", digest=None).version is None
