"""Who has no right is refused by the act itself, whichever way the command came."""

from collections.abc import Callable
from datetime import time
from typing import Any
from uuid import UUID

import pytest

from accounts.exceptions import NotAllowed
from equipment.enums import OpennessPolicy, UnitStatus
from equipment.services import alarms, bookings, catalogue, rooms, units
from records.commands import Actor, Command
from records.models import Entry
from records.reading import reading
from tests.builders.accounts import open_demo_site
from tests.builders.alarms import watch
from tests.builders.equipment import MONDAY, Hall, booking, claimed, command, hall, unit

pytestmark = pytest.mark.usefixtures("committed_db")
Act = Callable[[Command, Hall, UUID, list[UUID]], Any]

ACTS: dict[str, Act] = {
    "open_room": lambda c, h, u, cl: rooms.open_room(
        command=c, code="H9", name="Hall 9", room_class="grade-C", policy=OpennessPolicy.CLOSED
    ),
    "make_place": lambda c, h, u, cl: rooms.make_place(
        command=c, room=h.room, number=9, label="P9", barcode="H2-P9"
    ),
    "commission_unit": lambda c, h, u, cl: units.commission_unit(
        command=c, code="PR-99", unit_class="prodigy", barcode="PR-99"
    ),
    "calibrate_unit": lambda c, h, u, cl: units.calibrate_unit(
        command=c, unit=u, due=MONDAY, certificate="K-1"
    ),
    "clean_unit": lambda c, h, u, cl: units.clean_unit(command=c, unit=u, procedure="SOP-1"),
    "set_unit_status": lambda c, h, u, cl: units.set_unit_status(
        command=c, unit=u, status=UnitStatus.OUT_OF_SERVICE, reason="door"
    ),
    "set_room_hours": lambda c, h, u, cl: rooms.set_room_hours(
        command=c, room=h.room, opens=time(6), closes=time(22), reason="night"
    ),
    "set_capabilities": lambda c, h, u, cl: units.set_capabilities(
        command=c, unit=u, capabilities=["co2"], reason="Q-88"
    ),
    "set_alarm_setting": lambda c, h, u, cl: alarms.set_alarm_setting(
        command=c, resource=u, watch=watch()
    ),
    "add_class": lambda c, h, u, cl: catalogue.add_class(
        command=c, code="crf", title="Freezer", reason="new"
    ),
    "claim_resource": lambda c, h, u, cl: bookings.claim_resource(
        command=c, booking=booking(h.places[1])
    ),
    "withdraw_claims": lambda c, h, u, cl: bookings.withdraw_claims(
        command=c, claims_=cl, reason="not needed"
    ),
    "move_claims": lambda c, h, u, cl: bookings.move_claims(
        command=c, moves=[bookings.Move(claim=cl[0], to=h.places[2], start=MONDAY)]
    ),
    "swap_claims": lambda c, h, u, cl: bookings.swap_claims(command=c, one=cl[0], other=cl[1]),
}


@pytest.mark.req("P11-10g")
@pytest.mark.parametrize("name", ACTS)
def test_an_auditor_reads_and_changes_nothing(name: str) -> None:
    site = open_demo_site()
    there, made = hall(site=site.id), unit(site=site.id)
    claims = [claimed(site.id, booking(place))[0] for place in there.places[::2]]
    by = site.actor("auditor")
    before = _entries(by)
    with pytest.raises(NotAllowed):
        ACTS[name](command(by), there, made, claims)
    assert _entries(by) == before


def _entries(by: Actor) -> int:
    """Count what is kept at a site but on the person's own stream, where a refusal stands."""
    with reading(site=by.site):
        return Entry.objects.exclude(stream__in=[by.person]).count()
