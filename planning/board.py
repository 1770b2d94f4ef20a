"""The board as plain values: rooms, rows and bars, from claims and one proposal.

A row is a place with what stands on it, or a movable unit. What one batch holds of a row at
once is one bar; bars that would lie over one another get lanes of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from batches.selectors import stage_titles
from equipment import selectors as equipment
from equipment.enums import ClaimState, UnitStatus
from equipment.models import Claim, Place, Room, Unit
from equipment.selectors import Window
from planning.models import Plan
from planning.timescale import Timescale

MOST_LANES = 3
# A patient mark takes 27 px of the thousand or so that a lane has.
MARK_SHARE = 0.028


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of the board; ``components/board.html`` draws it."""

    kind: str
    kind_word: str
    start: datetime
    end: datetime
    text: str
    mark: str = ""
    url: str = ""
    level: int = 0
    conflict: bool = False
    risk: str = ""
    holder: UUID | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A place with its units, or a movable unit."""

    place: str
    unit: str
    bars: tuple[Bar, ...]
    movable: bool = False

    @property
    def levels(self) -> int:
        """How many lanes the row needs."""
        return 1 + max((bar.level for bar in self.bars), default=0)


@dataclass(frozen=True, slots=True)
class Group:
    """A room with its rows. ``shut`` are the hours shown in which nobody works there."""

    label: str
    note: str
    rows: tuple[Row, ...]
    shut: tuple[Window, ...] = ()


def groups(scale: Timescale, proposal: Plan | None) -> list[Group]:
    """Return the board's rooms and rows: four queries whatever their number."""
    places = list(Place.objects.select_related("room").order_by("room__code", "number"))
    units = list(Unit.objects.order_by("code"))
    ids = [place.id for place in places] + [unit.id for unit in units]
    shown = (ClaimState.RELEASED, *ClaimState.live)
    found = Claim.objects.on(ids).filter(state__in=shown).overlapping(scale.start, scale.end)
    claims = list(found.order_by("during"))
    holders = {claim.holder for claim in claims} | ({proposal.batch} if proposal else set())
    drawing = _Drawing(scale, proposal, claims, stage_titles(holders))
    return [*drawing.rooms(places, units), *drawing.movable(units)]


class _Drawing:
    def __init__(
        self,
        scale: Timescale,
        proposal: Plan | None,
        claims: Iterable[Claim],
        titles: Mapping[UUID, Mapping[str, str]],
    ) -> None:
        self.scale, self.titles = scale, titles
        self.least = (scale.end - scale.start) * MARK_SHARE
        self.replaced = set(proposal.replaces) if proposal else set()
        self.bars: dict[UUID, list[Bar]] = defaultdict(list)
        for claim in claims:
            self.bars[claim.stream] += self._of_claim(claim)
        if proposal:
            self._propose(proposal)

    def _of_claim(self, claim: Claim) -> Iterator[Bar]:
        end = claim.work_end
        if claim.state == ClaimState.OCCUPIED:
            end = max(end, min(self.scale.now, claim.end))
        before = str(claim.id) in self.replaced
        kind, word = _kind(claim, before=before)
        text = f"{claim.holder_label} · {self._stages(claim.holder, claim.stages)}"
        if before:
            text = _("before: %(what)s") % {"what": text}
        yield Bar(
            kind=kind, kind_word=word, start=claim.start, end=end, text=text,
            mark=claim.holder_mark, url=f"/batches/{claim.holder}/",
            conflict=claim.state == ClaimState.IN_CONFLICT, holder=claim.holder,
            risk=_risk(claim, self.scale.now),
        )  # fmt: skip
        if claim.end > end and not before and claim.state != ClaimState.RELEASED:
            yield Bar(
                kind="cleaning", kind_word=_("Cleaning"), start=end, end=claim.end,
                text="", holder=claim.holder,
            )  # fmt: skip

    def _propose(self, plan: Plan) -> None:
        for one in plan.bookings:
            start, work, end = (
                datetime.fromisoformat(one[k]) for k in ("start", "work_end", "end")
            )
            resource = UUID(one["resource"])
            self.bars[resource].append(
                Bar(
                    kind="proposed", kind_word=_("Proposed"), start=start, end=work,
                    text=f"{plan.batch_label} · {self._stages(plan.batch, one['stages'])}",
                    mark=plan.batch_mark, holder=plan.batch,
                )
            )  # fmt: skip
            if end > work:
                self.bars[resource].append(
                    Bar(
                        kind="cleaning", kind_word=_("Cleaning"), start=work, end=end, text="",
                        holder=plan.batch,
                    )
                )  # fmt: skip

    def _stages(self, batch: UUID, stages: list[dict[str, str]]) -> str:
        titles = self.titles.get(batch, {})
        first, last = (titles.get(one["key"], one["key"]) for one in (stages[0], stages[-1]))
        return first if first == last else f"{first} – {last}"

    def rooms(self, places: list[Place], units: list[Unit]) -> Iterator[Group]:
        standing: dict[UUID | None, list[Unit]] = defaultdict(list)
        for unit in units:
            standing[unit.place_id].append(unit)
        rows: dict[UUID, list[Row]] = defaultdict(list)
        for place in places:
            rows[place.room_id].append(self._row(place, standing[place.id]))
        for room in {place.room_id: place.room for place in places}.values():
            note = [room.room_class, str(room.get_policy_display())]
            note += [equipment.room_hours(room)] if not room.always_open else []
            yield Group(room.name, ", ".join(note), tuple(rows[room.id]), self._shut(room))

    def _shut(self, room: Room) -> tuple[Window, ...]:
        """Return the hours in which a room is shut, as far as they are shown; none in a month."""
        if self.scale.span == "month":
            return ()
        start, end = self.scale.start, self.scale.end
        zone = timezone.get_current_timezone_name()
        return tuple(
            Window(max(one.start, start), min(one.end, end))
            for one in equipment.shut(room, start=start, end=end, zone=zone)
        )

    def movable(self, units: list[Unit]) -> Iterator[Group]:
        rows = [
            Row(
                unit.code,
                unit.unit_class,
                self._lanes([*self.bars[unit.id], *self._closed([unit])]),
            )
            for unit in units
            if unit.place_id is None
        ]
        if rows:
            yield Group(_("Movable units"), "", tuple(rows))

    def _of_unit(self, unit: Unit) -> Row:
        bars = self._lanes([*self.bars[unit.id], *self._closed([unit])])
        return Row(unit.code, unit.unit_class, bars, movable=True)

    def _row(self, place: Place, units: list[Unit]) -> Row:
        bars = [bar for id_ in (place.id, *(u.id for u in units)) for bar in self.bars[id_]]
        codes = ", ".join(unit.code for unit in units)
        return Row(f"P{place.number}", codes, self._lanes([*bars, *self._closed(units)]))

    def _closed(self, units: list[Unit]) -> Iterator[Bar]:
        """Hours in which a unit cannot be booked: out of service, or calibration due."""
        for unit in units:
            if unit.status == UnitStatus.OUT_OF_SERVICE:
                text = _("%(unit)s: out of service") % {"unit": unit.code}
                start = max(self.scale.now, self.scale.start)
            elif unit.calibration_due and unit.calibration_due < self.scale.end:
                text = _("%(unit)s: calibration due") % {"unit": unit.code}
                start = max(unit.calibration_due, self.scale.start)
            else:
                continue
            if start < self.scale.end:
                word = _("Closed")
                yield Bar(kind="closed", kind_word=word, start=start, end=self.scale.end, text=text)

    def _lanes(self, bars: Iterable[Bar]) -> tuple[Bar, ...]:
        """Merge what one batch holds at once; put the rest where nothing is in the way."""
        inside = [b for b in bars if b.end > self.scale.start and b.start < self.scale.end]
        order = ("running", "planned", "proposed", "cleaning", "closed", "before")
        merged = sorted(_merged(inside), key=lambda b: (order.index(b.kind), b.start))
        taken: list[list[Bar]] = []
        for bar in merged:
            level = min(_free_lane(taken, bar, least=self.least), MOST_LANES - 1)
            if level == len(taken):
                taken.append([])
            taken[level].append(bar)
        return tuple(
            replace(bar, level=level, start=max(bar.start, self.scale.start))
            for level, lane in enumerate(taken)
            for bar in sorted(lane, key=lambda b: b.start)
        )


