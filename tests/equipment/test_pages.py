"""Pages of engineering: what they show, who may do what, how much they ask."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from equipment.enums import UnitStatus
from equipment.models import Unit
from equipment.services import claims
from mes.lib import clock
from mes.lib.ids import uuid7
from records.act import act
from records.reading import reading
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.builders.equipment import (
    HOUR,
    booking,
    claimed,
    command,
    hall,
    holder,
    planner,
    unit,
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


@pytest.fixture
def machine(site: DemoSite) -> UUID:
    there = hall(site=site.id)
    return unit(site=site.id, place=there.places[0])


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def row(client: Client, made: UUID, site: DemoSite) -> Unit:
    with reading(site=site.id):
        return Unit.objects.get(id=made)


def do(client: Client, made: UUID, action: str, **form: object) -> Any:
    page = client.get(f"/equipment/units/{made}/").content.decode()
    seq = re.search(r'name="seq" value="(\d+)"', page)
    assert seq is not None
    sent = {"key": str(uuid7()), "seq": seq[1], "action": action, "text": "SOP-12", **form}
    return client.post(f"/equipment/units/{made}/do/", sent)


@pytest.mark.req("F211-105")
def test_list_shows_the_batch_that_has_a_place(site: DemoSite) -> None:
    there = hall(site=site.id)
    mine = booking(there.places[1], by=holder("B-26-0007"), start=clock.now() - HOUR)
    made = claimed(site.id, mine)
    with act(command(planner(site.id)), streams=list(there.places)) as a:
        claims.occupy(a, made)
    page = text(signed_in_client(site, "engineering").get("/equipment/"))
    assert "Hall 2, P2 " in page
    assert page.count("B-26-0007") == 1
    assert page.count("free") == 2


def test_pages_ask_as_often_for_one_row_as_for_many(site: DemoSite, machine: UUID) -> None:
    client = signed_in_client(site, "engineering")
    pages = ["/equipment/", f"/equipment/units/{machine}/"]
    few = [queries(client, page) for page in pages]
    for number in range(3):
        there = hall(site=site.id, places=6, code=f"X{number}", name=f"Hall X{number}")
        for place in there.places:
            code = str(uuid7())[-12:]
            claimed(site.id, booking(unit(site=site.id, code=code, place=place), kind="unit"))  # type: ignore[arg-type]
    for hour in range(9):
        mine = booking(machine, kind="unit", start=clock.now() + hour * HOUR, hours=1)  # type: ignore[arg-type]
        claimed(site.id, mine)
    many = [queries(client, page) for page in pages]
    assert few == many
    assert max(many) <= 25


def test_poll_of_an_unchanged_list_is_not_modified(site: DemoSite, machine: UUID) -> None:
    client = signed_in_client(site, "engineering")
    first = client.get("/equipment/live/", headers={"HX-Request": "true"})
    again = client.get(
        "/equipment/live/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]}
    )
    assert (first.status_code, again.status_code) == (200, 304)


def test_unit_of_another_site_is_not_found(site: DemoSite) -> None:
    other = unit(site=uuid7())
    client = signed_in_client(site, "engineering")
    assert client.get(f"/equipment/units/{other}/").status_code == 404
    assert client.get(f"/equipment/places/{other}/").status_code == 404


@pytest.mark.req("F211-182")
def test_logbook_tells_what_was_done_and_by_whom(site: DemoSite, machine: UUID) -> None:
    client = signed_in_client(site, "engineering")
    assert do(client, machine, "calibrate", due="2030-01-31T12:00").status_code == 302
    assert do(client, machine, "stop").status_code == 302
    page = text(client.get(f"/equipment/units/{machine}/"))
    assert "Calibrated, due again 31 Jan 2030 (certificate SOP-12)" in page
    assert "Now out of service: SOP-12" in page
    assert row(client, machine, site).status == UnitStatus.OUT_OF_SERVICE
    assert do(client, machine, "return").status_code == 302
    assert do(client, machine, "clean").status_code == 302
    assert row(client, machine, site).status == UnitStatus.AVAILABLE


def test_calibration_without_an_end_is_asked_for_it(site: DemoSite, machine: UUID) -> None:
    answer = do(signed_in_client(site, "engineering"), machine, "calibrate")
    assert answer.status_code == 400
    assert "SOP-12" in answer.content.decode()


def test_page_that_was_opened_before_a_change_is_told_so(site: DemoSite, machine: UUID) -> None:
    client = signed_in_client(site, "engineering")
    sent = {"key": str(uuid7()), "seq": 0, "action": "clean", "text": "SOP-12"}
    answer = client.post(f"/equipment/units/{machine}/do/", sent)
    assert answer.status_code == 409
    assert "Nothing was saved." in text(answer)


def test_planner_may_look_but_not_record(site: DemoSite, machine: UUID) -> None:
    client = signed_in_client(site, "planner")
    page = client.get(f"/equipment/units/{machine}/")
    assert page.status_code == 200
    assert "Record what was done" not in text(page)
    sent = {"key": str(uuid7()), "seq": 1, "action": "clean", "text": "x"}
    assert client.post(f"/equipment/units/{machine}/do/", sent).status_code == 403


def test_place_page_lists_its_bookings(site: DemoSite) -> None:
    there = hall(site=site.id)
    claimed(site.id, booking(there.places[0], by=holder("B-26-0009"), start=clock.now()))
    page = text(signed_in_client(site, "planner").get(f"/equipment/places/{there.places[0]}/"))
    assert "B-26-0009" in page
    assert "Hall 2, P1 booked for batch B-26-0009, selection" in page
