"""Keys that sign files: one private key that signs, public ones beside it that verify.

Without another path they are those of the checkpoints: ``MES_CHECKPOINT_KEY`` names the private
key's file. Each ``*.pub`` in its folder is believed, so
that a key can be replaced and older checkpoints still verify. Who verifies needs those only.
"""

import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings


class KeyUnusable(Exception):
    """The key's file is missing or holds no Ed25519 key; the text names it."""


def key_path() -> Path:
    """Return where the private key lies."""
    return Path(settings.MES_CHECKPOINT_KEY)


def beside_the_data(path: Path) -> bool:
    """Say whether whoever has the data also has this: then it is only for show."""
    return path.resolve().is_relative_to(Path(settings.MES_DATA).resolve())


def key_id(public: Ed25519PublicKey) -> str:
    """Return the first 16 hexadecimal digits of the public key's hash."""
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return sha256(raw).hexdigest()[:16]


def private_key(path: Path | None = None) -> Ed25519PrivateKey:
    """Return the signing key; make one on first use, in the data folder only.

    Raises KeyUnusable when a key was named elsewhere and is not there.
    """
    path = path or key_path()
    if not path.exists():
        if not beside_the_data(path):
            raise KeyUnusable(
                f"The key is not at {path}. Make it once: checkpoint --make-key makes that of the"
                " checkpoints."
            )
        make_key(path)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path} holds no Ed25519 key.")
    _publish(key.public_key(), path.with_suffix(".pub"))
    return key


def make_key(path: Path | None = None) -> Path:
    """Make the private key, for its owner's eyes only. Raises FileExistsError."""
    path = path or key_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = Ed25519PrivateKey.generate()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return path


def _publish(public: Ed25519PublicKey, path: Path) -> None:
    if not path.exists():
        path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def public_keys(beside: Path | None = None) -> dict[str, Ed25519PublicKey]:
    """Return the believed public keys by their id. Raises KeyUnusable for another kind of key."""
    found = {}
    for path in sorted((beside or key_path()).parent.glob("*.pub")):
        key = load_pem_public_key(path.read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            raise KeyUnusable(f"{path} holds no Ed25519 key.")
        found[key_id(key)] = key
    return found


def signed_by(public: Ed25519PublicKey | None, *, signature: bytes, content: bytes) -> bool:
    """Say whether ``public`` signed ``content``; no key never did."""
    try:
        if public is not None:
            public.verify(signature, content)
    except InvalidSignature:
        return False
    return public is not None
