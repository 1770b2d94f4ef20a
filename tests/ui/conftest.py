"""A browser on pages that are rendered here: no server, no database."""

from collections.abc import Callable
from mimetypes import guess_type
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route
from pytest_django import Settings

from mes.lib import clock
from tests.ui.pages import NOW, page_html

ORIGIN = "http://ui.test"
Show = Callable[..., list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def own_urls(settings: Settings) -> None:
    """Components need no app, so their tests load none."""
    settings.ROOT_URLCONF = "tests.ui.urls"


def until_sent(page: Page, sent: list[dict[str, Any]]) -> None:
    """Wait until the page has sent a command, and whether it sends a second one."""
    for _ in range(300):
        if sent:
            break
        page.wait_for_timeout(10)
    page.wait_for_timeout(100)


def _static(route: Route) -> None:
    path = route.request.url.removeprefix(f"{ORIGIN}/static/").split("?")[0]
    found = finders.find(path)
    if found is None:
        route.fulfill(status=404, body="")
    else:
        route.fulfill(path=str(found), content_type=guess_type(path)[0] or "font/woff2")


@pytest.fixture
def show(page: Page) -> Show:
    """Give a function that opens a page of the components; it returns the list of what it sends.

    The list fills while the test goes on: method, path and form of every command.
    """
    sent: list[dict[str, Any]] = []
    html = {"": ""}

    def answer(route: Route) -> None:
        request = route.request
        if request.url != f"{ORIGIN}/":
            sent.append({"path": request.url.removeprefix(ORIGIN), "method": request.method})
        elif request.method == "POST":
            sent.append({"path": "/", "method": "POST", "form": request.post_data})
        if request.is_navigation_request() and request.method == "GET" and not sent:
            route.fulfill(body=html[""], content_type="text/html")
        else:
            # 204: the browser stays on the page, as it does while an answer is on its way.
            route.fulfill(status=204)

    def opened(name: str, **context: Any) -> list[dict[str, Any]]:
        with clock.simulating(NOW):
            html[""] = page_html(name, **context)
        page.goto(f"{ORIGIN}/")
        return sent

    page.route(f"{ORIGIN}/**", answer)
    page.route(f"{ORIGIN}/static/**", _static)
    page.set_viewport_size({"width": 1280, "height": 800})
    return opened
