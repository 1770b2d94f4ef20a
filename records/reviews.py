"""Reviews of the trail: which part, by somebody who is not the actor of its entries.

The act that signs one stands in ``accounts``, which holds the ceremony. Here are its entry, its
row, and what a part is. Reviews and exports stand on a stream of their own for each site, so that a
review disturbs nobody who works on the thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mes.lib.evidence import JSON
from mes.lib.refusals import NotFound
from mes.ui.text import moment_text
from records.entries import Instant, Payload, entry, instant_text
from records.evaluation import entries_of, facts_of
from records.exceptions import NothingToReview, OwnEntries, PeriodNotOver, TrailTooLong
from records.folding import Folded, create, fold
from records.models import Entry, Stream, TrailReview
from records.presenters import presents
from records.signatures import Signature
from records.signed import signed_under
from records.things import evaluates, named, thing, words
from records.trail import first

TRAIL: Final = "trail"
PERIOD: Final = "all things"
EVALUATION: Final = "periodic evaluation"
MOST: Final = 20_000
# Draft Annex 11, 12.5: as often as the risk asks; the whole trail of a site at least monthly.
EVERY: Final = timedelta(days=30)
# Annex 11, 11: the system as a whole, at least once a year.
EVALUATED_EVERY: Final = timedelta(days=365)
# An act that runs just now may still write entries of a moment ago.
SETTLED: Final = timedelta(minutes=1)
# Signing in to review, and reviewing, are no work that a review looks for.
NO_WORK: Final = ("period.opened", "period.closed", "trail.reviewed", "trail.exported")


@entry("trail.reviewed", version=1, stream=TRAIL)
class TrailReviewed(Payload):
    """A part of the trail was reviewed: of a thing up to an entry, or of all things of a period.

    ``digest`` is the hash over the hashes of the entries that it covers; ``own`` were left out.
    """

    review: UUID
    about: UUID | None
    label: str
    upto: int | None
    since: Instant | None
    until: Instant | None
    entries: int
    own: int
    digest: str
    comment: str
    signature: Signature


@entry("trail.exported", version=1, stream=TRAIL)
class TrailExported(Payload):
    """A part of the trail was taken along: in which form, by which filter, and its hash."""

    form: str
    asked: dict[str, str]
    entries: int
    sha256: str


@fold(TrailReviewed)
def _fold(e: Folded[TrailReviewed]) -> None:
    p = e.payload
    create(
        TrailReview, e, id=p.review, about=p.about, label=p.label, upto=p.upto, since=p.since,
        until=p.until, entries=p.entries, own=p.own, digest=p.digest, comment=p.comment, at=e.at,
        by=p.signature.person, by_name=p.signature.printed_name,
    )  # fmt: skip


@presents(TrailReviewed)
def _reviewed(p: TrailReviewed) -> str:
    said = ngettext(
        "Trail reviewed: %(part)s, %(n)s entry; %(comment)s",
        "Trail reviewed: %(part)s, %(n)s entries; %(comment)s",
        p.entries,
    )
    return said % {"part": _part_text(p), "n": p.entries, "comment": p.comment}


def _part_text(p: TrailReviewed) -> str:
    if p.since and p.until:
        period = f"{moment_text(p.since)} – {moment_text(p.until)}"
        return f"{_('Periodic evaluation')}, {period}" if p.label == EVALUATION else period
    return _("%(thing)s up to entry %(upto)s") % {"thing": p.label, "upto": p.upto}


@presents(TrailExported)
def _exported(p: TrailExported) -> str:
    said = ngettext(
        "Trail exported as %(form)s, %(n)s entry", "Trail exported as %(form)s, %(n)s entries",
        p.entries,
    )  # fmt: skip
    return said % {"form": p.form.upper(), "n": p.entries}


thing(TRAIL, gettext_lazy("Reviews and exports of the trail"), retention="quality-system")
evaluates("trail", "trail.reviewed", "trail.exported")
words(
    {
        "trail.reviewed": gettext_lazy("Audit trail reviewed"),
        "trail.exported": gettext_lazy("Audit trail exported"),
    }
)


def trail_of_site(site: UUID) -> UUID:
    """Return the stream of a site's reviews and exports: made by whoever comes first."""
    return uuid5(site, TRAIL)


@dataclass(frozen=True, slots=True)
class Part:
    """What is reviewed, as it stands: the entries that are covered and those of the reviewer."""

    about: UUID | None
    label: str
    upto: int | None
    since: datetime | None
    until: datetime | None
    covered: Sequence[Entry]
    own: int

    @property
    def evaluation(self) -> bool:
        """Whether it is a periodic evaluation."""
        return self.label == EVALUATION

    @property
    def digest(self) -> str:
        """The hash over the hashes of the covered entries, in the order of the trail."""
        return sha256(b"".join(bytes(entry.hash) for entry in self.covered)).hexdigest()

    def content(self, comment: str) -> JSON:
        """Return what the signature is under."""
        return _content(self, entries=len(self.covered), comment=comment)


def _content(part: "Part | TrailReviewed", *, entries: int, comment: str) -> JSON:
    facts: dict[str, JSON] = {}
    if part.label == EVALUATION and part.since and part.until:
        facts = {"facts": facts_of(part.since, part.until).content()}
    return facts | {
        "part": part.label, "stream": str(part.about or ""), "upto": part.upto,
        "since": instant_text(part.since) if part.since else None,
        "until": instant_text(part.until) if part.until else None,
        "entries": entries, "own": part.own, "digest": part.digest, "comment": comment,
    }  # fmt: skip


