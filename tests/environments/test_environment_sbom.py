from __future__ import annotations

import json
from dataclasses import replace

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from jupyter_mlops.environments.prove import Proof
from jupyter_mlops.environments.sbom import sbom

PROOF = Proof(
    python={"numpy": "2.1.0", "my-lib": "1.0+local"},
    debian=(("libc6", "2.36-9+deb12u7", "amd64"), ("libc6", "2.36-9+deb12u7", "i386")),
    vendor="debian",
)


def made(proof: Proof) -> bytes:
    return sbom(proof, python="3.11.2", base="sha256:1", lock="sha256:2")


def test_a_bill_of_materials_is_valid_cyclonedx() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(made(PROOF).decode()) is None


def test_it_names_every_package() -> None:
    found = json.loads(made(PROOF))
    assert sorted(component["purl"] for component in found["components"]) == [
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u7?arch=amd64",
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u7?arch=i386",
        "pkg:generic/python@3.11.2",
        "pkg:pypi/my-lib@1.0%2Blocal",
        "pkg:pypi/numpy@2.1.0",
    ]
    properties = found["metadata"]["component"]["properties"]
    assert {p["name"]: p["value"] for p in properties} == {
        "jupyter-mlops:base": "sha256:1",
        "jupyter-mlops:lock": "sha256:2",
    }


def test_equal_contents_give_equal_bytes() -> None:
    other = replace(PROOF, python=dict(reversed(PROOF.python.items())), debian=PROOF.debian[::-1])
    assert made(PROOF) == made(other)
