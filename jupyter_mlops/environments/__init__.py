"""What a step runs in: the notebook's kernel, what it imports, a lock with hashes, an image."""

from __future__ import annotations

from jupyter_mlops.environments.choice import choices, common_choice
from jupyter_mlops.environments.detect import Detected, detect
from jupyter_mlops.environments.image import Image, build_image
from jupyter_mlops.environments.kernel import Kernel, find_kernel
from jupyter_mlops.environments.lock import Lock, make_lock
from jupyter_mlops.environments.prepare import lock_for, prepare, prepare_steps

__all__ = [
    "Detected",
    "Image",
    "Kernel",
    "Lock",
    "build_image",
    "choices",
    "common_choice",
    "detect",
    "find_kernel",
    "lock_for",
    "make_lock",
    "prepare",
    "prepare_steps",
]
