"""openapi.yaml and types.ts follow from the Python model, and the examples in them are true."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contract import DOCUMENT, validator

ROOT = Path(__file__).parents[2]


def test_generated_parts_are_current() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "generate-types", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def examples() -> Iterator[tuple[str, str, Any]]:
    """Path, schema and value of every example in openapi.yaml."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (body.get("content", {}).get("application/json", {}) for body in bodies):
                named = content.get("examples", {}).values()
                for value in [content.get("example"), *(each["value"] for each in named)]:
                    if value is not None:
                        yield path, content["schema"]["$ref"].rpartition("/")[2], value


@pytest.mark.parametrize(
    ("path", "schema", "value"),
    list(examples()),
    ids=lambda part: part if type(part) is str else "",
)
def test_examples_are_as_documented(path: str, schema: str, value: Any) -> None:
    validator(schema).validate(value)
