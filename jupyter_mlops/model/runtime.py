"""What of this package a step's image, or another interpreter, has to hold."""

from __future__ import annotations

RUNTIME_MODULES = ("__init__.py", "errors.py", "model", "kernel_state", "step")
"""Files and folders below the package that the step command and its kernel import."""
