"""A notebook as HTML, with its code folded away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from jupyter_mlops.lineage.outputs import clean_html

if TYPE_CHECKING:
    from nbconvert.exporters import HTMLExporter

_SHOWN = (
    "text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg",
    "text/plain",
)  # fmt: skip
"""What is shown of an output, the best first; nothing that needs a script."""


def fold(notebook: Mapping[str, Any], states: Mapping[str, str]) -> Markup:
    """The notebook's cells: text, outputs, and the code behind a click.

    Args:
        notebook: as `whole_notebook` gives it.
        states: of the steps; the first cell of each step stands below its name and state.
    """
    from nbformat.v4 import reads

    document = reads(json.dumps(notebook))  # which joins texts that are lists of lines
    body, _ = _exporter().from_notebook_node(document, {"states": dict(states)})
    return Markup(body)


@cache
def code_style() -> Markup:
    """The style sheet of coloured code, light and dark."""
    from pygments.formatters import HtmlFormatter

    light, dark = (
        HtmlFormatter(style=name).get_style_defs(".highlight")
        for name in ("default", "github-dark")
    )
    return Markup(f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}")


@cache
def _exporter() -> HTMLExporter:
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    template = (files("jupyter_mlops.lineage") / "pages" / "notebook.html.j2").read_text("utf-8")
    return HTMLExporter(
        config=Config({"NbConvertBase": {"display_data_priority": list(_SHOWN)}}),
        template_name="classic",
        raw_template=template,
        filters={"clean_html": clean_html},
        sanitize_html=True,
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
