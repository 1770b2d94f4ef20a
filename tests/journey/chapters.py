"""Chapters 1 to 3 of the journey: the recipe, the order, the plan. All at desks."""

from datetime import timedelta
from uuid import UUID

from playwright.sync_api import Page, expect

from equipment.models import Claim
from materials.models import Container
from mes.lib import clock, isbt128
from orders.models import Order
from plant import library
from recipes.enums import VersionStatus
from recipes.models import RecipeVersion
from records.reading import reading
from tests.journey.stage import PASSWORD, RECIPE, SCAN, Stage, sign_in

SOURCE = library.FOLDER / library.FILES[RECIPE]
DIN = "A999826000001"
OTHER_DIN = "A999826000002"


def the_recipe(stage: Stage) -> None:
    """A process owner imports it; the compiler accepts; two others approve; it is effective."""
    page = stage.context(width=1440, height=900).new_page()
    page.goto(f"{stage.served}/recipes/import/")
    sign_in(page, "ferrari", password="not this one")
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    stage.watch.checked(page, "sign-in-refused")
    page = stage.desk("ferrari", "/recipes/")
    stage.watch.checked(page, "recipes-empty")
    page.goto(f"{stage.served}/recipes/import/")
    page.get_by_label("File").set_input_files(SOURCE)
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_text("This recipe can be executed. Nothing was saved yet.")).to_be_visible()
    stage.watch.checked(page, "recipe-checked")
    page.get_by_label("File").set_input_files(SOURCE)
    page.get_by_role("button", name="Import as a draft").click()
    expect(page.get_by_role("heading", name=f"{RECIPE} v1")).to_be_visible()
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_text("Another person must approve")).to_be_visible()
    stage.watch.checked(page, "recipe-author")
    address = page.url.removeprefix(stage.served)
    stage.version = UUID(address.strip("/").split("/")[-1])
    _author_is_refused(stage, page)
    for approver in library.APPROVERS:
        _approve(stage, approver, address)
    page = stage.desk("anand", address)
    page.get_by_role("button", name="Make effective").click()
    expect(page.get_by_text("batches are made from it")).to_be_visible()
    stage.watch.checked(page, "recipe-effective")
    with reading(site=stage.plant.site):
        version = RecipeVersion.objects.get(id=stage.version)
    assert version.status == VersionStatus.EFFECTIVE
    stage.plant.versions[RECIPE] = version.id


def _author_is_refused(stage: Stage, page: Page) -> None:
    """The page offers the author no signature; who sends one all the same is refused."""
    expect(page.get_by_role("button", name="Sign the approval")).to_have_count(0)
    answer = page.evaluate(
        """async ([address, password]) => {
            const form = new FormData(document.querySelector("form#submit"));
            form.set("username", "ferrari");
            form.set("password", password);
            const answer = await fetch(address, {method: "POST", body: form});
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            return [answer.status, page.querySelector("[data-refusal]").dataset.refusal];
        }""",
        [f"/recipes/{stage.version}/approve/", PASSWORD],
    )
    assert answer == [403, "recipe.own_work"]


def _approve(stage: Stage, approver: str, address: str) -> None:
    page = stage.desk(approver, address)
    page.get_by_role("link", name="Approve…").click()
    stage.watch.checked(page, f"recipe-sign-{approver}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign the approval").click()
    expect(page.get_by_role("button", name="Sign the approval")).to_have_count(0)


def the_order(stage: Stage) -> None:
    """A coordinator enters it; identity is issued; cells come against two identifiers."""
    page = stage.desk("haddad", "/orders/new/")
    stage.watch.checked(page, "order-new")
    today = clock.now().date()
    page.get_by_label("Treatment centre").select_option("TC-07")
    fill(
        page, product=RECIPE, contact="Dr. F. Petersen",
        patient_weight="71.5", name="Ada Beispiel", birth_date="1961-05-04",
        hospital_number="HN-553201", collection_from=str(today),
        collection_until=str(today + timedelta(days=3)),
        infusion_from=str(today + timedelta(days=18)),
        infusion_until=str(today + timedelta(days=24)),
    )  # fmt: skip
    page.get_by_label("Urgency").select_option("urgent")
    page.get_by_role("button", name="Enter the order").click()
    expect(page.get_by_role("heading", name="Request to infusion")).to_be_visible()
    stage.watch.checked(page, "order")
    stage.order = UUID(page.url.strip("/").split("/")[-1])
    with reading(site=stage.plant.site):
        stage.coi = Order.objects.get(id=stage.order).coi
    expect(page.get_by_role("heading", level=2).first).to_contain_text(stage.coi[:5])
    _announce(stage, page)
    _receive(stage)


