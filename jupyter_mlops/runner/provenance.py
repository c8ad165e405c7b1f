"""Where a notebook stands in its git repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

from jupyter_mlops.model.run import GitState

_SECONDS = 20


def git_state(notebook: Path) -> GitState | None:
    """Commit, branch and dirty flag for a notebook; None if it lies in no repository with commits.

    The repository is only read: git takes no optional locks.
    """
    try:
        commit = git(notebook, "rev-parse", "HEAD")
        changed = git(notebook, "status", "--porcelain", "--untracked-files=no")
        own = git(notebook, "status", "--porcelain", "--ignored", "--", notebook.name)
        branch = git(notebook, "branch", "--show-current")
    except (OSError, subprocess.SubprocessError):
        return None
    return GitState(commit=commit, branch=branch, dirty=bool(changed or own))


def git(notebook: Path, *arguments: str) -> str:
    """What git answers in the notebook's folder.

    Raises:
        OSError, subprocess.SubprocessError: there is no git or no repository, or it does not know.
    """
    done = subprocess.run(
        ["git", "--no-optional-locks", "--literal-pathspecs", *arguments],
        cwd=notebook.parent,
        check=True,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    return done.stdout.strip()
