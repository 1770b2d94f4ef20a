"""A desk's signatures by passkey instead of name and password, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, expect

from quality.enums import Judgement
from recipes.models import RecipeApproval
from records.models import Entry
from records.reading import reading
from tests.accounts.test_browser import looked_at
from tests.builders import quality as build
from tests.builders.accounts import open_demo_site, person
from tests.builders.recipes import library_text, submitted
from tests.support.authenticator import Desk

pytestmark = pytest.mark.req("P11-50", "P11-200a", "P11-200b")
PASSKEY = ["passkey", "user verification"]


def test_deviation_is_closed_with_a_passkey(served: str, browser: Browser) -> None:
    bench = build.issued()
    build.judged(bench, build.reported(bench), Judgement.DEVIATION)
    [row] = bench.record().deviations
    quinn = person("qa-reviewer", site=bench.site, name="Quinn Two", username="qq", secrets=True)
    desk = Desk(browser, served)
    desk.make_passkey("qq")
    desk.page.goto(f"{served}/quality/batches/{bench.batch}/deviations/{row.id}/")
    button = desk.page.get_by_role("button", name="Sign with a passkey")
    button.click()
    expect(desk.page).to_have_url(re.compile("deviations"))  # the conclusion is still to be written
    desk.page.get_by_role("textbox").first.fill("No effect on the cells.")
    desk.verifies(False)
    button.click()
    expect(desk.page.get_by_role("alert").filter(has_text="Nothing was signed")).to_be_visible()
    looked_at(desk.page, "sign-with-passkey")
    desk.verifies(True)
    button.click()
    expect(desk.page).to_have_url(f"{served}/quality/batches/{bench.batch}/")
    with reading(site=bench.site.id):
        closed = Entry.objects.get(stream=bench.batch, kind="deviation.closed")
    signature = closed.envelope["payload"]["signature"]
    assert (signature["person"], signature["factors"]) == (str(quinn), PASSKEY)


def test_recipe_is_approved_with_a_passkey(served: str, browser: Browser) -> None:
    site = open_demo_site()
    version = submitted(site, library_text("six-steps"))
    person("recipe-approver", site=site, username="ravi", secrets=True)
    desk = Desk(browser, served)
    desk.make_passkey("ravi")
    desk.page.goto(f"{served}/recipes/{version}/")
    desk.page.get_by_label("Why it is approved all the same").fill("The plant is built next.")
    desk.page.get_by_role("button", name="Sign with a passkey").click()
    expect(desk.page.get_by_text("Another person must approve")).to_be_visible()
    with reading(site=site.id):
        [kept] = RecipeApproval.objects.all()
    assert kept.factors == PASSKEY


def test_who_has_no_passkey_is_not_offered_one(served: str, browser: Browser) -> None:
    site = open_demo_site()
    version = submitted(site, library_text("six-steps"))
    person("recipe-approver", site=site, username="ravi", secrets=True)
    desk = Desk(browser, served)
    desk.sign_in("ravi", f"/recipes/{version}/")
    expect(desk.page.get_by_role("button", name="Sign the approval")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Sign with a passkey")).to_have_count(0)
