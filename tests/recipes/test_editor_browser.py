"""The editor in a real browser: saved as it is written, by two at once, from nothing to review."""

from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Browser, Page, ViewportSize, expect

from recipes import selectors
from recipes.drafting.changes import at
from recipes.services import drafts
from records.reading import reading
from tests.builders.accounts import PASSWORD, DemoSite, a_command, open_demo_site, person
from tests.builders.recipes import imported, library_text
from tests.recipes.test_in_browser import a_person, faults, sign_in

DESK: ViewportSize = {"width": 1440, "height": 900}
SEED = "stages/seeding/operations/seed/steps"
STEPS = "stages/stage/operations/operation/steps"


def a_draft(site: DemoSite, name: str = "six-steps") -> UUID:
    version = imported(site, library_text(name))
    command = a_command(site.actor("process-owner"))
    return UUID(str(drafts.open_draft(command=command, version=version)["draft"]))


def value(draft: UUID, site: DemoSite, path: str) -> object:
    with reading(site=site.id):
        return at(selectors.draft_of(draft).content, tuple(path.split("/")))


def saved(page: Page, do: Callable[[], object]) -> None:
    """Do what the editor sends, and wait for its answer."""
    with page.expect_response(lambda answer: "/edit/" in answer.url):
        do()


def test_a_field_is_saved_as_it_is_left_and_can_be_taken_back(served: str, page: Page) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    page.set_viewport_size(DESK)
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(f"{served}/recipes/drafts/{draft}/?at={SEED}/seeded")
    tablet = page.frame_locator("iframe")
    expect(tablet.get_by_role("heading", level=1)).to_have_text(
        "Enter the viable CD3+ cells seeded."
    )
    assert faults(page) == []
    unit = page.get_by_label("Unit", exact=True)
    unit.fill("furlong")
    saved(page, lambda: unit.press("Tab"))
    expect(page.get_by_text("There is no unit furlong.").first).to_be_visible()
    expect(page.get_by_role("button", name="Send to review")).to_be_disabled()
    assert faults(page) == []
    saved(page, page.get_by_role("button", name="Undo").click)
    expect(page.get_by_role("button", name="Send to review")).to_be_enabled()
    assert value(draft, site, f"{SEED}/seeded/unit") == "{cells}"
    page.get_by_role("heading", level=2).first.click()
    saved(page, lambda: page.keyboard.press("Alt+ArrowDown"))
    order = [one["key"] for one in value(draft, site, SEED)]  # type: ignore[attr-defined]
    assert order[3:5] == ["medium", "seeded"]


def test_a_step_is_dragged_behind_another(served: str, page: Page) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    page.set_viewport_size(DESK)
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(f"{served}/recipes/drafts/{draft}/?at={SEED}/seeded")
    row = page.locator(f'[data-place="{SEED}/unit"]')
    saved(page, lambda: row.drag_to(page.locator(f'#outline [data-place="{SEED}/medium"]')))
    order = [one["key"] for one in value(draft, site, SEED)]  # type: ignore[attr-defined]
    assert order[2:5] == ["seeded", "medium", "unit"]


def test_two_people_see_each_others_changes(served: str, page: Page, browser: Browser) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    address = f"{served}/recipes/drafts/{draft}/?at={SEED}/seeded"
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(address)
    other = browser.new_page()
    person("process-owner", site=site, username="colleague", badge="K-col", secrets=True)
    sign_in(other, served, "colleague")
    other.goto(address)
    decimals = other.get_by_label("Decimals", exact=True)
    decimals.fill("3")
    saved(other, lambda: decimals.press("Tab"))
    expect(page.get_by_label("Decimals", exact=True)).to_have_value("3", timeout=10_000)
    other.close()


