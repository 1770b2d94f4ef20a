"""A tablet in the cleanroom: a driver of its guided screens, as gloves and scanner use them."""

from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Error, Locator, Page, expect

from batches.selectors import batch_of, placed_of
from plant.hands import Hands
from records.reading import reading
from tests.journey.stage import PIN, SCAN, TABLET, Stage

SHEET, STEP = "form#sign", "form#step:has(input[name=step])"
ATTRIBUTES = "(all, name) => all.map(one => one.getAttribute(name) ?? '')"
HASTE = """(pad, digits) => {
    for (const digit of digits.replace("-", ""))
        pad.querySelector(`[data-digit="${digit}"]`).click();
    if (digits.startsWith("-")) pad.querySelector("[data-sign]").click();
}"""
FLAGGED_REASON = "Repeated and confirmed; no effect on the cells expected."


@dataclass
class Tablet:
    """One enrolled tablet, the person signed in on it, and the page that it shows."""

    stage: Stage
    page: Page
    who: str
    hasty: bool = False

    @classmethod
    def linked(cls, stage: Stage, address: str, who: str) -> "Tablet":
        """Open the address that links a tablet, then sign in by badge and PIN."""
        page = stage.context(**TABLET).new_page()
        page.goto(address)
        stage.watch.checked(page, "tablet-enrol")
        page.get_by_role("button", name="Enrol this tablet").click()
        made = cls(stage, page, who)
        stage.watch.checked(page, "tablet-sign-in")
        made.prove(who, command="Sign in")
        expect(page.get_by_role("heading", name="Due now")).to_be_visible()
        stage.watch.checked(page, "tablet-home")
        return made

    @property
    def address(self) -> str:
        """The address of the one next thing of the batch."""
        return f"{self.stage.served}/batches/{self.stage.batch}/work/"

    def open(self) -> None:
        """Show the one next thing; unlock first if entry was left too long ago."""
        self._go(self.address)
        cover = self.page.locator("[data-idle-cover]")
        if cover.is_visible():
            self.page.goto(f"{self.stage.served}{cover.locator('a').get_attribute('href')}")
        if "/tablet/" in self.page.url:
            self.prove(self.who, command="Sign in")
            expect(self.page).to_have_url(self.address)

    def _go(self, address: str) -> None:
        """Go to a page; a page that just drew itself anew gives way at the second try."""
        try:
            self.page.goto(address)
        except Error as error:
            if "ERR_ABORTED" not in str(error):
                raise
            self.page.wait_for_load_state("load")
            self.page.goto(address)

    def scan(self, code: str) -> None:
        """Scan a code, wherever the focus is."""
        self.page.evaluate(SCAN, code)

    def prove(self, who: str, *, command: str, pin: str = PIN) -> None:
        """Scan a badge if one is asked for, touch the PIN, press the command."""
        _, hire = self.stage.crew.people[who]
        badge = self.page.locator("input[name=badge][data-scan-slot]")
        if badge.count():
            self.scan(hire.badge)
            expect(badge).to_have_value(hire.badge)
        self.page.locator(".pin-input").fill("")
        self.touch(pin, self.page.locator(".pad-pin"))
        self.press(command)

    def touch(self, digits: str, pad: Locator) -> None:
        """Touch digits on a pad; the sign is a key of its own.

        In haste its keys are pressed by script: the same events, without the hand's way.
        """
        if self.hasty:
            pad.evaluate(HASTE, digits)
            return
        for digit in digits.removeprefix("-"):
            pad.locator(f'[data-digit="{digit}"]').tap()
        if digits.startswith("-"):
            pad.locator("[data-sign]").tap()

    def press(self, command: str = "") -> None:
        """Press the one command and wait for the page that answers."""
        button = self.page.locator("button[data-primary]")
        if command:
            button = button.filter(has_text=command)
        with self.page.expect_navigation():
            button.tap()

    @property
    def due(self) -> str:
        """The path of the step that is shown; empty on any other page."""
        return self._said(f"{STEP} input[name=step]", "value")

    @property
    def sheet(self) -> str:
        """What is to be signed: sign-on, verify, attest; or nothing."""
        action = self._said(SHEET, "action")
        return next((one for one in ("sign-on", "verify", "attest") if f"/{one}/" in action), "")

    def _said(self, selector: str, attribute: str) -> str:
        """Return an attribute of the one part of this kind; empty where there is none."""
        parts = self.page.locator(selector)
        said: list[str] = parts.evaluate_all(ATTRIBUTES, attribute)
        return "".join(said)

    def good(self, **more: str) -> dict[str, str]:
        """Return what good hands enter at the step that is shown."""
        with reading(site=self.stage.plant.site):
            batch = batch_of(self.stage.row().id)
            placed = placed_of(batch, self.due)
            return Hands(self.stage.crew, batch, placed, self.stage.luck).values() | more

    def perform(self, values: Mapping[str, str] | None = None) -> None:
        """Fill the step that is shown and press its command; scans go on by themselves."""
        by_itself = self.page.locator('form#step[data-scan="on"]').count() > 0
        given = self.good() if values is None else values
        if by_itself:
            with self.page.expect_navigation():
                self.fill(given)
            return
        self.fill(given)
        if self.page.locator(".reasons.is-needed:visible").count():
            self.say_why()
        self.press()

    def fill(self, values: Mapping[str, str]) -> None:
        """Scan, touch and choose what a step asks for, each on its own control."""
        slots = self.page.locator("form#step [data-scan-slot]")
        names: list[str] = slots.evaluate_all(ATTRIBUTES, "name")
        for name, value in values.items():
            if f"v-{name}" not in names:
                self._enter(f"v-{name}", value)
        ready = self.page.locator("label:has([data-ready])")
        if ready.count():
            ready.tap()
        for name in names:
            self.scan(values[name.removeprefix("v-")])

    def _enter(self, name: str, value: str) -> None:
        field = self.page.locator(f'form#step [name="{name}"]')
        kind = field.first.get_attribute("type")
        if kind == "radio":
            self.page.locator(f'label:has([name="{name}"][value="{value}"])').tap()
        elif kind == "checkbox":
            self.page.locator(f'label:has([name="{name}"])').tap()
        elif field.get_attribute("data-value") is not None:
            field.tap()
            self.touch(value, self.page.locator("form#step .pad"))
            expect(field).to_have_value(value)
        else:
            field.fill(value)

    def say_why(self, words: str = FLAGGED_REASON) -> None:
        """Give a reason in one's own words."""
        self.page.locator("label.choice-own").tap()
        self.page.get_by_label("What happened").fill(words)

    def sign_on(self, performer: str) -> None:
        """Sign a colleague on as performer; who is signed in records."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="A colleague performs, I record").tap()
        self.prove(performer, command="")
