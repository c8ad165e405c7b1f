"""What a step runs in: the notebook's kernel, what it imports, a lock with hashes, an image."""

from __future__ import annotations

from jupyter_mlops.environments.detect import Detected, detect
from jupyter_mlops.environments.image import Image, build_image
from jupyter_mlops.environments.kernel import Kernel, find_kernel
from jupyter_mlops.environments.lock import Lock, make_lock
from jupyter_mlops.environments.prepare import lock_for, prepare

__all__ = [
    "Detected",
    "Image",
    "Kernel",
    "Lock",
    "build_image",
    "detect",
    "find_kernel",
    "lock_for",
    "make_lock",
    "prepare",
]
