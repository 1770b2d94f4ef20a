"""The editor in a real browser: saved as it is written, by two at once, from nothing to review."""

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, Position, ViewportSize, expect

from batches.enums import StepState
from batches.models import BatchException, Operation, Step
from plant.arrival import Patient, enter_order, receive
from plant.crew import qualify
from plant.plant import open_plant
from recipes import selectors
from recipes.drafting.changes import at
from recipes.services import drafts
from records.reading import reading
from tests.builders.accounts import PASSWORD, DemoSite, a_command, open_demo_site, person
from tests.builders.kinds import Run
from tests.builders.recipes import imported, library_text
from tests.journey.floor import PERFORMER, RECORDER, at_the_place_of, walk
from tests.journey.stage import Stage, give_secrets
from tests.recipes.test_in_browser import a_person, sign_in
from tests.support.axe import grave_faults

# Whether one part of the page lies within another.
INSIDE = """names => {
    const [one, other] = names.map(name => document.querySelector(name).getBoundingClientRect());
    return one.left >= other.left && one.right <= other.right;
}"""
DESK: ViewportSize = {"width": 1440, "height": 900}
SEED = "stages/seeding/operations/seed/steps"
STEPS = "stages/stage/operations/operation/steps"


def a_draft(site: DemoSite, name: str = "six-steps") -> UUID:
    version = imported(site, library_text(name))
    command = a_command(site.actor("process-owner"))
    return UUID(str(drafts.open_draft(command=command, version=version)["draft"]))


def value(draft: UUID, site: DemoSite, path: str) -> object:
    with reading(site=site.id):
        return at(selectors.draft_of(draft).content, tuple(path.split("/")))


def saved(page: Page, do: Callable[[], object]) -> None:
    """Do what the editor sends, and wait for its answer."""
    with page.expect_response(lambda answer: "/edit/" in answer.url):
        do()


def test_a_field_is_saved_as_it_is_left_and_can_be_taken_back(served: str, page: Page) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    page.set_viewport_size(DESK)
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(f"{served}/recipes/drafts/{draft}/?at={SEED}/seeded")
    tablet = page.frame_locator("iframe")
    expect(tablet.get_by_role("heading", level=1)).to_have_text(
        "Enter the viable CD3+ cells seeded."
    )
    assert grave_faults(page) == []
    unit = page.get_by_label("Unit", exact=True)
    unit.fill("furlong")
    saved(page, lambda: unit.press("Tab"))
    expect(page.get_by_text("There is no unit furlong.").first).to_be_visible()
    expect(page.get_by_role("button", name="Send to review")).to_be_disabled()
    assert grave_faults(page) == []
    saved(page, page.get_by_role("button", name="Undo").click)
    expect(page.get_by_role("button", name="Send to review")).to_be_enabled()
    assert value(draft, site, f"{SEED}/seeded/unit") == "{cells}"
    page.get_by_role("heading", level=2).first.click()
    saved(page, lambda: page.keyboard.press("Alt+ArrowDown"))
    order = [one["key"] for one in value(draft, site, SEED)]  # type: ignore[attr-defined]
    assert order[3:5] == ["medium", "seeded"]


def names(draft: UUID, site: DemoSite, path: str) -> list[str]:
    found = value(draft, site, path)
    assert isinstance(found, list)
    return [one["key"] for one in found]


RECEIPT, TRANSDUCTION = "stages/receipt/operations", "stages/transduction/operations"
THAW, TRANSDUCE = f"{TRANSDUCTION}/thaw/steps", f"{TRANSDUCTION}/transduce/steps"


def leaves_and_comes_again(page: Page, into: Locator) -> None:
    """Look at the form where its button stands in a second row of commands; leave and open it."""
    page.set_viewport_size({"width": 1190, "height": 820})
    assert page.evaluate(INSIDE, [".move-to-form", "#form"])
    page.keyboard.press("Escape")
    expect(into).to_be_hidden()
    page.set_viewport_size(DESK)
    page.keyboard.press("m")
    expect(into).to_be_focused()