def test_a_recipe_is_written_from_nothing_approved_by_two_and_effective(
    served: str, page: Page, browser: Browser
) -> None:
    site = open_demo_site()
    page.set_viewport_size(DESK)
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(f"{served}/recipes/")
    page.get_by_role("link", name="New recipe…").click()
    page.get_by_label("Code").fill("TEN-STEPS")
    page.get_by_label("Title").fill("Ten steps")
    assert faults(page) == []
    page.get_by_role("button", name="Begin to write").click()
    page.get_by_role("link", name="Stage", exact=True).click()
    _fill(page, "stages/stage/room/class", "grade-C")
    page.get_by_role("link", name="Operation", exact=True).click()
    page.get_by_role("link", name="Confirm").click()
    _clear(page, "first", when="before")
    _behind(page, "step-1")
    _say(page, "step-1", "Scan the collection bag.")
    _choose(page, "kind", "Scan")
    _choose(page, "what", "Collection bag")
    _fill(page, f"{STEPS}/step-1/identifiers", "2")
    for number in range(2, 10):
        _behind(page, f"step-{number}")
        _say(page, f"step-{number}", f"Do number {number}.")
    _clear(page, "step-9", when="after")
    expect(page.get_by_text("Stages: 1, operations: 1, steps: 10")).to_be_visible()
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_role("heading", name="TEN-STEPS v1")).to_be_visible()
    expect(page.get_by_text("Waits for those who may approve")).to_be_visible()
    address = page.url
    for role in ("recipe-approver", "qa-reviewer"):
        _signed(browser, served, address, a_person(site, role))
    with reading(site=site.id):
        found = selectors.effective_of("TEN-STEPS")
    assert found is not None
    assert found.steps == 10


def _signed(browser: Browser, served: str, address: str, username: str) -> None:
    """Read the version as another person, and sign it; the second makes it effective."""
    page = browser.new_page()
    sign_in(page, served, username)
    page.goto(address)
    card = page.locator("#sign")
    card.get_by_label("User name").fill(username)
    card.get_by_label("Password").fill(PASSWORD)
    card.get_by_role("button", name="Sign the approval").click()
    expect(page.locator("#sign")).to_have_count(0)
    if page.get_by_role("button", name="Make effective").count():
        page.get_by_role("button", name="Make effective").click()
        expect(page.get_by_text("batches are made from it")).to_be_visible()
    page.close()


def _fill(page: Page, path: str, text: str) -> None:
    field = page.locator(f'[data-field="{path}"]')
    field.fill(text)
    saved(page, lambda: field.press("Tab"))


def _say(page: Page, step: str, text: str) -> None:
    _fill(page, f"{STEPS}/{step}/text/en", text)


def _behind(page: Page, step: str) -> None:
    """Add a step behind the one that is looked at; the page goes on to it."""
    saved(page, page.get_by_role("button", name="Step behind").click)
    expect(page.locator(f'[data-field="{STEPS}/{step}/key"]')).to_be_visible()


def _clear(page: Page, step: str, *, when: str) -> None:
    _say(page, step, "Look at the place.")
    _choose(page, "kind", "Line clearance")
    _choose(page, "when", when)
    saved(page, page.get_by_role("button", name="Add").last.click)
    _fill(page, f"{STEPS}/{step}/checks/new-1/text/en", "Nothing of another patient is here.")


def _choose(page: Page, field: str, label: str) -> None:
    chosen = page.locator(f'select[data-field$="/{field}"]')
    saved(page, lambda: chosen.select_option(label=label))


def test_the_same_draft_as_text(served: str, page: Page) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    page.set_viewport_size(DESK)
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(f"{served}/recipes/drafts/{draft}/text/")
    words = page.get_by_label("The recipe as YAML")
    words.fill(words.input_value().replace("20 min", "25 min"))
    page.get_by_role("button", name="Save the text").click()
    page.get_by_role("link", name="Form").click()
    page.get_by_role("link", name="Seeding").click()
    expect(page.get_by_label("Lowest", exact=True).first).to_have_value("25 min")
    assert faults(page) == []
