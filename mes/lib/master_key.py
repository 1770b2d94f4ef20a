"""The master key: kept apart from the database, so that a copy of that alone opens nothing."""

import base64
import binascii
import hmac
from hashlib import sha256

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def master_key() -> bytes:
    """Return MES_MASTER_KEY (32 bytes in base64). Raises ImproperlyConfigured."""
    try:
        key = base64.b64decode(settings.MES_MASTER_KEY, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured("MES_MASTER_KEY must be base64.") from error
    if len(key) != 32:
        raise ImproperlyConfigured("MES_MASTER_KEY must hold 32 bytes.")
    return key


def keyed(domain: bytes, content: bytes) -> bytes:
    """Return what only a holder of the master key can make of a content (HMAC-SHA256)."""
    return hmac.digest(master_key(), domain + content, sha256)
