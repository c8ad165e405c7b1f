"""openapi.yaml, to which every exchange of the tests is held."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from jsonschema import Draft202012Validator
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.datastructures import ImmutableMultiDict

import jupyter_mlops.server

PATH = Path(jupyter_mlops.server.__file__).with_name("openapi.yaml")
OPENAPI = OpenAPI.from_file_path(str(PATH))
DOCUMENT: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
OPERATIONS = {
    operation["operationId"]: (method.upper(), path)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
"""Method and path of each operation, by its id."""

_REGISTRY = Registry().with_resource(
    "urn:openapi", Resource(contents=DOCUMENT, specification=DRAFT202012)
)


def validator(schema: str) -> Draft202012Validator:
    """Validates values against a schema of the components."""
    reference = {"$ref": f"urn:openapi#/components/schemas/{schema}"}
    return Draft202012Validator(reference, registry=_REGISTRY)


def check_exchange(
    method: str, url: str, body: bytes | None, status: int, answer: bytes, kind: str
) -> None:
    """Raises if the answer is not one of the documented ones, or a good answer to a bad request."""
    parts = urlsplit(url)
    request = MockRequest(
        "http://server",
        method.lower(),
        parts.path,
        args=ImmutableMultiDict(parse_qsl(parts.query)),
        data=body or b"",
        content_type="application/json",
    )
    response = MockResponse(answer, status_code=status, content_type=kind)
    OPENAPI.validate_response(request, response)
    if status < 400:
        OPENAPI.validate_request(request)


def is_documented(method: str, url: str) -> bool:
    """True if the request is for an operation of openapi.yaml, and no websocket."""
    parts = urlsplit(url).path.split("/")
    return any(
        known == method
        and len(parts) == len(template)
        and all(
            want.startswith("{") or want == part for part, want in zip(parts, template, strict=True)
        )
        for known, path in OPERATIONS.values()
        if path != OPERATIONS["followRun"][1]
        for template in (path.split("/"),)
    )


def check_event(event: dict[str, Any]) -> None:
    """Raises if the message of a websocket is not as documented."""
    validator("RunEvent").validate(event)
