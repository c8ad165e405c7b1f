"""The ``.ipynb`` as cells. Read with ``json`` alone: importing nbformat costs CPU-seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jupyter_mlops.errors import NotebookError

METADATA_KEY = "jupyter_mlops"
CellKind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookCell:
    """One cell.

    Attributes:
        id: nbformat id; derived from the position where the file has none or uses one twice.
        position: 1-based, among all cells.
        kind: ``code``, ``markdown`` or ``raw``.
        source: the text.
        tags: ``metadata.tags``.
        settings: ``metadata.jupyter_mlops``.
    """

    id: str
    position: int
    kind: CellKind
    source: str
    tags: tuple[str, ...] = ()
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook revision; nothing in the house writes to its file.

    Attributes:
        path: where it was read from.
        raw: its exact bytes; empty for one that is only in an editor.
        cells: in order.
        kernel: name of its kernelspec, ``python3`` if it names none.
        language: its kernel's language, lower case.
        settings: ``metadata.jupyter_mlops`` of the notebook.
    """

    path: Path
    raw: bytes
    cells: tuple[NotebookCell, ...]
    kernel: str
    language: str
    settings: Mapping[str, Any]


def read_notebook(path: Path | str) -> Notebook:
    """The notebook at ``path``.

    Raises:
        NotebookError: if there is no such file or it is not a notebook that can be read.
    """
    path = Path(path)
    return parse_notebook(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """The bytes of a notebook's file.

    Raises:
        NotebookError: if there is no such file or it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotebookError(f"{path}: no such file", fix="check the path") from None
    except IsADirectoryError:
        raise NotebookError(f"{path} is a folder", fix="name a .ipynb file in it") from None
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}") from error


def parse_notebook(raw: bytes, path: Path) -> Notebook:
    """The notebook that ``raw`` holds; ``path`` is only what it is called.

    Raises:
        NotebookError: if the bytes are not a notebook.
    """
    return notebook_of(load_document(raw, path), path, raw=raw)


def load_document(raw: bytes, path: Path) -> Any:
    """The JSON value that ``raw`` holds, of any shape; ``path`` is only what it is called.

    Raises:
        NotebookError: if the bytes are not JSON.
    """
    try:
        return json.loads(raw)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotebookError(
            f"{path} is not a notebook: it is not JSON{where}",
            fix="give a .ipynb file; jupytext can make one from a script",
        ) from None


def notebook_of(value: Any, path: Path, *, raw: bytes = b"") -> Notebook:
    """The notebook that a JSON value holds.

    Args:
        value: of any shape.
        path: what it is called.
        raw: its bytes in a file; empty for one that is only in an editor.

    Raises:
        NotebookError: if the value is not a notebook.
    """
    document = as_format4(value, path)
    metadata = _mapping(document.get("metadata"))
    kernelspec = _mapping(metadata.get("kernelspec"))
    language = _mapping(metadata.get("language_info")).get("name") or kernelspec.get("language")
    return Notebook(
        path=path,
        raw=raw,
        cells=_cells(document["cells"], path),
        kernel=str(kernelspec.get("name") or "python3"),
        language=str(language or "python").lower(),
        settings=_mapping(metadata.get(METADATA_KEY)),
    )


def as_format4(document: Any, path: Path) -> Mapping[str, Any]:
    """A notebook of any format as one of format 4, in memory; the file stays as it is.

    Raises:
        NotebookError: if the value is not a notebook, or cannot be upgraded.
    """
    if not isinstance(document, dict) or not isinstance(document.get("nbformat"), int):
        raise NotebookError(f"{path} is not a notebook: it has no `nbformat`")
    version = document["nbformat"]
    if version > 4:
        raise NotebookError(
            f"{path} has notebook format {version}, which this version cannot read",
            fix="update jupyter_mlops",
        )
    if version < 4:
        document = _upgraded(document, path)
    if not isinstance(document.get("cells"), list):
        raise NotebookError(f"{path} is not a notebook: it has no list of `cells`")
    return _mapping(document)


def _upgraded(document: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """A format 2 or 3 notebook as format 4, in memory; the file stays as it is."""
    import nbformat

    try:
        old = nbformat.reader.reads(json.dumps(document))
        return _mapping(json.loads(nbformat.writes(nbformat.convert(old, 4))))
    except Exception as error:  # nbformat raises whatever a malformed old file trips over
        raise NotebookError(
            f"{path} has notebook format {document['nbformat']} and cannot be upgraded: {error}",
            fix="open it in JupyterLab and save it",
        ) from error


def _cells(cells: list[Any], path: Path) -> tuple[NotebookCell, ...]:
    seen: set[str] = set()
    parsed = []
    for position, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
            raise NotebookError(f"{path} is not a notebook: cell {position} has no known cell_type")
        identity = cell.get("id")
        if not isinstance(identity, str) or identity in seen:
            identity = f"cell-{position}"
        seen.add(identity)
        metadata = _mapping(cell.get("metadata"))
        tags = metadata.get("tags")
        parsed.append(
            NotebookCell(
                id=identity,
                position=position,
                kind=cell["cell_type"],
                source=_text(cell.get("source"), path, position),
                tags=tuple(t for t in tags if isinstance(t, str)) if isinstance(tags, list) else (),
                settings=_mapping(metadata.get(METADATA_KEY)),
            )
        )
    return tuple(parsed)


def _text(source: Any, path: Path, position: int) -> str:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    if isinstance(source, str):
        return source
    raise NotebookError(f"{path} is not a notebook: cell {position} has no text as its source")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
