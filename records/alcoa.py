"""Is a record all that a record has to be? ALCOA+, asked of each entry of one thing. Pure.

One function for each element yields what is lacking, with the entry's number and a code; the words
are made when it is shown. ``records.self_check`` reads the record.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ValidationError

from mes.lib import evidence
from mes.lib.evidence import Link
from records.commands import SYSTEM_ROLE
from records.enums import Element

# A checkpoint is written every minute when there is news; a tablet's clock may go wrong by less.
LATE: Final = timedelta(minutes=15)
SHA256: Final = re.compile(r"[0-9a-f]{64}")
# The kinds of entries that replace a value which was recorded before.
REPLACES: Final = re.compile(r"\.corrected$|^catalogue\.changed$")
# The fields of payloads that name a file of the store by its hash.
FILES: Final = {"file", "log", "raw_file"}
SIGNATURE: Final = {"person", "printed_name", "role", "meaning", "at", "zone", "content_hash"}

WORDS: Final[Mapping[str, Promise]] = {
    "actor.unnamed": _("names neither a person nor the system"),
    "signature.unnamed": _("has a signature without person, printed name, role, meaning or zone"),
    "entry.unreadable": _("cannot be read"),
    "sentence.none": _("cannot be told as a sentence"),
    "act.none": _("was written by an act that is not kept"),
    "act.other_time": _("says another time than the act that wrote it"),
    "late.no_reason": _("was entered long after it was done and does not say why"),
    "signature.other_time": _("has a signature of another time"),
    "hash.differs": _("is not as it was hashed"),
    "signature.other_content": _("has a signature on something else than is recorded"),
    "correction.no_reason": _("replaces a value and does not say why"),
    "number.missing": _("is missing"),
    "head.differs": _("is not the last one by the head of the chain"),
    "time.back": _("says an earlier time than the entry before it"),
    "copy.differs": _("stands under another time, person or kind than it says"),
    "checkpoint.none": _("is covered by no checkpoint"),
    "checkpoint.differs": _("is another one than the checkpoints cover"),
    "class.none": _("is of a kind for which nobody has said how long it is kept"),
    "file.missing": _("names a file that is not in the store"),
}


class Who(BaseModel):
    """The actor of an entry."""

    id: str | None
    name: str


class Envelope(BaseModel):
    """What of an entry's hashed bytes is asked for here."""

    actor: Who
    role: str
    at: datetime
    device_time: datetime | None
    kind: str
    payload: dict[str, Any]

    @classmethod
    def read(cls, body: bytes) -> "Envelope | None":
        """Return the envelope of an entry, None for what is none."""
        try:
            return cls.model_validate_json(body)
        except ValidationError:
            return None

    @property
    def signatures(self) -> list[dict[str, Any]]:
        """Return every signature in the payload."""
        return [one for one in _parts(self.payload) if one.keys() >= SIGNATURE]

    @property
    def files(self) -> set[str]:
        """Return the hashes of the files that the payload names."""
        parts = _parts(self.payload)
        return {str(one[name]) for one in parts for name in FILES & one.keys() if one[name]}


def _parts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    inside = value.values() if isinstance(value, dict) else value
    if isinstance(inside, (str, bytes)) or not hasattr(inside, "__iter__"):
        return
    for one in inside:
        yield from _parts(one)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An entry as it is kept, and what stands beside it.

    ``copied`` are kind, actor and time as the columns have them; ``act_at`` is the time of the
    command that wrote it, ``leaf`` its hash in the log of the checkpoints, ``signed`` the hash that
    its signature must have (None where nobody can tell), ``reason`` why it was done.
    """

    link: Link
    copied: tuple[str, str | None, datetime]
    told: str = ""
    reason: str = ""
    act_at: datetime | None = None
    leaf: bytes | None = None
    signed: str | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All entries of one thing in order, and what its head, the log and the classes say.

    ``checked_at`` is when it is asked; ``site`` says whether it belongs to one site: acts of others
    on a thing that all share cannot be seen.
    """

    seq: int
    hash: bytes
    site: bool
    classed: bool
    checked_at: datetime
    entries: Sequence[Kept] = ()
    _read: list[tuple[Kept, Envelope]] = field(default_factory=list, init=False, compare=False)

    def __post_init__(self) -> None:
        found = ((one, Envelope.read(one.link.body)) for one in self.entries)
        self._read.extend((one, envelope) for one, envelope in found if envelope)

    @property
    def readable(self) -> Sequence[tuple[Kept, Envelope]]:
        """Each entry that can be read, with what it says."""
        return self._read


