"""The third store: files by the hash of their content, written once and synced."""

import hashlib
import os
from pathlib import Path

from django.conf import settings

from mes.lib.ids import uuid7
from records.models import StoredFile


def put(content: bytes, *, media_type: str) -> StoredFile:
    """Write ``content`` (once) and sync it, before the act that names it; return its row."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = path_of(sha256)
    if not path.exists():
        _write(path, content)
    row, _ = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"media_type": media_type, "size": len(content)}
    )
    return row


def path_of(sha256: str) -> Path:
    """Return where a file lies: two characters of its hash name the folder."""
    return Path(settings.MES_DATA) / "files" / sha256[:2] / sha256


def get(sha256: str) -> bytes:
    """Return a file's bytes. Raises ValueError when they no longer fit their hash."""
    content = path_of(sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"file {sha256} was altered")
    return content


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: the same content may come twice at once, in one process too.
    draft = path.with_suffix(f".{uuid7()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
