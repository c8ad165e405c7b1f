"""What differs between two sets of packages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDiff:
    """From earlier packages to later ones.

    Attributes:
        added: distribution → version.
        removed: distribution → version.
        changed: distribution → (earlier version, later version).
    """

    added: Mapping[str, str] = field(default_factory=dict)
    removed: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def compare_packages(earlier: Mapping[str, str], later: Mapping[str, str]) -> PackageDiff:
    """What was added, removed and changed, each sorted by name."""
    both = sorted(earlier.keys() & later.keys())
    return PackageDiff(
        added={name: later[name] for name in sorted(later.keys() - earlier.keys())},
        removed={name: earlier[name] for name in sorted(earlier.keys() - later.keys())},
        changed={
            name: (earlier[name], later[name]) for name in both if earlier[name] != later[name]
        },
    )
