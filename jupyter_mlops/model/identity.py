"""Every digest in the system, one small function each.

A digest is ``"sha256:<64 hex digits>"``. Structured values are hashed as canonical JSON under a
type tag, so that equal content of two kinds never has one identity.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

PREFIX = "sha256:"
SHORT = 12
"""Digits of a digest that are shown to people."""


def short(digest: str | None) -> str:
    """The first digits of a digest, or ``none``."""
    return "none" if digest is None else digest.removeprefix(PREFIX)[:SHORT]


def of_bytes(data: bytes) -> str:
    """The digest of bytes, as every object in the store is named."""
    return PREFIX + hashlib.sha256(data).hexdigest()


def canonical_json(value: Any) -> bytes:
    """One byte string for equal JSON values: sorted keys, no white space, UTF-8.

    A lone surrogate, as the name of a file may have that is no UTF-8, is written as JSON's escape.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode(errors="backslashreplace")


def of_value(kind: str, value: Any) -> str:
    """The digest of a JSON value of the given kind."""
    return of_bytes(kind.encode() + b"\0" + canonical_json(value))


def of_code(cells: Iterable[str]) -> str:
    """The digest of code, given the syntax trees of its cells as ``ast.dump`` writes them."""
    return of_value("code", list(cells))


def of_environment(description: Mapping[str, Any]) -> str:
    """The digest of an environment: interpreter, packages, image, seed policy."""
    return of_value("environment", dict(description))


def of_step_key(
    *,
    code: str,
    parameters: Mapping[str, Any],
    environment: str,
    inputs: Mapping[str, str],
    files: Mapping[str, str | None],
) -> str:
    """The base key of an execution: equal keys over equal file reads mean equal executions.

    Args:
        code: digest of the shared and the step's own cells.
        parameters: values of the parameters that the step may read.
        environment: digest of the environment.
        inputs: digest of each variable group and ambient facet that the step receives, by its
            comma-joined names.
        files: version of each file that earlier steps wrote (None: deleted), by path.
    """
    return of_value(
        "step-key",
        {
            "code": code,
            "parameters": dict(parameters),
            "environment": environment,
            "inputs": dict(inputs),
            "files": dict(files),
        },
    )
