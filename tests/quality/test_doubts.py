"""A collection in quarantine is QA's question on the batch, whichever of the two came first."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest

from batches.findings import sentence
from batches.models import BatchException
from batches.selectors import batch_of
from mes.lib import clock
from mes.lib.ids import uuid7
from orders.rules import Reading
from orders.services import receive_collection, set_collection_apart
from orders.services.collections import Receipt
from plant.arrival import Patient, enter_order, issue, receive
from plant.plant import Plant
from records import outbox
from records.enums import MessageState
from records.models import Message
from records.reading import reading
from tests.builders.batches import a_plant

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("CI-5", "CI-6")]


@pytest.fixture
def plant(committed_db: str) -> Iterator[Plant]:
    yield a_plant()
    clock.simulate(None)


@pytest.fixture
def patient(plant: Plant) -> Patient:
    """Give a patient whose first bag is here, in order."""
    made = Patient(plant=plant, number=1, recipe="SIX-STEPS", luck=Random(1))
    enter_order(made)
    receive(made)
    return made


def bag(p: Patient, **more: object) -> Receipt:
    from plant.arrival import _coi

    first, second = Reading(f"&/{_coi(p)}", "scanned"), Reading(f"={p.din}00", "scanned")
    given: dict[str, object] = {
        "volume": Decimal(60), "low": None, "high": None, "logger": "", "location": "Bench",
        "container": uuid7(), **more,
    }  # fmt: skip
    return Receipt(first=first, second=second, **given)  # type: ignore[arg-type]


def doubted(p: Patient) -> None:
    """Receive a second bag that has no record of its temperature."""
    command = p.plant.crew.command("vogel", "orders.receive")
    assert p.order
    receive_collection(command=command, order=p.order, receipt=bag(p))
    outbox.drain()


def raised(p: Patient) -> list[tuple[str, str, str]]:
    with reading(site=p.plant.site):
        rows = BatchException.objects.filter(stream=UUID(str(p.batch)))
        return [(row.code, row.severity, sentence(row.code, row.params)) for row in rows]


MISSING = (
    "collection.quarantined", "major",
    "A collection of this patient stands in quarantine: temperature record missing",
)  # fmt: skip


def test_a_bag_doubted_after_the_issue_is_an_exception_of_the_batch(patient: Patient) -> None:
    issue(patient)
    assert raised(patient) == []
    doubted(patient)
    outbox.drain()
    assert raised(patient) == [MISSING]
    with reading(site=patient.plant.site):
        # Care of the cells goes on: the question holds up release, not the culture.
        assert not batch_of(UUID(str(patient.batch))).quality_hold


def test_a_bag_doubted_before_the_issue_is_said_at_the_issue_once(patient: Patient) -> None:
    doubted(patient)
    clock.advance(timedelta(hours=1))
    issue(patient)
    outbox.drain()
    assert raised(patient) == [MISSING]
    told = Message.objects.filter(topic="collection.quarantined")
    assert [message.state for message in told] == [MessageState.DONE]


def test_told_late_it_is_still_said_once(patient: Patient) -> None:
    """The worker was away: the batch is issued while the message still waits."""
    command = patient.plant.crew.command("vogel", "orders.receive")
    assert patient.order
    receive_collection(command=command, order=patient.order, receipt=bag(patient))
    issue(patient)
    outbox.drain()
    assert raised(patient) == [MISSING]


def test_a_bag_set_apart_is_said_with_its_reason(patient: Patient) -> None:
    issue(patient)
    command = patient.plant.crew.command("vogel", "orders.receive")
    assert patient.order
    set_collection_apart(
        command=command, order=patient.order, receipt=bag(patient), reason="Label torn off."
    )
    outbox.drain()
    assert [said for _, _, said in raised(patient)] == [
        "A collection of this patient stands in quarantine: Label torn off."
    ]
