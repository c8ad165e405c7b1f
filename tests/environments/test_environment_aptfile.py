from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from jupyter_mlops.environments.aptfile import read_apt
from jupyter_mlops.errors import EnvironmentFailure


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    text: str
    packages: tuple[str, ...] = ()
    refused: str = ""


CASES = [
    Case(title="empty", text=""),
    Case(
        title="comments, blank lines, duplicates",
        text="# for OpenCV\nlibgl1  # here\n\n  g++\nlibgl1\n",
        packages=("g++", "libgl1"),
    ),
    Case(title="a version", text="libgl1=1:1.6.0-1+b2~x", packages=("libgl1=1:1.6.0-1+b2~x",)),
    Case(title="an option", text="libgl1\n--allow-downgrades", refused="line 2: '--allow-down"),
    Case(title="a command", text="libgl1; rm -rf /", refused="line 1: 'libgl1; rm -rf /'"),
    Case(title="two on a line", text="libgl1 libgomp1", refused="line 1: 'libgl1 libgomp1'"),
    Case(title="a file", text="./local.deb", refused="line 1: './local.deb'"),
    Case(title="a line that goes on", text="libgl1 \\\nx", refused="line 1: 'libgl1 \\\\'"),
    Case(title="removal", text="libgl1-", refused="line 1: 'libgl1-'"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_read_apt(case: Case, tmp_path: Path) -> None:
    (tmp_path / "apt.txt").write_text(case.text)
    if not case.refused:
        assert read_apt(tmp_path) == case.packages
        return
    with pytest.raises(EnvironmentFailure) as caught:
        read_apt(tmp_path)
    expected = f"{tmp_path}/apt.txt, {case.refused}"
    assert caught.value.message.startswith(expected)


def test_no_file_asks_for_nothing(tmp_path: Path) -> None:
    assert read_apt(tmp_path) == ()
