"""What a cell's tags mean, Kale's words included; foreign tags mean nothing and are left alone."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any, Literal

from jupyter_mlops.errors import Diagnostic, Edit
from jupyter_mlops.notebook.document import NotebookCell

TagRole = Literal["parameters", "shared", "check", "metrics", "skip"]

_ROLES: dict[str, TagRole] = {
    "parameters": "parameters",
    "pipeline-parameters": "parameters",
    "shared": "shared",
    "imports": "shared",
    "functions": "shared",
    "check": "check",
    "metrics": "metrics",
    "pipeline-metrics": "metrics",
    "skip": "skip",
}
_STEP = re.compile(r"(?:step|block):(.*)", re.DOTALL)
_LIMIT = re.compile(r"limit:([^:]+):(.+)")
_SECRET = re.compile(r"secret:([A-Za-z_]\w*)", re.ASCII)
_NAME = re.compile(r"[^\W_][\w-]{0,62}")
_STEP_TYPO = re.compile(r"(?:steps?)[\s:=_/-]+(.+)", re.IGNORECASE)
_LIMITS = {"memory": "memory", "cpu": "cpus", "nvidia.com/gpu": "gpus"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTags:
    """What the tags of one cell say.

    Attributes:
        step: name of the step that the cell starts or adds to.
        role: what else it is.
        resources: settings given by Kale's ``limit:`` and ``secret:`` tags, as
            ``metadata.jupyter_mlops`` has them.
    """

    step: str | None = None
    role: TagRole | None = None
    resources: dict[str, Any]


def read_tags(cell: NotebookCell) -> tuple[CellTags, tuple[Diagnostic, ...]]:
    """What the cell's tags say, and what is wrong with them."""
    step: str | None = None
    role: TagRole | None = None
    resources: dict[str, Any] = {}
    found: list[Diagnostic] = []

    def report(
        code: str, message: str, fix: str, *, warning: bool = False, edit: Edit | None = None
    ) -> None:
        severity: Literal["error", "warning"] = "warning" if warning else "error"
        found.append(
            Diagnostic(
                code=code,
                severity=severity,
                cell=cell.position,
                cell_id=cell.id,
                message=message,
                fix=fix,
                edit=edit,
            )
        )

    def instead(old: str, new: str) -> Edit:
        return Edit(cell_id=cell.id, kind="replace-tag", old=old, new=new)

    for tag in cell.tags:
        if match := _STEP.fullmatch(tag):
            name = match[1].strip()
            if not _NAME.fullmatch(name):
                slug = re.sub(r"\W+", "-", name).strip("-_") or "name"
                report(
                    "ML102",
                    f"{name!r} cannot name a step",
                    f"tag the cell `step:{slug}`",
                    edit=instead(tag, f"step:{slug}"),
                )
                step = slug
            elif step is not None and name != step:
                report(
                    "ML103",
                    f"the cell is tagged as step {step!r} and as step {name!r}",
                    "keep one of the two tags",
                )
            else:
                step = name
        elif tag in _ROLES:
            if role is not None and _ROLES[tag] != role:
                report(
                    "ML103", f"the cell is tagged {role!r} and {tag!r}", "keep one of the two tags"
                )
            role = role or _ROLES[tag]
        elif match := _LIMIT.fullmatch(tag):
            if match[1] in _LIMITS:
                resources[_LIMITS[match[1]]] = match[2]
            else:
                report(
                    "ML401",
                    f"tag {tag!r} asks for the unknown resource {match[1]!r}",
                    f"known limits: {', '.join(_LIMITS)}",
                )
        elif match := _SECRET.fullmatch(tag):
            resources.setdefault("secrets", []).append(match[1])
        elif tag.startswith(("image:", "secret:", "cache:")):
            report(
                "ML402",
                f"tag {tag!r} asks for something that a tag cannot express here",
                "remove the tag; set `image` or `secrets` in the cell's metadata under "
                "jupyter_mlops",
            )
        elif meant := _meant(tag):
            report(
                "ML101",
                f"tag {tag!r} has no meaning",
                f"did you mean `{meant}`?",
                edit=instead(tag, meant) if not meant.endswith(":") else None,
            )
    if role in ("parameters", "shared", "skip") and step is not None:
        report(
            "ML103", f"the cell is tagged {role!r} and as step {step!r}", "keep one of the two tags"
        )
    if cell.kind != "code" and (step is not None or role not in (None, "skip")):
        report(
            "ML104",
            f"a {cell.kind} cell carries the tag of a {'step' if step else role}; it has no effect",
            "move the tag to the code cell below",
            warning=True,
        )
        step, role = None, None
    return CellTags(step=step, role=role, resources=resources), tuple(found)


def _meant(tag: str) -> str | None:
    """The tag that a near miss was meant to be, or None for a foreign tag."""
    if match := _STEP_TYPO.fullmatch(tag.strip()):
        slug = re.sub(r"\W+", "-", match[1]).strip("-_")
        return f"step:{slug}" if slug else None
    if tag.strip().lower() in _ROLES:
        return tag.strip().lower()
    close = difflib.get_close_matches(tag.lower(), [*_ROLES, "step:"], n=1, cutoff=0.85)
    return close[0] if close else None
