"""Outputs of cells that strangers wrote, made safe to be shown."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")
_DATA = tuple(f"data:{kind};base64," for kind in _PICTURES)
_LINKS = ("http://", "https://", "mailto:", "#")
_TAGS = frozenset(
    """a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption
    figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub
    summary sup table tbody td tfoot th thead tr tt u ul var""".split()  # noqa: SIM905
)
_PLAIN = frozenset({"title", "alt", "width", "height", "colspan", "rowspan", "align", "scope"})
_HIDDEN = re.compile(r"<(style|script|template)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def clean_html(html: str) -> str:
    """The HTML without all that could act: scripts, handlers, forms, frames, styles, addresses.

    Pictures stay if they are part of the text; links stay if they lead to the web.
    """
    import bleach

    cleaned: str = bleach.clean(
        _HIDDEN.sub("", html),
        tags=_TAGS,
        attributes=_allowed,
        protocols=["http", "https", "mailto", "data"],
        strip=True,
    )
    return cleaned


def has_content(html: str) -> bool:
    """True if cleaned HTML shows anything: text or a picture."""
    return " src=" in html or bool(re.sub(r"<[^>]*>|\s|&nbsp;", "", html))


def pictures_of(notebook: Mapping[str, Any], cell: str) -> list[str]:
    """What a cell of an executed notebook drew, as ``data:`` addresses."""
    outputs = (c["outputs"] for c in notebook["cells"] if c.get("id") == cell and "outputs" in c)
    return [picture for found in outputs for output in found for picture in _pictures(output)]


def _pictures(output: Mapping[str, Any]) -> Iterator[str]:
    for kind in _PICTURES:
        content = output.get("data", {}).get(kind)
        if content is not None:
            text = content if isinstance(content, str) else "".join(content)
            if kind.endswith("svg+xml"):
                text = base64.b64encode(text.encode()).decode()
            yield f"data:{kind};base64,{''.join(text.split())}"
            return


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "src":
        return tag == "img" and value.startswith(_DATA)
    if name == "href":
        return tag == "a" and value.startswith(_LINKS)
    return name in _PLAIN or (name == "class" and tag in ("div", "pre", "span"))
