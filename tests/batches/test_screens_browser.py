"""The tablet's pages in a real browser: scanner, pad, double taps, and axe on each page."""

import pytest
from playwright.sync_api import Page, expect

from records.models import Entry
from records.reading import reading
from tests.builders.batches import STEPS, Trial, batch_at, issued
from tests.builders.floor import at_desk, at_tablet, lend, tablet_at
from tests.support.axe import grave_faults
from tests.support.scanner import scan

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")
TABLET = {"width": 1280, "height": 800}
CLEAR, SCAN, EQUIP, ENTER, ADD, AFTER = STEPS


def press(page: Page, digits: str) -> None:
    for digit in digits:
        page.locator(f'.pad .key[data-digit="{digit}"]').click()


def check(page: Page) -> None:
    """No serious or critical violation, and nothing wider than the screen."""
    assert grave_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def on_tablet(page: Page, served: str, path: str, who: str = "brandt") -> tuple[Trial, str]:
    """Return a batch at a step, with the browser signed in on the tablet of its place."""
    page.set_viewport_size({"width": TABLET["width"], "height": TABLET["height"]})
    trial = batch_at(path)
    lend(at_tablet(trial, who, tablet_at(trial)), page, served)
    return trial, f"{served}/batches/{trial.batch}/work/"


def performed(trial: Trial) -> int:
    with reading(site=trial.site):
        return Entry.objects.filter(stream=trial.batch, kind="step.performed").count()


@pytest.mark.scenario("double-tap")
def test_a_double_tap_records_once(served: str, page: Page) -> None:
    trial, work = on_tablet(page, served, CLEAR)
    page.goto(work)
    primary = page.locator("[data-primary]")
    expect(primary).to_contain_text("Waiting for 2 checks")
    for one in ("No material or label", "No other record"):
        page.get_by_label(one).check()
    expect(primary).to_contain_text("Record: all is clear")
    primary.dblclick()
    expect(page.locator("h1")).to_contain_text("Scan the collection bag")
    assert performed(trial) == 1


def test_scans_go_on_by_themselves_in_any_order(served: str, page: Page) -> None:
    trial, work = on_tablet(page, served, SCAN)
    page.goto(work)
    good = trial.good(SCAN)
    assert good["code2"] not in page.locator("main").inner_text()
    expect(page.locator("[data-primary]")).to_contain_text("Waiting for 2 scans")
    scan(page, good["code2"])
    expect(page.locator("[data-primary]")).to_contain_text("Waiting for the scan")
    check(page)
    scan(page, good["code1"])
    expect(page.locator("h1")).to_contain_text("Scan the Prodigy")
    assert trial.step(SCAN).values == {"code1": good["code2"], "code2": good["code1"]}


@pytest.mark.req("CI-3")
def test_the_wrong_patients_bag_fills_the_screen(served: str, page: Page) -> None:
    trial, work = on_tablet(page, served, SCAN)
    other = issued(trial.plant, number=2, place=2)
    page.goto(work)
    for code in (trial.good(SCAN)["code2"], other.good(SCAN)["code1"]):
        scan(page, code)
    expect(page.get_by_role("alertdialog")).to_contain_text("Stop. Another patient’s container.")
    expect(page.locator(".stop .differs")).to_have_count(2)
    assert page.locator("text=Ask QA").count() == 0
    check(page)
    page.get_by_role("link", name="Set aside: scan again").click()
    expect(page.locator("h1")).to_contain_text("Scan the collection bag")


def test_a_value_outside_its_limits_asks_for_a_reason_before_it_is_sent(
    served: str, page: Page
) -> None:
    trial, work = on_tablet(page, served, ENTER)
    page.goto(work)
    expect(page.locator("[data-primary]")).to_contain_text("Waiting for a value")
    expect(page.locator(".reasons")).to_be_hidden()
    press(page, "1.14")
    expect(page.locator("[data-primary]")).to_contain_text("Save with reason")
    page.get_by_label("The count was disturbed by clumps").check()
    check(page)
    page.locator("[data-primary]").click()
    expect(page.locator("#sign-title")).to_contain_text("Verify step 4")
    check(page)
    assert trial.step(ENTER).values["comment"] == "The count was disturbed by clumps"


def test_a_second_person_verifies_with_badge_and_pin(served: str, page: Page) -> None:
    trial, work = on_tablet(page, served, ENTER, who="adeyemi")
    tablet = tablet_at(trial, "T-15")
    at_tablet(trial, "brandt", tablet)
    trial.perform(ENTER)
    page.goto(work)
    scan(page, "BADGE-BRANDT")
    press(page, "274951")
    page.locator("[data-primary]").click()
    expect(page.locator("h1")).to_contain_text("Add the medium")
    assert trial.step(ENTER).verifier_name == "Lena Brandt"


def test_every_other_page_of_the_tablet_is_clean(served: str, page: Page) -> None:
    _trial, work = on_tablet(page, served, ADD)
    pages = ["", "steps/", "report/", "call/"]
    for size in (TABLET, {"width": 800, "height": 1280}):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for tail in pages:
            page.goto(work + tail)
            check(page)
        page.goto(f"{served}/batches/tablet/")
        check(page)


def test_the_pages_of_the_desk_are_clean(served: str, page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    trial = batch_at(AFTER)
    lend(at_desk(trial, "okafor"), page, served)
    for address in ("/batches/", f"/batches/{trial.batch}/", "/batches/issue/"):
        page.goto(served + address)
        check(page)
