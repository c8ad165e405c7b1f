"""Shared libraries that wheels expect of the system, and the Debian packages that have them."""

from __future__ import annotations

import re

_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLU.so.1": "libglu1-mesa",
    "libICE.so.6": "libice6",
    "libOpenCL.so.1": "ocl-icd-libopencl1",
    "libOpenGL.so.0": "libopengl0",
    "libSM.so.6": "libsm6",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXrender.so.1": "libxrender1",
    "libasound.so.2": "libasound2",
    "libcairo.so.2": "libcairo2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libenchant-2.so.2": "libenchant-2-2",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgfortran.so.5": "libgfortran5",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libgomp.so.1": "libgomp1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libmagic.so.1": "libmagic1",
    "libnss3.so": "libnss3",
    "libodbc.so.2": "libodbc2",
    "libopenblas.so.0": "libopenblas0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangocairo-1.0.so.0": "libpangocairo-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libportaudio.so.2": "libportaudio2",
    "libpq.so.5": "libpq5",
    "libsndfile.so.1": "libsndfile1",
    "libspatialindex_c.so": "libspatialindex-c6",
    "libtk8.6.so": "libtk8.6",
    "libusb-1.0.so.0": "libusb-1.0-0",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxml2.so.2": "libxml2",
}

_MODULES = {"_tkinter": "python3-tk", "tkinter": "python3-tk"}

_MISSING = re.compile(r"([\w+.-]+\.so[\w.]*): cannot open shared object file")


def missing_library(message: str) -> str | None:
    """The shared library that an error of the dynamic loader says is missing, or None."""
    found = _MISSING.search(message)
    return found.group(1) if found else None


def debian_package(name: str) -> str | None:
    """The Debian package that has a shared library or a part of Python's library, if known."""
    return _PACKAGES.get(name) or _MODULES.get(name)
