from __future__ import annotations

import hashlib
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from carrying import Case, Zygote, digests, observed

from jupyter_mlops.kernel_state.extents import read_index
from jupyter_mlops.kernel_state.loader import Loader
from jupyter_mlops.kernel_state.objects import object_path
from jupyter_mlops.kernel_state.pickler import Scope
from jupyter_mlops.kernel_state.survey import survey
from jupyter_mlops.kernel_state.table import Group, Table

MANY = 20_000


def carry(folder: Path, **values: Any) -> tuple[dict[str, Any], list[int], str]:
    """The values in another place, the sizes of the buffers beside the pickle, and the digest."""
    scope = Scope(namespace={}, shared={}, submodules=set(), singletons={})
    digest = survey(values, scope, folder / "objects").sink.publish()
    group = Group(names=tuple(sorted(values)), digest=digest, size=0)
    loaded = Loader(folder, Table(groups=(group,)), {}, {}).load(group)
    with object_path(folder / "objects", digest).open("rb") as file:
        return loaded, [extent.size for extent in read_index(file).extents], digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """An array, and the sizes of its buffers in the object."""

    name: str
    value: np.ndarray[Any, Any]
    buffers: list[int]


ARRAYS = (
    Array(name="two axes", value=np.ones((MANY, 3)), buffers=[MANY * 24]),
    Array(
        name="the first axis contiguous",
        value=np.asfortranarray(np.arange(MANY * 2).reshape(2, MANY)),
        buffers=[MANY * 16],
    ),
    Array(name="dates", value=np.arange(MANY).astype("M8[ns]"), buffers=[MANY * 8]),
    Array(name="texts", value=np.array(["a" * 9] * MANY), buffers=[MANY * 36]),
    Array(name="big-endian", value=np.arange(MANY, dtype=">f8"), buffers=[MANY * 8]),
    Array(name="complex", value=np.ones(MANY, "c16"), buffers=[MANY * 16]),
    Array(
        name="a view of one that has no name", value=np.ones(MANY).view("i8"), buffers=[MANY * 8]
    ),
    Array(name="small", value=np.arange(5), buffers=[]),
    Array(name="without axes", value=np.array(3.5), buffers=[]),
    Array(name="one byte too small", value=np.ones(2**16 - 1, bool), buffers=[]),
    Array(name="just large enough", value=np.ones(2**16, bool), buffers=[2**16]),
)


