"""What the site has not: materials, rooms, units, people. Silent where no site is described."""

from collections.abc import Iterator
from datetime import timedelta

from accounts.permissions import ROLES
from recipes import together
from recipes.checks.decisions import roles
from recipes.checks.materials import same_unit
from recipes.document import Staff
from recipes.faults import Fault, check, lacks
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import OperationPlace, StagePlace
from recipes.site import Site


@check("site.material")
def materials_are_known(outline: Outline) -> Iterator[Fault]:
    """Each material of the bill is one that the site buys or makes."""
    known = outline.site.materials if outline.site else None
    for number, line in enumerate(outline.recipe.bill_of_materials):
        if known is not None and line.material not in known:
            path = ("bill_of_materials", number, "material")
            yield lacks(path, "site.material", name=line.material)


@check("site.material_unit")
def materials_are_counted_as_here(outline: Outline) -> Iterator[Fault]:
    """The bill counts a material as the site counts its lots."""
    counted = {one.material: one.unit for one in outline.site.units} if outline.site else {}
    for number, line in enumerate(outline.recipe.bill_of_materials):
        unit = counted.get(line.material, line.unit)
        if not same_unit(line.unit, unit):
            path = ("bill_of_materials", number, "unit")
            yield lacks(path, "site.material_unit", name=line.material, unit=unit)


@check("site.equipment")
def equipment_is_there(outline: Outline) -> Iterator[Fault]:
    """Each class of the bill of equipment has a unit at the site."""
    site = outline.site
    for number, line in enumerate(outline.recipe.bill_of_equipment):
        if site and site.equipment is not None and not _count(outline, line.class_):
            path = ("bill_of_equipment", number, "class")
            yield lacks(path, "site.equipment", name=line.class_)


def _count(outline: Outline, name: str) -> int:
    return sum(unit.count for unit in outline.site.units_of(name)) if outline.site else 0


@check("site.capability")
def equipment_can_do_it(outline: Outline) -> Iterator[Fault]:
    """A unit of the class can do all that the bill asks of it."""
    for number, line in enumerate(outline.recipe.bill_of_equipment):
        units = outline.site.units_of(line.class_) if outline.site else []
        able = [unit for unit in units if unit.can(line.capability)]
        if _count(outline, line.class_) and not any(unit.count for unit in able):
            path = ("bill_of_equipment", number, "capability")
            what = ", ".join(line.capability)
            yield lacks(path, "site.capability", name=line.class_, what=what)


@check("site.room")
def rooms_are_there(outline: Outline) -> Iterator[Fault]:
    """The site has a place in a room of each class that a stage asks for."""
    for place in outline.stages:
        room, site = place.stage.room, outline.site
        if room is None or site is None or site.rooms is None:
            continue
        if not any(stock.places for stock in site.rooms_of(room.class_)):
            yield lacks((*place.path, "room", "class"), "site.room", name=room.class_)


@check("site.openness")
def rooms_are_validated(outline: Outline) -> Iterator[Fault]:
    """A room of the class is validated for each operation that is done in it, contingencies too."""
    for place in outline.operations:
        openness, path = place.operation.openness, (*place.path, "openness")
        for name in dict.fromkeys(_rooms_of(outline, place)):
            stocks = outline.site.rooms_of(name) if outline.site else []
            if stocks and not any(openness in stock.openness for stock in stocks):
                yield lacks(path, "site.openness", name=name, openness=openness.value)


def _rooms_of(outline: Outline, place: OperationPlace) -> Iterator[str]:
    """Yield the classes of the rooms in which an operation may be done."""
    callers = [place] if place.stage else outline.callers(place)
    for stage in (one.stage for one in callers):
        claimed = together.zone(outline, stage) if stage else None
        if claimed is not None and claimed.stage.room is not None:
            yield claimed.stage.room.class_


@check("site.qualification")
def qualifications_are_held(outline: Outline) -> Iterator[Fault]:
    """Somebody at the site holds each qualification that is asked for."""
    people = outline.site.people if outline.site else None
    for path, name in _qualifications(outline):
        if people is not None and not people.get(name):
            yield lacks(path, "site.qualification", name=name)


def _qualifications(outline: Outline) -> Iterator[tuple[Path, str]]:
    for path, staff in together.staff(outline):
        if staff.qualification is not None:
            yield (*path, "qualification"), staff.qualification
    for place in outline.all_steps:
        if place.step.qualification is not None:
            yield (*place.path, "qualification"), place.step.qualification


@check("site.role")
def roles_are_known(outline: Outline) -> Iterator[Fault]:
    """People of each role work at the site."""
    known = outline.site.known_roles if outline.site else None
    for path, name in roles(outline):
        if known is not None and name in ROLES and name not in known:
            yield lacks(path, "site.role", name=name)


