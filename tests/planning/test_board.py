"""The board: what it shows, what its buttons do, how much it asks."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from equipment.enums import UnitStatus
from equipment.models import Claim, Room, Unit
from equipment.services import claims as claiming
from equipment.services.rooms import set_room_hours
from equipment.services.units import set_unit_status
from mes.lib import clock
from mes.lib.ids import uuid7
from planning.enums import PlanState
from planning.timescale import Timescale
from records.act import act
from records.outbox import drain
from records.reading import reading
from tests.builders.accounts import DemoSite, signed_in_client
from tests.builders.batches import Trial, a_plant, issued
from tests.builders.equipment import booking, claimed, holder
from tests.builders.planning import accepted, as_planner, plan_row, proposed, requested


@pytest.fixture
def trial(committed_db: str) -> Iterator[Trial]:
    yield issued(a_plant(), claimed=False)
    clock.simulate(None)


def client_of(trial: Trial, role: str = "planner") -> Client:
    return signed_in_client(DemoSite(id=trial.site, code="MZ1"), role)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def bars(response: Any, kind: str) -> int:
    found = re.findall(rf'<li class="bar bar-{kind}[ "]', response.content.decode())
    return len(found)


def send(client: Client, address: str, **form: object) -> Any:
    return client.post(address, {"key": str(uuid7()), **form})


def seq(response: Any) -> str:
    found = re.search(r'name="seq" value="(\d+)"', response.content.decode())
    assert found is not None
    return found[1]


def test_batch_without_bookings_waits_for_a_plan(trial: Trial) -> None:
    page = client_of(trial).get("/board/")
    assert page.status_code == 200
    assert f"{trial.row().number} Plan" in text(page)
    assert "Europe/Berlin" in text(page)
    assert [bars(page, kind) for kind in ("planned", "proposed", "running")] == [0, 0, 0]


def group_of(response: Any, room: str) -> str:
    """Return what the board has from a room's heading to the next."""
    groups: list[str] = response.content.decode().split('<div class="board-group">')
    return next(one for one in groups if one.startswith(f"<h2>{room}</h2>"))


def test_the_hours_in_which_a_room_is_shut_lie_behind_its_rows(trial: Trial) -> None:
    with reading(site=trial.site):
        room = Room.objects.get(code="H2")
        rows = room.places.count()
    set_room_hours(
        command=trial.plant.crew.command("nagy", "equipment.hours"), room=room.id,
        opens=time(6), closes=time(22), reason="two shifts",
    )  # fmt: skip
    client = client_of(trial)
    page = client.get("/board/")
    assert "grade-C, closed, daily 06:00–22:00" in text(page)
    found = re.findall(r'class="shut"[^>]*data-start="([\d.]+)" data-end="([\d.]+)"',
                       group_of(page, "Hall 2"))  # fmt: skip
    night = [(24 * day + 22, 24 * day + 30) for day in range(13)]
    percent = [(100 * a / 336, 100 * b / 336) for a, b in [(0, 6), *night, (334, 336)]]
    assert len(found) == rows * len(percent) > 0
    for (start, end), (first, last) in zip(found, percent * rows, strict=True):
        assert (float(start), float(end)) == pytest.approx((first, last), abs=0.01)
    # A month has no room for nights; its hours are still said.
    month = client.get("/board/", {"span": "month"})
    assert "daily 06:00–22:00" in text(month)
    assert 'class="shut"' not in month.content.decode()


def test_way_from_the_button_to_the_claims(trial: Trial) -> None:
    client = client_of(trial)
    asked = send(client, "/board/plans/", batch=trial.batch)
    assert (asked.status_code, asked.url) == (302, "/board/?plan=1")
    assert "Being computed" in text(client.get(asked.url))
    drain()
    page = client.get(asked.url)
    assert "Proposal 1 not yet in force" in text(page)
    assert (bars(page, "proposed"), bars(page, "planned")) == (1, 0)
    accept = re.search(r'action="(/board/plans/[^"]+/accept/[^"]*)"', page.content.decode())
    assert accept is not None
    done = send(client, accept[1].replace("&amp;", "&"), seq=seq(page))
    assert done.status_code == 302
    page = client.get(done.url)
    assert (bars(page, "proposed"), bars(page, "planned")) == (0, 1)
    assert "None: every batch has its bookings." in text(page)


def test_poll_is_not_modified_until_the_plan_is_there(trial: Trial) -> None:
    client, plan = client_of(trial), requested(trial)
    page = client.get("/board/?plan=1").content.decode()
    assert 'hx-trigger="every 2s"' in page
    address = f"/board/plans/{plan}/live/"
    etag = client.get(address, headers={"HX-Request": "true"})["ETag"]
    asked = {"HX-Request": "true", "If-None-Match": etag}
    assert client.get(address, headers=asked).status_code == 304
    drain()
    answer = client.get(address, headers=asked)
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert client.get(f"/board/plans/{uuid7()}/live/").status_code == 404


