"""The browser of the machine opens a page of the site."""

from playwright.sync_api import Page


def test_browser_opens_a_page(served: str, page: Page) -> None:
    page.goto(f"{served}/health/")
    assert page.locator("body").inner_text().startswith('{"healthy"')
