"""The auditor's screens in a real browser, and what axe says of them."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.builders.accounts import PASSWORD, DemoSite, actor_of, open_demo_site, person
from tests.builders.materials import lot, material
from tests.records.trial import stream_with
from tests.support.axe import grave_faults

DESK = {"width": 1440, "height": 900}
LONG = "Checked against the delivery note, the certificate and the label of each bottle. " * 4


@pytest.fixture
def site(served: str) -> DemoSite:
    return open_demo_site()


def looked_at(page: Page, name: str) -> None:
    """Keep a picture where one was asked for, and fail for grave findings of axe."""
    folder = os.environ.get("MES_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"records-{name}.png", full_page=True)
    assert grave_faults(page) == []


def signed_in(page: Page, served: str, username: str) -> None:
    page.goto(f"{served}/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_an_auditor_reads_the_trail(served: str, site: DemoSite, browser: Browser) -> None:
    storekeeper = person("materials", site=site, name="Mira Vogel")
    by = actor_of(storekeeper, "materials", site)
    system = site.system
    material(system)
    lot(by, "L-2001", released=False, location=LONG[:100])
    person("auditor", site=site, name="Anna Ude", username="anna", secrets=True)
    page = browser.new_page(viewport=DESK, reduced_motion="reduce")  # type: ignore[arg-type]
    signed_in(page, served, "anna")
    page.goto(f"{served}/records/")
    looked_at(page, "trail")
    page.get_by_label("Person").fill("vogel")
    page.get_by_label("Its number or label").fill("L-2001")
    page.get_by_role("button", name="Show", exact=True).click()
    row = page.get_by_role("row").filter(has_text="into quarantine")
    row.get_by_text("Before and after").click()
    expect(row.get_by_role("cell", name="Quarantine", exact=True)).to_be_visible()
    looked_at(page, "trail-filtered")
    row.get_by_role("link", name="Lot L-2001").click()
    expect(page.get_by_text("the chain holds")).to_be_visible()
    looked_at(page, "thing")
    page.get_by_role("row").last.get_by_role("link").last.click()
    expect(page.get_by_role("heading", name="As it was hashed")).to_be_visible()
    looked_at(page, "entry")
    # A kind of thing of these tests alone: nobody has said how long it is kept.
    stream_with("a", by=system)
    page.goto(f"{served}/records/self-check/")
    expect(page.get_by_role("cell", name="Available")).to_be_visible()
    looked_at(page, "self-check")
    page.goto(f"{served}/records/evaluation/")
    expect(page.get_by_role("heading", name="Configuration changed")).to_be_visible()
    looked_at(page, "evaluation")
    page.goto(f"{served}/records/retention/")
    looked_at(page, "retention")
    page.goto(f"{served}/records/?who=Nemo")
    expect(page.get_by_text("There is nobody of this name.")).to_be_visible()
    looked_at(page, "trail-unreadable")


def test_a_reviewer_signs_a_trail(served: str, site: DemoSite, browser: Browser) -> None:
    material(site.system)
    one = lot(site.actor("materials"), released=False)
    person("qa-reviewer", site=site, name="Quinn Abel", username="quinn", secrets=True)
    page = browser.new_page(viewport=DESK, reduced_motion="reduce")  # type: ignore[arg-type]
    signed_in(page, served, "quinn")
    page.goto(f"{served}/records/streams/{one}/")
    page.get_by_role("link", name="Review it").click()
    looked_at(page, "review")
    page.get_by_label("What was looked at and found").fill(LONG)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign the review").click()
    expect(page.get_by_text("Reviewed up to entry 1 by Quinn Abel")).to_be_visible()
    looked_at(page, "reviewed")
    page.get_by_role("link", name="Delete this record").click()
    page.get_by_label("Reason").fill("tidy up")
    page.get_by_role("button", name="Ask for the deletion").click()
    expect(page.get_by_role("alert").filter(has_text="cannot be deleted")).to_be_visible()
    looked_at(page, "kept")
    page.goto(f"{served}/records/review/?since=2020-01-01&until=2020-02-01")
    expect(page.get_by_role("heading", name="Review the trail of a period")).to_be_visible()
    looked_at(page, "review-period")
