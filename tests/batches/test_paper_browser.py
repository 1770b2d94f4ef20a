"""The paper pack in a real browser: on a tablet, as it is printed, and entered from."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mes.lib import clock
from tests.batches.test_paper import ENTERED
from tests.batches.test_screens_browser import (
    ADD,
    ENTER,
    EQUIP,
    TABLET,
    check,
    on_tablet,
    performed,
    press,
)
from tests.builders.floor import at_tablet, lend, tablet_at

pytestmark = [
    pytest.mark.usefixtures("committed_db", "at_time"),
    pytest.mark.req("A11-16", "FJ-2"),
]
PRINTED = """() => ({
    head: getComputedStyle(document.querySelector(".pack thead")).display,
    whole: [...document.querySelectorAll(".pack-step")].map(e => getComputedStyle(e).breakInside),
    seen: [...document.querySelectorAll(".toolbar, .topbar")].some(e => e.checkVisibility()),
})"""


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page, and what is printed, where somebody wants to look at them."""
    folder = os.environ.get("MES_TEST_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
        if name == "pack":
            page.pdf(path=str(Path(folder) / "pack.pdf"), prefer_css_page_size=True)


def test_a_pack_is_made_printed_and_entered_from_on_a_tablet(served: str, page: Page) -> None:
    trial, work = on_tablet(page, served, EQUIP)
    page.goto(f"{work}steps/")
    page.get_by_role("link", name="Paper pack").click()
    check(page)
    page.get_by_role("button", name="Make a pack of 4 steps").click()
    expect(page.locator("h1")).to_contain_text("Paper pack 1 of batch B-26-0001")
    check(page)
    keep(page, "pack")
    page.emulate_media(media="print")
    assert page.evaluate(PRINTED) == {
        "head": "table-header-group", "whole": ["avoid"] * 4, "seen": False
    }  # fmt: skip
    assert len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True))) == 2
    page.emulate_media(media="screen")

    for path in (EQUIP, ENTER):
        trial.perform(path)
    trial.verify(ENTER)
    clock.simulate(ENTERED)
    lend(at_tablet(trial, "brandt", tablet_at(trial, "T-16")), page, served)
    before = performed(trial)
    page.goto(work)
    keep(page, "step")
    for size in ({"width": 800, "height": 1280}, TABLET):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        check(page)
        keep(page, f"step-{size['width']}")
    page.get_by_role("link", name="From paper", exact=True).click()
    keep(page, "from-paper")
    check(page)
    page.get_by_label("Day and time on the paper").fill("2026-11-16T07:41")
    page.get_by_role("button", name="Type").first.click()
    page.locator("#id_v-lot").fill(trial.good(ADD)["lot"])
    press(page, "70")
    page.locator("[data-primary]").click()
    expect(page.locator("#paper_at_error")).to_contain_text("is before paper pack 1 was made")
    keep(page, "refused")
    check(page)
    page.get_by_label("Day and time on the paper").fill("2026-11-16T09:41")
    page.get_by_label("What happened").fill("The network was down.")
    page.locator("[data-primary]").click()
    expect(page.locator("h1")).to_contain_text("Clear the place")
    expect(page.get_by_role("status").first).to_contain_text("time on the paper: 16 Nov 2026")
    assert performed(trial) == before + 1
