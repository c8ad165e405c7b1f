"""Self-contained pages: one file, no script, nothing from the network."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: Any) -> str:
    """A page, light or dark as the reader's system is.

    Its content security policy lets no script run and nothing be fetched, whatever it holds.

    Args:
        template: name of a file in ``pages``.
        values: what it shows; texts are escaped unless they are marked as HTML.
    """
    from jupyter_mlops import __version__

    page = _environment().get_template(template)
    return page.render(version=__version__, style=_style(), **values) + "\n"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from jupyter_mlops.model.identity import short
    from jupyter_mlops.model.times import local_text, span_text

    environment = Environment(
        loader=PackageLoader("jupyter_mlops.lineage", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "as_json": lambda value: json.dumps(value, ensure_ascii=False),
        "local_time": local_text,
        "short": short,
        "brief": lambda value: f"{value:.6g}" if isinstance(value, float) else str(value),
        "size": size_text,
    }
    environment.globals["span"] = span_text
    return environment


def size_text(size: int) -> str:
    """A number of bytes as people read it: ``812 B``, ``14.2 kB``, ``3.1 MB``, ``1.4 GB``."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95 or unit == "GB":
            break
    return f"{value:.1f} {unit}"


def _style() -> Any:
    from markupsafe import Markup

    return Markup((files("jupyter_mlops.lineage") / "pages" / "page.css").read_text("utf-8"))
