"""Proofs that are kept: what held once for an environment need not be tried again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from jupyter_mlops.environments.prove import Proof
from jupyter_mlops.environments.statements import Statement
from jupyter_mlops.model import identity
from jupyter_mlops.model.codec import from_json, to_json
from jupyter_mlops.store.disk import disk_problems, write_new


def proven(
    subject: str,
    statements: Sequence[Statement],
    *,
    cache: Path,
    prove: Callable[[], Proof],
    contained: bool,
    on_line: Callable[[str], None],
) -> Proof:
    """The proof of an environment: the kept one, or a new one, kept if no import fails.

    Args:
        subject: identity of the environment's content.
        statements: the imports that must work in it.
        cache: the store's folder of what can be made anew.
        prove: makes the proof.
        contained: whether the environment is an image's; for what to do about a failure.
        on_line: called with what is being done, and with imports that need not work.

    Raises:
        EnvironmentFailure: an import does not work in it.
        StoreError: the cache cannot be written.
    """
    wanted = identity.of_value("proof", [subject, to_json(tuple(statements))])
    path = proof_path(cache, "proofs", wanted)
    proof = read_proof(path)
    if proof is None:
        on_line(f"importing what the notebook imports ({len(statements)})")
        proof = prove()
        proof.require_imports(contained=contained)
        write_proof(path, proof)
        for problem in proof.problems:
            on_line(f"  not needed in any case: {problem}")
    return proof


def proof_path(cache: Path, kind: str, key: str) -> Path:
    """Where the cache keeps what is known under an identity."""
    return cache / kind / f"{key.removeprefix(identity.PREFIX)}.json"


def read_proof(path: Path) -> Proof | None:
    """The proof that is kept there, or None."""
    with disk_problems(path):
        if not path.is_file():
            return None
        return from_json(Proof, json.loads(path.read_bytes()))


def write_proof(path: Path, proof: Proof) -> None:
    """Keep the proof there."""
    with disk_problems(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, json.dumps(to_json(proof)).encode())
