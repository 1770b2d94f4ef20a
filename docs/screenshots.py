"""The pictures of the README, made from the running product: ``make screenshots``.

Starts the product on a throw-away data folder, or uses the one that runs at ``MES_URL`` (its
demo is then changed: a plan is accepted and the first steps of a batch are done). Everybody
signs in through the real pages; the codes are scanned as a keyboard-wedge scanner types them.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.support.browser import ARGUMENTS, browser_path  # noqa: E402

# What the demo tells everybody (plant/demo.py).
PASSWORD = "a calm night at the plant"
PIN = "246813"
# The batch of the demo that waits for its plan, and the donation numbers of its centre.
WAITING = "B-26-0009"
DONATION = "A999826"
IN_TROUBLE = "B-26-0004"
TO_RELEASE = "B-26-0002"
PICTURES = PROJECT / "docs" / "pictures"
LARGEST = 300 * 1024
TABLET = (1280, 800)
STANDING = (800, 1280)
DESK = (1440, 900)
BOARD = (1600, 900)
ADDRESS = re.compile(r"^Open (http://\S+)")


@contextmanager
def product() -> Iterator[str]:
    """Yield the address of the running product; start it, and stop it again, if need be."""
    given = os.environ.get("MES_URL")
    if given:
        yield given.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="mes") as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "MES_DATA": folder, "MES_PORT": "8100"}
        command = [sys.executable, "manage.py", "run"]
        with subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True
        ) as running:
            try:
                yield _address(running)
            finally:
                running.send_signal(signal.SIGTERM)
                running.communicate()  # it says that it stops; then the folder can go


def _address(running: "subprocess.Popen[str]") -> str:
    for line in running.stdout or ():
        print(line, end="")
        found = ADDRESS.match(line)
        if found:
            return found[1]
    raise SystemExit("The product did not start; the lines above say why.")


@dataclass
class Studio:
    """A browser, the address of the product, and a page for each person."""

    browser: Browser
    address: str

    def desk(self, who: str, size: tuple[int, int] = DESK) -> Page:
        """Sign a person in at a desk."""
        page = self._context(size).new_page()
        page.goto(f"{self.address}/sign-in/")
        page.get_by_label("User name").fill(who)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    def tablet(self, place: str, who: str, size: tuple[int, int] = TABLET) -> Page:
        """Make a browser the tablet of a place, and sign somebody in by badge and PIN."""
        admin = self.desk("dietz")
        admin.goto(f"{self.address}/people/devices/")
        card = admin.locator("main *", has_text=f" {place} · ").filter(has=admin.locator("a"))
        enrolment = card.last.locator("a[href*=enrol]").get_attribute("href") or ""
        admin.context.close()
        page = self._context(size).new_page()
        page.goto(self.address + urlsplit(enrolment).path)
        primary(page).click()
        page.locator("input[name=badge]").fill(f"BADGE-{who.upper()}")
        page.locator("input[name=pin]").fill(PIN)
        primary(page).click()
        page.wait_for_url("**/batches/tablet/")
        return page

    def _context(self, size: tuple[int, int]) -> BrowserContext:
        width, height = size
        return self.browser.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", reduced_motion="reduce"
        )


def keep(page: Page, name: str) -> None:
    """Write a picture once the page is at rest, and refuse one that is too large."""
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(600)
    file = PICTURES / f"{name}.png"
    page.screenshot(path=file)
    size = file.stat().st_size
    print(f"  {file.relative_to(PROJECT)}  {size // 1024} kB")
    if size > LARGEST:
        raise SystemExit(f"{file.name} is larger than {LARGEST // 1024} kB.")


def primary(page: Page) -> Locator:
    """Return the one primary button of a tablet's page."""
    return page.locator("[data-primary]").last


def scan(page: Page, code: str) -> None:
    """Type as a scanner does: without a pause, with Enter."""
    page.evaluate(
        """code => {
            for (const key of [...code, "Enter"]) {
                const how = { key, bubbles: true, cancelable: true };
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", how));
            }
        }""",
        code,
    )


def press(page: Page, digits: str) -> None:
    """Press keys of the tablet's own pad."""
    for digit in digits:
        page.locator(f'.key[data-digit="{digit}"]').click()


