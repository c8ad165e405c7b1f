"""The step command: working folder, papermill, publish; the same on every engine.

It imports nothing but the standard library, ``jupyter_mlops.model``, ``jupyter_mlops.errors`` and,
once a stage is to be run, papermill, nbclient and jupyter_client.
"""

from __future__ import annotations

from jupyter_mlops.step.command import main

__all__ = ["main"]
