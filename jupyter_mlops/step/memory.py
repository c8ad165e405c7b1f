"""Memory as the control group of this process counts it (cgroup version 1 and 2)."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

_UNLIMITED = 1 << 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryUse:
    """Counters of a control group; None where the system does not give them.

    Attributes:
        limit, peak: bytes.
        kills: processes that were killed for memory.
    """

    limit: int | None = None
    peak: int | None = None
    kills: int = 0


def read_memory(
    groups: Path = Path("/sys/fs/cgroup"), membership: Path = Path("/proc/self/cgroup")
) -> MemoryUse:
    """The counters of the group that this process belongs to; all unknown outside Linux."""
    for folder, names in _candidates(groups, membership):
        if (folder / names[0]).is_file():
            limit, peak, events = (_text(folder / name) for name in names)
            return MemoryUse(limit=_number(limit), peak=_number(peak), kills=_kills(events))
    return MemoryUse()


def peak_of_children() -> int:
    """The greatest resident size, in bytes, of any process that this one has waited for."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def format_bytes(size: int | None) -> str:
    """A size as people read it, such as ``256.0 MiB``."""
    if size is None:
        return "unknown"
    amount = float(size)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


_VERSION_1 = ("memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control")
_VERSION_2 = ("memory.max", "memory.peak", "memory.events")


def _candidates(groups: Path, membership: Path) -> list[tuple[Path, tuple[str, str, str]]]:
    """Folders of the group, nearest first: by its path, and as a container sees its own."""
    found = []
    for line in _text(membership).splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            found.append((groups / path.lstrip("/"), _VERSION_2))
        elif "memory" in controllers.split(","):
            found.append((groups / "memory" / path.lstrip("/"), _VERSION_1))
    return [*found, (groups / "memory", _VERSION_1), (groups, _VERSION_2)]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _number(text: str) -> int | None:
    value = int(text) if text.strip().isdigit() else _UNLIMITED
    return value if value < _UNLIMITED else None


def _kills(events: str) -> int:
    counters = dict(line.split() for line in events.splitlines() if len(line.split()) == 2)
    return int(counters.get("oom_kill", 0))
