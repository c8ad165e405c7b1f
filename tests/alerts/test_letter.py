"""From a run that fails to the mail about it, by the commands that a user gives."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from receivers import mail_server

from jupyter_mlops.cli.group import cli

CELLS = (
    ("parameters", "rate = 1"),
    ("step:fit", "rows = [rate]\nif rate > 1:\n    raise ValueError(f'{rate} is too high')"),
)

LETTER = """\
it failed in step fit, cell 2: ValueError: 2 is too high

pipeline  {notebook}
run       {failed}: failed after SPAN, local engine
made by   USER, store {store}

step fit, cell 2, line 3:
      1 rows = [rate]
      2 if rate > 1:
  >   3     raise ValueError(f'{{rate}} is too high')

TRACEBACK

since the last good run {good}, TIME:
  1 parameter rate 1 → 2 (fit)
  jupyter mlops diff {good} {failed}

open it:  jupyter mlops open {failed} fit

alert ops, delivery KEY
"""
"""What varies from run to run is a word in capitals."""


def matches(text: str, pattern: str) -> bool:
    """True if the text is the pattern with anything in place of its words in capitals."""
    words = "SPAN|USER|TIME|KEY|TRACEBACK"
    parts = re.split(f"({words})", pattern)
    whole = "".join(".*?" if part in words.split("|") else re.escape(part) for part in parts)
    return re.fullmatch(whole, text, re.DOTALL) is not None


@pytest.mark.kernel
def test_what_people_read_of_a_failure(tmp_path: Path, notebook_file: Callable[..., Path]) -> None:
    notebook = notebook_file(CELLS)

    def mlops(*words: str | Path) -> Result:
        store = str(tmp_path / "store")
        return CliRunner().invoke(cli, ["--store", store, *map(str, words)])

    def run(rate: str) -> str:
        done = mlops("run", notebook, "--engine", "local", "-p", "rate", rate, "--json")
        return str(json.loads(done.stdout)["run"])

    good = run("1")
    with mail_server() as mail:
        added = mlops("alert", "add", "ops", "--to", mail.url, "--by-hand")
        assert added.exit_code == 0, added.output
        failed = run("2")
        assert "told" in mlops("service", "--once").stdout
        assert mlops("service", "--once").stdout == ""
    (letter,) = mail.letters
    assert letter["Subject"] == f"{notebook.name} failed in step fit"
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    pattern = LETTER.format(notebook=notebook, store=tmp_path / "store", good=good, failed=failed)
    assert matches(text.replace("\r\n", "\n"), pattern), text
    assert "----> 3     raise ValueError" in text