def test_refused_acceptance_says_why_on_the_board(trial: Trial) -> None:
    client, plan = client_of(trial), proposed(trial)
    page = client.get("/board/")
    unit = UUID(plan_row(trial, plan).bookings[1]["resource"])
    claimed(trial.site, booking(unit, kind="unit", start=clock.now(), by=holder("B-26-9999")))  # type: ignore[arg-type]
    answer = send(client, f"/board/plans/{plan}/accept/", seq=seq(page))
    assert answer.status_code == 409
    assert "PR-01 is taken by batch B-26-9999 in these hours." in text(answer)
    assert plan_row(trial, plan).state == PlanState.PROPOSED


def test_proposal_computed_anew_is_not_accepted_unseen(trial: Trial) -> None:
    client, plan = client_of(trial), proposed(trial)
    before = seq(client.get("/board/"))
    other = issued(trial.plant, number=2, claimed=False)
    accepted(other)
    answer = send(client, f"/board/plans/{plan}/accept/", seq=before)
    assert answer.status_code == 409
    assert "Look at it again, then decide." in text(answer)


def test_not_this_one_puts_the_plan_aside(trial: Trial) -> None:
    client, plan = client_of(trial), proposed(trial)
    page = client.get("/board/")
    assert send(client, f"/board/plans/{plan}/reject/", seq=seq(page)).status_code == 302
    assert plan_row(trial, plan).state == PlanState.REJECTED


def test_old_place_is_dashed_under_a_new_proposal(trial: Trial) -> None:
    accepted(trial)
    clock.advance(timedelta(hours=1))
    proposed(trial)
    page = client_of(trial).get("/board/")
    assert [bars(page, kind) for kind in ("proposed", "before", "planned")] == [1, 1, 0]


def test_failure_is_shown_with_a_way_out(trial: Trial) -> None:
    with reading(site=trial.site):
        machines = list(Unit.objects.filter(unit_class="prodigy").values_list("id", flat=True))
    for machine in machines:
        set_unit_status(
            command=trial.plant.crew.command("nagy", "equipment.status"), unit=machine,
            status=UnitStatus.OUT_OF_SERVICE, reason="recall",
        )  # fmt: skip
    proposed(trial)
    page = text(client_of(trial).get("/board/?plan=1"))
    assert "not possible" in page
    assert "Stage seeding asks for a prodigy; none is in service where it can be used." in page
    assert "Bring one back into service, or commission one." in page


def test_overrun_shows_the_conflict_and_the_batch_waits_again(trial: Trial) -> None:
    other = issued(trial.plant, number=2, claimed=False)
    accepted(trial)
    with reading(site=trial.site):
        held = list(Claim.objects.of(trial.batch))
    for claim in held:
        claimed(
            trial.site,
            booking(
                claim.stream, kind=claim.resource_kind, start=claim.end, hours=2,  # type: ignore[arg-type]
                by=claiming.Holder(id=other.batch, label=other.row().number, mark=other.row().mark),
            ),
        )  # fmt: skip
    clock.simulate(held[0].start)
    with act(as_planner(trial), streams=[claim.stream for claim in held]) as a:
        claiming.occupy(a, [claim.id for claim in held])
    clock.simulate(held[0].end + timedelta(minutes=5))
    drain()
    page = client_of(trial).get("/board/")
    assert bars(page, "running") == 1
    assert "bar-conflict" in page.content.decode()
    assert "A booking is in conflict: the batch before runs longer." in text(page)


def test_every_span_can_be_shown(trial: Trial) -> None:
    accepted(trial)
    client = client_of(trial)
    spans, firsts = ("day", "weeks", "month", "nonsense"), ("", "2026-03-23", "2026-10-19", "x")
    for span, first, view in product(spans, firsts, ("", "list")):
        page = client.get("/board/", {"span": span, "from": first, "view": view})
        assert page.status_code == 200


def test_list_says_the_same_in_words(trial: Trial) -> None:
    accepted(trial)
    page = text(client_of(trial).get("/board/?view=list"))
    assert f"{trial.row().number} · Seeding Hall 2, P1 PR-01" in page


def test_board_asks_as_often_for_one_row_as_for_many(trial: Trial) -> None:
    client = client_of(trial)
    proposed(trial)
    issued(trial.plant, number=7, claimed=False)
    few = queries(client, "/board/")
    for number in range(2, 6):
        accepted(issued(trial.plant, number=number, claimed=False))
    issued(trial.plant, number=6, claimed=False)
    assert queries(client, "/board/") == few <= 25


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_who_may_look_and_who_may_decide(trial: Trial) -> None:
    plan = proposed(trial)
    lead = client_of(trial, "shift-lead")
    assert "Accept" not in text(lead.get("/board/"))
    assert send(lead, f"/board/plans/{plan}/accept/", seq=2).status_code == 403
    assert client_of(trial, "operator").get("/board/").status_code == 403


def test_day_has_as_many_hours_as_the_clock_gives_it() -> None:
    with timezone.override("Europe/Berlin"):
        now = datetime(2026, 10, 25, 12, tzinfo=UTC)
        autumn = Timescale("day", date(2026, 10, 25), now)
        spring = Timescale("day", date(2026, 3, 29), now)
        assert (autumn.end - autumn.start, spring.end - spring.start) == (
            timedelta(hours=25),
            timedelta(hours=23),
        )
        assert [column.now for column in autumn.columns()].count(True) == 1
