"""A room and a unit in a browser, on a desk: hours and capabilities set by hand, checked by axe."""

from playwright.sync_api import Page, expect

from tests.builders.accounts import open_demo_site
from tests.builders.equipment import booking, claimed, hall, unit
from tests.recipes.test_in_browser import a_person, sign_in
from tests.support.axe import grave_faults


def test_engineering_sets_hours_and_capabilities(served: str, page: Page) -> None:
    site = open_demo_site()
    there = hall(site=site.id)
    unit(site=site.id, place=there.places[0])
    claimed(site.id, booking(there.places[1]))
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, served, a_person(site, "engineering"))
    page.goto(f"{served}/equipment/")
    page.get_by_role("link", name="Hall 2", exact=True).click()
    page.get_by_label("Opens").fill("06:00")
    page.get_by_label("Closes").fill("22:00")
    page.get_by_label("Reason").fill("Nobody watches the pressure at night.")
    page.get_by_role("button", name="Set the hours").click()
    expect(page.get_by_role("definition").filter(has_text="daily 06:00–22:00")).to_be_visible()
    assert grave_faults(page) == []
    page.goto(f"{served}/equipment/")
    page.get_by_role("link", name="PR-07").click()
    page.get_by_label("Capabilities").fill("co2, shaking")
    page.locator("form[action$='capabilities/']").get_by_label("Reason").fill("Q-88")
    page.get_by_role("button", name="These and no others").click()
    expect(page.get_by_role("definition").filter(has_text="co2, shaking")).to_be_visible()
    assert grave_faults(page) == []
