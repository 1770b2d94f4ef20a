"""Passkeys in a real browser, with the virtual authenticator of Chromium."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.services.factors import factors_of, remove_factor
from accounts.services.links import link_subject
from accounts.services.people import disable_person
from mes.lib import clock
from mes.lib.single_sign_on import PROVIDER, oidc_providers
from records.models import Entry
from records.reading import reading
from tests.accounts.test_browser import looked_at
from tests.accounts.test_codes import code_at
from tests.builders.accounts import (
    PASSWORD,
    DemoSite,
    a_command,
    client_on,
    open_demo_site,
    person,
)
from tests.support.authenticator import DESK, Desk
from tests.support.provider import providing


@pytest.fixture
def site(served: str) -> DemoSite:
    return open_demo_site()


def kept_of(who: UUID, kind: str) -> list[dict[str, Any]]:
    with reading(site=None):
        rows = Entry.objects.filter(stream=who, kind=kind).order_by("seq")
        return [row.envelope["payload"] for row in rows]


@pytest.mark.req("P11-200a", "P11-200b", "P11-300b", "P11-10e1")
def test_passkey_is_made_signs_in_and_is_taken_away(
    served: str, site: DemoSite, browser: Browser
) -> None:
    auditor = person("auditor", site=site, name="Anna Ude", username="ann", secrets=True)
    desk = Desk(browser, served)
    page = desk.page
    desk.make_passkey("ann")
    looked_at(page, "own-ways")
    [added] = kept_of(auditor, "factor.added")
    assert (added["kind_of_factor"], added["name"]) == ("passkey", "this computer")
    desk.sign_out()
    page.goto(f"{served}/people/")
    looked_at(page, "sign-in-passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    opened = kept_of(auditor, "period.opened")[-1]
    assert opened["factors"] == ["passkey", "user verification"]
    page.goto(f"{served}/sign-in/?next=/people/")  # in a period that goes on: it ends first
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    ended = [one["reason"] for one in kept_of(auditor, "period.closed")]
    assert ended == ["signed-out", "changed"]
    desk.sign_out()
    desk.verifies(False)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="No passkey was used")).to_be_visible()
    desk.verifies(True)
    [held] = factors_of(auditor)
    remove_factor(
        command=a_command(site.actor("admin")),
        person=auditor, factor=UUID(held["id"]), reason="computer stolen",
    )  # fmt: skip
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="does not belong to anybody")).to_be_visible()
    looked_at(page, "passkey-refused")
    assert [kept["code"] for kept in kept_of(auditor, "attempt.refused")] == ["factor.wrong"]


@pytest.mark.req("P11-300b")
@pytest.mark.scenario(48)
def test_passkey_of_a_disabled_person_opens_nothing(
    served: str, site: DemoSite, browser: Browser
) -> None:
    auditor = person("auditor", site=site, username="ann", secrets=True)
    desk = Desk(browser, served)
    page = desk.page
    desk.make_passkey("ann")
    disable_person(command=a_command(site.actor("admin")), person=auditor, reason="left")
    page.goto(f"{served}/people/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="is disabled")).to_be_visible()
    assert [kept["code"] for kept in kept_of(auditor, "attempt.refused")] == ["person.disabled"]


def test_answer_is_taken_once_soon_and_for_its_own_question(
    served: str, site: DemoSite, browser: Browser
) -> None:
    """The same answer sent again, after six minutes, and by another browser is worth nothing."""
    person("auditor", site=site, name="Anna Ude", username="ann", secrets=True)
    desk = Desk(browser, served)
    page = desk.page
    desk.make_passkey("ann")
    desk.sign_out()
    answered = answer(page)
    assert send(page, answered) == f"{served}/records/"
    desk.sign_out()
    assert send(page, answered) == "factor.wrong"
    late = answer(page)
    clock.simulate(clock.now() + timedelta(minutes=6))
    try:
        assert send(page, late) == "factor.wrong"
    finally:
        clock.simulate(None)
    other = browser.new_page()
    other.goto(f"{served}/sign-in/")
    assert send(other, answer(page)) == "factor.wrong"


ANSWER = """async () => {
    const asked = await (await fetch("/sign-in/passkey/question/")).json();
    return JSON.stringify(await window.webauthnJSON.get(asked));
}"""


def answer(page: Page) -> str:
    said: str = page.evaluate(ANSWER)
    return said


def send(page: Page, answered: str) -> str:
    """Send an answer as the form would; return where it led, or the code of the refusal."""
    form = page.locator("form[data-passkey=use]")
    form.locator("[name=answer]").evaluate("(field, said) => { field.value = said }", answered)
    with page.expect_navigation():
        form.evaluate("form => form.submit()")
    refused = page.locator("[data-refusal]")
    return refused.get_attribute("data-refusal") or "" if refused.count() else page.url


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"response": {"userHandle": "bm8"}}', "\x00"])
def test_malformed_answer_is_a_refusal(served: str, site: DemoSite, said: str) -> None:
    refused = client_on().post("/sign-in/passkey/", {"answer": said})
    assert (refused.status_code, "factor.wrong" in refused.content.decode()) == (403, True)


@pytest.mark.req("P11-10d")
def test_way_through_the_provider_in_a_browser(
    served: str, site: DemoSite, browser: Browser, settings: Any, tmp_path: Any
) -> None:
    auditor = person("auditor", site=site, name="Anna Ude")
    link_subject(
        command=a_command(site.actor("admin")),
        person=auditor, provider=PROVIDER, subject="anna", identity_check="badge and passport",
    )  # fmt: skip
    with providing(tmp_path / "log") as address:
        settings.SOCIALACCOUNT_PROVIDERS = oidc_providers(url=address, client="mes", secret="x")
        settings.MES_OIDC_NAME = "the hospital's account"
        page = browser.new_page(viewport=DESK)  # type: ignore[arg-type]
        page.goto(f"{served}/people/")
        looked_at(page, "sign-in-all-ways")
        page.get_by_role("link", name="the hospital's account").click()
        page.locator("input[name=sub]").fill("nobody")
        page.locator("input[name=sub]").press("Enter")
        expect(page.get_by_text("nobody is linked to nobody here")).to_be_visible()
        looked_at(page, "single-sign-on-unknown")
        page.goto(f"{served}/people/")
        page.get_by_role("link", name="the hospital's account").click()
        page.locator("input[name=sub]").fill("anna")
        page.locator("input[name=sub]").press("Enter")
        expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()


def test_generator_and_paper_as_people_see_them(
    served: str, site: DemoSite, browser: Browser
) -> None:
    person("auditor", site=site, name="Anna Ude", username="ann", secrets=True)
    desk = Desk(browser, served)
    desk.sign_in("ann", "/me/sign-in/")
    page = desk.page
    page.get_by_role("button", name="Set up a generator").click()
    expect(page.get_by_role("img", name="The secret as a picture")).to_be_visible()
    looked_at(page, "new-generator")
    secret = (page.locator("[data-secret]").text_content() or "").replace(" ", "")
    page.get_by_label("What you call it").fill("my phone")
    page.get_by_label("The code that it shows now").fill("000000")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Add the generator").click()
    expect(page.get_by_role("alert").filter(has_text="not right")).to_be_visible()
    looked_at(page, "new-generator-refused")
    page.get_by_label("The code that it shows now").fill(code_at(secret, clock.now()))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Add the generator").click()
    expect(page.get_by_role("heading", name="Codes on paper")).to_be_visible()
    looked_at(page, "paper-codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("form", name="my phone")).to_be_visible()
    looked_at(page, "own-ways-generator")
