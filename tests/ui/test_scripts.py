"""What the scripts do for gloved hands and scanners, in a real browser."""

from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Show, until_sent
from tests.ui.pages import FOOT, ROWS

COI = "&/CHA999926000037"
DIN = "=A99992600000100"


def form_of(command: dict[str, Any]) -> dict[str, str]:
    form = {name: values[0] for name, values in parse_qs(command["form"]).items()}
    form.pop("key", None)
    return form


def scan(page: Page, code: str) -> None:
    """Type as a keyboard-wedge scanner does: without a pause, with Enter."""
    page.evaluate(
        """code => {
            for (const key of [...code, "Enter"]) {
                const target = document.activeElement;
                const how = { key, bubbles: true, cancelable: true };
                target.dispatchEvent(new KeyboardEvent("keydown", how));
            }
        }""",
        code,
    )


def test_two_scans_in_any_order_fill_their_fields_and_send_the_step(show: Show, page: Page) -> None:
    sent = show("scan")
    scan(page, DIN)
    expect(page.locator("[data-scan-state]").nth(1)).to_have_text("Read")
    expect(page.locator("[data-scan-state]").nth(0)).to_have_text("Waiting")
    assert sent == []
    scan(page, COI)
    until_sent(page, sent)
    assert [form_of(command) for command in sent] == [
        {"coi": COI, "coi_how": "scanned", "din": DIN, "din_how": "scanned"}
    ]


def test_an_irreversible_step_waits_for_the_press(show: Show, page: Page) -> None:
    primary = {"label": "Connect the bag"}
    sent = show("scan", scan_kind="ask", foot={**FOOT, "primary": primary})
    scan(page, COI)
    scan(page, DIN)
    page.wait_for_timeout(100)
    assert sent == []
    page.get_by_role("button", name="Connect the bag").click()
    until_sent(page, sent)
    assert len(sent) == 1


def test_a_typed_code_is_marked_as_typed(show: Show, page: Page) -> None:
    sent = show("scan", rows=ROWS[:1])
    page.get_by_role("button", name="Type the code").click()
    page.keyboard.type("CHA999926000037C", delay=60)
    page.keyboard.press("Enter")
    until_sent(page, sent)
    assert [form_of(command) for command in sent] == [
        {"coi": "CHA999926000037C", "coi_how": "typed"}
    ]


def test_a_refused_code_is_replaced_by_the_next_scan(show: Show, page: Page) -> None:
    refused = {**ROWS[1], "value": "=<S12954A0", "error": "This is a product code."}
    sent = show("scan", rows=[refused])
    scan(page, DIN)
    until_sent(page, sent)
    assert [form_of(command) for command in sent] == [{"din": DIN, "din_how": "scanned"}]


@pytest.mark.parametrize(("verdict", "flashes"), [("right", 1), ("wrong", 2)])
def test_the_screen_answers_once_for_right_and_twice_for_wrong(
    show: Show, page: Page, verdict: str, flashes: int
) -> None:
    page.add_init_script(
        """window.flashes = 0;
        new MutationObserver(all => all.forEach(one => one.addedNodes.forEach(node => {
            if (node.classList?.contains("flash-invert")) window.flashes += 1;
        }))).observe(document, { childList: true, subtree: true });"""
    )
    show("scan", verdict=verdict)
    page.wait_for_timeout(1300)
    assert page.evaluate("window.flashes") == flashes
    expect(page.locator(".flash")).to_have_count(0)


