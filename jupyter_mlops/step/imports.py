"""What the imports of papermill would do in vain."""

from __future__ import annotations

import sys

_GRAMMAR = "rfc3987_syntax"


def skip_address_grammar() -> None:
    """Have nbformat's import build no grammar of internet addresses: a second of processor time.

    jsonschema makes it, where JupyterLab's dependencies are installed, for a check of string
    formats that notebooks do not ask for. Only for a process that does nothing but run steps,
    before it imports papermill.
    """
    sys.modules.setdefault(_GRAMMAR, None)  # type: ignore[arg-type]
