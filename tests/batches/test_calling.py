"""Whom one calls from the floor: who is rostered now, with number; and the roster by keyboard."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts import rosters
from accounts.enums import DutyKind
from accounts.exceptions import NotAllowed
from accounts.models import Qualification
from accounts.qualification_exceptions import NotQualified
from accounts.services.qualifications import withdraw_qualification
from batches.services import ask_concession
from mes.lib import clock
from plant.rota import keep_roster
from quality.services import decline_concession
from records.reading import reading
from tests.builders.batches import MONDAY, PERFORMER, STEPS, Trial, a_plant, batch_at, issued
from tests.builders.floor import at_desk, lend
from tests.support.axe import grave_faults

DESK, TABLET = {"width": 1440, "height": 900}, {"width": 1180, "height": 820}
ON_CALL, LEAD = "+49 6131 5550 20", "+49 6131 5550 10"


def looked_at(page: Page, name: str) -> None:
    """Keep a picture where one was asked for, and fail for grave findings of axe."""
    folder = os.environ.get("MES_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"people-{name}.png", full_page=True)
    assert grave_faults(page) == []


def withdraw(trial: Trial, key: str) -> None:
    """Take a qualification from the performer."""
    person, _ = trial.plant.crew.people[PERFORMER]
    with reading(site=trial.site):
        row = Qualification.objects.get(person=person, key=key)
    withdraw_qualification(
        command=trial.command("reiner"), person=person, qualification=row.id, reason="away"
    )


@pytest.mark.usefixtures("committed_db", "at_time")
def test_call_and_ask_name_who_is_rostered_now_and_granting_stays_by_role() -> None:
    trial = batch_at(None)
    client = at_desk(trial, "brandt")
    call = reverse("batches:call", args=[trial.batch])
    unrostered = client.get(call).content.decode()
    assert (unrostered.count("nobody is rostered"), "Jonas Maier" in unrostered) == (2, True)
    keep_roster(trial.plant.crew, weeks=3)
    assert _uncovered(trial) == {"lead": 0, "qa-on-call": 0}
    rostered = client.get(call).content.decode()
    people = ("Ines Vogt", ON_CALL, "Musa Okafor", LEAD, "Jonas Maier")
    assert [word in rostered for word in people] == [True] * 4 + [False]
    # The operator is not qualified: the refusal and the question to QA say whom to call.
    withdraw(trial, "grade-C")
    with pytest.raises(NotQualified):
        trial.sign_on()
    ask = f"{reverse('batches:ask', args=[trial.batch])}?code=person.not_qualified"
    page = client.get(ask).content.decode()
    assert [word in page for word in ("Ines Vogt", ON_CALL, "gowning for grade-C")] == [True] * 3
    asked = ask_concession(
        command=trial.command(), batch=trial.batch, step=STEPS[0], code="person.not_qualified",
        params={"subject": "gowning:grade-C"}, reason="nobody else",
    )  # fmt: skip
    concession = UUID(str(asked["concession"]))
    with pytest.raises(NotAllowed):  # the lead of the hour holds no such role
        decline_concession(
            command=trial.command("okafor"), batch=trial.batch, concession=concession, reason="x"
        )
    # Not on call this week, and yet QA on call by role.
    decline_concession(
        command=trial.command("maier"), batch=trial.batch, concession=concession, reason="no"
    )


def _uncovered(trial: Trial) -> dict[str, int]:
    """Count the times of three weeks in which nobody leads, or is on call."""
    start, end = clock.now(), clock.now() + timedelta(days=20)
    with reading(site=trial.site):
        rows = list(rosters.duties_between(start, end))
    spans = {what: [(row.starts_at, row.ends_at) for row in rows if row.what == what]
             for what in DutyKind.of_one}  # fmt: skip
    return {what: len(rosters.gaps(spans[what], start, end)) for what in spans}


def test_the_roster_is_kept_with_the_keyboard(served: str, browser: Browser) -> None:
    trial = issued(a_plant(MONDAY + timedelta(days=1)))
    try:
        keep_roster(trial.plant.crew, weeks=1)
        page = browser.new_page(viewport=DESK, reduced_motion="reduce")  # type: ignore[arg-type]
        lend(at_desk(trial, "okafor"), page, served)
        page.goto(f"{served}/people/roster/?week=2026-W48")
        page.get_by_role("link", name="Put Kemi Adeyemi on, Mon 23 Nov").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_label("Duty")).to_be_focused()
        assert page.get_by_label("Person").first.input_value() == str(
            trial.plant.crew.people["adeyemi"][0]
        )
        # The shift is the early one; the day stands there already.
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("a.duty")).to_have_count(1)
        page.locator("a.duty").press("Enter")
        expect(page.get_by_role("button", name="Take off")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("a.duty")).to_have_count(0)
        page.goto(f"{served}/people/roster/?week=2026-W47")
        looked_at(page, "roster")
        if os.environ.get("MES_PICTURES"):
            _others(trial, page, served)
    finally:
        clock.simulate(None)


def _others(trial: Trial, page: Page, served: str) -> None:
    """Look at the other pages of people, and at the sheet of the floor."""
    page.goto(f"{served}/people/shifts/")
    looked_at(page, "shifts")
    lend(at_desk(trial, "reiner"), page, served)
    page.goto(f"{served}/people/qualifications/")
    looked_at(page, "qualifications")
    lend(at_desk(trial, "dietz"), page, served)
    person, _ = trial.plant.crew.people["adeyemi"]
    for name, path in (("person", ""), ("trail", "trail/")):
        page.goto(f"{served}/people/{person}/{path}")
        looked_at(page, name)
    lend(at_desk(trial, "brandt"), page, served)
    page.set_viewport_size(TABLET)  # type: ignore[arg-type]
    page.goto(f"{served}{reverse('batches:call', args=[trial.batch])}")
    looked_at(page, "call")
