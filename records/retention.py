"""How long records are kept: classes as code, and a clock for each thing.

There is no deletion in this product. The clock says until when a record must be kept; when it has
run out, people are told, and nothing happens by itself (ADR 0030). A class without a term is kept
as long as anything that it explains.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal
from records.entries import AttemptRefused
from records.exceptions import DeletionNotOffered, RetentionHasNoEnd, RetentionRuns
from records.models import Entry, Stream
from records.things import THINGS, Named, named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

CERTIFIED: Final = "batch.dispositioned"
# Where no expiry is recorded (a recipe without a shelf life, a rejection, what went into a product)
# the longest that a recipe may name stands for it, so that no clock runs out too early.
SHELF_LIFE: Final = 5
# From the last entry of what went into a product to the product's certification, at most.
MAKING: Final = 1
DUE_SHOWN: Final = 50

BASES: Final[Mapping[str, Promise]] = {
    "certified": _("after certification or rejection"),
    "expiry": _("after the product's expiry"),
    "last": _("after its last entry"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """So many years after something; ``source`` names the rule."""

    base: str
    years: int
    source: str

    @property
    def words(self) -> str:
        """What the years count from."""
        return str(BASES[self.base])


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """Records that are kept alike. Of several terms the longest counts."""

    key: str
    title: Promise
    description: Promise
    terms: tuple[Term, ...]


CLASSES: Final[dict[str, RetentionClass]] = {
    one.key: one
    for one in (
        RetentionClass(
            "batch-document", _("Batch documents"),
            _("Batches with their samples and results."),
            (
                Term("certified", 5, "EU GMP Part IV 6.5"),
                Term("expiry", 1, "EU GMP Part IV 6.5; 21 CFR 211.180(a)"),
                Term("certified", 10, "FACT-JACIE part D"),
            ),
        ),
        RetentionClass(
            "traceability", _("Traceability"),
            _("Who gave, what was made of it, what touched it and who got it: orders, pseudonyms, "
              "containers, lots. It outlives the batch documents."),
            (Term("expiry", 30, "EU GMP Part IV 6.6; Regulation (EC) 1394/2007, article 15"),),
        ),
        RetentionClass(
            "equipment", _("Logbooks of rooms and equipment"),
            _("What stood where, clean, calibrated and occupied by whom."),
            (Term("last", 10, "FACT-JACIE part D; 21 CFR 211.180(a), 211.182"),),
        ),
        RetentionClass(
            "people", _("People, access and devices"),
            _("Who signed, in which role and how qualified: kept as long as any record that "
              "a person signed, so without an end of its own."),
            (),
        ),
        RetentionClass(
            "quality-system", _("Rules, registers and reviews"),
            _("Catalogues, registers, plans and reviews of the trail: kept as long as any "
              "record that they explain, so without an end of its own."),
            (),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a clock counts from; None: it has not happened."""

    certified: datetime | None = None
    expiry: datetime | None = None
    last: datetime | None = None


def due(terms: "Iterable[Term]", facts: Facts) -> datetime | None:
    """Return until when a record is kept: the longest term. None while one has not begun. Pure."""
    bases = {"certified": facts.certified, "expiry": facts.expiry, "last": facts.last}
    ends = [(bases[term.base], term.years) for term in terms]
    known = [years_after(base, years) for base, years in ends if base is not None]
    return max(known) if known and len(known) == len(ends) else None


def years_after(at: datetime, years: int) -> datetime:
    """Return the same day and time so many years later; of 29 February the first of March.

    A record is kept a day too long rather than a day too short. Pure.
    """
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, month=3, day=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one thing: its class, and until when it is kept (None: not begun, or no end)."""

    kept: RetentionClass
    until: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Say whether nothing asks any more that it be kept."""
        return self.until is not None and self.until <= now


def clock_of(head: Stream) -> Clock | None:
    """Return the clock of a thing; None for a kind that no app declares."""
    one = THINGS.get(head.kind)
    if one is None:
        return None
    kept = CLASSES[one.retention]
    return Clock(kept, due(kept.terms, facts_of(head.id, follows=one.follows(head.id))))


def facts_of(stream: UUID, *, follows: UUID | None = None) -> Facts:
    """Return what the clock of a stream counts from; ``follows`` is the batch it belongs to."""
    certified = _newest(follows or stream, kind=CERTIFIED)
    newest = _newest(stream)
    last = newest.at if newest else None
    if certified is not None:
        return Facts(certified=certified.at, expiry=_expiry(certified), last=last)
    return Facts(expiry=last and years_after(last, SHELF_LIFE + MAKING), last=last)


def _expiry(certified: Entry) -> datetime:
    """Return the product's expiry as it was certified, else the longest that it can have."""
    said = certified.envelope["payload"].get("expires_at")
    return datetime.fromisoformat(said) if said else years_after(certified.at, SHELF_LIFE)


def _newest(stream: UUID, **asked: str) -> Entry | None:
    # A refused attempt changes nothing, the clock neither.
    rows = Entry.objects.filter(stream=stream, **asked).exclude(kind=AttemptRefused.kind)
    return rows.order_by("-seq").first()


def refusal_to_delete(head: Stream, *, now: datetime) -> Refusal:
    """Return why a record cannot be deleted: there is always a reason."""
    clock = clock_of(head)
    if clock is None or clock.until is None:
        return RetentionHasNoEnd(streams=[head.id])
    if clock.is_due(now):
        return DeletionNotOffered(streams=[head.id])
    return RetentionRuns(until=clock.until.isoformat(), streams=[head.id])


@dataclass(frozen=True, slots=True)
class ClassShown:
    """A class with the kinds of things in it, how many there are, and what is due."""

    kept: RetentionClass
    kinds: list[str]
    count: int
    due: list[Named]


def shown(*, now: datetime) -> list[ClassShown]:
    """Return every class with what is due, the first fifty of each."""
    return [_class_shown(one, now) for one in CLASSES.values()]


def _class_shown(kept: RetentionClass, now: datetime) -> ClassShown:
    things = [one for one in THINGS.values() if one.retention == kept.key]
    heads = Stream.objects.seen().filter(kind__in=[one.kind for one in things])
    over = [head for head in _old(kept, heads, now) if (c := clock_of(head)) and c.is_due(now)]
    names = named((head.id, head.kind) for head in over[:DUE_SHOWN])
    titles = sorted(str(one.title) for one in things)
    return ClassShown(kept, titles, heads.count(), list(names.values()))


def _old(kept: RetentionClass, heads: "QuerySet[Stream]", now: datetime) -> list[Stream]:
    """Return the things whose first entry is older than the longest term: only they can be due."""
    if not kept.terms:
        return []
    oldest = years_after(now, -max(term.years for term in kept.terms))
    first = Entry.objects.filter(seq=1, at__lt=oldest).values("stream")
    return list(heads.filter(id__in=first).order_by("id")[:1000])
