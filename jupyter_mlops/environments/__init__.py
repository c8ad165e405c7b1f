"""What a step runs in: the notebook's kernel, what it imports, a lock with hashes, an image."""

from __future__ import annotations

from jupyter_mlops.environments.aptfile import read_apt
from jupyter_mlops.environments.base import base_name
from jupyter_mlops.environments.choice import choices, common_choice
from jupyter_mlops.environments.container import Contained
from jupyter_mlops.environments.detect import Detected, detect
from jupyter_mlops.environments.dockerfile import whole_dockerfile
from jupyter_mlops.environments.image import Image, build_image
from jupyter_mlops.environments.kernel import Kernel, find_kernel
from jupyter_mlops.environments.lock import Lock, make_lock
from jupyter_mlops.environments.prepare import (
    connect,
    lock_for,
    prepare,
    prepare_image,
    prepare_steps,
)
from jupyter_mlops.environments.runtime import runtime_files

__all__ = [
    "Contained",
    "Detected",
    "Image",
    "Kernel",
    "Lock",
    "base_name",
    "build_image",
    "choices",
    "common_choice",
    "connect",
    "detect",
    "find_kernel",
    "lock_for",
    "make_lock",
    "prepare",
    "prepare_image",
    "prepare_steps",
    "read_apt",
    "runtime_files",
    "whole_dockerfile",
]
