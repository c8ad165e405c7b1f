"""Which steps run in which environment, as the notebook's settings or the caller say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jupyter_mlops.environments.imports import imports_of
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.pipeline import Pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Steps that share an environment.

    Attributes:
        environment: a path or ``imports`` (see `find_declaration`), or None to look for a file.
        image: an image of the user's own, or None.
        dockerfile: path of a Dockerfile of the user's own, relative to the notebook, or None.
        steps: names, in notebook order.
        pipeline: the notebook with these steps alone.
    """

    environment: str | None
    image: str | None = None
    dockerfile: str | None = None
    steps: tuple[str, ...]
    pipeline: Pipeline


def choices(pipeline: Pipeline, environment: str | None) -> tuple[Choice, ...]:
    """The environments of a pipeline's steps, in the order in which they are needed.

    Args:
        pipeline: the compiled notebook.
        environment: what holds for every step, or None for each step's own setting.
    """
    groups: dict[tuple[str | None, ...], list[str]] = {}
    for step in pipeline.steps:
        chosen = (environment or step.environment, step.image, step.dockerfile)
        groups.setdefault(chosen, []).append(step.name)
    return tuple(
        Choice(
            environment=chosen,
            image=image,
            dockerfile=dockerfile,
            steps=tuple(steps),
            pipeline=_part(pipeline, steps),
        )
        for (chosen, image, dockerfile), steps in groups.items()
    )


def common_choice(pipeline: Pipeline, environment: str | None) -> str | None:
    """What is chosen for all steps at once.

    Raises:
        EnvironmentFailure: they differ.
    """
    found = choices(pipeline, environment)
    if len({choice.environment for choice in found}) > 1:
        said = "; ".join(
            f"{choice.environment or 'not set'} for {', '.join(choice.steps)}" for choice in found
        )
        raise EnvironmentFailure(
            f"one environment is needed for all steps, but their settings differ: {said}",
            fix="choose one with --environment FILE",
        )
    return found[0].environment if found else environment


def _part(pipeline: Pipeline, names: Iterable[str]) -> Pipeline:
    """The pipeline with some of its steps, and with what these and its shared cells import."""
    from jupyter_mlops.notebook.source import tree_of

    chosen = set(names)
    if len(chosen) == len(pipeline.steps):
        return pipeline
    steps = tuple(step for step in pipeline.steps if step.name in chosen)
    cells = [*pipeline.shared, *(cell for step in steps for cell in step.cells)]
    modules = {m for cell in cells for m in imports_of(tree_of(cell.source)).every}
    return replace(pipeline, steps=steps, imports=tuple(sorted(modules)))
