"""A scanner at a page: a keyboard that types faster than a busy test machine can."""

from playwright.sync_api import Page

KEYS = """code => [...code, "Enter"].forEach(key => (document.activeElement ?? document.body)
    .dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})))"""


def scan(page: Page, code: str) -> None:
    """Send a code as a scanner does: wherever the focus is, and Enter."""
    page.evaluate(KEYS, code)