@signed_under(TrailReviewed)
def _under(e: Folded[TrailReviewed]) -> JSON:
    return _content(e.payload, entries=e.payload.entries, comment=e.payload.comment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which part somebody wants to review: a thing up to an entry, or else a period.

    Of a period all things, or the sources of the periodic evaluation.
    """

    about: UUID | None = None
    upto: int = 0
    since: datetime | None = None
    until: datetime | None = None
    evaluation: bool = False


def part_of(asked: Asked, *, reviewer: UUID, name: str, now: datetime) -> Part:
    """Return the part as it stands. Raises as ``of_thing`` and ``of_period``."""
    if asked.about is not None:
        return of_thing(asked.about, upto=asked.upto, reviewer=reviewer, name=name)
    if asked.since is None or asked.until is None:
        raise PeriodNotOver(field="until")
    of = of_evaluation if asked.evaluation else of_period
    return of(asked.since, asked.until, reviewer=reviewer, now=now)


def of_thing(stream: UUID, *, upto: int, reviewer: UUID, name: str) -> Part:
    """Return the trail of a thing up to an entry.

    Raises NotFound, OwnEntries, NothingToReview, TrailTooLong.
    """
    head = Stream.objects.seen().filter(id=stream).first()
    if head is None or upto > head.seq:
        raise NotFound()
    rows = Entry.objects.filter(stream=stream, seq__lte=upto).order_by("-seq")
    covered = _bounded(list(rows[: MOST + 1]))
    if not covered:
        raise NothingToReview()
    own = [row.seq for row in covered if _took_part(row, reviewer)]
    if own:
        raise OwnEntries(person=name, first=min(own), before=min(own) - 1, streams=[stream])
    label = f"{head.kind} {named([(stream, head.kind)])[stream].label}".strip()
    return Part(stream, label, upto, None, None, covered, 0)


def of_period(since: datetime, until: datetime, *, reviewer: UUID, now: datetime) -> Part:
    """Return the trail of all things of a site in [since, until), without the reviewer's own.

    Own is what names the reviewer. A period in which nothing happened is reviewed, too.
    Raises PeriodNotOver, TrailTooLong.
    """
    _check_over(since, until, now=now)
    rows = Entry.objects.order_by("-at", "-stream", "-seq").filter(at__gte=since, at__lt=until)
    found = _bounded(first(rows, most=MOST))
    return _without_own(PERIOD, since, until, found, reviewer)


def of_evaluation(since: datetime, until: datetime, *, reviewer: UUID, now: datetime) -> Part:
    """Return the sources of the periodic evaluation in [since, until), without the reviewer's own.

    Its signature is under the facts of the period, too. Raises PeriodNotOver, TrailTooLong.
    """
    _check_over(since, until, now=now)
    return _without_own(EVALUATION, since, until, entries_of(since, until), reviewer)


def _check_over(since: datetime, until: datetime, *, now: datetime) -> None:
    if until > now - SETTLED or since >= until:
        raise PeriodNotOver(field="until")


def _without_own(
    label: str, since: datetime, until: datetime, found: list[Entry], reviewer: UUID
) -> Part:
    covered = [row for row in found if not _took_part(row, reviewer)]
    return Part(None, label, None, since, until, covered, len(found) - len(covered))


def _took_part(row: Entry, reviewer: UUID) -> bool:
    """Say whether an entry names the person: as actor, performer, signer, or whom it is about."""
    return row.kind not in NO_WORK and str(reviewer).encode() in bytes(row.body)


def _bounded(found: list[Entry]) -> list[Entry]:
    if len(found) > MOST:
        raise TrailTooLong(most=MOST)
    return found


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How far a thing's trail was reviewed. ``new`` entries came after it."""

    last: TrailReview | None
    new: int


def of_stream(stream: UUID, *, seq: int) -> Reviewed:
    """Return how far a thing's trail was reviewed; ``seq`` is the number of its last entry."""
    last = TrailReview.objects.filter(about=stream).order_by("-upto", "-at").first()
    return Reviewed(last, seq - (last.upto or 0) if last else seq)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the site's whole trail was reviewed without a gap, and by when it is due again."""

    began: datetime | None
    reviewed: datetime | None
    due: datetime | None
    overdue: bool


def of_site(*, now: datetime, label: str = PERIOD) -> Standing:
    """Return how far the reviews of periods reach, from the first entry of the site on.

    With ``EVALUATION`` those of the periodic evaluation.
    """
    began = Entry.objects.filter(site__isnull=False).order_by("at").values_list("at", flat=True)
    first_at = began.first()
    if first_at is None:
        return Standing(None, None, None, overdue=False)
    reached = _reached(first_at, label)
    due = reached + (EVALUATED_EVERY if label == EVALUATION else EVERY)
    reviewed = reached if reached > first_at else None
    return Standing(first_at, reviewed, due, overdue=now > due)


def _reached(began: datetime, label: str) -> datetime:
    """Return up to when every entry since ``began`` was reviewed.

    What one reviewer left out as their own is reviewed once another person's review covers it.
    """
    rows = TrailReview.objects.filter(about__isnull=True, label=label)
    spans = [(r.since, r.until, r.by, r.own) for r in rows if r.since and r.until]
    reached = began
    while True:
        here = [(until, by, own) for since, until, by, own in spans if since <= reached < until]
        alone = [until for until, _by, own in here if not own]
        furthest: dict[UUID, datetime] = {}
        for until, by, _own in here:
            furthest[by] = max(until, furthest.get(by, until))
        together = sorted(furthest.values())[:-1]
        if not (alone or together):
            return reached
        reached = max(alone + together)
