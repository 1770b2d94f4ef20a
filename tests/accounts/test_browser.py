"""People at real screens: a tablet's badge and PIN, a desk's name and password."""

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from accounts import sessions
from accounts.services.devices import PlaceRef
from mes.lib.ids import uuid7
from tests.builders.accounts import PASSWORD, DemoSite, open_demo_site, person, tablet

TABLET = {"width": 1180, "height": 820}
DESK = {"width": 1440, "height": 900}
GRAVE = {"serious", "critical"}


@pytest.fixture
def site(served: str) -> DemoSite:
    return open_demo_site()


def looked_at(page: Page, name: str) -> None:
    """Keep a picture where one was asked for, and fail for grave findings of axe."""
    folder = os.environ.get("MES_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"accounts-{name}.png", full_page=True)
    found: Any = Axe().run(page).response["violations"]
    assert [(f["id"], f["nodes"][0]["html"]) for f in found if f["impact"] in GRAVE] == []


def test_badge_and_pin_on_a_tablet(served: str, site: DemoSite, browser: Browser) -> None:
    room = PlaceRef("place", uuid7(), "Hall 1, place 4")
    token = sessions.enrolment_token(device=tablet(site, place=room), site=site.id)
    person("shift-lead", site=site, name="Samir Haddad", badge="B-100", secrets=True)
    page = browser.new_page(viewport=TABLET, has_touch=True, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(f"{served}/tablet/enrol/{token}/")
    looked_at(page, "enrol")
    page.get_by_role("button", name="Enrol this tablet").click()
    expect(page.get_by_role("heading", name="Hall 1, place 4")).to_be_visible()
    looked_at(page, "tablet-sign-in")
    page.get_by_label("Badge").press_sequentially("B-100")
    touch_pin(page, "111222")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    looked_at(page, "tablet-wrong")
    touch_pin(page, "274951")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{served}/people/permissions/")
    expect(page.get_by_text("Samir Haddad")).to_be_visible()
    page.goto(f"{served}/tablet/unlock/?next=/people/")
    expect(page.get_by_text("In place of Samir Haddad")).to_be_visible()
    looked_at(page, "change-of-person")


def touch_pin(page: Page, pin: str) -> None:
    for digit in pin:
        page.locator(f"[data-digit='{digit}']").tap()


def test_name_and_password_at_a_desk(served: str, site: DemoSite, browser: Browser) -> None:
    person("admin", site=site, name="Adam Dietz", username="adam", secrets=True)
    olga = person("operator", site=site, name="Olga Petrov", username="olga")
    tablet(site)
    page = browser.new_page(viewport=DESK)  # type: ignore[arg-type]
    page.goto(f"{served}/people/")
    page.get_by_label("User name").fill("adam")
    page.get_by_label("Password").fill("no, not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    looked_at(page, "desk-wrong")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Olga Petrov")).to_be_visible()
    for name, path in (
        ("people", "people/"),
        ("person", f"people/{olga}/"),
        ("permissions", "people/permissions/"),
        ("devices", "people/devices/"),
    ):
        page.goto(f"{served}/{path}")
        looked_at(page, name)