def facts(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {
        "values": array.tolist(),
        "dtype": array.dtype,
        "strides": array.strides,
        "owndata": array.flags.owndata,
        "writeable": array.flags.writeable,
        "has base": array.base is not None,
    }


@pytest.mark.parametrize("case", ARRAYS, ids=lambda case: case.name)
def test_an_array_is_the_same(case: Array, tmp_path: Path) -> None:
    loaded, buffers, digest = carry(tmp_path, x=case.value)
    assert (facts(loaded["x"]), buffers) == (facts(case.value), case.buffers)
    assert carry(tmp_path, x=loaded["x"])[2] == digest


def test_read_only_stays_read_only(tmp_path: Path) -> None:
    value = np.arange(MANY)
    value.flags.writeable = False
    assert facts(carry(tmp_path, x=value)[0]["x"]) == facts(value)


def test_a_strided_array_is_stored_without_the_gaps(tmp_path: Path) -> None:
    value = np.arange(MANY * 2)[::-2]
    loaded, buffers, _ = carry(tmp_path, x=value)
    assert (loaded["x"].tolist(), buffers) == (value.tolist(), [MANY * 8])


def test_records_and_the_buffers_of_a_frame(tmp_path: Path) -> None:
    records = np.zeros(MANY, [("a", "f8"), ("b", "i4")])
    records["b"] = np.arange(MANY)
    frame = pd.DataFrame({"a": np.arange(MANY), "b": np.arange(MANY) / 2})
    frame["when"] = pd.date_range("2020", periods=MANY, freq="s", tz="UTC")
    frame["kind"] = pd.Categorical(["u", "v"] * (MANY // 2))
    loaded, buffers, _ = carry(tmp_path, frame=frame, records=records)
    assert loaded["records"].tolist() == records.tolist()
    pd.testing.assert_frame_equal(loaded["frame"], frame)
    loaded["frame"].loc[0, ["a", "b"]] = 7
    assert loaded["frame"].iloc[0, :2].tolist() == [7, 7.0]
    assert sorted(buffers) == [MANY * 8] * 3 + [MANY * 12]


def test_texts_of_arrow_are_buffers_and_stay_apart_from_a_column_taken(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"s": [f"row {n:06}" for n in range(MANY)]})
    alone = carry(tmp_path, frame=frame)[2]
    column = frame["s"]
    loaded, buffers, _ = carry(tmp_path, frame=frame, column=column)
    loaded["frame"].loc[0, "s"] = "changed"
    assert (loaded["column"].tolist(), frame["s"].iloc[0]) == (column.tolist(), "row 000000")
    assert buffers == [MANY * 8 + 8, MANY * 10] * 2
    assert carry(tmp_path, frame=frame)[2] == alone


def test_the_file_is_the_pickle_and_aligned_buffers(tmp_path: Path) -> None:
    first, second = np.arange(MANY), np.arange(MANY, 2 * MANY).astype("f4")
    _, _, digest = carry(tmp_path, a=first, b=second)
    path = object_path(tmp_path / "objects", digest)
    data = path.read_bytes()
    with path.open("rb") as file:
        index = read_index(file)
    assert digest == "sha256:" + hashlib.sha256(data).hexdigest()
    assert [extent.offset % 64 for extent in index.extents] == [0, 0]
    parts = [data[extent.offset : extent.offset + extent.size] for extent in index.extents]
    assert parts == [first.tobytes(), second.tobytes()]


def test_an_object_without_buffers_is_a_plain_pickle(tmp_path: Path) -> None:
    _, _, digest = carry(tmp_path, a=[1, "two"])
    data = object_path(tmp_path / "objects", digest).read_bytes()
    assert pickle.loads(data) == {"a": [1, "two"]}


def test_an_object_of_format_1_is_loaded(tmp_path: Path) -> None:
    data = pickle.dumps({"x": np.arange(MANY)}, protocol=5)
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    (tmp_path / "objects").mkdir()
    object_path(tmp_path / "objects", digest).write_bytes(data)
    group = Group(names=("x",), digest=digest, size=len(data))
    loaded = Loader(tmp_path, Table(groups=(group,)), {}, {}).load(group)
    assert loaded["x"].tolist() == list(range(MANY))


MAKE = "import glob, os, numpy as np\nx = np.arange(30_000); y = x[5:20]"
OBJECT = "max(glob.glob(os.environ['JUPYTER_MLOPS_STATE'] + '/objects/*'), key=os.path.getsize)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a step does with a large array that it received, and whether it changed it."""

    name: str
    code: str
    output: str
    is_changed: bool


USES = (
    Use(name="reads", code="print(x.sum(), y[0])", output="449985000 5\n", is_changed=False),
    Use(name="writes the last number", code="x[-1] = 0", output="", is_changed=True),
    Use(
        name="writes through the view",
        code="y[0] = -1; print(x[5])",
        output="-1\n",
        is_changed=True,
    ),
    Use(name="writes and takes it back", code="x[0] = 1; x[0] = 0", output="", is_changed=False),
    Use(name="sees it another way", code="x = x.view('f8')", output="", is_changed=True),
    Use(
        name="resizes it",
        code="del y; x.resize(40_000); print(x[-1], x.flags.owndata)",
        output="0 True\n",
        is_changed=True,
    ),
    Use(
        name="outlives the file",
        code=f"os.remove({OBJECT}); print(x.sum(), y[0])",
        output="449985000 5\n",
        is_changed=True,
    ),
    Use(
        name="outlives what the file held",
        code=f"os.truncate({OBJECT}, 0); print(x.sum(), y[0])",
        output="449985000 5\n",
        is_changed=True,
    ),
)


@pytest.mark.parametrize("use", USES, ids=lambda use: use.name)
def test_a_step_uses_a_large_array(use: Use, zygote: Zygote, tmp_path: Path) -> None:
    last = "print(x.sum(), y[0] if 'y' in globals() else None)"
    case = Case(name="", steps=(MAKE, use.code, last), last="")
    whole = zygote.notebook(case, tmp_path) if "JUPYTER" not in use.code else None
    assert zygote.stage(case, 0, tmp_path).error is None
    before = digests(tmp_path)
    outcome = zygote.stage(case, 1, tmp_path)
    assert (outcome.error, outcome.outputs) == (None, [use.output])
    assert ({"x"} <= set(observed(tmp_path)["changed"])) == use.is_changed
    if not use.is_changed:
        assert digests(tmp_path) == before
    end = zygote.stage(case, 2, tmp_path)
    expected = [use.output, "449985000 5\n"] if whole is None else whole.outputs[1:]
    assert [*outcome.outputs, *end.outputs] == expected


def test_a_damaged_buffer_is_never_loaded(zygote: Zygote, tmp_path: Path) -> None:
    case = Case(name="", steps=(MAKE, "print(x)"), last="")
    assert zygote.stage(case, 0, tmp_path).error is None
    (digest,) = {d for names, d in digests(tmp_path).items() if "x" in names.split(",")}
    path = object_path(tmp_path / "state" / "objects", digest)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink()
    path.write_bytes(data)
    outcome = zygote.stage(case, 1, tmp_path)
    assert outcome.error is not None
    assert (outcome.outputs, outcome.error["kind"]) == ([], "ObjectCorrupted")
