"""Which steps run in which environment, as the notebook's settings or the caller say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jupyter_mlops.environments.declaration import PLACES, Place
from jupyter_mlops.environments.imports import imports_of
from jupyter_mlops.errors import EnvironmentFailure
from jupyter_mlops.model.pipeline import Pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Steps that share an environment.

    Attributes:
        environment: a path or ``imports`` (see `find_declaration`), or None to look for a file.
        place: where they run on the local engine, or None for what the installation says.
        image: an image of the user's own, or None.
        dockerfile: path of a Dockerfile of the user's own, relative to the notebook, or None.
        steps: names, in notebook order.
        pipeline: the notebook with these steps alone.
    """

    environment: str | None
    place: Place | None = None
    image: str | None = None
    dockerfile: str | None = None
    steps: tuple[str, ...]
    pipeline: Pipeline


def choices(pipeline: Pipeline, environment: str | None) -> tuple[Choice, ...]:
    """The environments of a pipeline's steps, in the order in which they are needed.

    Args:
        pipeline: the compiled notebook.
        environment: what holds for every step, or None for each step's own setting. A place alone
            leaves the files to the steps' settings.
    """
    groups: dict[tuple[str | None, Place | None, str | None, str | None], list[str]] = {}
    for step in pipeline.steps:
        chosen = (*_chosen(environment, step.environment), step.image, step.dockerfile)
        groups.setdefault(chosen, []).append(step.name)
    return tuple(
        Choice(
            environment=chosen,
            place=place,
            image=image,
            dockerfile=dockerfile,
            steps=tuple(steps),
            pipeline=_part(pipeline, steps),
        )
        for (chosen, place, image, dockerfile), steps in groups.items()
    )


def common_choice(pipeline: Pipeline, environment: str | None) -> Choice:
    """What is chosen for all steps at once; images do not count.

    Raises:
        EnvironmentFailure: they differ.
    """
    found = choices(pipeline, environment)
    if len({(choice.environment, choice.place) for choice in found}) > 1:
        said = "; ".join(
            f"{choice.environment or choice.place or 'not set'} for {', '.join(choice.steps)}"
            for choice in found
        )
        raise EnvironmentFailure(
            f"one environment is needed for all steps, but their settings differ: {said}",
            fix="choose one with --environment FILE",
        )
    chosen, place = (found[0].environment, found[0].place) if found else _chosen(environment, None)
    return Choice(
        environment=chosen,
        place=place,
        steps=tuple(step.name for step in pipeline.steps),
        pipeline=pipeline,
    )


def _chosen(option: str | None, setting: str | None) -> tuple[str | None, Place | None]:
    """File or ``imports``, and place: the option wins over the step's own setting."""
    if option is None:
        return _read(setting)
    file, place = _read(option)
    return (file, place) if place is None else (_read(setting)[0], place)


def _read(word: str | None) -> tuple[str | None, Place | None]:
    place = next((known for known in PLACES if known == word), None)
    return (word, None) if place is None else (None, place)


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
