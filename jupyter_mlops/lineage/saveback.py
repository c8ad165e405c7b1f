"""Mended cells of a debugging notebook, put back into the notebook that they are from."""

from __future__ import annotations

import difflib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import MlopsError, NotebookError
from jupyter_mlops.lineage.debug import ABOUT
from jupyter_mlops.lineage.debugbook import Opened, opened_cells
from jupyter_mlops.model.codec import from_json
from jupyter_mlops.model.reproduction import SavedBack, SavedCell
from jupyter_mlops.notebook import Notebook, read_notebook


class SourceHasChanged(MlopsError):
    """The source notebook has other cells than when the step ran; nothing was written."""


def save_back(folder: Path) -> SavedBack:
    """What was changed in the source notebook: the sources of cells that were mended.

    Cells are matched by their nbformat ids. All else in the file stays as it is.

    Args:
        folder: what `open_step` laid out.

    Raises:
        MlopsError: the folder is none, or the notebook cannot be written.
        NotebookError: a notebook is gone or cannot be read.
        SourceHasChanged: a mended cell is gone, or has been changed since the step ran.
    """
    opened = _opened(folder)
    book = read_notebook(folder / f"{opened.step}.ipynb")
    now = opened_cells(json.loads(book.raw))
    source = read_notebook(Path(opened.notebook))
    mended = dict(_mended(opened, now, source))
    if mended:
        _write(source, mended)
    return SavedBack(
        notebook=opened.notebook,
        run=opened.run,
        step=opened.step,
        cells=tuple(
            SavedCell(cell=cell.position, cell_id=cell.id, diff=_diff(cell.source, mended[cell.id]))
            for cell in source.cells
            if cell.id in mended
        ),
        left_out=tuple(_left_out(opened, now)),
    )


def _opened(folder: Path) -> Opened:
    try:
        return from_json(Opened, json.loads((folder / ABOUT).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise MlopsError(
            f"{folder} holds no opened step",
            fix="name the folder that `jupyter mlops open RUN STEP` made, with -o",
        ) from error


def _mended(opened: Opened, now: Mapping[str, str], source: Notebook) -> Iterator[tuple[str, str]]:
    """Id and new source of each cell that is to be changed."""
    present = {cell.id: cell for cell in source.cells}
    for identity, before in opened.cells.items():
        after = now.get(identity, before)
        if after == before:
            continue
        if identity not in present:
            raise SourceHasChanged(
                f"a mended cell is gone from {source.path} (its id is {identity})",
                fix="take the change over by hand",
            )
        cell = present[identity]
        if cell.source == after:
            continue
        if cell.source != before:
            raise SourceHasChanged(
                f"cell {cell.position} of {source.path} has been changed since the step ran:\n"
                + _diff(before, cell.source),
                fix="take the change over by hand, or put the cell back as it was",
            )
        yield identity, after


def _left_out(opened: Opened, now: Mapping[str, str]) -> Iterator[str]:
    for identity in now.keys() - opened.cells.keys():
        first = now[identity].strip().partition("\n")[0]
        yield f"a cell that is new here ({first!r}): add it in the source notebook"
    for identity in opened.cells.keys() - now.keys():
        first = opened.cells[identity].strip().partition("\n")[0]
        yield f"a cell that was removed here ({first!r}): it stays in the source notebook"


def _write(source: Notebook, mended: Mapping[str, str]) -> None:
    """Replace the notebook's file, at once or not at all, if it is still what was read."""
    document = json.loads(source.raw)
    if document.get("nbformat", 4) < 4:
        raise NotebookError(
            f"{source.path} has notebook format {document['nbformat']}",
            fix="open it in JupyterLab and save it, then run it again",
        )
    form = _form(document, source.raw)
    for cell, item in zip(source.cells, document["cells"], strict=True):
        if cell.id in mended:
            text = mended[cell.id]
            is_list = isinstance(item["source"], list)
            item["source"] = text.splitlines(keepends=True) if is_list else text
    path = Path(os.path.realpath(source.path))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(form.written(document))
                file.flush()
                os.fsync(file.fileno())
            part.chmod(path.stat().st_mode & 0o7777)
            if path.read_bytes() != source.raw:
                raise SourceHasChanged(f"{path} was written to meanwhile", fix="save back again")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise MlopsError(
            f"{path} cannot be written: {error.strerror}", fix="make it writable"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a notebook's JSON is written."""

    indent: int | None = 1
    sort_keys: bool = False
    ensure_ascii: bool = False
    end: str = "\n"

    def written(self, document: Any) -> bytes:
        text = json.dumps(
            document, indent=self.indent, sort_keys=self.sort_keys, ensure_ascii=self.ensure_ascii
        )
        return (text + self.end).encode(errors="surrogatepass")


def _form(document: Any, raw: bytes) -> _Form:
    """The form in which the document gives these bytes; else that of nbformat."""
    forms = (
        _Form(indent=indent, ensure_ascii=ascii_only, end=end)
        for indent in (1, 2, 4, None)
        for ascii_only in (False, True)
        for end in ("\n", "")
    )
    return next((form for form in forms if form.written(document) == raw), _Form())


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=2
    )
    return "\n".join(lines)
