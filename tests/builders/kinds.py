"""A batch of a recipe of the tests, step after step by good hands. Needs ``committed_db``."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from batches.models import Batch, Step
from batches.selectors import batch_of, due_step, operation_of, placed_of, recipe_of
from batches.services import issue_batch, perform_step, sign_on, verify_step
from equipment.enums import ResourceKind
from equipment.models import Place, Room, Unit
from equipment.services.bookings import claim_resource
from equipment.services.claims import Booking, Holder
from mes.lib import clock
from mes.lib.ids import uuid7
from plant import library
from plant.arrival import Patient, enter_order, known, receive
from plant.crew import qualify
from plant.hands import Hands
from plant.plant import Plant
from recipes.reader import read
from records.commands import Command, Reply
from records.reading import reading

FOLDER = Path(__file__).parent.parent / "recipes"
PERFORMER, RECORDER = "adeyemi", "brandt"


@dataclass
class Run:
    """A batch in the hands of one pair; each stage's place and units are claimed at its start."""

    plant: Plant
    batch: UUID
    place: int = 1
    luck: Random = field(default_factory=lambda: Random(1))

    def row(self) -> Batch:
        with reading(site=self.plant.site):
            return batch_of(self.batch)

    def due(self) -> Step | None:
        with reading(site=self.plant.site):
            return due_step(batch_of(self.batch))

    def step(self, path: str) -> Step:
        with reading(site=self.plant.site):
            return Step.objects.get(stream=self.batch, path=path)

    def command(self, who: str = RECORDER, **payload: object) -> Command:
        actor = self.plant.crew.actor(who)
        return Command(key=uuid7(), name="test", actor=actor, payload=payload)  # type: ignore[arg-type]

    def good(self) -> dict[str, str]:
        """What good hands enter at the due step."""
        due = self._due()
        with reading(site=self.plant.site):
            seen = batch_of(self.batch)
            hands = Hands(self.plant.crew, seen, placed_of(seen, due.path), self.luck)
            values = hands.values()
        hands.keep_files()
        return values

    def do(self, *, by: str = RECORDER, **changed: str) -> Reply:
        """Do the due step as good hands would, but for what is ``changed``."""
        due = self._due()
        self.sign_on(due)
        values = {name: value for name, value in {**self.good(), **changed}.items() if value}
        command = self.command(by, step=due.path, values=values)
        reply = perform_step(command=command, batch=self.batch, step=due.path, values=values)
        if due.verify:
            proof = self.plant.crew.proof(by)
            verify_step(command=self.command(by), batch=self.batch, step=due.path, proof=proof)
        return reply

    def up_to(self, key: str) -> "Run":
        """Do every step before the next one with this key."""
        while self._due().path.rpartition("/")[2] != key:
            self.do()
        return self

    def sign_on(self, due: Step) -> None:
        with reading(site=self.plant.site):
            there = operation_of(self.batch, due.operation).performer
        if there is None:
            proof = self.plant.crew.proof(PERFORMER)
            command = self.command()
            sign_on(command=command, batch=self.batch, operation=due.operation, proof=proof)

    def claim_everything(self) -> None:
        """Claim what each stage needs: the place in its room, and the units."""
        row, now = self.row(), clock.now()
        with reading(site=self.plant.site):
            needs = recipe_of(row).needs
            found = [(need, *self._resource(need.resource, need.class_)) for need in needs]
        for need, resource, kind in found:
            booking = Booking(
                kind=kind, resource=resource,
                holder=Holder(id=row.id, label=row.number, mark=row.mark),
                purpose=need.first, start=now, end=now + timedelta(hours=20),
                alias=need.alias or "",
            )  # fmt: skip
            claim_resource(command=self.command("lindqvist"), booking=booking)

    def _resource(self, resource: str, class_: str) -> tuple[UUID, ResourceKind]:
        if resource == "place":
            room = Room.objects.filter(room_class=class_).order_by("code")[0]
            return Place.objects.get(room=room, number=self.place).id, ResourceKind.PLACE
        units = Unit.objects.filter(unit_class=class_).order_by("code")
        return units[self.place - 1].id, ResourceKind.UNIT

    def _due(self) -> Step:
        due = self.due()
        assert due is not None
        return due


def made_effective(plant: Plant, name: str) -> UUID:
    """Import a recipe of the tests and make it effective; return its version."""
    text = (FOLDER / name).read_bytes()
    qualify(plant.crew, (PERFORMER, RECORDER), [read(text)])
    return library.make_effective_from(plant.crew, text, reason="A recipe of the tests.")


def a_run(plant: Plant, version: UUID, *, number: int = 1, place: int = 1) -> Run:
    """Take an order, receive its collection, issue its batch, claim what it needs."""
    patient = Patient(plant=plant, number=number, recipe="SIX-STEPS", luck=Random(number))
    enter_order(patient)
    receive(patient)
    command = plant.crew.command("lindqvist", "batches.issue")
    reply = issue_batch(command=command, order=known(patient.order), recipe_version=version)
    run = Run(plant, UUID(str(reply["batch"])), place)
    run.claim_everything()
    return run
