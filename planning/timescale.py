"""The shown part of time: a day, two weeks, five weeks, in the site's own days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SPANS = {
    "day": gettext_lazy("Day"),
    "weeks": gettext_lazy("2 weeks"),
    "month": gettext_lazy("Month"),
}
DAYS = {"day": 1, "weeks": 14, "month": 35}
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the board, [start, end); the present one and weekends are marked."""

    label: str
    start: datetime
    end: datetime
    now: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Timescale:
    """A span from a local day on. Days have 23 or 25 hours when the clocks change."""

    span: str
    first: date
    now: datetime

    @property
    def start(self) -> datetime:
        """The first instant shown."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first instant no longer shown."""
        return midnight(self.first + timedelta(days=DAYS[self.span]))

    @property
    def title(self) -> str:
        """The days shown: 16 Nov – 29 Nov 2026."""
        last = self.first + timedelta(days=DAYS[self.span] - 1)
        if last == self.first:
            return formats.date_format(self.first, "D j M Y")
        return f"{formats.date_format(self.first, 'j M')} – {formats.date_format(last, 'j M Y')}"

    def moved(self, by: int) -> date:
        """Return the first day ``by`` pages later or, if negative, earlier."""
        return self.first + timedelta(days=by * DAYS[self.span])

    def columns(self) -> list[Column]:
        """Return hours in pairs for a day, days for two weeks, weeks for a month."""
        return list(self._hours() if self.span == "day" else self._days())

    def _hours(self) -> Iterator[Column]:
        at = self.start
        while at < self.end:
            after = min(at + timedelta(hours=2), self.end)
            label = formats.date_format(timezone.localtime(at), "H:i")
            yield Column(label, at, after, at <= self.now < after, closed=False)
            at = after

    def _days(self) -> Iterator[Column]:
        step = 7 if self.span == "month" else 1
        for number in range(0, DAYS[self.span], step):
            day = self.first + timedelta(days=number)
            start, end = midnight(day), midnight(day + timedelta(days=step))
            weekend = step == 1 and day.weekday() >= SATURDAY
            label = formats.date_format(day, "D j") if step == 1 else _week(day)
            yield Column(label, start, end, start <= self.now < end, weekend)


def _week(day: date) -> str:
    return _("Week %(number)s, %(day)s") % {
        "number": day.isocalendar().week,
        "day": formats.date_format(day, "j M"),
    }


def midnight(day: date) -> datetime:
    """Return the instant at which a local day begins, in UTC: there hours are hours."""
    return timezone.make_aware(datetime.combine(day, time())).astimezone(UTC)


def timescale(span: str, first: str, *, now: datetime) -> Timescale:
    """Return the span that a page asks for; two weeks from this Monday for anything unreadable."""
    span = span if span in SPANS else "weeks"
    try:
        day = date.fromisoformat(first)
    except ValueError:
        day = timezone.localdate(now)
        if span != "day":
            day -= timedelta(days=day.weekday())
    return Timescale(span, day, now)