def test_reduced_motion_shows_a_still_frame(show: Show, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    show("scan", verdict="wrong")
    expect(page.locator(".flash-still")).to_have_count(1)
    expect(page.locator(".flash-invert")).to_have_count(0)
    expect(page.locator(".flash")).to_have_count(0, timeout=2000)


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.locator(f'.key[data-digit="{key}"]').click()


@pytest.mark.parametrize(
    ("keys", "hit", "label", "reasons"),
    [
        ("1.05", "in", "Save", False),
        ("1.14", "alert", "Save with reason", True),
        ("1.31", "action", "Save with reason", True),
    ],
)
def test_the_pad_shows_the_limits_before_the_value_is_sent(
    show: Show, page: Page, keys: str, hit: str, label: str, reasons: bool
) -> None:
    sent = show("value")
    primary = page.locator("[data-primary-label]")
    expect(primary).to_have_text("Waiting")
    press(page, keys)
    expect(page.locator("#id_value")).to_have_value(keys)
    assert page.locator("[data-entry]").get_attribute("data-hit") == hit
    expect(primary).to_have_text(label)
    assert page.locator(".reasons").is_visible() is reasons
    assert page.locator('.limit-band[data-for="alert"]').is_visible() is (hit == "alert")
    assert page.locator('.limit-band[data-for="action"]').is_visible() is (hit == "action")
    page.locator("[data-primary]").click()
    until_sent(page, sent)
    assert [form_of(command) for command in sent] == [{"value": keys}]


def test_the_pad_takes_one_sign_the_allowed_decimals_and_deletes(show: Show, page: Page) -> None:
    show("value")
    press(page, "1..14")
    press(page, "9")
    expect(page.locator("#id_value")).to_have_value("1.14")
    page.get_by_role("button", name="Delete the last digit").click()
    expect(page.locator("#id_value")).to_have_value("1.1")


def test_a_primary_that_waits_sends_nothing(show: Show, page: Page) -> None:
    sent = show("value")
    page.locator("[data-primary]").click()
    page.wait_for_timeout(100)
    assert sent == []


def test_a_double_press_counts_once_and_keeps_the_size(show: Show, page: Page) -> None:
    sent = show("value")
    press(page, "1.05")
    button = page.locator("[data-primary]")
    before = button.bounding_box()
    button.dblclick()
    expect(page.locator("[data-primary-label]")).to_have_text("Saving…")
    assert button.bounding_box() == before
    assert len(sent) == 1


def test_the_pin_fills_its_boxes_and_opens_the_button(show: Show, page: Page) -> None:
    sent = show("sign")
    press(page, "12345")
    expect(page.locator("[data-primary-note]")).to_have_text("1 digit to go")
    expect(page.locator(".pinboxes .is-full")).to_have_count(5)
    press(page, "678")
    expect(page.locator(".pinboxes .is-full")).to_have_count(8)
    page.locator("[data-primary]").click()
    until_sent(page, sent)
    assert [command["path"] for command in sent] == ["/sign/"]


def test_wiping_ignores_touch_until_it_is_ended_by_two_presses(show: Show, page: Page) -> None:
    sent = show("home")
    page.get_by_role("button", name="Wipe").click()
    expect(page.locator("[data-wipe-count]")).to_have_text("60 s")
    assert page.locator("main").evaluate("part => part.closest('[inert]') !== null") is True
    scan(page, "UNIT-PR-09")
    page.get_by_role("button", name="End early").click()
    page.get_by_role("button", name="End wiping").click()
    expect(page.locator("[data-wipe-cover]")).to_be_hidden()
    assert sent == []
    scan(page, "UNIT-PR-09")
    until_sent(page, sent)
    assert [command["path"] for command in sent] == ["/open/?code=UNIT-PR-09"]


def test_idle_locks_entry_and_leaves_the_instruction_in_sight(show: Show, page: Page) -> None:
    show("scan", idle_seconds=1, unlock_url="/unlock/")
    expect(page.get_by_role("link", name="Unlock")).to_be_visible(timeout=4000)
    expect(page.get_by_role("heading", name="Scan the collection bag.")).to_be_visible()
    expect(page.locator("[data-safe]")).to_be_visible()
    assert page.locator("form#step").evaluate("form => form.inert") is True


def test_a_badge_read_while_locked_goes_to_the_unlocking_page(show: Show, page: Page) -> None:
    sent = show("scan", idle_seconds=1, unlock_url="/unlock/")
    expect(page.get_by_role("link", name="Unlock")).to_be_visible(timeout=4000)
    scan(page, "BADGE-0815")
    until_sent(page, sent)
    assert [command["path"] for command in sent] == ["/unlock/"]
    assert page.evaluate("sessionStorage.getItem('badge-read-while-locked')") == "BADGE-0815"


def test_keys_walk_the_rows_and_jump(show: Show, page: Page) -> None:
    show("desk")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.dataset.row !== undefined")
    page.keyboard.press("/")
    expect(page.locator("#jump")).to_be_focused()
    page.keyboard.type("j/k")
    expect(page.locator("#jump")).to_have_value("j/k")
    assert first is True


def test_keys_can_be_turned_off(show: Show, page: Page) -> None:
    show("desk")
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Turn keys off").click()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#jump")).not_to_be_focused()


def test_the_board_places_its_bars_in_percent(show: Show, page: Page) -> None:
    show("desk")
    bar = page.locator(".lane .bar")
    assert bar.evaluate("bar => [bar.style.left, bar.style.width]") == ["0%", "20%"]
    expect(bar).to_be_visible()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_codes_are_typed_and_sent(show: Show, page: Page) -> None:
    sent = show("scan", foot={**FOOT, "primary": {"label": "Take these codes"}})
    expect(page.get_by_role("button", name="Type the code")).to_be_hidden()
    page.get_by_label("Chain of identity").fill(COI)
    page.get_by_label("Donation number").fill(DIN)
    page.get_by_role("button", name="Take these codes").click()
    until_sent(page, sent)
    assert [form_of(command) for command in sent] == [
        {"coi": COI, "coi_how": "typed", "din": DIN, "din_how": "typed"}
    ]


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_a_value_has_its_reasons_in_sight(show: Show, page: Page) -> None:
    sent = show("value")
    expect(page.locator(".pad")).to_be_hidden()
    page.get_by_label("Viable cells").fill("1.14")
    page.get_by_text("Count repeated").click()
    page.get_by_role("button", name="Save").click()
    until_sent(page, sent)
    assert [form_of(command) for command in sent] == [{"value": "1.14", "reason": "repeated"}]


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_a_pin_can_be_written(show: Show, page: Page) -> None:
    sent = show("sign")
    page.get_by_label("PIN", exact=True).fill("123456")
    page.get_by_role("button", name="Sign").click()
    until_sent(page, sent)
    assert [command["path"] for command in sent] == ["/sign/"]
