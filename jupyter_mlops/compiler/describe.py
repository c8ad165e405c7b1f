"""A pipeline in words: its documentation as Markdown, from the notebook's own text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from jupyter_mlops.model.codec import to_json
from jupyter_mlops.model.pipeline import Pipeline, Resources, Step

MARK = "<!-- Written by `jupyter mlops docs`: change the notebook and write this anew. -->"
"""How documentation begins that may be overwritten."""


def document(pipeline: Pipeline) -> str:
    """The documentation of a notebook's pipeline; equal pipelines give equal text."""
    name = f"{pipeline.name}.ipynb"
    parts = [MARK, describe(pipeline, link=lambda step: f"#{step.lower()}")]
    if pipeline.imports:
        parts.append("## Imports\n\n" + ", ".join(f"`{module}`" for module in pipeline.imports))
    options = "".join(f" -p {p.name} VALUE" for p in pipeline.parameters[:1])
    parts.append(f"## Run it\n\n    jupyter mlops run {name}{options}")
    return "\n\n".join(parts) + "\n"


def describe(pipeline: Pipeline, *, link: Callable[[str], str]) -> str:
    """Title, description, parameters and steps.

    Args:
        pipeline: what is described.
        link: gives the address that the name of a step leads to.
    """
    parts = [f"# {pipeline.title}"]
    if pipeline.description:
        parts.append(pipeline.description)
    parts += ["## Parameters", _parameter_table(pipeline)]
    parts += ["## Steps", _step_table(pipeline, link)]
    parts += [_step_section(step) for step in pipeline.steps]
    return "\n\n".join(parts)


def _parameter_table(pipeline: Pipeline) -> str:
    if not pipeline.parameters:
        return "None."
    return _table(
        ("name", "type", "default", "meaning"),
        [
            (f"`{p.name}`", f"`{p.type}`", f"`{json.dumps(p.default)}`", p.help)
            for p in pipeline.parameters
        ],
    )


def _step_table(pipeline: Pipeline, link: Callable[[str], str]) -> str:
    return _table(
        ("step", "receives", "parameters", "metrics"),
        [
            (
                f"[{step.name}]({link(step.name)})",
                _received(step),
                ", ".join(f"`{name}`" for name in step.parameters),
                ", ".join(f"`{name}`" for name in step.metrics),
            )
            for step in pipeline.steps
        ],
    )


def _received(step: Step) -> str:
    if step.reads_everything:
        return "every variable"
    return ", ".join(f"`{r.name}` ({', '.join(r.sources)})" for r in step.reads if r.sources)


def _step_section(step: Step) -> str:
    lines = [f"### {step.name}", _demoted(step.description)]
    if asked := ", ".join(_asked(step)):
        lines.append(f"Asks for {asked}.")
    return "\n\n".join(line for line in lines if line)


def _asked(step: Step) -> Iterator[str]:
    """What the step's settings ask for that nobody gets without asking."""
    usual = to_json(Resources())
    for name, value in to_json(step.resources).items():
        if value not in (usual[name], 0):
            yield f"{name} {value}"
    for folder in step.containment.data:
        yield f"data folder `{folder}`"
    for secret in step.containment.secrets:
        yield f"secret `{secret.name}`"
    if step.containment.hermetic:
        yield "a hermetic environment"


def _demoted(markdown: str) -> str:
    """The markdown without its first heading, deeper headings below the step's own."""
    lines = markdown.splitlines()
    if lines and lines[0].startswith("#"):
        lines = lines[1:]
    return "\n".join("###" + line if line.startswith("#") else line for line in lines).strip()


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines
    )
