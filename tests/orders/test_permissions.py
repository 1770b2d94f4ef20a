"""Who has no right is refused by the act itself, whichever way the command came."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from accounts.exceptions import NotAllowed
from orders import selectors, services
from records.commands import Actor, Command
from records.models import Entry
from records.reading import reading
from tests.builders.materials import command, somebody
from tests.builders.orders import (
    NOW,
    Entered,
    announced,
    coordinator,
    din_scanned,
    order,
    receipt,
    wanted,
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture(autouse=True)
def now(at_time: Callable[[datetime], None]) -> None:
    at_time(NOW)


Act = Callable[[Command, Entered, UUID], Any]


def _bag(made: Entered, serial: int = 1) -> services.Receipt:
    return receipt(made.coi_scanned, din_scanned(serial))


ACTS: dict[str, Act] = {
    "open_register": lambda c, made, patient: services.open_register(command=c, facility="A9998"),
    "enter_order": lambda c, made, patient: services.enter_order(command=c, wanted=wanted()),
    "announce_collection": lambda c, made, patient: services.announce_collection(
        command=c, order=made.id, announced=services.Announcement(din=din_scanned(2), bags=1)
    ),
    "receive_collection": lambda c, made, patient: services.receive_collection(
        command=c, order=made.id, receipt=_bag(made)
    ),
    "set_collection_apart": lambda c, made, patient: services.set_collection_apart(
        command=c, order=made.id, receipt=_bag(made), reason="label torn"
    ),
    "cancel_order": lambda c, made, patient: services.cancel_order(
        command=c, order=made.id, reason="withdrawn"
    ),
    "record_identity": lambda c, made, patient: services.record_identity(
        command=c, patient=patient, identity=services.Identity(name="Doe")
    ),
    "show_identity": lambda c, made, patient: services.show_identity(
        command=c, patient=patient, purpose="call the centre"
    ),
    "erase_identity": lambda c, made, patient: services.erase_identity(
        command=c, patient=patient, reason="asked for"
    ),
}


@pytest.mark.req("P11-10g")
@pytest.mark.parametrize("name", ACTS)
def test_an_auditor_reads_and_changes_nothing(name: str) -> None:
    actor = coordinator()
    made = order(actor)
    announced(actor, made, 1)
    by = somebody(actor.site, role="auditor", also=())
    before = _entries(by)
    with pytest.raises(NotAllowed):
        ACTS[name](command(by), made, _patient(actor.site, made))
    assert _entries(by) == before


def _patient(site: UUID | None, made: Entered) -> UUID:
    with reading(site=site):
        return selectors.order_of(made.id).patient


def _entries(by: Actor) -> int:
    """Count what is kept at a site but on the person's own stream, where a refusal stands."""
    with reading(site=by.site):
        return Entry.objects.exclude(stream__in=[by.person]).count()
