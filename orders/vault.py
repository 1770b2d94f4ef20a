"""The vault: identifying data sealed with a key per patient, the key wrapped by the master key.

AES-256-GCM throughout; the patient's id is bound to both ciphertexts, so that none can be laid
under another patient. Destroying the wrapped key makes the data unreadable, in backups of the
data too (the keys have a backup of their own, which is rotated).
"""

import json
import os
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mes.lib.master_key import master_key

_NONCE: Final = 12
_FORM: Final = b"\x01"  # of what is stored; a later form gets another number


class SealBroken(Exception):
    """The sealed bytes were altered, or belong to another patient or master key."""


def new_key(patient: UUID) -> bytes:
    """Return a new key for a patient, wrapped by the master key."""
    return _seal(master_key(), AESGCM.generate_key(256), patient)


def seal(wrapped: bytes, patient: UUID, fields: Mapping[str, str]) -> bytes:
    """Return the fields sealed with a patient's wrapped key. Raises SealBroken."""
    text = json.dumps(dict(fields), ensure_ascii=False, sort_keys=True).encode()
    return _seal(_open(master_key(), wrapped, patient), text, patient)


def unseal(wrapped: bytes, patient: UUID, sealed: bytes) -> dict[str, str]:
    """Return the fields that ``seal`` sealed. Raises SealBroken."""
    key = _open(master_key(), wrapped, patient)
    fields: dict[str, str] = json.loads(_open(key, sealed, patient))
    return fields


def _seal(key: bytes, data: bytes, patient: UUID) -> bytes:
    nonce = os.urandom(_NONCE)
    return _FORM + nonce + AESGCM(key).encrypt(nonce, data, _FORM + patient.bytes)


def _open(key: bytes, sealed: bytes, patient: UUID) -> bytes:
    form, nonce, data = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    if form != _FORM:
        raise SealBroken()
    try:
        return AESGCM(key).decrypt(nonce, data, _FORM + patient.bytes)
    except InvalidTag as error:
        raise SealBroken() from error
