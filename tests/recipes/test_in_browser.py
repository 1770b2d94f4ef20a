"""A recipe's way through a real browser: imported, corrected, sent to review, signed."""

from playwright.sync_api import Page, expect

from tests.builders.accounts import PASSWORD, DemoSite, open_demo_site, person
from tests.builders.recipes import NO_PLANT, library_text, submitted
from tests.support.axe import grave_faults

TEXT = library_text("six-steps").decode()


def sign_in(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def a_person(site: DemoSite, role: str) -> str:
    person(role, site=site, username=f"u-{role}", badge=f"K-{role}", secrets=True)
    return f"u-{role}"


def test_a_recipe_is_imported_corrected_and_sent_to_review(served: str, page: Page) -> None:
    site = open_demo_site()
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(f"{served}/recipes/import/")
    wrong = TEXT.replace("expected: 40 min", "expected: 10 min", 1)
    page.get_by_label("Or the text itself").fill(wrong)
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_role("status").filter(has_text="1 error")).to_be_visible()
    assert grave_faults(page) == []
    page.get_by_label("Or the text itself").fill(TEXT)
    page.get_by_role("button", name="Import as a draft").click()
    expect(page.get_by_role("heading", name="SIX-STEPS v1")).to_be_visible()
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_text("Waits for those who may approve")).to_be_visible()
    assert grave_faults(page) == []
    page.goto(f"{served}/recipes/")
    assert grave_faults(page) == []


def test_an_approver_reads_and_signs(served: str, page: Page) -> None:
    site = open_demo_site()
    submitted(site, TEXT.encode())
    username = a_person(site, "recipe-approver")
    sign_in(page, served, username)
    page.goto(f"{served}/recipes/")
    page.get_by_role("link", name="SIX-STEPS").click()
    page.get_by_role("link", name="Approve…").click()
    assert grave_faults(page) == []
    page.get_by_label("Password").fill("not this one")
    page.get_by_label("Why it is approved all the same").fill(NO_PLANT)
    page.get_by_role("button", name="Sign the approval").click()
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    page.get_by_label("Password").fill(PASSWORD)
    expect(page.get_by_label("Why it is approved all the same")).to_have_value(NO_PLANT)
    page.get_by_role("button", name="Sign the approval").click()
    expect(page.get_by_text("Another person must approve")).to_be_visible()
    expect(page.get_by_text(f"Approved all the same, because: {NO_PLANT}")).to_be_visible()
    assert grave_faults(page) == []
