"""The pictures among the outputs of an executed notebook, as files that people save of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from jupyter_mlops.errors import ObjectCorrupted, ObjectMissing
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.run import Execution
from jupyter_mlops.store.objects import Objects

Picture = tuple[str, str]
"""The id of the cell that shows it, and the digest of its bytes."""


def read_pictures(execution: Execution, objects: Objects) -> list[Picture]:
    """The pictures that the execution's notebook shows; none if the notebook cannot be read."""
    if execution.result.notebook is None:
        return []
    try:
        return find_pictures(objects.read_bytes(execution.result.notebook))
    except (ObjectMissing, ObjectCorrupted):
        return []


def find_pictures(notebook: bytes) -> list[Picture]:
    """The pictures in the notebook's outputs, in their order; none if it is no notebook.

    Bytes are hashed as a browser saves them: base64 decoded, SVG as it stands.
    """
    try:
        return list(_pictures(json.loads(notebook)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _pictures(document: Any) -> Iterator[Picture]:
    for cell in document["cells"]:
        for output in cell.get("outputs", ()):
            for kind, content in output.get("data", {}).items():
                data = _saved(content) if kind.startswith("image/") else None
                if data is not None:
                    yield cell.get("id", ""), of_bytes(data)


def _saved(content: Any) -> bytes | None:
    text = content if isinstance(content, str) else "".join(content)
    if text.lstrip().startswith("<"):
        return text.encode()
    try:
        return base64.b64decode(text)
    except ValueError:
        return None
