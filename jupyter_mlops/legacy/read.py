"""An old notebook as a draft: any format from 2 on, its stored outputs kept as the oracle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import NotebookError
from jupyter_mlops.legacy.draft import Draft, DraftCell
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.notebook.document import parse_notebook

_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
_DROPPED = ("collapsed", "scrolled")


def read_old(path: Path) -> tuple[Draft, str]:
    """The notebook as a draft in format 4.5, and the digest of its bytes.

    Cells get ids that hang on their position alone. A kernel of another name becomes ``python3``.

    Raises:
        NotebookError: it is no notebook, or none of Python.
    """
    raw = _bytes(path)
    notebook = parse_notebook(raw, path)  # refuses what is no notebook
    if notebook.language not in ("python", "python2", "python3", "ipython"):
        raise NotebookError(
            f"{path} is a notebook of {notebook.language}, not of Python",
            fix="only Python notebooks can be converted",
        )
    version, document = _format4(raw)
    metadata = {
        key: value
        for key, value in document.get("metadata", {}).items()
        if key not in ("kernelspec", "language_info", "signature", "name")
    }
    draft = Draft(
        cells=tuple(_cells(document["cells"])),
        metadata={**metadata, "kernelspec": _KERNEL, "language_info": {"name": "python"}},
    )
    if version != (4, 5):
        draft = draft.noted(
            rule="format",
            reason="notebooks are written in format 4.5, whose cells have ids",
            before=f"nbformat {version[0]}.{version[1]}",
            after="nbformat 4.5",
            confidence=1.0,
        )
    if notebook.kernel != "python3":
        draft = draft.noted(
            rule="kernel",
            reason="the kernel that a Jupyter installation has is called python3",
            before=notebook.kernel,
            after="python3",
            confidence=1.0,
        )
    return draft, of_bytes(raw)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotebookError(f"{path}: no such file", fix="check the path") from None
    except IsADirectoryError:
        raise NotebookError(
            f"{path} is a folder", fix="name a notebook, or use `convert --scan`"
        ) from None
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}") from error


def _format4(raw: bytes) -> tuple[tuple[int, int], Mapping[str, Any]]:
    """The version that the file is written in, and its content in format 4."""
    document = json.loads(raw)
    version = (document["nbformat"], document.get("nbformat_minor", 0))
    if version[0] < 4:
        import nbformat

        old = nbformat.reader.reads(json.dumps(document))
        document = json.loads(nbformat.writes(nbformat.convert(old, 4)))
    return version, document


def _cells(cells: list[Mapping[str, Any]]) -> Iterator[DraftCell]:
    for position, cell in enumerate(cells, start=1):
        count = cell.get("execution_count", cell.get("prompt_number"))
        yield DraftCell(
            id=f"cell-{position:03d}",
            position=position,
            kind=cell["cell_type"],
            source=_joined(cell["source"]).replace("\r\n", "\n"),
            stored=tuple(_output(output) for output in cell.get("outputs", ())),
            count=count if isinstance(count, int) else None,
            metadata={k: v for k, v in cell.get("metadata", {}).items() if k not in _DROPPED},
        )


def _output(output: Mapping[str, Any]) -> Mapping[str, Any]:
    """The output with what readers of outputs rely on."""
    kind = output.get("output_type")
    if kind == "stream":
        return {"name": "stdout", **output, "text": _joined(output.get("text", ""))}
    if kind == "error":
        return {"ename": "", "evalue": "", "traceback": [], **output}
    return {"metadata": {}, "data": {}, **output}


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)
