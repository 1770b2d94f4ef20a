"""A desk with an authenticator: Chromium's virtual one, which verifies its person."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.builders.accounts import PASSWORD

DESK = {"width": 1440, "height": 900}
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Desk:
    """A page, and the authenticator that is plugged in."""

    def __init__(self, browser: Browser, served: str) -> None:
        self.page: Page = browser.new_page(viewport=DESK)  # type: ignore[arg-type]
        self.served = served
        self._talk: Any = self.page.context.new_cdp_session(self.page)
        self._talk.send("WebAuthn.enable")
        made = self._talk.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        self._id = made["authenticatorId"]

    def verifies(self, verified: bool) -> None:
        """Let the authenticator accept its person from now on, or not."""
        said = {"authenticatorId": self._id, "isUserVerified": verified}
        self._talk.send("WebAuthn.setUserVerified", said)

    def sign_in(self, username: str, wanted: str = "/people/") -> None:
        """Sign in by password and go to a page."""
        self.page.goto(self.served + wanted)
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()

    def make_passkey(self, username: str) -> None:
        """Sign in, and make a passkey on one's own page."""
        self.sign_in(username, "/me/sign-in/")
        form = self.page.get_by_role("region", name="A new passkey")
        form.get_by_label("What you call it").fill("this computer")
        form.get_by_label("Your password").fill(PASSWORD)
        form.get_by_role("button", name="Add a passkey").click()
        expect(self.page.get_by_role("form", name="this computer")).to_be_visible()

    def sign_out(self) -> None:
        """Sign out by the person's menu."""
        self.page.get_by_role("banner").locator("summary").click()
        self.page.get_by_role("button", name="Sign out").click()
