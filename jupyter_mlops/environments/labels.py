"""What this package writes on the images and containers that it makes."""

from __future__ import annotations

PREFIX = "org.jupyter-mlops"

KIND = f"{PREFIX}.image"
"""On images: ``base`` (of the user's own Dockerfile), ``packages`` or ``step``."""

BUILDER = f"{PREFIX}.builder"
"""On images: which store's cache asked for it. Containers of an image inherit its labels."""

TASK = f"{PREFIX}.task"
"""On containers of this room, which live for seconds: which store's cache asked for it."""

PACKAGES = f"{PREFIX}.packages"
"""On step images: name of the packages image below."""

LOCK = f"{PREFIX}.lock"
"""On images: digest of the lock that they hold the packages of."""

PYTHON = f"{PREFIX}.python"
"""On images: full version of the interpreter."""

BASE = f"{PREFIX}.base"
"""On images: identity of the base image."""