def test_parts_are_moved_to_any_place_by_dragging_and_by_keys(served: str, page: Page) -> None:
    site = open_demo_site()
    draft = a_draft(site, "cart19-prodigy")
    page.set_viewport_size(DESK)
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(f"{served}/recipes/drafts/{draft}/?at={THAW}/titre")
    before = {
        path: names(draft, site, path)
        for path in (RECEIPT, TRANSDUCTION, THAW, TRANSDUCE, "stages")
    }

    def order(path: str) -> list[str]:
        return names(draft, site, path)

    def row(path: str) -> Locator:
        return page.locator(f'#outline [data-place="{path}"]')

    # Before another of its list, and to the first place of an operation that lies folded: the
    # formula that names it goes on meaning it, and one undo takes all of it back.
    top: Position = {"x": 90, "y": 4}
    saved(
        page,
        lambda: row(f"{THAW}/titre").drag_to(row(f"{THAW}/{before[THAW][0]}"), target_position=top),
    )
    assert order(THAW)[:2] == ["titre", before[THAW][0]]
    saved(page, lambda: row(f"{THAW}/titre").drag_to(row(f"{TRANSDUCTION}/transduce")))
    assert order(TRANSDUCE)[0] == "titre"
    assert value(draft, site, f"{THAW}/vector-volume/formula") == (
        "parameters.moi * selection.seed.seeded / transduce.titre"
    )
    saved(page, page.get_by_role("button", name="Undo").click)
    assert (order(TRANSDUCE), order(THAW)[0]) == (before[TRANSDUCE], "titre")

    # Into another stage: what lies folded opens under the pointer.
    row(f"{THAW}/titre").hover()
    page.mouse.down()
    for path in ("stages/receipt", f"{RECEIPT}/count"):
        row(path).hover()
        row(path).hover()
    saved(page, lambda: _dropped(page, row(f"{RECEIPT}/count/steps/tnc")))
    assert order(f"{RECEIPT}/count/steps")[1:3] == ["tnc", "titre"]
    expect(page.locator("#outline .is-peek")).to_have_count(0)

    # An operation into another stage, a stage behind another.
    saved(page, lambda: row(f"{RECEIPT}/accept").drag_to(row("stages/transduction")))
    assert order(TRANSDUCTION) == ["accept", *before[TRANSDUCTION]]
    saved(page, lambda: row("stages/receipt").drag_to(row("stages/selection")))
    assert order("stages")[:2] == ["selection", "receipt"]

    # By keys: past the end of its operation, and by the form of all places.
    page.goto(f"{served}/recipes/drafts/{draft}/?at={THAW}/vector-volume")
    expect(page.locator("#form-title")).to_be_visible()
    page.keyboard.press("m")
    into = page.get_by_label("Into")
    expect(into).to_be_focused()
    assert grave_faults(page) == []
    leaves_and_comes_again(page, into)
    into.select_option(TRANSDUCE)
    place = page.get_by_label("Place", exact=True)
    expect(place).to_be_focused()
    expect(place).to_have_value("")
    page.keyboard.press("Tab")
    saved(page, lambda: page.keyboard.press("Enter"))
    assert order(TRANSDUCE) == ["vector-volume", *before[TRANSDUCE]]
    saved(page, lambda: page.keyboard.press("Alt+ArrowUp"))
    assert order(THAW)[-1] == "vector-volume"
    saved(page, page.get_by_role("button", name="Undo").click)
    assert order(TRANSDUCE)[0] == "vector-volume"


def _dropped(page: Page, row: Locator) -> None:
    row.hover()
    row.hover()
    page.mouse.up()


def test_two_people_see_each_others_changes(served: str, page: Page, browser: Browser) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    address = f"{served}/recipes/drafts/{draft}/?at={SEED}/seeded"
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(address)
    other = browser.new_page()
    person("process-owner", site=site, username="colleague", badge="K-col", secrets=True)
    sign_in(other, served, "colleague")
    other.goto(address)
    decimals = other.get_by_label("Decimals", exact=True)
    decimals.fill("3")
    saved(other, lambda: decimals.press("Tab"))
    expect(page.get_by_label("Decimals", exact=True)).to_have_value("3", timeout=10_000)
    other.close()


@pytest.mark.usefixtures("at_time")
def test_ten_steps_are_written_from_nothing_approved_by_two_and_run(
    served: str, page: Page, browser: Browser, owner_connection: psycopg.Connection
) -> None:
    plant = open_plant()
    for who in ("ferrari", "anand", "brenner", "lindqvist", "adeyemi", "brandt"):
        give_secrets(plant.crew, who)
    page.set_viewport_size(DESK)
    sign_in(page, served, "ferrari")
    address = _written(page, served)
    for who in ("anand", "brenner"):
        _signed(browser, served, address, who)
    with reading(site=plant.site):
        version = selectors.effective_of("TEN-STEPS")
        assert version is not None
        assert version.steps == 10
        recipe = selectors.document(version.content_hash)
    qualify(plant.crew, (PERFORMER, RECORDER), [recipe])
    stage = Stage(served=served, browser=browser, owner=owner_connection, plant=plant)
    _issued(stage)
    Run(plant, stage.batch).claim_everything()
    stage.leave()
    tablet = at_the_place_of(stage, "stage")
    tablet.hasty = True
    walk(stage, tablet)
    _is_complete(stage)


