"""The solver: the earliest feasible places, units and times for every stage of a batch.

Every demand is of one kind: an instant must not lie before something that depends on other
instants. Such demands have a least common answer, found by raising instants from their lower
bounds until none is violated (a least fixed point). Where a stage may use several places, an
instant is raised only to the first at which *some* of them are free, so the answer is the
earliest one. Identity and segregation are never softened.

Pure: plain values in, plain values out. The tests check answers by a program of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

from planning.exceptions import NoPlaceOfClass, NothingFree, NoUnitOfClass, TooLate
from planning.problem import (
    HORIZON,
    Booked,
    Floor,
    FloorPlace,
    FloorUnit,
    JobStage,
    PlanningJob,
    Schedule,
    Span,
)
from planning.windows import Calendar
from recipes.document import Need

Resource = FloorPlace | FloorUnit


@dataclass(frozen=True, slots=True)
class Use:
    """A need with the resources that would meet it together (one, or a room's places)."""

    need: Need
    resources: tuple[Resource, ...]


Choice = tuple[Use, ...]


@dataclass(slots=True)
class Bundle:
    """Needs that begin with one stage and are met in one place, with the choices there are.

    ``follow`` are needs of later stages for the same place, because a unit is held there.
    """

    stage: str
    needs: list[Need]
    follow: list[Need]
    choices: list[Choice]
    chosen: Choice = ()


def solve(job: PlanningJob, floor: Floor) -> Schedule:
    """Return the earliest schedule of a job.

    Raises a subclass of Impossible that names what is missing: NoPlaceOfClass,
    NoUnitOfClass, NothingFree, TooLate.
    """
    search = Search(job, floor)
    while clash := search.settle():
        search.forbid(*clash)
    return search.schedule()


class Search:
    """The instants of one job, raised until nothing is violated."""

    def __init__(self, job: PlanningJob, floor: Floor) -> None:
        self.job, self.floor = job, floor
        self.stages = {stage.key: stage for stage in job.stages}
        self.order = [stage.key for stage in job.stages]
        self.start = {stage.key: stage.started or job.earliest for stage in job.stages}
        self.until = job.earliest + HORIZON
        self.calendars: dict[tuple[UUID, ...], Calendar] = {}
        self.bundles = [self._with_choices(bundle) for bundle in self._bundles()]

    # What belongs together

    def _open_needs(self) -> list[Need]:
        """Needs that begin with a stage that has not begun: the others are claimed already."""
        return [need for need in self.job.needs if self.stages[need.first].started is None]

    def _bundles(self) -> list[Bundle]:
        bundles: dict[str, Bundle] = {}
        for need in self._open_needs():
            leader = self._leader(need, list(bundles.values()))
            if leader is not None:
                leader.follow.append(need)
                continue
            bundles.setdefault(need.first, Bundle(need.first, [], [], [])).needs.append(need)
        return list(bundles.values())

    def _leader(self, need: Need, bundles: Sequence[Bundle]) -> Bundle | None:
        """Return the bundle whose place a later need shares: its unit is held there."""
        if need.resource != "place":
            return None
        for bundle in bundles:
            place = next((n for n in bundle.needs if n.resource == "place"), None)
            held = any(n.resource == "unit" and self._covers(n, need) for n in bundle.needs)
            if place and held and not self._covers(place, need) and _alike(place, need):
                return bundle
        return None

    def _covers(self, one: Need, other: Need) -> bool:
        at = self.order.index
        return at(one.first) < at(other.first) <= at(one.last)

    def _with_choices(self, bundle: Bundle) -> Bundle:
        places = [need for need in bundle.needs if need.resource == "place"]
        units = [need for need in bundle.needs if need.resource == "unit"]
        options = [list(self._places(need)) for need in places]
        for need, found in zip(places, options, strict=True):
            if not found:
                raise NoPlaceOfClass(stage=need.first, wanted=need.class_)
        for at in product(*options):
            there = {place.id for use in at for place in use.resources}
            for chosen in product(*(self._units(need, there) for need in units)):
                if len({use.resources[0].id for use in chosen}) == len(chosen):
                    bundle.choices.append((*at, *chosen))
        if not bundle.choices:
            lacking = self._lacking(units)
            raise NoUnitOfClass(stage=bundle.stage, wanted=lacking)
        return bundle

    def _lacking(self, units: Sequence[Need]) -> str:
        for need in units:
            if not any(unit.unit_class == need.class_ for unit in self.floor.units):
                return need.class_
        return units[0].class_

    def _places(self, need: Need) -> Iterator[Use]:
        """Yield what meets a need for a place; rooms for one kind of work come first."""
        fitting = [
            place
            for place in self.floor.places
            if place.room_class == need.class_
            and (place.open_work if need.open else place.closed_work or place.open_work)
        ]
        fitting.sort(key=lambda p: (p.open_work and p.closed_work, p.open_work, p.label, p.number))
        seen: set[UUID] = set()
        for place in fitting:
            # A room for open work only has one patient at a time, whatever the work.
            if not need.open and place.closed_work:
                yield Use(need, (place,))
            elif place.room not in seen:
                seen.add(place.room)
                yield Use(need, tuple(p for p in self.floor.places if p.room == place.room))

    def _units(self, need: Need, there: set[UUID]) -> list[Use]:
        """Return units of the class at the place itself or movable; elsewhere if none is."""
        fitting = [unit for unit in self.floor.units if unit.unit_class == need.class_]
        rooms = {place.id for place in self.floor.places if place.id in there}
        near = [unit for unit in fitting if unit.place is None or unit.place in rooms]
        near.sort(key=lambda unit: unit.place is None)
        if not there or not self._stands_in_class(need):
            # What stands elsewhere belongs to the work there: the movable ones come first.
            near = sorted(fitting, key=lambda unit: unit.place is not None)
        return [Use(need, (unit,)) for unit in near]

    def _stands_in_class(self, need: Need) -> bool:
        """Whether units of the class stand on places of the class of room that the stage has."""
        classes = {
            n.class_ for n in self.job.needs if n.resource == "place" and n.first == need.first
        }
        on = {p.id for p in self.floor.places if p.room_class in classes}
        return any(
            unit.place is None or unit.place in on
            for unit in self.floor.units
            if unit.unit_class == need.class_
        )

    # Raising instants

    def settle(self) -> tuple[Bundle, UUID] | None:
        """Raise instants until none is violated; return a bundle and a resource that the job
        itself would need twice at a time, if there is one."""
        while self._raise_once():
            pass
        return self._clash()

    def _raise_once(self) -> bool:
        return any([self._chain(), self._links(), *(self._fit(b) for b in self.bundles)])

    def _chain(self) -> bool:
        moved = False
        for before, stage in zip(self.job.stages, self.job.stages[1:], strict=False):
            moved |= self._raise(stage.key, self.end(before.key) + stage.lag)
            if stage.most_lag is not None:
                bound = self.start[stage.key] - stage.most_lag
                moved |= self._raise(before.key, bound - self._length(before))
        return moved

    def _links(self) -> bool:
        moved = False
        for stage in self.job.stages:
            for link in stage.links:
                other = self.stages[link.stage]
                length = self._length(other) if link.moment == "ended_at" else timedelta()
                moved |= self._raise(link.stage, self.start[stage.key] - link.most - length)
        return moved

    def _fit(self, bundle: Bundle) -> bool:
        """Choose places and units that are free, or raise the start to the first that are."""
        best: datetime | None = None
        for choice in bundle.choices:
            free = self._free_from(bundle, choice)
            if free == self.start[bundle.stage]:
                bundle.chosen = choice
                return self._wait_for_rooms(bundle)
            if free is not None and (best is None or free < best):
                best = free
        if best is None:
            raise self._nothing_free(bundle.stage, bundle.needs[0].class_)
        return self._raise(bundle.stage, best)

    def _nothing_free(self, stage: str, wanted: str) -> NothingFree:
        return NothingFree(stage=stage, until=self.until.date().isoformat(), wanted=wanted)

    def _free_from(self, bundle: Bundle, choice: Choice) -> datetime | None:
        """Return the first start at which all of a choice is free as long as it is needed."""
        latest = self.start[bundle.stage]
        for use in choice:
            start = self._calendar(use).earliest(latest, self._clean(self._last(bundle, use.need)))
            if start is None:
                return None
            latest = start
            if isinstance(use.resources[0], FloorPlace):
                start = self._opens(use.resources[0], bundle.stage, latest)
                if start is None:
                    return None
                latest = start
        return latest

    def _opens(self, place: FloorPlace, key: str, at: datetime) -> datetime | None:
        """Return the first start from ``at`` on at which a stage, cleaning included, is over
        before the room shuts."""
        if place.room not in self.floor.shut:
            return at
        return self._calendar_of_room(place.room).earliest(at, self._clean(key))

    def _calendar_of_room(self, room: UUID) -> Calendar:
        if (room,) not in self.calendars:
            shut = self.floor.shut[room]
            self.calendars[room,] = Calendar([shut], start=self.job.earliest, until=self.until)
        return self.calendars[room,]

    def _wait_for_rooms(self, bundle: Bundle) -> bool:
        """Raise the later stages that are worked where a bundle's place is held to its hours."""
        moved = False
        for use in bundle.chosen:
            place = use.resources[0]
            if isinstance(place, FloorPlace):
                for key in self._later(bundle, use.need):
                    moved |= self._open_up(place, key)
        return moved

    def _open_up(self, place: FloorPlace, key: str) -> bool:
        opens = self._opens(place, key, self.start[key])
        if opens is None:
            raise self._nothing_free(key, place.room_class)
        return self._raise(key, opens)

    def _later(self, bundle: Bundle, need: Need) -> list[str]:
        """Return the stages after a bundle's first that are worked in its place."""
        at = self.order.index
        needs = [need, *bundle.follow]
        held = {key for one in needs for key in self.order[at(one.first) : at(one.last) + 1]}
        return [key for key in self.order if key in held and key != bundle.stage]

    def _calendar(self, use: Use) -> Calendar:
        key = tuple(resource.id for resource in use.resources)
        if key not in self.calendars:
            taken = [self.floor.taken.get(resource.id, ()) for resource in use.resources]
            until = min([self.until, *(_usable(r) or self.until for r in use.resources)])
            self.calendars[key] = Calendar(taken, start=self.job.earliest, until=until)
        return self.calendars[key]

    def _last(self, bundle: Bundle, need: Need) -> str:
        """Return the stage until which a need's resource is held, its followers included."""
        if need.resource != "place":
            return need.last
        return max((n.last for n in (need, *bundle.follow)), key=self.order.index)

    def _raise(self, key: str, to: datetime) -> bool:
        if to <= self.start[key]:
            return False
        stage = self.stages[key]
        latest = stage.started or stage.latest
        if latest is not None and to > latest:
            raise TooLate(stage=key, latest=_said(latest), earliest=_said(to))
        self.start[key] = to
        return True

    def _length(self, stage: JobStage) -> timedelta:
        """A stage that runs is expected to end as planned, but not in the past."""
        if stage.started is None:
            return stage.duration
        return max(stage.duration, self.job.earliest - stage.started)

    def end(self, key: str) -> datetime:
        """Return the expected end of a stage."""
        return self.start[key] + self._length(self.stages[key])

    def _clean(self, key: str) -> datetime:
        return self.end(key) + self.stages[key].cleaning

    # A job that would stand in its own way

    def _clash(self) -> tuple[Bundle, UUID] | None:
        held: list[tuple[UUID, datetime, datetime]] = []
        for bundle in self.bundles:
            for use in bundle.chosen:
                start = self.start[bundle.stage]
                end = self.end(self._last(bundle, use.need))
                for resource in use.resources:
                    if any(r == resource.id and start < e and s < end for r, s, e in held):
                        return bundle, resource.id
                    held.append((resource.id, start, end))
        return None

    def forbid(self, bundle: Bundle, resource: UUID) -> None:
        """Take a resource out of a bundle's choices: the job holds it otherwise meanwhile."""
        bundle.choices = [
            choice
            for choice in bundle.choices
            if all(r.id != resource for use in choice for r in use.resources)
        ]
        bundle.chosen = ()

    # The answer

    def schedule(self) -> Schedule:
        """Return the hours of all stages and what is to be claimed."""
        stages = tuple(Span(key=k, start=self.start[k], end=self.end(k)) for k in self.order)
        booked = [one for bundle in self.bundles for one in self._booked(bundle)]
        return Schedule(stages, tuple(_without_own_overlap(booked)))

    def _booked(self, bundle: Bundle) -> Iterator[Booked]:
        for use in bundle.chosen:
            needs = [use.need, *(bundle.follow if use.need.resource == "place" else ())]
            for need, after in zip(needs, [*needs[1:], None], strict=True):
                # A place whose unit is held stays taken until the next stage there.
                until = self.start[after.first] if after else None
                for resource in use.resources:
                    yield self._book(need, resource, until=until, alone=_alone(use))

    def _book(
        self, need: Need, resource: Resource, *, until: datetime | None, alone: bool
    ) -> Booked:
        at = self.order.index
        held = self.order[at(need.first) : at(need.last) + 1]
        return Booked(
            kind=need.resource,
            resource=resource.id,
            label=resource.label,
            alias=need.alias or "",
            stages=tuple(Span(key=k, start=self.start[k], end=self.end(k)) for k in held),
            start=self.start[need.first],
            work_end=self.end(need.last),
            end=until or self._clean(need.last),
            exclusive=need.resource == "place" and alone,
        )


def _alike(one: Need, other: Need) -> bool:
    return (one.class_, one.open) == (other.class_, other.open)


def _alone(use: Use) -> bool:
    """Whether a use of places stands for the whole room."""
    return use.need.open or any(
        isinstance(r, FloorPlace) and not r.closed_work for r in use.resources
    )


def _usable(resource: Resource) -> datetime | None:
    return resource.until if isinstance(resource, FloorUnit) else None


def _without_own_overlap(booked: Sequence[Booked]) -> Iterator[Booked]:
    """Between two stages of one patient there is no change-over: cleaning gives way."""
    for one in booked:
        later = [b.start for b in booked if b.resource == one.resource and b.start > one.start]
        yield replace(one, end=min([one.end, *later]))


def _said(at: datetime) -> str:
    return at.isoformat()
