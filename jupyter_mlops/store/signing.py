"""Checkpoints of the ledger, signed with an Ed25519 key so that a third party can check them."""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlops.errors import MlopsError
from jupyter_mlops.model.identity import of_bytes
from jupyter_mlops.model.ledger import Checkpoint

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

    from jupyter_mlops.store.ledger import Ledger


class KeyProblem(MlopsError):
    """A key file cannot be used."""


class PublicKey:
    """The half of a key that anybody may have; it tells whether a checkpoint was signed."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        from cryptography.hazmat.primitives import serialization

        self._key = key
        self.pem = key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.digest = of_bytes(key.public_bytes_raw())

    def has_signed(self, checkpoint: Checkpoint) -> bool:
        """True if the checkpoint is as the owner of the key signed it."""
        from cryptography.exceptions import InvalidSignature

        try:
            signature = base64.b64decode(checkpoint.signature, validate=True)
            self._key.verify(signature, checkpoint.statement)
        except (InvalidSignature, ValueError):
            return False
        return checkpoint.key == self.digest


class Signer:
    """The half of a key that is kept secret."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    def sign(self, ledger: Ledger) -> Checkpoint | None:
        """The signed checkpoint of the last entry, kept beside it; None if there is no entry."""
        number, digest = ledger.tip()
        if number == 0:
            return None
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        plain = Checkpoint(number=number, digest=digest, time=time, key=self.public.digest)
        signature = base64.b64encode(self._key.sign(plain.statement)).decode()
        checkpoint = replace(plain, signature=signature)
        ledger.keep(checkpoint)
        return checkpoint


def make_key(path: Path) -> PublicKey:
    """The public half of a new key, whose secret half is in the file from now on.

    Raises:
        KeyProblem: the file exists.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyProblem(f"{path} exists", fix="give the new key another name") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return PublicKey(key.public_key())


def load_signer(path: Path) -> Signer:
    """The key in a PEM file.

    Raises:
        KeyProblem: it holds no Ed25519 private key without a password.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(
            f"{path} holds no Ed25519 private key without a password",
            fix="`jupyter mlops audit key -o FILE` makes one",
        )
    return Signer(key)


def load_public_key(path: Path) -> PublicKey:
    """The public key in a PEM file.

    Raises:
        KeyProblem: it holds none of Ed25519.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(_read(path))
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyProblem(
            f"{path} holds no Ed25519 public key",
            fix="take the file that `jupyter mlops audit key` wrote with the ending .pub",
        )
    return PublicKey(key)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyProblem(
            f"{path} cannot be read: {error.strerror}", fix="name a key file"
        ) from error
