"""A batch at a point of its way, brought there by the real services. Needs ``committed_db``."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from batches.models import Batch, Step
from batches.selectors import batch_of
from batches.services import issue_batch, perform_step, sign_on, verify_step
from equipment.enums import ResourceKind
from equipment.models import Place, Unit
from equipment.services.bookings import claim_resource
from equipment.services.claims import Booking, Holder
from mes.lib import clock
from mes.lib.ids import uuid7
from plant.arrival import Patient, enter_order, receive
from plant.plant import Plant, open_plant
from records.commands import Command, Reply
from records.reading import reading
from tests.support.scenes import scene

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
OPERATION = "seeding/seed"
STEPS = [
    f"{OPERATION}/{key}"
    for key in ("clear-before", "identity", "unit", "seeded", "medium", "clear-after")
]
PERFORMER, RECORDER = "adeyemi", "brandt"


@dataclass
class Trial:
    """A plant with one order of the six-step recipe, its batch issued and its claims made."""

    plant: Plant
    patient: Patient
    batch: UUID
    place: UUID
    unit: UUID

    @property
    def site(self) -> UUID:
        return self.plant.site

    def row(self) -> Batch:
        with reading(site=self.site):
            return batch_of(self.batch)

    def step(self, path: str) -> Step:
        with reading(site=self.site):
            return Step.objects.get(stream=self.batch, path=path)

    def command(self, who: str = RECORDER, key: UUID | None = None, **payload: object) -> Command:
        actor = self.plant.crew.actor(who)
        return Command(key=key or uuid7(), name="test", actor=actor, payload=payload)  # type: ignore[arg-type]

    def sign_on(self, performer: str = PERFORMER, *, recorder: str = RECORDER) -> Reply:
        proof = self.plant.crew.proof(performer)
        command = self.command(recorder)
        return sign_on(command=command, batch=self.batch, operation=OPERATION, proof=proof)

    def good(self, path: str) -> dict[str, str]:
        """What good hands enter at a step."""
        from batches.selectors import placed_of
        from plant.hands import Hands

        with reading(site=self.site):
            seen = batch_of(self.batch)
            return Hands(self.plant.crew, seen, placed_of(seen, path), Random(1)).values()

    def perform(self, path: str, *, by: str = RECORDER, key: UUID | None = None,
                **values: str) -> Reply:  # fmt: skip
        given = values or self.good(path)
        command = self.command(by, key, batch=str(self.batch), step=path, values=given)
        return perform_step(command=command, batch=self.batch, step=path, values=given)

    def verify(self, path: str, *, by: str = RECORDER) -> Reply:
        proof = self.plant.crew.proof(by)
        return verify_step(command=self.command(by), batch=self.batch, step=path, proof=proof)

    def up_to(self, path: str) -> "Trial":
        """Do every step before ``path``."""
        self.sign_on()
        for earlier in STEPS[: STEPS.index(path)]:
            self.perform(earlier)
            if self.step(earlier).verify:
                self.verify(earlier)
        return self


def a_plant(at: datetime = MONDAY) -> Plant:
    """Open a plant with the six-step recipe, at a simulated Monday morning."""
    clock.simulate(at)
    return scene("plant", lambda: open_plant(recipes=("SIX-STEPS",)))


def issued(plant: Plant, *, number: int = 1, place: int = 1, claimed: bool = True) -> Trial:
    """Take an order, receive its collection, issue its batch, and claim a place with its unit."""
    patient = Patient(plant=plant, number=number, recipe="SIX-STEPS", luck=Random(number))
    enter_order(patient)
    receive(patient)
    assert patient.order
    reply = issue_batch(
        command=plant.crew.command("lindqvist", "batches.issue"), order=patient.order,
        recipe_version=plant.versions["SIX-STEPS"],
    )  # fmt: skip
    patient.batch = batch = UUID(str(reply["batch"]))
    with reading(site=plant.site):
        where = Place.objects.get(barcode=f"H2-P{place}").id
        unit = Unit.objects.get(place=where).id
    trial = Trial(plant, patient, batch, where, unit)
    if claimed:
        claim(trial, where, ResourceKind.PLACE)
        claim(trial, unit, ResourceKind.UNIT, alias="prodigy")
    return trial


def claim(
    trial: Trial, resource: UUID, kind: ResourceKind, *, alias: str = "", purpose: str = "seeding"
) -> None:
    """Plan a claim of the batch from now on, for two hours."""
    row, now = trial.row(), clock.now()
    booking = Booking(
        kind=kind, resource=resource, holder=Holder(id=row.id, label=row.number, mark=row.mark),
        purpose=purpose, start=now, end=now + timedelta(hours=2), alias=alias,
    )  # fmt: skip
    claim_resource(command=trial.command("lindqvist"), booking=booking)


def batch_at(path: str | None) -> Trial:
    """Return a batch of the six-step recipe whose next step is ``path``; None: nobody signed on."""
    clock.simulate(MONDAY)
    if path is None:
        return scene("batch", lambda: issued(a_plant()))
    return scene(("batch", path), lambda: batch_at(None).up_to(path))