def _free_lane(taken: list[list[Bar]], bar: Bar, *, least: timedelta) -> int:
    first = 1 if bar.kind == "before" and taken else 0
    for level in range(first, len(taken)):
        if not any(_touch(bar, other, least) for other in taken[level]):
            return level
    return len(taken)


def _touch(one: Bar, other: Bar, least: timedelta) -> bool:
    """Whether two bars lie over one another as drawn: a mark needs a width of its own."""
    marked = bool(one.mark and other.mark)
    one_end = max(one.end, one.start + least) if marked else one.end
    other_end = max(other.end, other.start + least) if marked else other.end
    return one.start < other_end and other.start < one_end


def _merged(bars: list[Bar]) -> list[Bar]:
    """Return bars with those of one batch and kind that meet made into one.

    Cleaning that lies under the batch's own work is left out: there is none.
    """
    found: list[Bar] = []
    for bar in sorted(bars, key=lambda b: (b.kind, str(b.holder), b.conflict, b.start)):
        last = found[-1] if found else None
        alike = last and (last.kind, last.holder, last.conflict) == (
            bar.kind, bar.holder, bar.conflict,
        )  # fmt: skip
        if last and alike and bar.start <= last.end and bar.kind != "closed":
            longer = bar if bar.end - bar.start > last.end - last.start else last
            found[-1] = replace(
                longer, start=last.start, end=max(last.end, bar.end), risk=last.risk or bar.risk
            )
        else:
            found.append(bar)
    work = [bar for bar in found if bar.kind not in ("cleaning", "closed")]
    return [bar for bar in found if bar.kind != "cleaning" or not _under(bar, work)]


def _under(cleaning: Bar, work: list[Bar]) -> bool:
    return any(
        bar.holder == cleaning.holder and bar.start <= cleaning.start and bar.end >= cleaning.end
        for bar in work
    )


def _kind(claim: Claim, *, before: bool) -> tuple[str, str]:
    if before:
        return "before", _("Before the proposal")
    if claim.state == ClaimState.OCCUPIED:
        return "running", _("Running")
    if claim.state == ClaimState.RELEASED:
        return "running", _("Done")
    return "planned", _("Planned")


def _risk(claim: Claim, now: datetime) -> str:
    if claim.state == ClaimState.OCCUPIED and now >= claim.work_end:
        return _("running over")
    if claim.state == ClaimState.PLANNED and now >= claim.start:
        return _("should have begun")
    return ""
