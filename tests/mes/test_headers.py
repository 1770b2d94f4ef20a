"""Every answer tells the browser what it may do with it, whatever kind of page it is."""

from collections.abc import Mapping

import pytest
import requests
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.builders.accounts import DemoSite, client_on, open_demo_site, signed_in_client, tablet

pytestmark = pytest.mark.req("D11-15")
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
    "img-src": "'self' data:", "font-src": "'self'", "connect-src": "'self'",
    "frame-src": "'self'", "manifest-src": "'self'", "form-action": "'self'",
    "base-uri": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip
YEAR = 365 * 24 * 3600


def policy_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the directives of the content security policy by name."""
    parts = headers["Content-Security-Policy"].split(";")
    return dict(one.strip().partition(" ")[::2] for one in parts if one.strip())


def cookies_of(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


def answers(served: str, site: DemoSite) -> dict[str, requests.Response]:
    """Return one answer of the served site of each kind, with its status."""
    desk = cookies_of(signed_in_client(site, "qa-reviewer"))
    room = cookies_of(client_on(tablet(site), site))
    trail = reverse("records:stream", args=[site.id])
    asked: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
        "the way in": ("/sign-in/", {}, {}),
        "a tablet's way in": ("/tablet/sign-in/", room, {}),
        "a page": ("/records/", desk, {}),
        "a fragment": (f"{trail}1/changes/", desk, {"HX-Request": "true"}),
        "a redirection": ("/records/", {}, {}),
        "what is not there": ("/records/nothing/", desk, {}),
        "what is not allowed": ("/orders/new/", desk, {}),
        "what cannot be read": ("/records/?since=never", desk, {}),
        "the API": ("/api/v1/schema/", desk, {}),
        "the API, refused": ("/api/v1/schema/", {}, {}),
        "the health page": ("/health/", {}, {}),
    }
    return {
        kind: requests.get(
            served + url, cookies=cookies, headers=headers, allow_redirects=False, timeout=20
        )
        for kind, (url, cookies, headers) in asked.items()
    }


def test_every_kind_of_answer_carries_the_same_headers(served: str) -> None:
    found = answers(served, open_demo_site())
    for kind, answer in found.items():
        given = {name: answer.headers.get(name) for name in ALWAYS}
        assert (kind, given, policy_of(answer.headers)) == (kind, ALWAYS, POLICY)
    statuses = {kind: answer.status_code for kind, answer in found.items()}
    assert statuses == {
        "the way in": 200, "a tablet's way in": 200, "a page": 200, "a fragment": 200,
        "a redirection": 302, "what is not there": 404, "what is not allowed": 403,
        "what cannot be read": 400, "the API": 200, "the API, refused": 401,
        "the health page": 503,
    }  # fmt: skip


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(served: str) -> None:
    client = signed_in_client(open_demo_site(), "auditor")
    session = client.cookies["sessionid"]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")


def test_over_tls_the_browser_is_held_to_it_for_a_year(
    committed_db: str, settings: Settings
) -> None:
    settings.SECURE_HSTS_SECONDS = YEAR
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    answer = Client().get("/sign-in/", secure=True)
    held = f"max-age={YEAR}; includeSubDomains; preload"
    assert answer["Strict-Transport-Security"] == held


def test_a_static_file_is_what_its_name_says() -> None:
    answer = Client().get("/static/css/base.css")
    assert (answer.status_code, answer["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert answer["X-Content-Type-Options"] == "nosniff"
