"""A compiled pipeline as a self-contained folder that a person can read and papermill can run."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.compiler import Compiled, compile_notebook
from jupyter_mlops.compiler.describe import describe
from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.pipeline import Pipeline
from jupyter_mlops.notebook import read_notebook

if TYPE_CHECKING:
    from jupyter_mlops.environments import Lock
    from jupyter_mlops.installation import Installation

FORMAT = 1
_MARK = "pipeline.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """A notebook whose pipeline folder is written.

    Attributes:
        compiled: the pipeline.
        warnings: of its lock, one sentence each.
    """

    compiled: Compiled
    warnings: tuple[str, ...] = ()


def bundle_notebook(
    notebook: Path,
    *,
    folder: Path,
    installation: Installation,
    environment: str | None = None,
    lock: bool = True,
) -> Bundled:
    """What was compiled and written to a pipeline folder.

    Args:
        notebook: path of the source notebook.
        folder: where to write, as `write_bundle` has it.
        installation: its settings say what images are built from and where packages are.
        environment: lock or requirements file of every step, or None.
        lock: False to leave the lock of the environment out.

    Raises:
        NotebookError, CompileError: the notebook cannot be compiled.
        EnvironmentFailure: its environment cannot be locked.
        MlopsError: the folder holds something else or cannot be written.
    """
    compiled = compile_notebook(read_notebook(notebook))
    if not lock:
        write_bundle(compiled, lock=None, folder=folder)
        return Bundled(compiled=compiled)
    from jupyter_mlops.environments import base_name, common_choice, lock_for, read_apt

    settings, path = installation.settings(), notebook.absolute()
    made = lock_for(
        compiled.pipeline,
        notebook=path,
        settings=settings,
        store_cache=installation.open_store().cache,
        environment=common_choice(compiled.pipeline, environment).environment,
    )
    base = base_name(settings, made.python)
    write_bundle(compiled, lock=made, folder=folder, base=base, apt=read_apt(path.parent))
    return Bundled(compiled=compiled, warnings=made.warnings)


def write_bundle(
    compiled: Compiled,
    *,
    lock: Lock | None,
    folder: Path,
    base: str = "",
    apt: tuple[str, ...] = (),
) -> None:
    """Write the pipeline folder, whole or not at all; equal pipelines give equal bytes.

    The folder holds ``pipeline.json``, ``stages/NAME.ipynb`` and a ``README.md`` made from the
    notebook's own markdown; with a lock also ``requirements.lock``, ``wheels/`` with packages that
    no index has, a ``Dockerfile`` and this package's modules that it copies. An earlier pipeline
    folder is replaced.

    Args:
        compiled: the pipeline.
        lock: its environment, or None to leave it out.
        folder: where to write; created with its parents.
        base: name of the base image.
        apt: Debian packages that the image needs.

    Raises:
        MlopsError: if the folder holds something else or cannot be written.
    """
    folder = folder.absolute()
    if folder.exists() and not _replaceable(folder):
        raise MlopsError(
            f"{folder} exists and is not a pipeline folder",
            fix="give a folder that does not exist, or an empty one",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _fill(fresh, compiled, lock)
            if lock is not None:
                _fill_image(fresh, lock, base, apt)
            fresh.chmod(0o755)
            _swap(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise MlopsError(
            f"{folder} cannot be written: {error.strerror}", fix="give another folder with -o"
        ) from error


def _replaceable(folder: Path) -> bool:
    return folder.is_dir() and ((folder / _MARK).is_file() or not any(folder.iterdir()))


def _swap(fresh: Path, folder: Path) -> None:
    """Put ``fresh`` in the place of ``folder``."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old)


def _fill(folder: Path, compiled: Compiled, lock: Lock | None) -> None:
    pipeline = compiled.pipeline
    (folder / "stages").mkdir()
    for name, stage in compiled.stages.items():
        (folder / "stages" / f"{name}.ipynb").write_bytes(stage)
    description = {
        "format": FORMAT,
        "digest": compiled.digest,
        "environment": None
        if lock is None
        else {"python": lock.python, "lock": lock.digest, "packages": to_json(lock.packages)},
        "flow": to_json(compiled.flow),
        "pipeline": to_json(pipeline),
    }
    text = json.dumps(description, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    (folder / _MARK).write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(readme(pipeline, lock), encoding="utf-8")


def _fill_image(folder: Path, lock: Lock, base: str, apt: tuple[str, ...]) -> None:
    from jupyter_mlops.environments import runtime_files, whole_dockerfile

    text = whole_dockerfile(base, lock=lock.digest, apt=apt).encode()
    files = {
        "Dockerfile": text,
        ".dockerignore": b"*\n!jupyter_mlops\n!packages.tar\n",
        "requirements.lock": lock.text.encode(),
        **{f"wheels/{name}": wheel.read_bytes() for name, wheel in lock.wheels.items()},
        **runtime_files(),
    }
    for name, data in files.items():
        path = folder / name
        for parent in list(reversed(path.relative_to(folder).parents))[1:]:
            (folder / parent).mkdir(exist_ok=True)
            (folder / parent).chmod(0o755)  # the image's user must be able to read them
        path.write_bytes(data)
        path.chmod(0o644)


def readme(pipeline: Pipeline, lock: Lock | None) -> str:
    """The documentation of a pipeline folder as Markdown."""
    parts = [describe(pipeline, link=lambda step: f"stages/{step}.ipynb")]
    parts += ["## Environment", _environment(lock)]
    parts += [
        "## Run it",
        f"    jupyter mlops run {pipeline.name}.ipynb\n\n"
        "from the folder of the notebook that this was compiled from. Each notebook in `stages/` "
        "is an ordinary papermill notebook; to run them by hand, one after the other, name an "
        "empty folder for the variables that they pass on:\n\n"
        "    export JUPYTER_MLOPS_STATE=$(mktemp -d)\n"
        + "\n".join(
            f"    papermill stages/{step.name}.ipynb {step.name}.out.ipynb"
            for step in pipeline.steps
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _environment(lock: Lock | None) -> str:
    if lock is None:
        return "Not locked (compiled with `--no-lock`)."
    count = len(lock.packages)
    text = f"Python {lock.python}; {count} packages with hashes in `requirements.lock`"
    if lock.source:
        text += f", from {lock.source}"
    text += "; those that no index has are in `wheels/`." if lock.wheels else "."
    links = " --find-links wheels" if lock.wheels else ""
    return (
        f"{text}\n\n`run` builds an image of them by itself. To build the same one by hand, on\n"
        "Linux with this Python, install the packages (index and certificates stay outside), pack\n"
        "them, and build:\n\n"
        f"    uv venv --relocatable --no-project --python {lock.python} venv\n"
        f"    uv pip install --python venv{links} --no-deps --require-hashes -r requirements.lock\n"
        "    tar -cf packages.tar -C venv --exclude=pyvenv.cfg --exclude='./bin/python*' .\n"
        "    docker build -t my-steps .\n\n"
        "`--build-arg BASE=NAME@sha256:…` pins the base image, or takes another one."
    )
