"""The step command as a whole, with real kernels."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from stepfolder import Code, StepFolder, make_step

from jupyter_mlops.model.artifact import FileRef, Group, Refusal
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.runtime import RUNTIME_MODULES
from jupyter_mlops.step import main
from jupyter_mlops.step.project import of_listing
from jupyter_mlops.step.runtime import PACKAGE

pytestmark = pytest.mark.kernel


def start(step: StepFolder, *, cwd: Path, **environ: str) -> subprocess.Popen[str]:
    """The step command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "jupyter_mlops.step", *step.argv()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, **environ},
    )


def shape(event: dict[str, Any]) -> dict[str, Any]:
    """An event without its times."""
    return {key: value for key, value in event.items() if key not in ("time", "seconds")}


def test_events(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    step = make_step(
        tmp_path,
        Code(id="params", source="n = 1", tags=("parameters",), position=1),
        Code(id="mlops-enter", source="print('unseen')", position=None),
        Code(id="a", source="import sys\nprint('é', n)\nprint('e', file=sys.stderr)", position=2),
        Code(id="b", source="1 / 0", position=4, tags=("raises-exception",)),
        Code(id="c", source="'x' * 70_000", position=5, role="metrics"),
        Code(id="mlops-capture", source="pass", position=None),
        parameters={"n": 5},
    )
    assert main(step.argv()) == 0
    place = {"a": {"id": "a", "cell": 2}, "b": {"id": "b", "cell": 4}, "c": {"id": "c", "cell": 5}}
    first = {"id": "params", "cell": 1}
    events = [shape(event) for event in step.events()]
    *others, long, last = events
    assert others == [
        {"event": "cell-started", "role": "code", **first},
        {"event": "cell-finished", **first},
        {"event": "cell-started", "role": "code", **place["a"]},
        {"event": "output", "stream": "stdout", "text": "é 5\n", **place["a"]},
        {"event": "output", "stream": "stderr", "text": "e\n", **place["a"]},
        {"event": "cell-finished", **place["a"]},
        {"event": "cell-started", "role": "code", **place["b"]},
        {"event": "cell-finished", **place["b"]},
        {"event": "cell-started", "role": "metrics", **place["c"]},
    ]
    assert (long["stream"], len(long["text"])) == ("display", 64 * 1024 + 24)
    assert long["text"].endswith("x\n… 4467 more characters\n")
    assert last == {"event": "cell-finished", **place["c"]}
    assert step.output(step.result().log) == (step.attempt() / "events.jsonl").read_bytes()
    out, err = capfd.readouterr()
    assert (out.startswith("unseen\né 5\n'xxx"), "e\n" in err) == (True, True)


def test_executed_notebook_keeps_ids(tmp_path: Path) -> None:
    step = make_step(
        tmp_path,
        Code(id="params", source="n = 1", tags=("parameters",), position=1),
        Code(id="a", source="n", position=2),
        Code(id="b", source="1 / 0", position=4, tags=("raises-exception",)),
        parameters={"n": 5},
    )
    assert main(step.argv()) == 0
    executed = json.loads(step.output(step.result().notebook))
    cells = {tuple(cell["metadata"]["tags"]) or cell["id"]: cell for cell in executed["cells"]}
    assert list(cells) == [("parameters",), ("injected-parameters",), "a", ("raises-exception",)]
    assert [cells[key]["id"] for key in (("parameters",), ("raises-exception",))] == ["params", "b"]
    assert cells["a"]["outputs"][0]["data"] == {"text/plain": ["5"]}


VALUES: dict[str, Any] = {
    "quotes": 'it\'s "so"',
    "backslash": "C:\\new\\table",
    "lines": "a\nb\tc",
    "braces": "{x} {{y}} %s",
    "unicode": "é→😀",
    "float": 0.1,
    "negative": -3,
    "none": None,
    "flag": True,
    "nested": {"a": [1, {"b": None}], "c'": "\\"},
}


def test_parameters_arrive_intact(tmp_path: Path) -> None:
    step = make_step(
        tmp_path / "{odd} name",
        Code(source="import json\nprint(json.dumps([" + ",".join(VALUES) + "]))"),
        parameters=VALUES,
    )
    assert main(step.argv()) == 0
    (printed,) = [e["text"] for e in step.events() if e["event"] == "output"]
    assert json.loads(printed) == list(VALUES.values())


def test_variables_and_files_of_a_result(tmp_path: Path) -> None:
    given = Group(names=("df",), digest=of_bytes(b"old"), size=3, step="load")
    new = Group(names=("a", "b"), digest=of_bytes(b"new"), size=3, requires=("np",), step="work")
    refused = {"names": ["f"], "path": "f", "reason": "an open file", "step": "work"}
    refused |= {"code": "ML602", "fix": "close it"}
    table = {
        "groups": [
            {"names": ["df"], "digest": given.digest, "size": 3, "requires": [], "step": "load"},
            {
                "names": ["a", "b"],
                "digest": new.digest,
                "size": 3,
                "requires": ["np"],
                "step": "work",
            },
        ],
        "refused": [refused],
    }
    observed = {
        "metrics": {"accuracy": 0.5},
        "files": ["in.csv", "both.csv", "laid.csv", "made.csv", "absent.csv", "linked/deep.csv"],
        "listed": ["data/", "./", "made/"],
        "changed": [],
        "unchanged": ["df"],
    }
    cell = f"""
import json, os, pathlib
state = pathlib.Path(os.environ["JUPYTER_MLOPS_STATE"])
given = json.loads((state / "table.json").read_text())
assert given["groups"][0]["names"] == ["df"] and given["refused"] == [], given
assert (state / "objects" / given["groups"][0]["digest"][7:]).read_bytes() == b"old"
(state / "objects" / "{new.digest[7:]}").write_bytes(b"new")
(state / "table.json").write_text('''{json.dumps(table)}''')
(state / "observed.json").write_text('''{json.dumps(observed)}''')
pathlib.Path("both.csv").write_text("after")
pathlib.Path("made.csv").write_text("made")
os.remove("gone.csv")
os.makedirs("made")
"""
    step = make_step(
        tmp_path, Code(source=cell), groups=[given], objects=[b"old"], files={"laid.csv": b"laid"}
    )
    (step.source / "data").mkdir()
    (step.source / "data" / "deep.csv").write_text("deep")
    (step.source / "linked").symlink_to("data")
    for name in ("in.csv", "both.csv", "gone.csv"):
        (step.source / name).write_text(f"before {name}")
    assert main(step.argv()) == 0
    result = step.result()
    root = ["both.csv", "data", "gone.csv", "in.csv", "laid.csv", "linked"]
    assert (result.groups, result.metrics) == ((given, new), {"accuracy": 0.5})
    assert result.refused == (from_json(Refusal, refused),)
    assert result.files_read == (
        FileRef(path="./", digest=of_listing(root)),
        FileRef(path="absent.csv", digest=None),
        FileRef(path="both.csv", digest=of_bytes(b"before both.csv"), size=15),
        FileRef(path="data/", digest=of_listing(["deep.csv"])),
        FileRef(path="data/deep.csv", digest=of_bytes(b"deep"), size=4),
        FileRef(path="in.csv", digest=of_bytes(b"before in.csv"), size=13),
        FileRef(path="laid.csv", digest=of_bytes(b"laid"), size=4),
        FileRef(path="linked", digest=of_bytes(b"data"), size=4, kind="link"),
    )
    assert result.files_written == (
        FileRef(path="both.csv", digest=of_bytes(b"after"), size=5),
        FileRef(path="gone.csv", digest=None),
        FileRef(path="made.csv", digest=of_bytes(b"made"), size=4),
        FileRef(path="made/", digest=of_listing([]), size=10),
    )
    outputs = {path.read_bytes() for path in (step.attempt() / "outputs").iterdir()}
    kept = {step.output(result.notebook), step.output(result.log)}
    assert outputs - kept == {b"new", b"after", b"made", b"listing\0[]"}
    assert (step.source / "both.csv").read_text() == "before both.csv"
    assert [list((step.attempt() / name).iterdir()) for name in ("work", "state")] == [[], []]


def test_first_attempt_to_publish_wins(tmp_path: Path) -> None:
    step = make_step(tmp_path, Code(source="print(1)"))
    assert [main(step.argv(2)), main(step.argv(1))] == [0, 3]
    assert step.result().attempt == 2
    assert json.loads((step.attempt(1) / "result.json").read_text())["attempt"] == 1


def test_leftovers_of_a_killed_process_are_cleared(tmp_path: Path) -> None:
    step = make_step(tmp_path, Code(source="import os\nprint(sorted(os.listdir()))"))
    for name in ("work", "state/objects", "outputs"):
        (step.attempt() / name).mkdir(parents=True)
        (step.attempt() / name / "old").write_text("old")
    assert main(step.argv()) == 0
    (printed,) = [e["text"] for e in step.events() if e["event"] == "output"]
    assert (printed, (step.attempt() / "outputs" / "old").exists()) == ("[]\n", False)


def test_folder_of_the_notebook(tmp_path: Path) -> None:
    step = make_step(tmp_path, Code(source="print(open('../data').read())"), folder="notebooks")
    (step.source / "notebooks").mkdir()
    (step.source / "data").write_text("there")
    assert main(step.argv()) == 0
    assert [e["text"] for e in step.events() if e["event"] == "output"] == ["there\n"]


@dataclass(frozen=True, kw_only=True)
class Usage:
    id: str
    change: tuple[str, str]
    message: str


USAGES = [
    Usage(id="no spec", change=("spec.json", "none.json"), message="is not a file"),
    Usage(id="attempt", change=("1", "0"), message="the first attempt is 1"),
    Usage(id="number", change=("1", "x"), message="invalid int value"),
    Usage(id="option", change=("--work", "--wrok"), message="required: --work"),
]


@pytest.mark.parametrize("case", USAGES, ids=lambda case: case.id)
def test_bad_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str], case: Usage) -> None:
    step = make_step(tmp_path)
    old, new = case.change
    argv = [
        new if a == old else a.replace("/spec.json", f"/{new}") if old == "spec.json" else a
        for a in step.argv()
    ]
    with pytest.raises(SystemExit) as exited:
        main(argv)
    assert exited.value.code == 2
    assert case.message in capsys.readouterr().err


