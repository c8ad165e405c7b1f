"""How a notebook is laid out as a pipeline, as an editor shows it beside the cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jupyter_mlops.model.pipeline import Containment, Resources

PlaceRole = Literal["parameters", "shared", "code", "check", "metrics", "skip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlace:
    """What one code cell is in the pipeline.

    Attributes:
        cell_id: its nbformat id, or ``cell-<position>`` where it has none.
        cell: 1-based position among all cells of the notebook.
        role: what it is; a cell without text is ``code`` of the step that it stands in.
        step: the step that it belongs to, or null for one that belongs to all or to none.
        first: True for the cell that begins the step, or begins it again.
    """

    cell_id: str
    cell: int
    role: PlaceRole
    step: str | None = None
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutline:
    """One step as its tags and settings make it.

    Attributes:
        step: its name.
        cells: ids of its cells that hold code, in notebook order.
        description: the markdown directly above its first cell.
        resources: what it asks of its engine.
        image: an image of the user's own, or null.
        dockerfile: a Dockerfile of the user's own, or null.
        environment: lock or requirements file of its own, or null.
        environ: environment variables that its settings set.
        containment: data folders, names of secrets, and whether it is hermetic.
    """

    step: str
    cells: tuple[str, ...]
    description: str = ""
    resources: Resources = Resources()
    image: str | None = None
    dockerfile: str | None = None
    environment: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    containment: Containment = Containment()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterField:
    """A parameter as a form shows it.

    Attributes:
        name: the variable's name.
        type: annotation as written, or inferred from the default.
        kinds: the JSON types that the annotation allows besides ``choices``: ``int``, ``float``,
            ``bool``, ``str``, ``list``, ``dict``, ``None``.
        choices: the values of a ``Literal``.
        default: the default.
        help: the comment behind or above the assignment.
        cell_id: the cell that declares it.
    """

    name: str
    type: str
    kinds: tuple[str, ...] = ()
    choices: tuple[Any, ...] = ()
    default: Any = None
    help: str = ""
    cell_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Tags that a cell could get.

    Attributes:
        cell_id: its nbformat id.
        cell: 1-based position among all cells of the notebook.
        tags: the tags.
        reason: why, in a few words.
    """

    cell_id: str
    cell: int
    tags: tuple[str, ...]
    reason: str
