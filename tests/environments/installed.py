"""Distributions laid out by hand, as installers lay them out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Dist:
    """One installed distribution: its metadata folder and its files."""

    name: str
    version: str = "1.0"
    requires: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    top_level: str | None = None
    origin: str | None = None
    egg: bool = False

    def install(self, site: Path) -> None:
        stem = f"{self.name.replace('-', '_')}-{self.version}"
        info = site / (f"{stem}.egg-info" if self.egg else f"{stem}.dist-info")
        info.mkdir(parents=True)
        header = [f"Name: {self.name}", f"Version: {self.version}"]
        header += [f"Requires-Dist: {line}" for line in self.requires]
        text = "Metadata-Version: 2.1\n" + "\n".join(header) + "\n\nName: not this\n"
        (info / ("PKG-INFO" if self.egg else "METADATA")).write_text(text)
        for path, content in self.files.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_text(content)
        if not self.egg:
            listed = [*self.files, "../../../bin/tool", f"{info.name}/METADATA"]
            (info / "RECORD").write_text("".join(f"{path},sha256=x,1\n" for path in listed))
        if self.top_level is not None:
            (info / "top_level.txt").write_text(self.top_level)
        if self.origin is not None:
            (info / "direct_url.json").write_text(json.dumps({"url": self.origin, "dir_info": {}}))