def test_damaged_stage(tmp_path: Path) -> None:
    step = make_step(tmp_path, Code(source="print(1)"))
    (stage,) = (step.path / "inputs").iterdir()
    stage.chmod(0o644)
    stage.write_bytes(stage.read_bytes() + b" ")
    assert main(step.argv()) == 1
    error = step.result().error
    assert error is not None
    assert (error.kind, error.message.splitlines()[0]) == (
        "EnvironmentFailure",
        "the stage notebook of step 'work' was damaged on its way: its digest differs",
    )


def test_result_that_cannot_be_published(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    step = make_step(tmp_path, Code(source="print(1)"))
    (step.path / "attempts").write_text("in the way")
    assert main(step.argv()) == 4
    assert capfd.readouterr().err.startswith("the result cannot be published: ")


def test_timeout_before_the_kernel_starts(tmp_path: Path) -> None:
    step = make_step(tmp_path, Code(source="print(1)"), timeout=0.0)
    assert main(step.argv()) == 1
    error = step.result().error
    assert error is not None
    assert (error.kind, error.message) == (
        "Timeout",
        "the step was stopped before its kernel was started after its timeout of 0 s",
    )


BACKGROUND = """
import subprocess, sys
subprocess.Popen(["setsid", "sleep", "3599"])
print("ready")
"""


def background(step: StepFolder) -> list[str]:
    """Processes that have the step's folder in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"{step.path}/".encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_background_processes_end_with_the_step(tmp_path: Path) -> None:
    step = make_step(tmp_path, Code(source=BACKGROUND))
    process = start(step, cwd=tmp_path)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (0, "ready\n", "")
    assert background(step) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal(tmp_path: Path, number: int) -> None:
    scratch = tmp_path / "t"
    scratch.mkdir()
    step = make_step(tmp_path, Code(source=BACKGROUND + "import time; time.sleep(3600)"))
    process = start(step, cwd=tmp_path, TMPDIR=str(scratch))
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    assert len(background(step)) >= 2
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert (background(step), (step.path / "result.json").exists()) == ([], False)
    assert list(scratch.glob("jmlops-*")) == []


def test_needs_only_its_runtime_modules(tmp_path: Path) -> None:
    """What an image holds: these files, and papermill, ipykernel and cloudpickle."""
    package = tmp_path / "path" / "jupyter_mlops"
    for name in RUNTIME_MODULES:
        source = PACKAGE / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, _made(package / name))
    step = make_step(tmp_path, Code(source="import jupyter_mlops.kernel_state"))
    watch = (
        "import sys, jupyter_mlops.step as s; code = s.main(sys.argv[1:], alone=True)\n"
        "names = {m.split('.')[1] for m in sys.modules if m.startswith('jupyter_mlops.')}\n"
        "print(s.__file__, sorted(names), 'traitlets' in sys.modules)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", watch, *step.argv()],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "path")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == (
        f"{package}/step/__init__.py ['errors', 'model', 'step'] True"
    )


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_large_file_changed_in_place_fails_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_mlops.step.workfolder.COPY_LIMIT", 10)
    step = make_step(tmp_path, Code(source="open('big', 'a').write('x')"))
    (step.source / "big").write_text("x" * 100)
    assert main(step.argv()) == 1
    result = step.result()
    assert result.error is not None
    assert (result.error.kind, result.files_written) == ("SourceChanged", ())
