"""The house: rooms, places, units, materials and lots, sized by what the recipes ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from uuid import UUID

from equipment.enums import OpennessPolicy
from equipment.services import rooms, units
from equipment.services.catalogue import add_class
from materials.models import Lot
from materials.services import Delivery, add_material, receive_lot, release_lot
from mes.lib import clock
from plant.crew import Crew
from recipes.document import Recipe
from recipes.formulas import is_plain
from records.reading import reading

GOOD_FOR = timedelta(days=240)
CALIBRATED_FOR = timedelta(days=180)
BATCHES = 200  # a lot lasts for so many
SPARE_PLACES = 4
VECTOR = Decimal("1e11")  # transducing units: what a formula asks for is of this size


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """A room to be opened, with its places and the units that stand on them."""

    code: str
    name: str
    room_class: str
    policy: OpennessPolicy
    places: int
    units: tuple[tuple[str, str], ...] = ()  # (class, code prefix) at each place
    hours: tuple[time, time] | None = None  # None: always open


ROOMS = (
    RoomPlan("R1", "Receipt", "grade-D", OpennessPolicy.CLOSED, 3, (("cell-counter", "CC"),)),
    RoomPlan("H2", "Hall 2", "grade-C", OpennessPolicy.CLOSED, 6, (("prodigy", "PR"),)),
    RoomPlan("H3", "Hall 3", "grade-C", OpennessPolicy.CLOSED, 4, (("prodigy", "PR"),)),
    RoomPlan("S4", "Suite 4", "grade-B", OpennessPolicy.OPEN, 1, (("cabinet", "CAB"),)),
    RoomPlan(
        "S5",
        "Suite 5",
        "grade-B",
        OpennessPolicy.OPEN,
        1,
        (("cabinet", "CAB"),),
        hours=(time(6), time(22)),
    ),
    RoomPlan(
        "F1", "Freezing", "cryo", OpennessPolicy.CLOSED, 4, (("crf", "CRF"), ("ln2-store", "LN2"))
    ),
)
# Carried to where they are needed.
MOVABLE = (("cell-counter", "CM", 6), ("thaw-device", "TH", 4))
# The same, there only where a recipe asks for them.
IF_ASKED = (("balance", "BAL", 4), ("incubator", "INC", 6), ("welder", "SW", 4))
# What units of a class can do; of the other classes nothing is said.
CAN = {"cell-counter": ("viability",), "incubator": ("co2",), "prodigy": ("tct",)}


@dataclass(slots=True)
class House:
    """What was built: numbers of units by class prefix, lots by material."""

    lots: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def next_code(self, prefix: str) -> str:
        """Return the next unit code of a prefix, such as PR-07."""
        self.counts[prefix] = self.counts.get(prefix, 0) + 1
        return f"{prefix}-{self.counts[prefix]:02}"


def build(crew: Crew, recipes: tuple[Recipe, ...], own: Sequence[Recipe] = ()) -> House:
    """Open the rooms, commission the units, receive and release what the recipes consume.

    For recipes of one's ``own`` rooms and carried units are added: they may ask for any class.
    """
    house = House()
    for line in {
        line.class_: line for recipe in recipes for line in recipe.bill_of_equipment
    }.values():
        add_class(
            command=crew.setup("equipment.add_class"), code=line.class_,
            title=line.title.root["en"], reason="first set-up",
        )  # fmt: skip
    for plan in ROOMS:
        _open(crew, house, plan)
    asked = {line.class_ for recipe in recipes for line in recipe.bill_of_equipment}
    wanted = tuple(one for one in IF_ASKED if one[0] in asked)
    for unit_class, prefix, count in (*MOVABLE, *wanted):
        for _ in range(count):
            made = _commission(crew, house, unit_class, prefix, place=None)
            _say_what_it_can(crew, made, unit_class)
    for number, recipe in enumerate(own, 1):
        _add_for(crew, house, recipe, number)
    _stock(crew, house, recipes)
    return house


def _add_for(crew: Crew, house: House, recipe: Recipe, number: int) -> None:
    """Add what one recipe asks for: a room of each class and openness, units that are carried."""
    asked = sorted({(need.class_, need.open) for need in recipe.needs if need.resource == "place"})
    for index, (room_class, is_open) in enumerate(asked, 1):
        policy = OpennessPolicy.OPEN if is_open else OpennessPolicy.CLOSED
        places = 1 if is_open else SPARE_PLACES
        plan = RoomPlan(f"Y{number}{index}", f"Room {index}", room_class, policy, places)
        _open(crew, house, plan)
    for index, unit_class in enumerate(
        sorted({need.class_ for need in recipe.needs if need.resource == "unit"}), 1
    ):
        for _ in range(SPARE_PLACES):
            _commission(crew, house, unit_class, f"Y{number}{index}", place=None)


def _open(crew: Crew, house: House, plan: RoomPlan) -> None:
    opened = rooms.open_room(
        command=crew.setup("equipment.open_room"), code=plan.code, name=plan.name,
        room_class=plan.room_class, policy=plan.policy,
    )  # fmt: skip
    room = UUID(str(opened["id"]))
    if plan.hours is not None:
        rooms.set_room_hours(
            command=crew.setup("equipment.room_hours"), room=room, opens=plan.hours[0],
            closes=plan.hours[1], reason="nobody watches the pressure at night",
        )  # fmt: skip
    for number in range(1, plan.places + 1):
        made = rooms.make_place(
            command=crew.setup("equipment.make_place"), room=room, number=number,
            label=f"{plan.name}, P{number}", barcode=f"{plan.code}-P{number}",
        )  # fmt: skip
        for unit_class, prefix in plan.units:
            unit = _commission(crew, house, unit_class, prefix, place=UUID(str(made["id"])))
            _say_what_it_can(crew, unit, unit_class)


def _commission(
    crew: Crew, house: House, unit_class: str, prefix: str, *, place: UUID | None
) -> UUID:
    code = house.next_code(prefix)
    made = units.commission_unit(
        command=crew.setup("equipment.commission_unit"), code=code, unit_class=unit_class,
        barcode=code, place=place, calibration_due=clock.now() + CALIBRATED_FOR,
    )  # fmt: skip
    return UUID(str(made["id"]))


def _say_what_it_can(crew: Crew, unit: UUID, unit_class: str) -> None:
    if unit_class in CAN:
        units.set_capabilities(
            command=crew.setup("equipment.capabilities"), unit=unit,
            capabilities=CAN[unit_class], reason="as qualified",
        )  # fmt: skip


def _stock(crew: Crew, house: House, recipes: tuple[Recipe, ...]) -> None:
    lines = {line.material: line for recipe in recipes for line in recipe.bill_of_materials}
    for number, line in enumerate(lines.values(), 1):
        add_material(
            command=crew.setup("materials.add_material"), code=line.material,
            title=line.title.root["en"], unit=line.unit, reason="first set-up",
        )  # fmt: skip
        code = f"52609{number:02}001"
        plain = line.quantity is not None and is_plain(line.quantity)
        quantity = Decimal(str(line.quantity)) * BATCHES if plain else VECTOR
        deliver(crew, code, line.material, quantity=quantity)
        house.lots[line.material] = code


def deliver(
    crew: Crew,
    code: str,
    material: str,
    *,
    quantity: Decimal = Decimal(10_000),
    good_for: timedelta = GOOD_FOR,
    release: bool = True,
) -> UUID:
    """Receive a lot with plenty in it, and let QA release it."""
    delivery = Delivery(
        code=code, material=material, supplier="Demo supplier", supplier_lot=f"SUP-{code}",
        expires_at=clock.now() + good_for, quantity=quantity, location="Fridge F-02, shelf 3",
    )  # fmt: skip
    reply = receive_lot(command=crew.command("vogel", "materials.receive_lot"), delivery=delivery)
    lot = UUID(str(reply["lot"]))
    if release:
        release_lot(
            command=crew.command("brenner", "materials.release_lot"), lot=lot,
            basis="Certificate of analysis, visual check",
        )  # fmt: skip
    return lot


def lot_of(crew: Crew, material: str) -> str:
    """Return the code of the lot that expires first and may be used now."""
    with reading(site=crew.site):
        found = Lot.objects.of(material).usable(at=clock.now()).fefo().first()
    if found is None:
        raise LookupError(f"no usable lot of {material}")
    return found.code
