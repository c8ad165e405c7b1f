"""How one attempt is put into a hardened container: command, mounts, limits, labels."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_mlops.model.pipeline import Resources
from jupyter_mlops.model.task import Task

PYTHON = "/opt/venv/bin/python"
LABEL = "org.jupyter-mlops"
DEFAULT_PIDS = 1024
_SHARED_MEMORY = 1 << 30
_SECRETS = "size=1m,mode=1777,noexec,nosuid,nodev"
_TEMPORARY = "size=2g,mode=1777,exec,nosuid,nodev"

_SYSTEM = tuple(
    PurePosixPath(path)
    for path in (
        *("/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/mlops"),
        *("/opt/venv", "/proc", "/run", "/sbin", "/sys", "/usr", "/var/lib", "/var/run"),
    )
)


def container_name(task: Task) -> str:
    """The same name for the same attempt of the same store, and for no other."""
    place = hashlib.sha256(f"{task.folder}\0{task.attempt}".encode()).hexdigest()[:10]
    words = re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{task.run}-{task.step}-{task.attempt}")
    return f"jupyter-mlops-{words}-{place}"


def work_target(source: str) -> str:
    """Where the working folder is mounted: at the project root's own path, so that absolute paths
    into the project hold; at ``/mlops/work`` where that would hide or change the system's folders.
    """
    path = PurePosixPath(source)
    if path == PurePosixPath("/tmp") or any(
        path.is_relative_to(system) or system.is_relative_to(path) for system in _SYSTEM
    ):
        return "/mlops/work"
    return str(path)


def container_options(task: Task) -> dict[str, Any]:
    """The arguments with which docker-py creates the attempt's container."""
    work = work_target(task.root or task.source)
    return {
        **hardened_options(task.resources, has_secrets=bool(task.secrets)),
        "image": task.image,
        "name": container_name(task),
        "command": [
            *(PYTHON, "-P", "-m", "jupyter_mlops.step", "--spec", "/mlops/step/spec.json"),
            *("--attempt", str(task.attempt), "--inputs", "/mlops/inputs"),
            *("--source", "/mlops/source", "--work", work),
            *(["--secrets-from-stdin"] if task.secrets else []),
        ],
        "stdin_open": bool(task.secrets),
        "labels": {
            f"{LABEL}.run": task.run,
            f"{LABEL}.step": task.step,
            f"{LABEL}.attempt": str(task.attempt),
        },
        "mounts": _mounts(task, work),
    }


def hardened_options(wanted: Resources, *, has_secrets: bool) -> dict[str, Any]:
    """The arguments that hold for whatever runs a step's cells: user, rights, limits, network."""
    options: dict[str, Any] = {
        "entrypoint": [],
        "working_dir": "/",
        "environment": {"JUPYTER_MLOPS_CONTAINER": "1", "USER": "mlops", "HOME": "/tmp"},
        "user": f"{os.getuid()}:{os.getgid()}",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "read_only": True,
        "tmpfs": {"/tmp": _TEMPORARY} | ({"/run/secrets": _SECRETS} if has_secrets else {}),
        "shm_size": _SHARED_MEMORY,
        "pids_limit": wanted.pids or DEFAULT_PIDS,
    }
    if wanted.memory is not None:
        options |= {"mem_limit": wanted.memory, "memswap_limit": wanted.memory}
    if wanted.cpus is not None:
        options["nano_cpus"] = round(wanted.cpus * 1e9)
    if wanted.network == "none":
        options["network_mode"] = "none"
    if wanted.gpus:
        from docker.types import DeviceRequest

        options["device_requests"] = [DeviceRequest(count=wanted.gpus, capabilities=[["gpu"]])]
    return options


def make_mount_points(task: Task) -> None:
    """Make the folders of the attempt that are mounted, so that they belong to the user."""
    folder = Path(task.folder)
    (folder / "inputs").mkdir(exist_ok=True)
    work = folder / "attempts" / str(task.attempt) / "work"
    work.mkdir(parents=True, exist_ok=True)
    for name in task.data:
        if not PurePosixPath(name).is_absolute():
            (work / name).mkdir(parents=True, exist_ok=True)


def _place(task: Task, name: str) -> Path:
    """Where a data folder is on the host: its name is absolute, or relative to the project."""
    return (Path(task.source) / name).resolve()


def _mounts(task: Task, work: str) -> list[Any]:
    from docker.types import Mount

    inputs = f"{task.folder}/inputs"
    places = [
        ("/mlops/step", task.folder, False),
        ("/mlops/step/inputs", inputs, True),
        ("/mlops/inputs", inputs, True),
        ("/mlops/source", task.source, True),
        (work, f"{task.folder}/attempts/{task.attempt}/work", False),
        *((str(PurePosixPath(work) / n), str(_place(task, n)), True) for n in task.data),
        *((f"/mlops/source/{name}", "/dev/null", True) for name in task.left_out),
    ]
    return [
        Mount(target=target, source=source, type="bind", read_only=read_only)
        for target, source, read_only in places
    ]
