"""From ``.ipynb`` bytes to a :class:`Notebook`: cells with ids, tags and Python sources."""

from __future__ import annotations

from jupyter_mlops.notebook.document import Notebook, NotebookCell, parse_notebook, read_notebook

__all__ = ["Notebook", "NotebookCell", "parse_notebook", "read_notebook"]
