"""A run's working folder as it was, for a person to go on from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.lineage.layout import lay_out
from jupyter_mlops.lineage.past import Past, look_back
from jupyter_mlops.lineage.wholefolder import whole_folder
from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.reproduction import Restored
from jupyter_mlops.model.run import Environment
from jupyter_mlops.runner.past import find_run
from jupyter_mlops.step.project import OWN_FOLDER

if TYPE_CHECKING:
    from jupyter_mlops.store import Store

LOCK = "requirements.lock"
PARAMETERS = "parameters.json"
_ABOUT = "restored.json"
_APT = "apt.txt"


def restore_run(store: Store, name: str, folder: Path, *, force: bool = False) -> Restored:
    """What was laid out in the folder: notebook and files as the run's steps read them.

    Beside them a hidden folder, which no step sees, gets the lock, the parameters and what else
    is known. The folder appears whole or not at all.

    Args:
        store: holds the run.
        name: of the run.
        folder: does not exist or is empty.
        force: True to move a folder that is not empty out of the way.

    Raises:
        MlopsError: the folder is not empty, or cannot be written.
        NotReproducible: a file changed while the run went on.
        UnknownRun: there is no such run.
        StoreError: an object is damaged, or the notebook is missing.
    """
    past = look_back(store, find_run(store, name))
    with whole_folder(folder, force=force) as place:
        missing = (*lay_out(past, place.fresh), *_own_images(past))
        own = place.fresh / OWN_FOLDER
        own.mkdir()
        found = Restored(
            run=past.run.run,
            folder=str(place.folder),
            notebook=str(place.folder / past.place),
            files=tuple(ref.path for ref in past.read if not ref.path.endswith("/")),
            empty=past.only_listed,
            outside=tuple(_outside(past)),
            missing=missing,
            command=tuple(_command(past, place.folder, own)),
            kept=str(place.kept or ""),
        )
        text = json.dumps(to_json(found), indent=1, ensure_ascii=False)
        (own / _ABOUT).write_text(f"{text}\n", encoding="utf-8", errors="backslashreplace")
    return found


def _own_images(past: Past) -> Iterator[str]:
    """What steps are built on and no record holds."""
    for step in past.compiled.pipeline.steps:
        if step.dockerfile is not None:
            yield f"{step.dockerfile}, the Dockerfile of step {step.name}, is on no record"


def _outside(past: Past) -> Iterator[str]:
    """Data folders, and files outside of the project, each once."""
    folders = {
        name
        for execution in past.executions.values()
        for name in execution.environment.settings.get("data", ())
    }
    yield from sorted(folders)
    paths = {ref.path for ref in past.outside if ref.digest is not None}
    yield from sorted(p for p in paths if not any(Path(p).is_relative_to(f) for f in folders))


def _command(past: Past, folder: Path, own: Path) -> Iterator[str]:
    """The command that runs it again; what it names is written."""
    where = folder / OWN_FOLDER
    yield from ("jupyter", "mlops", "run", str(folder / past.place), "--engine", past.run.engine)
    if past.run.parameters:
        values = {value.name: value.value for value in past.run.parameters}
        (own / PARAMETERS).write_text(f"{json.dumps(values, indent=1)}\n", encoding="utf-8")
        yield from ("--params", str(where / PARAMETERS))
    environments = [execution.environment for execution in past.executions.values()]
    yield from _environment(past, environments, where, own)
    if any(environment.settings.get("hermetic") for environment in environments):
        yield "--hermetic"


def _environment(
    past: Past, environments: list[Environment], where: Path, own: Path
) -> Iterator[str]:
    """The option that names the environment, if one holds for all steps."""
    locks = {environment.lock for environment in environments}
    for number, lock in enumerate(sorted(filter(None, locks))):
        name = LOCK if len(locks) == 1 else f"{number + 1}-{LOCK}"
        past.store.objects.export(lock, own / name)
    system = {package for environment in environments for package in environment.system}
    if system:
        text = "".join(f"{package}\n" for package in sorted(system))
        (own.parent / past.place.parent / _APT).write_text(text, encoding="utf-8")
    if locks == {None}:
        yield from ("--environment", "kernel")
    elif len(locks) == 1 and not any(s.image for s in past.compiled.pipeline.steps):
        yield from ("--environment", str(where / LOCK))
