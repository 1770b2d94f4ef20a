"""Alarms in a browser, at a desk: limits set, raised, seen, acknowledged, cleared; by axe."""

import pytest
from playwright.sync_api import Page, expect

from tests.builders.accounts import open_demo_site
from tests.builders.equipment import hall, unit
from tests.recipes.test_in_browser import a_person, sign_in
from tests.support.axe import grave_faults


@pytest.mark.req("D11-8")
def test_engineering_sets_limits_and_answers_an_alarm(served: str, page: Page) -> None:
    site = open_demo_site()
    unit(site=site.id, code="INC-03", place=hall(site=site.id).places[0])
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, served, a_person(site, "engineering"))
    page.goto(f"{served}/equipment/")
    page.get_by_role("link", name="INC-03").click()
    page.get_by_role("link", name="Alarms and limits").click()
    page.get_by_label("What is watched").fill("Temperature")
    page.get_by_label("Unit of measure").fill("Cel")
    page.get_by_label("Lower limit").fill("2")
    page.get_by_label("Upper limit").fill("8")
    page.get_by_label("Critical").check()
    page.get_by_label("Why these limits").fill("Qualification Q-88.")
    page.get_by_role("button", name="Set the limits").click()
    page.get_by_label("Measured value").fill("7")
    page.get_by_role("button", name="Raise the alarm").click()
    expect(page.get_by_text("lies within the limits")).to_be_visible()
    page.get_by_label("Measured value").fill("9.5")
    page.get_by_role("button", name="Raise the alarm").click()
    assert grave_faults(page) == []
    page.goto(f"{served}/equipment/")
    expect(page.get_by_role("status").filter(has_text="Critical alarm INC-03-A1")).to_be_visible()
    assert grave_faults(page) == []
    page.get_by_role("link", name="INC-03-A1").click()
    page.get_by_label("What was seen and done").fill("The door stood ajar; closed.")
    page.get_by_role("button", name="Acknowledge the alarm").click()
    assert grave_faults(page) == []
    page.get_by_label("Measured value").fill("5")
    page.get_by_role("button", name="Clear the alarm").click()
    expect(page.get_by_role("definition").filter(has_text="Over")).to_be_visible()
    page.goto(f"{served}/equipment/alarms/?state=over")
    expect(page.get_by_role("link", name="INC-03-A1")).to_be_visible()
    assert grave_faults(page) == []
