"""The board in a browser: a planner's morning with real recipes, seen and checked by axe."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from equipment.models import Claim, Unit
from equipment.services import claims as claiming
from equipment.services.units import set_unit_status
from mes.lib import clock
from planning.models import Plan
from planning.services import accept_plan, request_plan
from plant.arrival import Patient, enter_order, issue, known, receive
from plant.plant import Plant, open_plant
from records.act import act
from records.outbox import drain
from records.reading import reading
from tests.builders.accounts import PASSWORD, DemoSite, person
from tests.builders.batches import MONDAY
from tests.support.axe import grave_faults

RECIPE = "CART19-PRODIGY"


@pytest.fixture
def plant(committed_db: str) -> Iterator[Plant]:
    clock.simulate(MONDAY)
    yield open_plant(recipes=(RECIPE,))
    clock.simulate(None)


def arrived(plant: Plant, number: int) -> UUID:
    """A patient's cells are here and the batch is issued."""
    patient = Patient(plant=plant, number=number, recipe=RECIPE, luck=Random(number))
    enter_order(patient)
    receive(patient)
    issue(patient)
    return known(patient.batch)


def planned(plant: Plant, batch: UUID) -> None:
    """Ask for a plan, have it computed, and accept it."""
    crew = plant.crew
    asked = request_plan(command=crew.command("lindqvist", "planning.request"), batch=batch)
    drain()
    plan = UUID(str(asked["plan"]))
    accept_plan(command=crew.command("lindqvist", "planning.accept"), plan=plan)
    drain()


def begin(plant: Plant, batch: UUID, stage: str) -> None:
    """Occupy what the batch claims for a stage, at its planned start."""
    with reading(site=plant.site):
        claims = [c for c in Claim.objects.of(batch).live() if c.purpose == stage]
    clock.simulate(max(clock.now(), claims[0].start))
    command = plant.crew.command("okafor", "test")
    with act(command, streams=[claim.stream for claim in claims]) as a:
        claiming.occupy(a, [claim.id for claim in claims])


def fails(plant: Plant, code: str) -> None:
    """A unit goes out of service."""
    with reading(site=plant.site):
        unit = Unit.objects.get(code=code)
    set_unit_status(
        command=plant.crew.command("nagy", "equipment.status"), unit=unit.id,
        status="out_of_service", reason="fault E-231",  # type: ignore[arg-type]
    )  # fmt: skip


def looked_at(page: Page, name: str) -> None:
    """Keep a picture where one was asked for, and fail for grave findings of axe."""
    folder = os.environ.get("MES_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"planning-{name}.png")
    assert grave_faults(page) == []


def signed_in(browser: Browser, served: str, plant: Plant) -> Page:
    person(
        "planner", "engineering", site=DemoSite(id=plant.site, code="MZ1"),
        name="Sara Lindqvist", username="sara", secrets=True,
    )  # fmt: skip
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.goto(f"{served}/board/")
    page.get_by_label("User name").fill("sara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{served}/board/")
    return page


def test_planner_plans_and_accepts(plant: Plant, served: str, browser: Browser) -> None:
    batches = [arrived(plant, number) for number in range(1, 6)]
    for batch in batches[:4]:
        planned(plant, batch)
    for batch in batches[:3]:
        begin(plant, batch, "selection")
    clock.advance(timedelta(hours=5))
    fails(plant, "PR-05")
    page = signed_in(browser, served, plant)
    looked_at(page, "board-waiting")
    page.get_by_role("button", name="Plan B-26-0005").click()
    expect(page.get_by_text("Being computed…")).to_be_visible()
    looked_at(page, "board-computing")
    drain()
    # Nobody touches anything: the page asks every two seconds.
    expect(page.get_by_role("heading", name="Proposal 5")).to_be_visible(timeout=10_000)
    looked_at(page, "board-proposal")
    page.set_viewport_size({"width": 1440, "height": 900})
    looked_at(page, "board-proposal-1440")
    page.get_by_role("button", name="Accept all").click()
    expect(page.get_by_text("None: every batch has its bookings.")).to_be_visible()
    with reading(site=plant.site):
        assert Plan.objects.filter(state="accepted").count() == 5
        held = list(Claim.objects.of(batches[4]).order_by("during"))
        assert len(held) == 13
    for name, link in (("day", "Day"), ("month", "Month"), ("list", "List")):
        page.get_by_role("link", name=link, exact=True).click()
        looked_at(page, f"board-{name}")
    page.goto(f"{served}/equipment/")
    looked_at(page, "rooms")
    page.get_by_role("link", name="PR-05").click()
    expect(page.get_by_text("Now out of service: fault E-231")).to_be_visible()
    looked_at(page, "unit")
    page.close()
