"""A recipe on its way to another site: one signed file with all that belongs to it.

A zip of the document, the library's operations that it pins, what its codes mean here, and its
pictures. The manifest names each file by its hash, and an Ed25519 signature covers the manifest.
Nothing is unpacked before its size is known, and nothing is believed before the signature holds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils.translation import gettext as _

from mes.lib import evidence
from mes.lib.evidence import JSON
from recipes.document import Pin
from recipes.exceptions import PackageBroken, PackageOfAStranger
from records.signing import key_id, signed_by

FORMAT = "mes.recipe-package/1"
MANIFEST, SIGNATURE, DOCUMENT, MAPPINGS = (
    "manifest.json", "signature.json", "document.json", "mappings.json",
)  # fmt: skip
MOST_BYTES = 64_000_000
MOST_FILES = 500
MOST_RATIO = 100
NAME = re.compile(
    r"manifest\.json|signature\.json|document\.json|mappings\.json"
    r"|operations/[A-Z0-9][A-Z0-9._-]{0,59}-v\d{1,6}\.json|pictures/[0-9a-f]{64}",
    re.ASCII,
)
# One date for all: the same content is the same file.
DATED = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Package:
    """What travels. ``operations`` and ``pictures`` are files by name; ``sent_by`` is a site."""

    document: dict[str, JSON]
    label: str
    sent_by: str
    sent_at: str
    mappings: dict[str, JSON]
    operations: Mapping[str, bytes] = field(default_factory=dict)
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def packed(package: Package, key: Ed25519PrivateKey) -> bytes:
    """Return the signed file; the same package and key give the same bytes."""
    files: dict[str, bytes] = {
        DOCUMENT: evidence.canonical(package.document),
        MAPPINGS: evidence.canonical(package.mappings),
        **{f"operations/{name}.json": content for name, content in package.operations.items()},
        **{f"pictures/{name}": content for name, content in package.pictures.items()},
    }
    said: dict[str, JSON] = {
        "format": FORMAT, "label": package.label, "sent_by": package.sent_by,
        "sent_at": package.sent_at, "content_hash": evidence.content_hash(package.document),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }  # fmt: skip
    manifest = evidence.canonical(said)
    signature = {
        "key": key_id(key.public_key()),
        "signature": base64.b64encode(key.sign(manifest)).decode(),
    }
    signed = json.dumps(signature, sort_keys=True).encode()
    return _zipped({MANIFEST: manifest, SIGNATURE: signed, **files})


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, DATED), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def is_package(content: bytes) -> bool:
    """Say whether a file begins as a package does."""
    return content.startswith(b"PK\x03\x04")


def unpacked(content: bytes, believed: Mapping[str, Ed25519PublicKey]) -> Package:
    """Read a package whose signer is among the believed keys, by their id.

    Raises PackageBroken (with what is wrong) and PackageOfAStranger.
    """
    files = _opened(content)
    for name in (MANIFEST, SIGNATURE, DOCUMENT, MAPPINGS):
        if name not in files:
            raise PackageBroken(problem=_("%(name)s is missing") % {"name": name})
    _check_signed(files, believed)
    manifest = _json(files, MANIFEST)
    if manifest.get("format") != FORMAT:
        raise PackageBroken(problem=_("it is of another format"))
    _check_hashes(files, manifest.get("files"))
    return Package(
        document=_json(files, DOCUMENT), label=str(manifest.get("label", "")),
        sent_by=str(manifest.get("sent_by", "")), sent_at=str(manifest.get("sent_at", "")),
        mappings=_json(files, MAPPINGS),
        operations=_under(files, "operations/", ".json"), pictures=_under(files, "pictures/"),
    )  # fmt: skip


def operations_in(content: bytes) -> Iterator[Pin]:
    """Yield what a package brings of a library, by code, number and what its content is.

    Its signature is not asked again. Raises PackageBroken.
    """
    files = _under(_opened(content), "operations/", ".json")
    for name in files:
        code, _sign, number = name.rpartition("-v")
        hash_ = evidence.content_hash(_json(files, name))
        if code and number.isdigit():
            yield Pin(operation=code, version=int(number), hash=hash_)


def _opened(content: bytes) -> dict[str, bytes]:
    """Unpack within limits that are looked at before, and again while, it is unpacked."""
    if len(content) > MOST_BYTES:
        raise PackageBroken(problem=_("it is larger than 64 MB"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, len(content))
            return {one.filename: _read(archive, one) for one in entries}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise PackageBroken(problem=_("it cannot be unpacked")) from error


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [one.filename for one in entries]
    if len(names) > MOST_FILES or len(set(names)) != len(names):
        raise PackageBroken(problem=_("it has too many files, or one twice"))
    strange = next((name for name in names if not NAME.fullmatch(name)), None)
    if strange is not None:
        said = {"name": strange[:80]}
        raise PackageBroken(problem=_("a file named %(name)s does not belong in it") % said)
    whole = sum(one.file_size for one in entries)
    if whole > min(MOST_BYTES, MOST_RATIO * size):
        raise PackageBroken(problem=_("it would unpack to far more than it is"))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise PackageBroken(problem=_("a file is not as large as it says"))
    return content


def _check_signed(files: Mapping[str, bytes], believed: Mapping[str, Ed25519PublicKey]) -> None:
    said = _json(files, SIGNATURE)
    key = str(said.get("key", ""))
    try:
        signature = base64.b64decode(str(said.get("signature", "")), validate=True)
    except binascii.Error as error:
        raise PackageBroken(problem=_("its signature cannot be read")) from error
    if key not in believed:
        raise PackageOfAStranger(key=key[:32])
    if not signed_by(believed[key], signature=signature, content=files[MANIFEST]):
        raise PackageBroken(problem=_("its signature does not fit: it was altered on its way"))


def _check_hashes(files: Mapping[str, bytes], named: Any) -> None:
    own = {MANIFEST, SIGNATURE}
    found = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name not in own
    }
    if found != named:
        raise PackageBroken(problem=_("its files are not those that were signed"))


def _json(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        found = json.loads(files[name])
    except (ValueError, RecursionError) as error:
        raise PackageBroken(problem=_("%(name)s is no JSON") % {"name": name}) from error
    if not isinstance(found, dict):
        raise PackageBroken(problem=_("%(name)s is no JSON") % {"name": name})
    return found


def _under(files: Mapping[str, bytes], folder: str, ending: str = "") -> dict[str, bytes]:
    return {
        name.removeprefix(folder).removesuffix(ending): content
        for name, content in files.items()
        if name.startswith(folder)
    }
