"""What steps run in on this machine: the notebook's kernel, or an environment of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from jupyter_mlops.environments.declaration import Declaration, Place, find_declaration
from jupyter_mlops.environments.detect import Detected, detect
from jupyter_mlops.environments.kernel import find_kernel
from jupyter_mlops.environments.lock import Lock, make_lock
from jupyter_mlops.environments.proofs import proven
from jupyter_mlops.environments.prove import Proof, prove
from jupyter_mlops.environments.satisfied import differences, kernel_has
from jupyter_mlops.environments.statements import statements_of
from jupyter_mlops.environments.venv import Venv, make_venv
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.pipeline import Pipeline
from jupyter_mlops.model.run import Environment
from jupyter_mlops.settings import Mlops

_SHOWN = 3  # differences
_CHOICE = "--environment kernel"


def prepare_local(
    pipeline: Pipeline,
    *,
    notebook: Path,
    settings: Mlops,
    store_cache: Path,
    put: Callable[[bytes], str],
    on_line: Callable[[str], None],
    environment: str | None,
    place: Place | None,
) -> Environment:
    """The environment of a pipeline's steps on the local engine; it has no digest yet.

    Where nobody says more, that is the kernel as it stands if it has what the user declared, or if
    nothing is declared: nothing is built, fetched or asked of an index then. Else it is an
    environment of the locked packages, in which what the steps import has been imported.

    Args:
        pipeline, notebook, settings, store_cache, put, on_line, environment: as of `prepare`.
        place: the user's choice for this notebook, or None for what the installation says.

    Raises:
        EnvironmentFailure: the kernel or a package is missing, the lock or its environment cannot
            be made, or an import does not work in it.
    """
    detected = detect(pipeline, notebook=notebook, kernel=find_kernel(pipeline.kernel))
    declaration = find_declaration(notebook.absolute().parent, environment)
    chosen = place or settings.local_environment
    with _kernel_offered(detected):
        has = (
            chosen == "auto"
            and declaration is not None
            and kernel_has(declaration, detected, cache=store_cache)
        )
        if chosen == "locked" or (declaration is not None and chosen == "auto" and not has):
            lock = make_lock(
                detected, declaration=declaration, settings=settings, store_cache=store_cache
            )
            for warning in lock.warnings:
                on_line(f"warning: {warning}")
            on_line(f"Python {lock.python}, {len(lock.packages)} packages from {lock.source}")
            if chosen == "auto" and declaration is not None:
                on_line(_why(declaration, lock, detected))
            venv = make_venv(
                lock,
                kernel=detected.kernel,
                settings=settings,
                store_cache=store_cache,
                on_line=on_line,
            )
            proof = _proven(venv, pipeline, notebook, store_cache, on_line)
            return _locked(venv, lock, proof, put)
    return _kernel(detected, declaration, has=has, on_line=on_line)


@contextmanager
def _kernel_offered(detected: Detected) -> Iterator[None]:
    """Let a failure of the body say that there is the kernel, if that could do."""
    try:
        yield
    except EnvironmentFailure as error:
        if not detected.absent and _CHOICE not in error.fix:
            error.fix += f"; or run in the notebook's kernel as it stands: {_CHOICE}"
        raise


def _locked(venv: Venv, lock: Lock, proof: Proof, put: Callable[[bytes], str]) -> Environment:
    for wheel in lock.wheels.values():
        put(wheel.read_bytes())
    return Environment(
        digest="",
        engine="local",
        python=venv.mark.python,
        packages=dict(proof.python),
        lock=put(lock.text.encode()),
        interpreter=str(venv.python),
        source=lock.source,
    )


def _kernel(
    detected: Detected,
    declaration: Declaration | None,
    *,
    has: bool,
    on_line: Callable[[str], None],
) -> Environment:
    detected.require_installed()
    source, unused = f"kernel {detected.kernel.name!r} as it stands", ""
    if declaration is not None and has:
        source = f"kernel {detected.kernel.name!r}, which has what {declaration.title} asks for"
    elif declaration is not None:
        unused = f"; {declaration.title} is not used"
    on_line(f"Python {detected.kernel.version} of {source}{unused}")
    return Environment(
        digest="",
        engine="local",
        python=detected.kernel.version,
        packages=detected.closure,
        interpreter=detected.kernel.python,
        source=source,
    )


def _why(declaration: Declaration, lock: Lock, detected: Detected) -> str:
    """Why the kernel is not what steps run in, with the packages that it would have to have."""
    found = differences(lock.packages, detected.installed)
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    said = f" ({', '.join(found[:_SHOWN])}{more})" if found else ""
    return (
        f"kernel {detected.kernel.name!r} has not what {declaration.title} asks for{said}: steps "
        "run in an environment of their own"
    )


def _proven(
    venv: Venv, pipeline: Pipeline, notebook: Path, cache: Path, on_line: Callable[[str], None]
) -> Proof:
    statements = statements_of(pipeline, notebook=notebook.absolute())

    def run(arguments: Sequence[str]) -> tuple[int, str]:
        done = subprocess.run(
            [venv.python, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
        return done.returncode, done.stdout

    return proven(
        venv.folder.name,
        statements,
        cache=cache,
        prove=lambda: prove(statements, run, fix=f"remove {venv.folder}; it is made again then"),
        contained=False,
        on_line=on_line,
    )
