"""Request to infusion as a drawing: what was promised, what happened, what is expected.

Pure geometry: times become places between the left and the right edge. Marks and words are the
template's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mes.ui.text import day_text, duration_text
from orders.enums import OrderState
from orders.models import Collection, Order

WIDTH = 760
LEFT = 196
ROW = 40
HEAD = 44
_MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``kind`` is promised, happened, expected or late; places in drawing units."""

    kind: str
    x: int
    width: int
    y: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the drawing with its words."""

    title: str
    y: int
    bars: Sequence[Bar]
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that the template draws."""

    rows: Sequence[Row]
    ticks: Sequence[tuple[int, str]]
    now_x: int
    height: int
    width: int = WIDTH
    left: int = LEFT


class _Scale:
    """Times to places. From the first Monday before all spans to a day behind them."""

    def __init__(self, first: datetime, last: datetime) -> None:
        start = localtime(first)
        monday = start - timedelta(days=start.weekday())
        self.start = datetime.combine(monday.date(), time(), tzinfo=start.tzinfo)
        self.end = max(localtime(last), self.start + timedelta(days=7)) + timedelta(days=1)

    def x(self, at: datetime) -> int:
        part = (at - self.start) / (self.end - self.start)
        return round(LEFT + min(1.0, max(0.0, part)) * (WIDTH - LEFT - 8))

    def ticks(self) -> Iterator[tuple[int, str]]:
        days = (self.end - self.start).days
        step = 7 * (1 + days // (7 * _MOST_TICKS))
        for n in range(0, days, step):
            at = self.start + timedelta(days=n)
            yield self.x(at), date_format(at, "j M")


Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class _Line:
    title: str
    promised: Span | None
    happened: Span | None
    words: str
    late: bool = False


def drawing(order: Order, collections: Sequence[Collection], *, at: datetime) -> Drawing:
    """Return the drawing of an order at an instant."""
    lines = [
        _collection(order, collections, at),
        _transport(order),
        _manufacture(order, at),
        _infusion(order, at),
    ]
    spans = [s for line in lines for s in (line.promised, line.happened) if s]
    scale = _Scale(min(s[0] for s in spans), max(s[1] for s in spans))
    rows = [_row(line, n, scale) for n, line in enumerate(lines)]
    return Drawing(
        rows=rows, ticks=list(scale.ticks()), now_x=scale.x(at), height=HEAD + ROW * len(rows)
    )


def _row(line: _Line, n: int, scale: _Scale) -> Row:
    y, bars = HEAD + n * ROW, []
    if line.promised:
        bars.append(_bar("promised", line.promised, y + 8, scale))
    if line.happened:
        bars.append(_bar("late" if line.late else "happened", line.happened, y + 21, scale))
    return Row(line.title, y, bars, line.words)


def _bar(kind: str, span: Span, y: int, scale: _Scale) -> Bar:
    x = scale.x(span[0])
    return Bar(kind, x, max(6, scale.x(span[1]) - x), y)


def _collection(order: Order, collections: Sequence[Collection], at: datetime) -> _Line:
    ended = order.collected_at or order.received_at
    late = bool(ended and ended > order.collection_until)
    bags = sum(c.bags_received for c in collections)
    words = _("%(day)s, bags: %(n)s") % {"day": day_text(ended), "n": bags} if ended else ""
    if not ended and at >= order.collection_until:
        words = _("overdue")
    started = next((c.started_at for c in collections if c.started_at), None)
    happened = (started or ended - timedelta(hours=4), ended) if ended else None
    promised = (order.collection_from, order.collection_until)
    return _Line(_("Collection"), promised, happened, words, late)


def _transport(order: Order) -> _Line:
    if not order.received_at:
        return _Line(_("Transport in"), None, None, "")
    if not order.collected_at:
        span = (order.received_at - timedelta(hours=1), order.received_at)
        return _Line(_("Transport in"), None, span, _("received %(d)s") % {
            "d": day_text(order.received_at)})  # fmt: skip
    words = _("%(length)s on the way") % {
        "length": duration_text(order.received_at - order.collected_at)
    }
    return _Line(_("Transport in"), None, (order.collected_at, order.received_at), words)


def _manufacture(order: Order, at: datetime) -> _Line:
    promised = (order.collection_until, order.infusion_from)
    started = order.manufacture_at
    if not started:
        return _Line(_("Manufacture"), promised, None, "")
    end = order.released_at or order.closed_at or max(at, started)
    words = (
        _("released %(day)s") % {"day": day_text(order.released_at)}
        if order.released_at
        else _("batch %(number)s runs") % {"number": order.batch_number}
    )
    return _Line(_("Manufacture"), promised, (started, end), words, end > order.infusion_from)


def _infusion(order: Order, at: datetime) -> _Line:
    promised = (order.infusion_from, order.infusion_until)
    missed = at >= order.infusion_until and order.state in OrderState.live
    return _Line(_("Infusion"), promised, None, _("window has passed") if missed else "")