def _written(page: Page, served: str) -> str:
    """Write ten steps of seven kinds from nothing and send them to review; return the address."""
    page.goto(f"{served}/recipes/")
    page.get_by_role("link", name="New recipe…").click()
    page.get_by_label("Code").fill("TEN-STEPS")
    page.get_by_label("Title").fill("Ten steps")
    assert grave_faults(page) == []
    page.get_by_role("button", name="Begin to write").click()
    page.get_by_role("link", name="Stage", exact=True).click()
    _fill(page, "stages/stage/room/class", "grade-C")
    page.get_by_role("link", name="Operation", exact=True).click()
    page.get_by_role("link", name="Confirm").click()
    _clear(page, "first", when="before")
    _next(page, 1, "Scan the collection bag.", kind="Scan")
    _choose(page, "what", "Collection bag")
    _fill(page, f"{STEPS}/step-1/identifiers", "2")
    _next(page, 2, "Hang the bag up.")
    _next(page, 3, "Enter the volume of the bag.", kind="Enter a value")
    _choose(page, "value", "decimal")
    _fill(page, f"{STEPS}/step-3/unit", "mL")
    _next(page, 4, "Half of it goes on.", kind="Calculate")
    _fill(page, f"{STEPS}/step-4/unit", "mL")
    _fill(page, f"{STEPS}/step-4/formula", "step_3 / 2")
    _next(page, 5, "Is the bag clear?", kind="Choose an answer")
    for option, text in (("new-1", "Clear"), ("new-2", "Cloudy")):
        saved(page, page.locator(f'[data-act="add"][data-place="{STEPS}/step-5/options"]').click)
        _fill(page, f"{STEPS}/step-5/options/{option}/text/en", text)
    _next(page, 6, "Let it rest.", kind="Timer")
    _fill(page, f"{STEPS}/step-6/min", "5 min")
    _next(page, 7, "Close the clamp.")
    saved(page, page.locator(f'[data-field="{STEPS}/step-7/verify"]').click)
    _next(page, 8, "Put the bag away.")
    _next(page, 9, "")
    _clear(page, "step-9", when="after")
    expect(page.get_by_text("Stages: 1, operations: 1, steps: 10")).to_be_visible()
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_role("heading", name="TEN-STEPS v1")).to_be_visible()
    expect(page.get_by_text("Waits for those who may approve")).to_be_visible()
    return page.url


def _issued(stage: Stage) -> None:
    """An order for it comes with its cells; the planner issues the batch from the page."""
    patient = Patient(plant=stage.plant, number=1, recipe="TEN-STEPS", luck=stage.luck)
    enter_order(patient)
    receive(patient)
    page = stage.desk("lindqvist", f"/batches/issue/?order={patient.order}")
    page.get_by_role("button", name="Issue the batch").click()
    expect(page.get_by_role("heading", name="Exceptions")).to_be_visible()
    stage.batch = UUID(page.url.strip("/").split("/")[-1])


def _is_complete(stage: Stage) -> None:
    """All ten steps are closed, each by who did it; the record waits for its review."""
    row = stage.row()
    assert (row.process_state, row.record_state) == ("complete", "complete")
    with reading(site=stage.plant.site):
        steps = {step.path: step for step in Step.objects.filter(stream=stage.batch)}
        operation = Operation.objects.get(stream=stage.batch)
        assert list(BatchException.objects.filter(stream=stage.batch)) == []
    assert {step.state for step in steps.values()} == {StepState.CLOSED}
    assert len(steps) == 10
    assert {(step.performer_name, step.recorder_name) for step in steps.values()} == {
        ("Kemi Adeyemi", "Lena Brandt")
    }
    here = "stage/operation"
    assert steps[f"{here}/step-3"].values["value"] == "1"
    assert steps[f"{here}/step-4"].values["value"] == "0.50"
    assert steps[f"{here}/step-5"].values["choice"] == "new-1"
    assert int(steps[f"{here}/step-6"].values["elapsed"]) >= 300
    assert steps[f"{here}/step-7"].verifier_name == "Lena Brandt"
    assert operation.state == "attested"
    stage.watch.clean()


