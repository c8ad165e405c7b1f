"""Memory counters as the two versions of control groups give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.step.memory import MemoryUse, format_bytes, read_memory

V1 = ("memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control")
V2 = ("memory.max", "memory.peak", "memory.events")


@dataclass(frozen=True, kw_only=True)
class Group:
    """A control group: its membership line, its files, and what they say."""

    id: str
    membership: str
    folder: str
    files: Mapping[str, str]
    use: MemoryUse


GROUPS = [
    Group(
        id="version 1 on the host",
        membership="5:cpu:/a\n4:memory,x:/docker/1\n",
        folder="memory/docker/1",
        files=dict(zip(V1, ("1000\n", "900\n", "oom_kill_disable 0\noom_kill 2\n"), strict=True)),
        use=MemoryUse(limit=1000, peak=900, kills=2),
    ),
    Group(
        id="version 1 in a container",
        membership="4:memory:/docker/1\n",
        folder="memory",
        files=dict(zip(V1, ("1000\n", "900\n", "under_oom 0\noom_kill 0\n"), strict=True)),
        use=MemoryUse(limit=1000, peak=900, kills=0),
    ),
    Group(
        id="version 1 without a limit",
        membership="4:memory:/\n",
        folder="memory",
        files=dict(zip(V1, ("9223372036854771712\n", "900\n", ""), strict=True)),
        use=MemoryUse(limit=None, peak=900, kills=0),
    ),
    Group(
        id="version 2 on the host",
        membership="0::/user.slice/x\n",
        folder="user.slice/x",
        files=dict(zip(V2, ("1000\n", "900\n", "oom 3\noom_kill 1\n"), strict=True)),
        use=MemoryUse(limit=1000, peak=900, kills=1),
    ),
    Group(
        id="version 2 in a container, old kernel",
        membership="0::/\n",
        folder="",
        files={"memory.max": "max\n", "memory.events": "oom_kill 1\n"},
        use=MemoryUse(limit=None, peak=None, kills=1),
    ),
    Group(id="none", membership="", folder="", files={}, use=MemoryUse()),
]


@pytest.mark.parametrize("case", GROUPS, ids=lambda case: case.id)
def test_read_memory(tmp_path: Path, case: Group) -> None:
    groups, membership = tmp_path / "groups", tmp_path / "membership"
    (groups / case.folder).mkdir(parents=True)
    membership.write_text(case.membership)
    for name, text in case.files.items():
        (groups / case.folder / name).write_text(text)
    assert read_memory(groups, membership) == case.use


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, "unknown"),
        (12, "12.0 B"),
        (200 << 20, "200.0 MiB"),
        (3 << 29, "1.5 GiB"),
        (5 << 40, "5120.0 GiB"),
    ],
)
def test_format_bytes(size: int | None, text: str) -> None:
    assert format_bytes(size) == text