def _announce(stage: Stage, page: Page) -> None:
    page.get_by_role("link", name="Announce a collection…").click()
    stage.watch.checked(page, "announce")
    ended = clock.now() - timedelta(hours=4)
    fill(
        page, din=f"={DIN}00", low="2", high="8",
        started_at=f"{ended - timedelta(hours=4):%Y-%m-%dT%H:%M}",
        ended_at=f"{ended:%Y-%m-%dT%H:%M}",
    )  # fmt: skip
    page.get_by_role("button", name="Announce the collection").click()
    expect(page.get_by_text(isbt128.din(DIN).code).first).to_be_visible()
    stage.watch.checked(page, "order-announced")


def _receive(stage: Stage) -> None:
    """Materials receives; a second identifier of somebody else is refused first."""
    page = stage.desk("vogel", f"/orders/{stage.order}/receive/")
    stage.watch.checked(page, "receive")
    fill(
        page, first=stage.coi, second=f"={DIN}00", volume="120", low="3.5", high="6.1",
        location="Receipt, P1",
    )  # fmt: skip
    page.get_by_role("button", name="Receive the bag").click()
    # Typed without its check character: said beside the field.
    expect(page.locator(".bench-id [role=alert]")).to_contain_text("is not the identifier")
    stage.watch.checked(page, "receive-typed-wrong")
    _fill_bag(page, first=f"&/{stage.coi}", second=f"={OTHER_DIN}00")
    page.get_by_role("button", name="Receive the bag").click()
    expect(page.get_by_role("heading", name="The identity is not proven")).to_be_visible()
    stage.watch.checked(page, "receive-refused")
    with reading(site=stage.plant.site):
        assert not Container.objects.filter(coi=stage.coi).exists()
    _fill_bag(page, first=f"&/{stage.coi}", second=f"={DIN}00")
    page.get_by_role("button", name="Receive the bag").click()
    expect(page.get_by_role("heading", name="Request to infusion")).to_be_visible()
    stage.watch.checked(page, "order-received")
    with reading(site=stage.plant.site):
        assert Container.objects.get(coi=stage.coi).status == "received"


def _fill_bag(page: Page, *, first: str, second: str) -> None:
    """Scan both codes of the bag, each into the field that waits for it; fill the rest."""
    for slot in ("first", "second"):
        fill(page, **{slot: ""})
    for code in (first, second):
        page.evaluate(SCAN, code)
    expect(page.locator("main [name=first]")).to_have_value(first)
    expect(page.locator("main [name=second]")).to_have_value(second)
    fill(page, volume="120", low="3.5", high="6.1", logger="LOG-118", location="Receipt, P1")


def fill(page: Page, **values: str) -> None:
    """Fill the fields of a form by their names; that they are labelled is for axe."""
    for name, value in values.items():
        page.locator(f'main [name="{name}"]').fill(value)


def the_plan(stage: Stage) -> None:
    """The batch is issued; a real worker proposes; the planner accepts: claims are made."""
    page = stage.desk("lindqvist", f"/batches/issue/?order={stage.order}")
    stage.watch.checked(page, "issue")
    page.get_by_role("button", name="Issue the batch").click()
    expect(page.get_by_role("heading", name="Exceptions")).to_be_visible()
    stage.watch.checked(page, "batch-issued")
    stage.batch = UUID(page.url.strip("/").split("/")[-1])
    stage.number = stage.row().number
    page = stage.desk("lindqvist", "/board/")
    stage.watch.checked(page, "board-waiting")
    page.get_by_role("button", name=f"Plan {stage.number}").click()
    expect(page.get_by_role("heading", name="1").first).to_be_visible()
    # The page asks every two seconds; nobody touches anything.
    proposal = page.get_by_role("heading", name="Proposal 1")
    expect(proposal).to_be_visible(timeout=30_000)
    stage.watch.checked(page, "board-proposal")
    page.get_by_role("button", name="Accept all").click()
    expect(page.get_by_text("None: every batch has its bookings.")).to_be_visible()
    stage.watch.checked(page, "board-accepted")
    with reading(site=stage.plant.site):
        assert Claim.objects.of(stage.batch).live().count() == 13
