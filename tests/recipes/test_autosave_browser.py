"""What is typed into the editor is kept: while typing, on leaving, when two write the same."""

import re
from uuid import UUID

from playwright.sync_api import Browser, Locator, Page, expect

from tests.builders.accounts import DemoSite, open_demo_site, person
from tests.recipes.test_editor_browser import DESK, SEED, a_draft, saved, value
from tests.recipes.test_in_browser import a_person, sign_in
from tests.support.axe import grave_faults

NOTE = f"{SEED}/seeded/note/en"
BEFORE = "The mean of the two counts."
AFTER = f"{BEFORE} Count twice."
DECIMALS = f"{SEED}/seeded/decimals"


def field(page: Page, path: str) -> Locator:
    return page.locator(f'[data-field="{path}"]')


def says(page: Page, words: str) -> None:
    """Wait until the head says how things stand."""
    how = page.locator("#saved [data-state]:visible")
    expect(how).to_have_text(re.compile(f"^{re.escape(words)}"))


def opened(page: Page, served: str, site: DemoSite, draft: UUID) -> str:
    """Sign in and open the step; return its address."""
    page.set_viewport_size(DESK)
    sign_in(page, served, a_person(site, "process-owner"))
    address = f"{served}/recipes/drafts/{draft}/?at={SEED}/seeded"
    page.goto(address)
    return address


def note(draft: UUID, site: DemoSite) -> object:
    return value(draft, site, NOTE)


def test_a_field_saves_itself_while_somebody_types(served: str, page: Page) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    opened(page, served, site, draft)
    words = field(page, NOTE)
    says(page, "saved")
    words.press("End")
    words.press_sequentially(" Count ")
    says(page, "not saved yet")
    says(page, "saved")
    assert note(draft, site) == f"{BEFORE} Count"
    # The caret stands where it stood, and what goes on is one step of undo with what was saved.
    expect(words).to_be_focused()
    words.press_sequentially("twice.")
    says(page, "not saved yet")
    says(page, "saved")
    assert (words.input_value(), note(draft, site)) == (AFTER, AFTER)
    page.reload()
    expect(words).to_have_value(AFTER)
    saved(page, page.get_by_role("button", name="Undo").click)
    expect(words).to_have_value(BEFORE)
    assert note(draft, site) == BEFORE
    saved(page, page.get_by_role("button", name="Redo").click)
    expect(words).to_have_value(AFTER)


def test_what_was_typed_is_saved_when_the_page_is_left(served: str, page: Page) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    address = opened(page, served, site, draft)
    field(page, NOTE).fill("By reload.")
    page.reload()
    expect(field(page, NOTE)).to_have_value("By reload.")
    field(page, NOTE).fill("By a link.")
    page.locator(f'#outline [data-place="{SEED}/medium"] a').click()
    page.wait_for_url(lambda url: "medium" in url)
    assert note(draft, site) == "By a link."
    page.goto(address)
    field(page, NOTE).fill("By another address.")
    page.goto(f"{served}/recipes/")
    page.goto(address)
    expect(field(page, NOTE)).to_have_value("By another address.")
    # A name is the address of what it names: it is saved whole, and what is typed meanwhile stays.
    key = field(page, f"{SEED}/seeded/key")
    key.fill("counted")
    says(page, "not saved yet")
    with page.expect_response(lambda answer: "/edit/" in answer.url):
        key.press("Tab")
        field(page, f"{SEED}/seeded/decimals").press_sequentially("1")
    expect(field(page, f"{SEED}/counted/decimals")).to_be_focused()
    says(page, "saved")
    assert str(value(draft, site, f"{SEED}/counted/decimals")) in {"12", "21"}


def test_of_two_who_write_one_field_each_sees_the_other_and_chooses(
    served: str, page: Page, browser: Browser
) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    address = opened(page, served, site, draft)
    other = browser.new_page()
    person("process-owner", site=site, username="colleague", badge="K-col", secrets=True,
           name="Nora Quist")  # fmt: skip
    sign_in(other, served, "colleague")
    other.goto(address)
    for mine, theirs, choice, kept in (
        ("5", "3", "Put mine", "5"),
        ("7", "4", "Leave theirs", "4"),
    ):
        field(page, DECIMALS).fill(mine)
        field(other, DECIMALS).fill(theirs)
        saved(other, lambda: field(other, DECIMALS).press("Tab"))
        field(page, DECIMALS).press("Tab")
        told = page.locator("#conflict")
        expect(told).to_contain_text(
            "Nora Quist changed Decimals of “Enter the viable CD3+ cells seeded.”"
        )
        expect(told).to_contain_text(f"typed by you{mine}", use_inner_text=False)
        assert "recipe." not in told.inner_text()
        assert "seeding" not in told.inner_text()
        says(page, "not saved: see why")
        expect(field(page, DECIMALS)).to_have_value(mine)
        assert grave_faults(page) == []
        page.get_by_role("button", name=choice).press("Enter")
        expect(field(page, DECIMALS)).to_have_value(kept)
        says(page, "saved")
        assert value(draft, site, DECIMALS) == kept
        expect(field(other, DECIMALS)).to_have_value(kept)
    other.close()