@dataclass(frozen=True, slots=True)
class Lack:
    """An element that an entry lacks, and why in a code."""

    element: Element
    seq: int
    why: str

    @property
    def words(self) -> str:
        """What is lacking, as the end of a sentence about the entry."""
        return str(WORDS[self.why])


Found = Iterator[tuple[int, str]]


def _attributable(it: Record) -> Found:
    for one, e in it.readable:
        if not e.actor.name.strip() or (e.actor.id is None and e.role != SYSTEM_ROLE):
            yield one.link.seq, "actor.unnamed"
        named = SIGNATURE - {"at", "content_hash"}
        if any(not str(signature[name]).strip() for signature in e.signatures for name in named):
            yield one.link.seq, "signature.unnamed"


def _legible(it: Record) -> Found:
    read = {one.link.seq for one, _e in it.readable}
    for one in it.entries:
        if one.link.seq not in read:
            yield one.link.seq, "entry.unreadable"
        elif not one.told.strip():
            yield one.link.seq, "sentence.none"


def _contemporaneous(it: Record) -> Found:
    for one, e in it.readable:
        if one.act_at is None and it.site:
            yield one.link.seq, "act.none"
        if one.act_at not in (None, e.at):
            yield one.link.seq, "act.other_time"
        if e.device_time and abs(e.at - e.device_time) > LATE and not one.reason:
            yield one.link.seq, "late.no_reason"
        if any(_instant(signature["at"]) != e.at for signature in e.signatures):
            yield one.link.seq, "signature.other_time"


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _original(it: Record) -> Found:
    for one in evidence.breaks(kept.link for kept in it.entries):
        if one.problem == "altered":
            yield one.seq, "hash.differs"


def _accurate(it: Record) -> Found:
    for one, e in it.readable:
        hashes = [str(signature["content_hash"]) for signature in e.signatures]
        if any(not SHA256.fullmatch(said) or one.signed not in (None, said) for said in hashes):
            yield one.link.seq, "signature.other_content"
        if REPLACES.search(e.kind) and not one.reason.strip():
            yield one.link.seq, "correction.no_reason"


def _complete(it: Record) -> Found:
    for one in evidence.breaks(kept.link for kept in it.entries):
        if one.problem == "missing":
            yield one.seq, "number.missing"
    last = it.entries[-1].link if it.entries else None
    if (it.seq, it.hash) != ((last.seq, last.hash) if last else (0, evidence.GENESIS)):
        yield last.seq if last else 0, "head.differs"


def _consistent(it: Record) -> Found:
    for (_before, earlier), (one, e) in pairwise(it.readable):
        if e.at < earlier.at:
            yield one.link.seq, "time.back"
    for one, e in it.readable:
        if one.copied != (e.kind, e.actor.id, e.at):
            yield one.link.seq, "copy.differs"


def _enduring(it: Record) -> Found:
    for one, e in it.readable:
        if one.leaf is None and it.checked_at - e.at > LATE:
            yield one.link.seq, "checkpoint.none"
        if one.leaf not in (None, one.link.hash):
            yield one.link.seq, "checkpoint.differs"


def _available(it: Record) -> Found:
    if not it.classed:
        yield it.seq, "class.none"
    for one in it.entries:
        if one.lost:
            yield one.link.seq, "file.missing"


CHECKS: Final[Mapping[Element, Callable[[Record], Found]]] = {
    Element.ATTRIBUTABLE: _attributable,
    Element.LEGIBLE: _legible,
    Element.CONTEMPORANEOUS: _contemporaneous,
    Element.ORIGINAL: _original,
    Element.ACCURATE: _accurate,
    Element.COMPLETE: _complete,
    Element.CONSISTENT: _consistent,
    Element.ENDURING: _enduring,
    Element.AVAILABLE: _available,
}


def lacks(record: Record) -> list[Lack]:
    """Return every element that a record lacks, by element and then by entry."""
    return [
        Lack(element, seq, why) for element, check in CHECKS.items() for seq, why in check(record)
    ]