def _signed(browser: Browser, served: str, address: str, username: str) -> None:
    """Read the version as another person, and sign it; the second makes it effective."""
    page = browser.new_page()
    sign_in(page, served, username)
    page.goto(address)
    card = page.locator("#sign")
    card.get_by_label("Password").fill(PASSWORD)
    card.get_by_role("button", name="Sign the approval").click()
    expect(page.locator("#sign")).to_have_count(0)
    if page.get_by_role("button", name="Make effective").count():
        page.get_by_role("button", name="Make effective").click()
        expect(page.get_by_text("batches are made from it")).to_be_visible()
    page.close()


def _fill(page: Page, path: str, text: str) -> None:
    field = page.locator(f'[data-field="{path}"]')
    field.fill(text)
    saved(page, lambda: field.press("Tab"))


def _say(page: Page, step: str, text: str) -> None:
    _fill(page, f"{STEPS}/{step}/text/en", text)


def _behind(page: Page, step: str) -> None:
    """Add a step behind the one that is looked at; the page goes on to it."""
    saved(page, page.get_by_role("button", name="Step behind").click)
    expect(page.locator(f'[data-field="{STEPS}/{step}/key"]')).to_be_visible()


def _next(page: Page, number: int, text: str, *, kind: str = "") -> None:
    """Go on with one more step: its text, and its kind if it is no confirmation."""
    _behind(page, f"step-{number}")
    if text:
        _say(page, f"step-{number}", text)
    if kind:
        _choose(page, "kind", kind)


def _clear(page: Page, step: str, *, when: str) -> None:
    _say(page, step, "Look at the place.")
    _choose(page, "kind", "Line clearance")
    _choose(page, "when", when)
    saved(page, page.get_by_role("button", name="Add", exact=True).last.click)
    _fill(page, f"{STEPS}/{step}/checks/new-1/text/en", "Nothing of another patient is here.")


def _choose(page: Page, field: str, label: str) -> None:
    chosen = page.locator(f'select[data-field$="/{field}"]')
    saved(page, lambda: chosen.select_option(label))


def test_the_same_draft_as_text(served: str, page: Page) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    page.set_viewport_size(DESK)
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(f"{served}/recipes/drafts/{draft}/text/")
    words = page.get_by_label("The recipe as YAML")
    words.fill(words.input_value().replace("20 min", "25 min"))
    page.get_by_role("button", name="Save the text").click()
    page.get_by_role("link", name="Form").click()
    page.get_by_role("link", name="Seeding", exact=True).click()
    expect(page.get_by_label("Lowest", exact=True).first).to_have_value("25 min")
    assert grave_faults(page) == []


def test_a_message_beside_the_text_leads_to_its_line(served: str, page: Page) -> None:
    site = open_demo_site()
    draft = a_draft(site)
    page.set_viewport_size(DESK)
    sign_in(page, served, a_person(site, "process-owner"))
    page.goto(f"{served}/recipes/drafts/{draft}/text/")
    words = page.get_by_label("The recipe as YAML")
    lines = words.input_value().split("\n")
    expect(page.locator(".line-numbers")).to_contain_text(f"{len(lines) - 1}\n{len(lines)}")
    wrong = next(n for n, line in enumerate(lines, 1) if "unit: '{cells}'" in line)
    words.fill(words.input_value().replace("unit: '{cells}'", "unit: furlong", 1))
    page.get_by_role("button", name="Save the text").click()
    message = page.locator("#compiler li").filter(has_text="There is no unit furlong.").first
    link = message.get_by_role("link", name=f"line {wrong} ·")
    link.press("Enter")
    chosen = words.evaluate("it => it.value.slice(it.selectionStart, it.selectionEnd)")
    assert chosen.strip() == "unit: furlong"
    expect(words).to_be_focused()
    shown = words.evaluate("it => [it.scrollTop, it.previousSibling.scrollTop]")
    assert shown[0] == shown[1] > 0
    assert grave_faults(page) == []
    # A text that cannot be read keeps its lines as well.
    words.fill("recipe: [")
    page.get_by_role("button", name="Save the text").click()
    page.locator(".list [data-line]").click()
    expect(words).to_be_focused()
