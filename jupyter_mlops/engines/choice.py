"""Which engine a run gets."""

from __future__ import annotations

from jupyter_mlops.engines.base import Engine
from jupyter_mlops.errors import EngineError
from jupyter_mlops.settings import Mlops

ENGINES = ("local", "docker")


def open_engine(name: str, settings: Mlops) -> Engine:
    """The engine of that name, ready.

    Args:
        name: ``local`` or ``docker``.
        settings: of the installation.

    Raises:
        EngineError: if there is no such engine or it does not answer.
    """
    if name == "local":
        from jupyter_mlops.engines.local import LocalEngine

        return LocalEngine()
    if name == "docker":
        from jupyter_mlops.engines.docker import connect

        return connect()
    raise EngineError(f"there is no engine {name!r}", fix=f"choose one of {', '.join(ENGINES)}")


def choose_engine(name: str, settings: Mlops) -> tuple[Engine, str]:
    """The engine of that name, and one line that the user should see, or "".

    Args:
        name: ``local``, ``docker``, or ``auto`` for Docker where it answers.
        settings: of the installation.

    Raises:
        EngineError: if the engine asked for does not answer.
    """
    if name != "auto":
        return open_engine(name, settings), ""
    try:
        return open_engine("docker", settings), ""
    except EngineError as error:
        notice = f"no Docker engine answers ({error.message}): steps run in local kernels"
        return open_engine("local", settings), notice
