"""What the steps of a run may see, found and checked before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.model.pipeline import Containment, Pipeline
from jupyter_mlops.model.run import ParameterValue
from jupyter_mlops.notebook.document import Notebook
from jupyter_mlops.runner.data import find_data
from jupyter_mlops.runner.request import RunRequest
from jupyter_mlops.runner.secret_values import find_secrets, refuse_disclosed

if TYPE_CHECKING:
    from jupyter_mlops.settings import Mlops


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """A pipeline with what its steps may see.

    Attributes:
        pipeline: its data folders are paths of a ``FileRef``.
        secrets: values by name.
        left_out: files below the project root that no step gets: those that hold secrets.
    """

    pipeline: Pipeline
    secrets: Mapping[str, str] = field(repr=False)
    left_out: tuple[str, ...]

    @property
    def not_copied(self) -> set[str]:
        """What of the project no step gets a copy of."""
        return {*self.left_out, *self.whole.data}

    @property
    def whole(self) -> Containment:
        """What all steps together may see."""
        each = [step.containment for step in self.pipeline.steps]
        return Containment(
            data=tuple(dict.fromkeys(name for one in each for name in one.data)),
            secrets=tuple(dict.fromkeys(secret for one in each for secret in one.secrets)),
        )


def contain(
    request: RunRequest,
    pipeline: Pipeline,
    *,
    notebook: Notebook,
    parameters: tuple[ParameterValue, ...],
    root: Path,
    store: Path,
    settings: Mlops,
) -> Contained:
    """The pipeline as it will run.

    Args:
        request: may ask for hermetic steps, and name a file of secrets.
        pipeline: as compiled.
        notebook: the source; its path is absolute.
        parameters: of the run.
        root: the project root.
        store: folder of the store.
        settings: of the installation.

    Raises:
        NotebookError: a data folder is missing or holds what it must not.
        SecretError, ParameterError: a secret is missing, or would be stored.
    """
    pipeline = find_data(
        _hermetic(pipeline) if request.hermetic else pipeline,
        notebook=notebook.path,
        root=root,
        store=store,
    )
    usual = Path(settings.secrets_file).expanduser() if settings.secrets_file else None
    secrets = find_secrets(pipeline, given=request.secrets_file, usual=usual)
    refuse_disclosed(
        secrets,
        notebook=notebook,
        parameters={parameter.name: parameter.value for parameter in parameters},
        reason=request.reason,
    )
    left_out = _inside(root, request.secrets_file, usual)
    return Contained(pipeline=pipeline, secrets=secrets, left_out=left_out)


def _hermetic(pipeline: Pipeline) -> Pipeline:
    steps = tuple(
        replace(
            step,
            containment=replace(step.containment, hermetic=True),
            resources=replace(step.resources, network="none"),
        )
        for step in pipeline.steps
    )
    return replace(pipeline, steps=steps)


def _inside(root: Path, *paths: Path | None) -> tuple[str, ...]:
    """Those of the paths that lie below the root, relative to it."""
    real = [path.expanduser().resolve() for path in paths if path is not None]
    home = root.resolve()
    return tuple(p.relative_to(home).as_posix() for p in real if p.is_relative_to(home))
