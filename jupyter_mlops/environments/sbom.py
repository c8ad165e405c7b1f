"""The bill of materials of an image, as CycloneDX writes it."""

from __future__ import annotations

import json

from jupyter_mlops.environments.prove import Proof


def sbom(proof: Proof, *, python: str, base: str, lock: str | None) -> bytes:
    """A CycloneDX 1.6 document in JSON of what was found in an image.

    Equal contents give equal bytes: there is no time and no serial number in it.

    Args:
        proof: what the image holds.
        python: version of its interpreter.
        base: identity of the base image.
        lock: digest of the lock, or None.
    """
    from cyclonedx.model import Property
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    bom = Bom()
    bom.metadata.component = Component(
        name="environment",
        type=ComponentType.CONTAINER,
        bom_ref="environment",
        properties=[
            Property(name="jupyter-mlops:base", value=base),
            *([Property(name="jupyter-mlops:lock", value=lock)] if lock else []),
        ],
    )
    urls = [(PackageURL("generic", None, "python", python), ComponentType.APPLICATION)]
    urls += [
        (PackageURL("pypi", None, name, version), ComponentType.LIBRARY)
        for name, version in proof.python.items()
    ]
    urls += [
        (PackageURL("deb", proof.vendor, name, version, {"arch": arch}), ComponentType.LIBRARY)
        for name, version, arch in proof.debian
    ]
    for url, kind in urls:
        bom.components.add(
            Component(
                name=url.name, version=url.version, type=kind, purl=url, bom_ref=url.to_string()
            )
        )
    bom.register_dependency(bom.metadata.component, bom.components)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["serialNumber"], document["metadata"]["timestamp"]
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
