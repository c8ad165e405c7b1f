"""The lock or requirements file that a request names."""

from __future__ import annotations

from pathlib import Path

from jupyter_mlops.server.contents import Contents


def chosen_environment(contents: Contents, notebook: Path, given: str | None) -> str | None:
    """The file as an absolute path; ``imports`` and None stay as they are.

    Args:
        contents: what the server shows.
        notebook: from whose folder the file is named.
        given: what the request says.

    Raises:
        OutsideContents: it leads out of the contents root.
    """
    from jupyter_mlops.environments.declaration import IMPORTS

    if given is None or given == IMPORTS:
        return given
    return str(contents.locate(given, below=notebook.parent))
