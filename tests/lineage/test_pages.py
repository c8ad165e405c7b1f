"""Commands that tell of the past, and the pages that they write."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from two_runs import ATTACK, Past

from jupyter_mlops import Catalog
from jupyter_mlops.cli.group import cli
from jupyter_mlops.lineage.compare import compare_runs
from jupyter_mlops.model.codec import to_json

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("past")]

Mlops = Callable[..., Result]


@pytest.fixture
def mlops(past: Past) -> Mlops:
    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli, ["--store", str(past.store.root), *map(str, arguments)])

    return run


class Page(HTMLParser):
    """What a page holds: its text, its ids, and everything in it that could act or be fetched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.ids: list[str] = []
        self.links: list[str] = []
        self.policy = ""
        self.acts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if values.get("href", "").startswith("#") else []
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        if tag in ("script", "iframe", "object", "form", "link", "base"):
            self.acts.append(tag)
        for name, value in values.items():
            outside = name in ("src", "href") and not value.startswith(("data:image/", "#"))
            if name.startswith("on") or outside:
                self.acts.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text += data


def check_alone(page: Page) -> None:
    assert page.acts == []
    assert "default-src 'none'" in page.policy
    assert "script-src" not in page.policy
    assert len(page.ids) == len(set(page.ids))
    assert set(page.links) <= {f"#{identity}" for identity in page.ids}


def test_diff_in_the_terminal(past: Past, mlops: Mlops) -> None:
    done = mlops("diff", past.a.run, past.b.run)
    assert done.exit_code == 0
    lines = [line.rstrip() for line in done.output.splitlines()]
    for line in (
        "  4  parameter seed 1 → 2  (draw)",
        "  5  parameter spare 'a' → 'b'  (no step received it)",
        "       3 rows; 1 only in a, 1 only in b",
        "       column age: 1 values differ",
        "  draw  because of 2, 3, 4",
        "       -40 years",
    ):
        assert line in lines
    assert lines.index("what they were given") < lines.index("what came of it")


def test_diff_as_json_and_as_page(past: Past, mlops: Mlops, tmp_path: Path) -> None:
    file = tmp_path / "diff.html"
    done = mlops("diff", past.a.run, past.b.run, "--json", "--html", file)
    found = compare_runs(past.store, past.a, past.b)
    assert json.loads(done.output) == to_json(found)
    page = Page(file.read_text())
    check_alone(page)
    for text in (past.a.run, "parameter seed 1 → 2", "column height added", "-40 years"):
        assert text in page.text
    again = mlops("diff", past.a.run, past.b.run, "--html", file)
    assert (again.exit_code, "add --force" in again.output) == (1, True)
    assert mlops("diff", past.a.run, past.a.run, "--html", file, "--force").exit_code == 0
    assert "The same, as far as it is on record." in Page(file.read_text()).text


def test_diff_with_an_unknown_run(past: Past, mlops: Mlops) -> None:
    assert mlops("diff", past.a.run, "nobody").exit_code == 2


def test_report(past: Past, mlops: Mlops, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    assert mlops("report", past.b.run, "-o", file).exit_code == 0
    page = Page(file.read_text())
    check_alone(page)
    digest = past.b.steps[1].inputs[0].digest
    assert digest is not None
    for text in (
        "Does it add up?",  # the question
        "We draw a number for each patient.",
        "of the draw",  # a parameter's meaning
        digest.removeprefix("sha256:")[:12],  # the data
        "41 years",  # what a cell put out
        "drawn = [round(random.random() + scale, 3) for _ in rows]",  # its code
        "bold",  # the harmless part of an attack
        f"jupyter mlops run {past.notebook} -p seed 2 -p spare b --engine local",
        f"{past.b.steps[2].metrics['total']:.6g}",
    ):
        assert text in page.text
    for text in ("steal()", "example.org", "document.title"):
        assert page.text.count(text) == ATTACK.count(
            text
        )  # in the code that is shown, and nowhere else
    with Catalog(past.store.root) as catalog:
        assert catalog.report(past.b.run) == file.read_text()


def test_report_without_what_is_gone(past: Past, mlops: Mlops, tmp_path: Path) -> None:
    gone = replace(past.b, run="gone", source="sha256:" + "0" * 64)
    past.store.catalog.save_run(gone)
    file = tmp_path / "report.html"
    assert mlops("report", "gone", "-o", file).exit_code == 0
    assert "The notebook is no longer in the store." in Page(file.read_text()).text


def test_docs_are_written_and_checked(past: Past, mlops: Mlops, tmp_path: Path) -> None:
    notebook, file = tmp_path / "book.ipynb", tmp_path / "book.md"
    notebook.write_text(past.notebook.read_text())

    def check() -> tuple[int, str]:
        done = mlops("docs", notebook, "--check", "--json")
        return done.exit_code, json.loads(done.output)["diff"]

    assert check()[0] == 1
    assert not file.exists()
    assert mlops("docs", notebook).exit_code == 0
    assert "| `seed` | `int` | `1` | of the draw |" in file.read_text()
    assert check() == (0, "")
    notebook.write_text(notebook.read_text().replace("seed: int = 1", "seed: int = 3"))
    code, diff = check()
    assert (code, "+| `seed` | `int` | `3` | of the draw |" in diff) == (1, True)
    assert mlops("docs", notebook).exit_code == 0
    assert check() == (0, "")
    file.write_text("# Mine\n")
    done = mlops("docs", notebook)
    assert (done.exit_code, file.read_text()) == (1, "# Mine\n")
    assert "was not written by this command" in done.output
