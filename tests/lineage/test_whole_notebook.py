"""What is shown of an output in which a script or a style sheet is missing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sklearn.linear_model import LogisticRegression

from jupyter_mlops.lineage.folded import fold
from jupyter_mlops.lineage.wholebook import shown

PLOT = "<div id='plot'></div><script>draw(document)</script>"
SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload='steal()'><text>drawn</text></svg>"


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    data: dict[str, object]
    shown: str
    hidden: str


CASES = [
    Case(
        name="a table",
        data={"text/html": ["<table>\n", "<tr><td>cell</td></tr></table>"], "text/plain": "text"},
        shown="<td>cell</td>",
        hidden="text<",
    ),
    Case(
        name="a plot",
        data={"text/html": PLOT, "text/plain": "text"},
        shown="<pre>text</pre>",
        hidden="draw(",
    ),
    Case(
        name="a plot beside its picture",
        data={"text/html": PLOT, "image/png": "AAAA", "text/plain": "text"},
        shown='src="data:image/png;base64,AAAA"',
        hidden="text<",
    ),
    Case(
        name="an estimator",
        data={
            "text/html": LogisticRegression()._repr_html_(),
            "text/plain": "LogisticRegression()",
        },
        shown="<pre>LogisticRegression()</pre>",
        hidden="Jupyter environment",
    ),
    Case(
        name="a widget",
        data={"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider()"},
        shown="<pre>IntSlider()</pre>",
        hidden="widget-view",
    ),
    Case(
        name="a script",
        data={"application/javascript": "steal()", "text/plain": "text"},
        shown="<pre>text</pre>",
        hidden="steal",
    ),
    Case(
        name="a drawing",
        data={"image/svg+xml": SVG},
        shown="data:image/svg+xml;base64,",
        hidden="steal",
    ),
    Case(
        name="Markdown",
        data={"text/markdown": "*it* <i onclick='steal()'>is</i>"},
        shown="<em>it</em> <i>is</i>",
        hidden="steal",
    ),
    Case(name="text", data={"text/plain": "<b>"}, shown="&lt;b&gt;", hidden="<b>"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_output_is_shown_without_what_could_act(case: Case) -> None:
    output = {"output_type": "display_data", "metadata": {}, "data": case.data}
    mark = {"position": 1, "tags": ["<tag>"], "step": "s", "first": True}
    cell = {
        "cell_type": "code",
        "id": "c1",
        "metadata": {"mlops": mark},
        "source": "1 < 2",
        "execution_count": 1,
        "outputs": [shown(output)],
    }
    html = fold(
        {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, {"s": "succeeded"}
    )
    assert case.shown in html
    assert case.hidden not in html
    assert "<tag>" not in html
