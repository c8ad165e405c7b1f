"""An old notebook as a draft: any format from 2 on, its stored outputs kept as the oracle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_mlops.errors import NotebookError
from jupyter_mlops.legacy.draft import Draft, DraftCell
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.notebook.document import as_format4, load_document, notebook_of, read_bytes

_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
_DROPPED = ("collapsed", "scrolled")


def read_old(path: Path) -> tuple[Draft, Mapping[str, Any], str]:
    """The notebook as a draft in format 4.5, its file as JSON, and the digest of its bytes.

    Cells get ids that hang on their position alone. A kernel of another name becomes ``python3``.

    Raises:
        NotebookError: it is no notebook, or none of Python.
    """
    raw = read_bytes(path)
    written = load_document(raw, path)
    document = as_format4(written, path)
    notebook = notebook_of(document, path, raw=raw)
    if notebook.language not in ("python", "python2", "python3", "ipython"):
        raise NotebookError(
            f"{path} is a notebook of {notebook.language}, not of Python",
            fix="only Python notebooks can be converted",
        )
    version = (written["nbformat"], written.get("nbformat_minor", 0))
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
    return draft, written, of_bytes(raw)


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
