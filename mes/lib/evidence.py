"""Hash and chain of the ledger: the only implementation, standard library alone.

Django imports this file, and it is exported beside a batch as a stand-alone verifier.

An entry's *body* is the canonical JSON (RFC 8785) of its whole envelope. Its hash is
``sha256("mes:entry:v1" + previous hash + body)``; the first entry of a stream has 32 zero
bytes before it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

JSON = None | bool | int | str | Sequence["JSON"] | Mapping[str, "JSON"]

GENESIS = bytes(32)
ENTRY_DOMAIN = b"mes:entry:v1"
CONTENT_DOMAIN = b"mes:content:v1"
LARGEST_INTEGER = 2**53 - 1


class NotCanonical(ValueError):
    """A value that has no canonical form: a float, a huge integer, a lone surrogate."""


def canonical(value: JSON) -> bytes:
    """Return the RFC 8785 bytes of ``value``.

    Numbers other than integers up to 2^53 are refused: quantities travel as decimal strings.
    Keys are ASCII, so that sorting by code point is sorting by UTF-16 unit.
    """
    _check(value)
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("Text with a lone surrogate cannot be recorded.") from error


def _check(value: JSON) -> None:
    if value is None or isinstance(value, (bool, str)):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical("An integer beyond 2^53 must be written as text.")
    elif isinstance(value, Mapping):
        for key, member in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise NotCanonical(f"{key!r} cannot be a name: ASCII text is asked for.")
            _check(member)
    elif isinstance(value, (list, tuple)):
        for member in value:
            _check(member)
    else:
        raise NotCanonical(f"{type(value).__name__} cannot be recorded.")


def entry_hash(previous: bytes, body: bytes) -> bytes:
    """Return the hash of an entry's body behind the hash before it."""
    return hashlib.sha256(ENTRY_DOMAIN + previous + body).digest()


def content_hash(value: JSON) -> str:
    """Return the hexadecimal hash of content that a signature or a document is bound to."""
    return hashlib.sha256(CONTENT_DOMAIN + canonical(value)).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as the chain sees it."""

    stream: str
    seq: int
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold, with the entry's number in its stream."""

    stream: str
    seq: int
    problem: str


def breaks(links: Iterable[Link], *, previous: bytes = GENESIS, start: int = 1) -> Iterator[Break]:
    """Yield each break of one stream's chain, its links given in order of ``seq``.

    After a break the chain is followed on from the stored hash, so that one altered entry
    is named once and not everything behind it.
    """
    expected = start
    for link in links:
        if link.seq != expected:
            yield Break(link.stream, expected, "missing")
        if entry_hash(previous, link.body) != link.hash:
            yield Break(link.stream, link.seq, "altered")
        previous, expected = link.hash, link.seq + 1
