"""Videos that matplotlib writes with ffmpeg: a package has it, where none is installed."""

from __future__ import annotations

import re

from jupyter_mlops.legacy.draft import Draft
from jupyter_mlops.legacy.failure import Failure, Scene

RULE = "video"
PACKAGE = "imageio-ffmpeg"
LINES = """\
import imageio_ffmpeg
import matplotlib
matplotlib.rcParams['animation.ffmpeg_path'] = imageio_ffmpeg.get_ffmpeg_exe()
"""
_LACKING = re.compile(
    r"Requested MovieWriter \((?:ffmpeg|avconv)(?:_file)?\) not available|"
    r"No such file or directory: '(?:ffmpeg|avconv)'|"
    # Without ffmpeg it falls back on Pillow, which writes pictures alone.
    r"unknown file extension: \.(?:mp4|m4v|mov|avi|mkv|webm|flv|ogv)\b"
)
_AVCONV = re.compile(r"(['\"])avconv(_file)?\1")


def bring_ffmpeg(draft: Draft, failure: Failure, scene: Scene) -> Draft | None:
    """The draft that needs the package that has ffmpeg, and lets matplotlib use it."""
    cell = draft.cell(failure.cell_id)
    if not _LACKING.search(failure.message) or "matplotlib" not in failure.traceback:
        return None
    if PACKAGE in draft.requirements or cell.source.lstrip().startswith("%%"):
        return None
    source = _AVCONV.sub(r"\1ffmpeg\2\1", cell.source)
    return draft.edited(
        cell.id,
        f"{LINES}\n{source}",
        rule=RULE,
        reason=f"matplotlib writes videos with ffmpeg, which {PACKAGE} has",
        confidence=0.9,
    ).requiring(PACKAGE)