@check("staff.beyond_shift")
def a_shift_has_the_people(outline: Outline) -> Iterator[Fault]:
    """One shift has as many people as are needed at once."""
    if outline.site is None or outline.site.crews is None:
        return
    said: set[tuple[Path, str]] = set()
    for path, staff, count in _people(outline):
        most = _in_a_shift(outline, staff)
        if most < count and _some_have(outline.site, staff):
            said.add((path[:2], staff.role))
            yield lacks((*path, "count"), "staff.beyond_shift", count=count, most=most)
    for path, role, count in together.roles_of_stages(outline):
        most = _in_a_shift(outline, Staff(role=role))
        if 0 < most < count and (path[:2], role) not in said:
            yield lacks((*path, "count"), "staff.beyond_shift", count=count, most=most)


def _some_have(site: Site, staff: Staff) -> bool:
    """Tell whether the site knows role and qualification at all; if not, that is said."""
    known = (
        staff.qualification is None or site.people is None or site.people.get(staff.qualification)
    )
    return bool(known) and staff.role in (site.known_roles or ())


def _people(outline: Outline) -> Iterator[tuple[Path, Staff, int]]:
    yield from together.people_of_stages(outline)
    for path, staff, count, _place in together.people_of_operations(outline):
        yield path, staff, count


def _in_a_shift(outline: Outline, staff: Staff) -> int:
    shifts = outline.site.shifts or () if outline.site else ()
    return max(
        (
            sum(
                crew.count
                for crew in shift.crews or ()
                if crew.role == staff.role
                and (staff.qualification is None or staff.qualification in crew.qualifications)
            )
            for shift in shifts
        ),
        default=0,
    )


@check("device.beyond_site")
def units_are_enough(outline: Outline) -> Iterator[Fault]:
    """The site has as many units of a class as one batch needs at once."""
    if outline.site is None or outline.site.equipment is None:
        return
    said: set[tuple[object, str]] = set()
    for path, name, count in together.units(outline):
        most = _count(outline, name)
        if 0 < most < count and (path[:2], name) not in said:
            said.add((path[:2], name))
            yield lacks(path, "device.beyond_site", count=count, name=name, most=most)


@check("stage.never_booked")
def stages_can_be_booked(outline: Outline) -> Iterator[Fault]:
    """A stage fits into the hours of a room and of the people, and its units stand there.

    What waits between two stages may stay in a room that is shut. Of a room that is held, the first
    stage that does not fit is named.
    """
    if outline.site is None:
        return
    yield from _never_open(outline)
    yield from _places_short(outline)
    for place in outline.stages:
        path: Path = (*place.path, "duration", "low")
        least = place.stage.duration.low.total_seconds() / 60
        staffed = list(outline.site.staffed()) if place.stage.staff else []
        if staffed and least > max(w.minutes for w in staffed):
            yield lacks(path, "stage.shifts_short")
        yield from _units_elsewhere(outline, place.number)


def _places_short(outline: Outline) -> Iterator[Fault]:
    """Yield where a place is taken while others of its class are held from stages before."""
    for path, name, count in together.places(outline) if outline.site else ():
        stocks = outline.site.rooms_of(name) if outline.site else []
        most = sum(stock.places for stock in stocks)
        if 0 < most < count:
            yield lacks(path, "stage.places_short", count=count, name=name, most=most)


def _never_open(outline: Outline) -> Iterator[Fault]:
    said: set[int] = set()
    for place in outline.stages:
        zone, site = together.zone(outline, place), outline.site
        room = zone.stage.room if zone else None
        most = site.longest_open(room.class_) if site and room else None
        if zone is None or most is None or zone.number in said:
            continue
        for fault in _longer_than(place, most):
            said.add(zone.number)
            yield fault


def _longer_than(place: StagePlace, most: timedelta) -> Iterator[Fault]:
    """Yield where a stage takes longer: at least, or as a rule with the cleaning after it."""
    stage = place.stage
    if stage.duration.low > most:
        yield lacks((*place.path, "duration", "low"), "stage.room_shut")
    elif stage.duration.expected + (stage.cleaning or timedelta()) > most:
        path = (*place.path, "duration", "expected")
        yield lacks(path, "stage.room_often_shut", severity=Weight.WARNING)


def _units_elsewhere(outline: Outline, number: int) -> Iterator[Fault]:
    place = outline.stages[number]
    zone = together.zone(outline, place)
    room = zone.stage.room if zone else None
    for index, need in enumerate(place.stage.equipment):
        units = outline.site.units_of(need.class_) if outline.site and room else []
        standing = [unit.room for unit in units if unit.count]
        if room and standing and not {None, room.class_} & set(standing):
            path = (*place.path, "equipment", index, "class")
            yield lacks(path, "stage.units_elsewhere", unit=need.class_, room=room.class_)
