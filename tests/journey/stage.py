"""The stage of the journey: a plant without a recipe, its people with secrets, its browsers."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

import psycopg
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.services.credentials import set_credential
from accounts.services.devices import PlaceRef, enrol_device
from accounts.services.people import grant_role
from accounts.services.sites import open_site
from accounts.sessions import enrolment_token
from batches.models import Batch
from mes.lib.ids import uuid7
from orders.services.register import open_register
from plant import house, library
from plant.crew import Crew, hire_all, open_centres, qualify
from plant.plant import FACILITY, HANDS, ZONE, Plant
from records.reading import reading
from tests.journey.watch import Watch

RECIPE = "CART19-PRODIGY"
PIN = "246813"
PASSWORD = "a calm night at the plant"
DESK = {"width": 1440, "height": 900}
# Ten inches, lying.
TABLET = {"width": 1280, "height": 800}
EXPIRES_SOON = "5260999001"
NOBODY = UUID(int=0)
# A scanner is a keyboard that types faster than any hand: here all its keys come at once.
SCAN = """code => {
    for (const key of [...code, "Enter"])
        document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
}"""


@dataclass
class Stage:
    """Everything that a chapter of the journey needs."""

    served: str
    browser: Browser
    owner: psycopg.Connection
    plant: Plant
    watch: Watch = field(default_factory=Watch)
    luck: Random = field(default_factory=lambda: Random(7))
    desks: dict[str, Page] = field(default_factory=dict)
    version: UUID = NOBODY
    order: UUID = NOBODY
    coi: str = ""
    batch: UUID = NOBODY
    number: str = ""

    @property
    def crew(self) -> Crew:
        return self.plant.crew

    def row(self) -> Batch:
        """Return the batch as it is now."""
        with reading(site=self.plant.site):
            return Batch.objects.get(id=self.batch)

    def context(self, **viewport: int) -> BrowserContext:
        """Open a browser of its own: its own cookies, watched."""
        touch = viewport == TABLET
        context = self.browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            has_touch=touch, reduced_motion="reduce", locale="en-GB",
        )  # fmt: skip
        context.set_default_timeout(20_000)
        self.watch.over(context)
        return context

    def desk(self, who: str, path: str = "/") -> Page:
        """Return a person's page at a desk, signed in by name and password, at ``path``."""
        page = self.desks.get(who)
        if page is None:
            page = self.desks[who] = self.context(**DESK).new_page()
        page.goto(f"{self.served}{path}")
        if "/sign-in/" in page.url:
            sign_in(page, who)
            if not page.url.endswith(path):
                page.goto(f"{self.served}{path}")
        return page

    def leave(self) -> None:
        """Close everybody's page at a desk: an open one asks the server what is new."""
        for page in self.desks.values():
            page.context.close()
        self.desks.clear()


def sign_in(page: Page, who: str, password: str = PASSWORD) -> None:
    """Sign in at a desk."""
    page.get_by_label("User name").fill(who)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    if password == PASSWORD:
        expect(page.get_by_role("heading", name="Sign in")).to_have_count(0)


def open_empty_plant() -> Plant:
    """Open a plant as before its first patient: people, rooms, units and lots, no recipe."""
    site = uuid7()
    crew = Crew(site=site, zone=ZONE)
    open_site(
        command=crew.setup("accounts.open_site"), site=site, code="MZ1", name="Mainz MZ1",
        zone=ZONE, jurisdiction="EU",
    )  # fmt: skip
    hire_all(crew)
    open_centres(crew)
    open_register(command=crew.setup("orders.open_register"), facility=FACILITY)
    recipe = library.parsed(RECIPE)
    qualify(crew, HANDS, [recipe])
    built = house.build(crew, (recipe,))
    house.deliver(crew, EXPIRES_SOON, "TS520", good_for=timedelta(minutes=5))
    # The process owner might also approve: only that they wrote it may stop them.
    author, _ = crew.people["ferrari"]
    grant_role(command=crew.setup("accounts.grant_role"), person=author, role="recipe-approver")
    for who in crew.people:
        give_secrets(crew, who)
    return Plant(site=site, crew=crew, house=built, versions={}, recipes={RECIPE: recipe})


def give_secrets(crew: Crew, who: str) -> None:
    """Give a person the PIN and the password of all journeys."""
    for kind, secret in (("pin", PIN), ("password", PASSWORD)):
        set_credential(
            command=crew.setup("accounts.set_credential"), person=crew.people[who][0], kind=kind,
            secret=secret,
        )  # fmt: skip


def enrolled(stage: Stage, code: str, place: UUID, label: str) -> str:
    """Enrol a tablet at a place, as the set-up does; return the address that links it."""
    device = uuid7()
    enrol_device(
        command=stage.crew.setup("accounts.enrol_device"), device=device, code=code, label=label,
        place=PlaceRef("place", place, label),
    )  # fmt: skip
    token = enrolment_token(device=device, site=stage.plant.site)
    return f"{stage.served}/tablet/enrol/{token}/"
