"""Cutting a process off from the network, where the system lets a user do that (Linux).

``python -m jupyter_mlops.step.network`` exits with 0 if it does.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PR_SET_DUMPABLE = 4
_SIOCSIFFLAGS = 0x8914
_UP_AND_RUNNING = 0x41


def cut_off_network() -> None:
    """Leave this process and its children no network but a loopback of their own.

    Only for a process that has no other thread.

    Raises:
        OSError: the system does not allow it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWNET) != 0:
        if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        own = Path("/proc/self")
        (own / "setgroups").write_text("deny")
        (own / "uid_map").write_text(f"{user} {user} 1")
        (own / "gid_map").write_text(f"{group} {group} 1")
        libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # so that a later start finds and ends it
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as loopback:
        request = struct.pack("16sh14x", b"lo", _UP_AND_RUNNING)
        fcntl.ioctl(loopback, _SIOCSIFFLAGS, request)


if __name__ == "__main__":
    try:
        cut_off_network()
    except (OSError, AttributeError):
        sys.exit(1)
