"""What of the trail is wanted, in which order, and page by page.

Pages go on from an entry (keyset), never from a count: a ledger of millions answers as fast on its
hundredth page as on its first.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from records.entries import declared, instant_text
from records.exceptions import TrailTooWide
from records.models import Entry, Stream

PAGE: Final = 50
PATIENCE: Final = "8s"  # for one question to the trail; a narrower one is asked for after it
CANCELLED: Final = "57014"
ORDER: Final = ("-at", "-stream", "-seq")
# The fields of payloads in which people say why.
WHY: Final = (
    "reason", "comment", "purpose", "basis", "note", "conclusion", "risk", "condition",
    "identity_check", "doubt",
)  # fmt: skip
_TEXT: Final = "convert_from(body, 'UTF8')"
# Only a body that holds the words anywhere is read as JSON: that is ten times as fast.
_WHY: Final = (
    f"CASE WHEN {_TEXT} ILIKE %s THEN concat_ws(' ', "
    + ", ".join(f"{_TEXT}::jsonb -> 'payload' ->> '{name}'" for name in WHY)
    + ") END"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: by kinds, people (None: everybody), the system, time [since, until), things,
    and words of the reason."""

    kinds: tuple[str, ...] = ()
    people: tuple[UUID, ...] | None = None
    system: bool = False
    since: datetime | None = None
    until: datetime | None = None
    thing: str = ""
    streams: tuple[UUID, ...] | None = None
    why: str = ""

    def entries(self) -> QuerySet[Entry]:
        """Return the site's entries that are wanted, newest first."""
        rows = Entry.objects.order_by(*ORDER).filter(self._who(), self._when(), self._what())
        if self.why:
            said = RawSQL(_WHY, [_within(self.why)])  # noqa: S611 - the words are a parameter
            rows = rows.annotate(said=said).filter(said__icontains=self.why)
        return rows

    def _who(self) -> Q:
        if self.people is None and not self.system:
            return Q()
        system = Q(actor__isnull=True) if self.system else Q()
        return Q(actor__in=self.people or ()) | system

    def _when(self) -> Q:
        since = Q(at__gte=self.since) if self.since else Q()
        return since & Q(at__lt=self.until) if self.until else since

    def _what(self) -> Q:
        found = Q(kind__in=self.kinds) if self.kinds else Q()
        if self.streams is not None:
            return found & Q(stream__in=self.streams)
        if self.thing:
            return found & Q(stream__in=Stream.objects.filter(kind=self.thing).values("id"))
        return found


def _within(words: str) -> str:
    """Return the pattern of a body that holds words, written as JSON writes them.

    What people type are words, not wild cards.
    """
    written = json.dumps(words, ensure_ascii=False)[1:-1]
    return "%" + re.sub(r"([\\%_])", r"\\\1", written) + "%"


@dataclass(frozen=True, slots=True)
class Mark:
    """The place of an entry in the order of the trail."""

    at: datetime
    stream: UUID
    seq: int

    @classmethod
    def of(cls, entry: Entry) -> "Mark":
        """Return the place of an entry."""
        return cls(entry.at, entry.stream, entry.seq)

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        """Return what ``str`` wrote, or None for anything else."""
        try:
            at, stream, seq = text.split("~")
            return cls(datetime.fromisoformat(at), UUID(stream), int(seq))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{instant_text(self.at)}~{self.stream}~{self.seq}"

    def older(self) -> Q:
        """What comes after it on the page: the older entries."""
        at, stream, seq = self.at, self.stream, self.seq
        same = Q(at=at, stream__lt=stream) | Q(at=at, stream=stream, seq__lt=seq)
        return Q(at__lte=at) & (Q(at__lt=at) | same)

    def newer(self) -> Q:
        """What comes before it on the page: the newer entries."""
        at, stream, seq = self.at, self.stream, self.seq
        same = Q(at=at, stream__gt=stream) | Q(at=at, stream=stream, seq__gt=seq)
        return Q(at__gte=at) & (Q(at__gt=at) | same)


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first; ``newer`` and ``older`` are the marks from which to go on."""

    entries: Sequence[Entry]
    newer: Mark | None
    older: Mark | None


def page(wanted: QuerySet[Entry], *, before: Mark | None, after: Mark | None) -> Page:
    """Return the page that is older than ``before``, or newer than ``after``, or the newest.

    Raises TrailTooWide when the question takes too long.
    """
    with patient():
        if after is not None:
            rows = wanted.filter(after.newer()).order_by("at", "stream", "seq")
            found = list(rows[: PAGE + 1])
            shown, more = found[:PAGE][::-1], len(found) > PAGE
            return _page(shown, newer=more, older=True)
        found = list((wanted.filter(before.older()) if before else wanted)[: PAGE + 1])
    return _page(found[:PAGE], newer=before is not None, older=len(found) > PAGE)


def _page(shown: Sequence[Entry], *, newer: bool, older: bool) -> Page:
    if not shown:
        return Page(shown, None, None)
    return Page(
        shown,
        newer=Mark.of(shown[0]) if newer else None,
        older=Mark.of(shown[-1]) if older else None,
    )


@contextmanager
def patient() -> Iterator[None]:
    """Give the body's questions PATIENCE. Raises TrailTooWide, and the reading goes on."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            yield
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == CANCELLED:
            raise TrailTooWide() from error
        raise


def holding(words: Sequence[str], *, most: int) -> list[Entry]:
    """Return the site's entries whose bytes hold one of the words, whatever its case, newest first.

    At most ``most`` + 1. Raises TrailTooWide.
    """
    within = [_within(word) for word in words]
    held: Any = RawSQL(f"{_TEXT} ILIKE ANY(%s)", [within], BooleanField())  # noqa: S611 - parameters
    return first(Entry.objects.order_by(*ORDER).filter(held), most=most)


def kinds_of(area: str) -> tuple[str, ...]:
    """Return the kinds of entries that an app declares."""
    return tuple(
        sorted(
            kind
            for kind, versions in declared().items()
            if next(iter(versions.values())).__module__.split(".")[0] == area
        )
    )


def by_area() -> dict[str, tuple[str, ...]]:
    """Return the apps that declare kinds of entries, each with its kinds."""
    areas = {next(iter(v.values())).__module__.split(".")[0] for v in declared().values()}
    return {area: kinds_of(area) for area in sorted(areas)}


def first(wanted: QuerySet[Entry], *, most: int) -> list[Entry]:
    """Return at most ``most`` + 1 entries: one more tells that there are more."""
    with patient():
        return list(islice(wanted[: most + 1].iterator(), most + 1))
