from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from carrying import Case, Zygote, digests, read_table

BIG = Case(
    name="",
    steps=(
        "import numpy as np\nbig = np.arange(3_000_000); small = [1]; box = {'b': big[:2_000_000]}",
        "print(big[-1], small, np.shares_memory(big, box['b']))",
    ),
    last="",
)


def test_objects_are_named_by_their_bytes_and_read_only(zygote: Zygote, tmp_path: Path) -> None:
    outcomes = zygote.stages(BIG, tmp_path)
    assert [o.outputs for o in outcomes] == [[""], ["2999999 [1] True\n"]]
    objects = tmp_path / "state" / "objects"
    found = {path.name: path for path in objects.iterdir()}
    assert {f"sha256:{name}" for name in found} == set(digests(tmp_path).values())
    for group in read_table(tmp_path)["groups"]:
        path = found[group["digest"].removeprefix("sha256:")]
        data = path.read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (group["size"], path.name)
        assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_what_a_killed_kernel_left_half_written_is_removed(zygote: Zygote, tmp_path: Path) -> None:
    objects = tmp_path / "state" / "objects"
    objects.mkdir(parents=True)
    (objects / ".partial-abc").write_bytes(b"half")
    assert zygote.stage(BIG, 0, tmp_path).error is None
    assert not [path for path in objects.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove"])
def test_a_damaged_object_is_named_and_not_loaded(
    damage: str, zygote: Zygote, tmp_path: Path
) -> None:
    assert zygote.stage(BIG, 0, tmp_path).error is None
    digest = digests(tmp_path)["small"]
    path = tmp_path / "state" / "objects" / digest.removeprefix("sha256:")
    data = bytearray(path.read_bytes())
    path.unlink()
    data[-5] ^= 1
    if damage != "remove":
        path.write_bytes(data if damage == "flip" else data[:-1])
    outcome = zygote.stage(BIG, 1, tmp_path)
    assert outcome.outputs == []
    assert outcome.error is not None
    kind, code = ("ObjectMissing", "ML621") if damage == "remove" else ("ObjectCorrupted", "ML622")
    assert (outcome.error["kind"], outcome.error["message"][:7]) == (kind, f"{code}: ")
    assert digest in outcome.error["message"]
    assert str(path) in outcome.error["message"]


def test_a_damaged_object_that_is_not_asked_for_does_no_harm(
    zygote: Zygote, tmp_path: Path
) -> None:
    case = Case(name="", steps=("a = [1]; b = [2]", "print(b)"), last="")
    assert zygote.stage(case, 0, tmp_path).error is None
    objects = tmp_path / "state" / "objects"
    (objects / digests(tmp_path)["a"].removeprefix("sha256:")).unlink()
    assert zygote.stage(case, 1, tmp_path, names=("b",)).outputs == ["[2]\n"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"groups": [{}], "refused": []}'])
def test_a_table_that_is_none_is_an_error(text: str, zygote: Zygote, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "table.json").write_text(text)
    outcome = zygote.stage(BIG, 0, tmp_path)
    assert outcome.error is not None
    assert (outcome.error["kind"], outcome.error["message"][:7]) == ("KernelStateError", "ML626: ")
    assert str(state / "table.json") in outcome.error["message"]


@dataclass(frozen=True, slots=True)
class Gone:
    """Cells of two steps, what is gone between them, the shared cell, and the error's code."""

    first: str
    second: str
    gone: str
    code: str
    shared: str = ""


GONE = (
    Gone("import os\nos.mkdir('../away'); os.chdir('../away')", "print(1)", "../away", "ML612"),
    Gone(
        "import sys\nsys.path.insert(0, '.')\nopen('mine.py', 'w').write('class C: pass')\n"
        "from mine import C\nc = C()",
        "print(c)",
        "mine.py",
        "ML623",
    ),
    Gone(
        "open('done', 'w').close()\nbox = [registry]",
        "print(box)",
        "",
        "ML624",
        "import os\nif not os.path.exists('done'): registry = {}",
    ),
)


@pytest.mark.parametrize("case", GONE, ids=lambda case: case.code)
def test_what_a_step_needs_and_does_not_find(case: Gone, zygote: Zygote, tmp_path: Path) -> None:
    steps = Case(name="", steps=(case.first, case.second), last="", shared=case.shared)
    assert zygote.stage(steps, 0, tmp_path).error is None
    if case.gone:
        gone = tmp_path / "work" / case.gone
        gone.rmdir() if gone.is_dir() else gone.unlink()
    outcome = zygote.stage(steps, 1, tmp_path, names=("c", "box"))
    assert outcome.error is not None
    assert (outcome.error["kind"], outcome.error["message"][:7]) == (
        "KernelStateError",
        f"{case.code}: ",
    )


def test_unknown_fields_of_a_table_are_passed_over(zygote: Zygote, tmp_path: Path) -> None:
    case = Case(name="", steps=("a = [1]", "print(a)"), last="")
    assert zygote.stage(case, 0, tmp_path).error is None
    path = tmp_path / "state" / "table.json"
    table = json.loads(path.read_text())
    table["groups"][0]["later"] = 1
    path.write_text(json.dumps({**table, "version": 2}))
    assert zygote.stage(case, 1, tmp_path).outputs == ["[1]\n"]


def test_nothing_but_the_variables_is_bound(zygote: Zygote, tmp_path: Path) -> None:
    case = Case(name="", steps=("a = [1]\ndef f(): return a", "f()"), last="", shared="k = 1")
    bound = [outcome.bound for outcome in zygote.stages(case, tmp_path)]
    assert bound == [["__builtins__", "a", "f", "k"]] * 2


def test_without_a_state_folder_the_message_says_what_to_do() -> None:
    code = "import jupyter_mlops.kernel_state as s\ns.enter()"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={})
    assert found.returncode == 1
    assert "ML625: " in found.stderr
    assert "JUPYTER_MLOPS_STATE is not set" in found.stderr
    assert "`jupyter mlops run`" in found.stderr


def test_importing_the_room_imports_nothing_heavy() -> None:
    code = (
        "import sys, jupyter_mlops.kernel_state\n"
        "roots = {n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names)\n"
        "print(sorted(r for r in roots if not r.startswith('_')))\n"
        "print(sorted(n for n in sys.modules if n.startswith('jupyter_mlops.')\n"
        "      and not n.startswith('jupyter_mlops.kernel_state')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout.splitlines() == ["['cloudpickle', 'jupyter_mlops']", "[]"]