def planning(studio: Studio) -> None:
    """A planner asks for the plan of the batch that waits, looks at it, accepts it."""
    page = studio.desk("lindqvist", BOARD)
    page.goto(f"{studio.address}/board/")
    waiting = page.get_by_role("button", name=f"Plan {WAITING}")
    if waiting.count():
        waiting.click()
        expect(page.get_by_role("heading", name="Proposal")).to_be_visible(timeout=60_000)
        keep(page, "board")
        page.get_by_role("button", name="Accept all").click()
    expect(page.get_by_text("No proposal lies over the board")).to_be_visible()
    page.context.close()


def receiving(studio: Studio) -> None:
    """An operator clears the bench, scans a wrong bag and the right one, enters a temperature."""
    page = studio.tablet("Receipt, P1", "adeyemi")
    page.locator("a", has_text=re.compile(f"{WAITING}|Open the step")).first.click()
    if page.get_by_text("Who performs?").count():
        keep(page, "sign-on")
        press(page, PIN)
        primary(page).click()
    at_step(page, 1)
    for check in page.locator("main label:has(input[type=checkbox])").all():
        check.click()
    primary(page).click()
    at_step(page, 2)
    keep(page, "scan")
    own = page.locator(".t-head .coi").inner_text().replace("\n", "").replace(" ", "")[:-1]
    other = f"{own[:-6]}000006"
    scan(page, f"&/{other}")
    scan(page, f"={DONATION}00000600")
    expect(page.get_by_role("heading", name="Stop.")).to_be_visible()
    keep(page, "refusal")
    page.goto(page.url)
    scan(page, f"&/{own}")
    scan(page, f"={DONATION}00000900")
    at_step(page, 3)
    page.locator("main label:has(input[type=radio])").first.click()
    primary(page).click()
    at_step(page, 4)
    press(page, "1.7")
    keep(page, "value")
    page.context.close()


def home(studio: Studio) -> None:
    """An operator's home on a standing tablet."""
    page = studio.tablet("Receipt, P1", "adeyemi", STANDING)
    keep(page, "home")
    page.context.close()


def reviewing(studio: Studio) -> None:
    """QA looks at what waits, at a batch in trouble, and at one that is ready; reads a record."""
    page = studio.desk("brenner")
    page.goto(f"{studio.address}/quality/")
    keep(page, "quality")
    page.get_by_role("link", name=IN_TROUBLE).first.click()
    keep(page, "review")
    page.goto(f"{studio.address}/quality/")
    page.get_by_role("link", name=TO_RELEASE).first.click()
    keep(page, "ready")
    page.goto(f"{studio.address}/batches/")
    page.get_by_role("link", name=TO_RELEASE).first.click()
    keep(page, "record")
    page.context.close()


def following(studio: Studio) -> None:
    """A coordinator follows the cells from vein to vein."""
    page = studio.desk("haddad")
    page.goto(f"{studio.address}/orders/")
    keep(page, "orders")
    page.context.close()


def owning(studio: Studio) -> None:
    """A process owner reads the recipe that is in force."""
    page = studio.desk("ferrari")
    page.goto(f"{studio.address}/recipes/")
    page.get_by_role("link", name="CART19-PRODIGY").first.click()
    keep(page, "recipe")
    page.goto(f"{studio.address}/recipes/")
    versions = page.locator('main a[href^="/recipes/"]:not([href*="drafts"])')
    versions.filter(has_text="SIX-STEPS").first.click()
    page.get_by_role("button", name="Rehearse").click()
    expect(page.get_by_role("heading", name="The steps that dominate")).to_be_visible(
        timeout=90_000
    )
    keep(page, "rehearsal")
    page.context.close()


def training(studio: Studio) -> None:
    """A trainer sees who is qualified for what."""
    page = studio.desk("reiner")
    page.goto(f"{studio.address}/people/qualifications/")
    keep(page, "qualifications")
    page.context.close()


def at_step(page: Page, number: int) -> None:
    """Wait until the tablet shows a step."""
    expect(page.locator(".t-head-big").first).to_contain_text(f"Step {number} ")


def main() -> None:
    """Make all pictures."""
    PICTURES.mkdir(exist_ok=True)
    with product() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(ARGUMENTS))
        studio = Studio(browser, address)
        for scene in (planning, receiving, home, reviewing, following, owning, training):
            scene(studio)
        browser.close()


if __name__ == "__main__":
    main()
