"""``schedule apply`` and ``export``, and ``gc --rules``: what they print and answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Mlops = Callable[..., Result]

FILE = """
[schedules.nightly]
notebook = "report.ipynb"
cron = "15 3 * * *"
parameters = { n = 3 }

[retention]
keep_days = 30
""".lstrip()


@pytest.fixture
def folder(write_notebook: Callable[..., Path]) -> Path:
    return write_notebook("report.ipynb", ("parameters", "n = 1"), ("step:a", "x = n")).parent


def answer(result: Result) -> object:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_file_is_applied_and_exported(mlops: Mlops, folder: Path) -> None:
    file = folder / "mlops.toml"
    assert mlops("schedule", "apply", folder).exit_code == 2
    file.write_text(FILE)
    shown = mlops("schedule", "apply", folder, "--dry-run")
    assert shown.stdout.splitlines() == [
        "+ nightly  At 03:15 (UTC)",
        f"    notebook: {folder / 'report.ipynb'}",
        "    timing.cron: 15 3 * * *",
        "    parameters: n=3",
        "1 to add",
        f"its rules of retention hold for `jupyter mlops gc --rules {file}`",
    ]
    assert answer(mlops("schedule", "list", "--json")) == []
    plan = answer(mlops("schedule", "apply", file, "--json"))
    assert [(change["name"], change["verb"]) for change in plan["changes"]] == [("nightly", "add")]
    assert str(file) in mlops("schedule", "show", "nightly").stdout
    assert str(file) in mlops("schedule", "list").stdout
    assert "1 as they were\n" in mlops("schedule", "apply", folder).stdout

    added = mlops("schedule", "add", folder / "report.ipynb", "--every", "1h", "--name", "by-hand")
    assert added.exit_code == 0, added.output
    assert mlops("schedule", "export", folder, "-o", file).exit_code == 1
    wanted = '[schedules.by-hand]\nnotebook = "report.ipynb"\nevery = "1h"\n\n'
    wanted += FILE.partition("\n\n[retention]")[0] + "\n"
    assert mlops("schedule", "export", folder).stdout == wanted
    hook = ("hook", "add", "deploy", "--command", "/bin/true", "--schedule", "nightly")
    assert mlops(*hook).exit_code == 0
    wanted += '\n[hooks.deploy]\ncommand = "/bin/true"\nschedule = "nightly"\n'
    done = answer(mlops("schedule", "export", folder, "-o", file, "--force", "--json"))
    assert (done["schedules"], done["alerts"]) == (["by-hand", "nightly"], ["deploy"])
    assert file.read_text() == wanted
    said = mlops("schedule", "export", folder, "-o", file, "--force").stdout
    assert said == f"2 schedules, 1 hook written to {file}\n"
    assert "    file: by hand → " in mlops("schedule", "apply", file).stdout

    file.write_text("")
    assert "? nightly: the file names it no more" in mlops("schedule", "apply", file).stdout
    pruned = mlops("schedule", "apply", file, "--prune").stdout
    assert pruned.splitlines() == ["- by-hand", "- nightly", "- hook deploy", "3 removed"]


def test_rules_of_retention(mlops: Mlops, folder: Path) -> None:
    file = folder / "mlops.toml"
    file.write_text(FILE)
    rules = answer(mlops("gc", "--rules", folder, "--json"))["rules"]
    assert rules == {"keep_last": 0, "keep_days": 30, "folder": str(folder)}
    both = mlops("gc", "--rules", folder, "--keep-last", "3")
    assert (both.exit_code, "contradict" in both.stderr) == (2, True)
    file.write_text("")
    assert "has no table [retention]" in mlops("gc", "--rules", file).stderr
