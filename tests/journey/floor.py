"""Chapter 4 of the journey: the floor. Every step of the recipe on a tablet.

From here on the time is simulated in this process, and so in the threads of the live server:
twelve days pass in a minute. The Celery worker is another process and lives in real time, so
a message that an act leaves in the simulated future is not yet due for it; such messages are
worked here, by the same consumers (``outbox.drain``).
"""

from datetime import datetime, timedelta
from random import Random

from playwright.sync_api import expect

from batches.enums import StepState
from batches.models import BatchException, Operation, RefusedAttempt, Step
from batches.selectors import due_steps
from equipment.models import Claim, Unit
from materials.models import Container
from mes.lib import clock
from orders.models import Order
from plant import laboratory
from plant.arrival import Patient, enter_order, issue, known, receive
from recipes.paths import ref
from records import outbox
from records.models import Entry
from records.reading import reading
from records.routing import on
from records.verification import READER
from tests.journey.chapters import fill
from tests.journey.stage import EXPIRES_SOON, RECIPE, Stage, enrolled
from tests.journey.tablet import Tablet

PERFORMER, RECORDER = "adeyemi", "brandt"
STEP = timedelta(minutes=2)


def another_patient(stage: Stage) -> Container:
    """Another patient's cells are in the house: their bag is there to be taken by mistake."""
    patient = Patient(plant=stage.plant, number=2, recipe=RECIPE, luck=Random(2))
    enter_order(patient)
    receive(patient)
    issue(patient)
    with reading(site=stage.plant.site):
        coi = Order.objects.get(id=known(patient.order)).coi
        return Container.objects.get(coi=coi, kind="collection")


def the_floor(stage: Stage) -> None:
    """The receipt and the selection with everything that goes wrong; then all the rest."""
    other = another_patient(stage)
    tablet = at_the_place_of(stage, "receipt", by_admin=True)
    the_receipt(stage, tablet, other)
    stage.leave()
    tablet.page.context.close()
    tablet = at_the_place_of(stage, "selection")
    the_selection(stage, tablet)
    tablet.hasty = True
    walk(stage, tablet)


def claims(stage: Stage, key: str) -> list[Claim]:
    """Return the live claims of the batch for a stage."""
    with reading(site=stage.plant.site):
        return list(Claim.objects.of(stage.batch).live().for_stage(key))


def at_the_place_of(stage: Stage, key: str, *, by_admin: bool = False) -> Tablet:
    """Go to a stage's place at its planned time, with a tablet of that place."""
    begin(stage, key)
    place = next(one for one in claims(stage, key) if one.resource_kind == "place")
    if by_admin:
        return Tablet.linked(stage, _enrolled_by_admin(stage), RECORDER)
    address = enrolled(stage, "T-02", place.resource, place.resource_label)
    return Tablet.linked(stage, address, RECORDER)


def _enrolled_by_admin(stage: Stage) -> str:
    """The administrator enrols a tablet on the page, which shows the address that links it."""
    page = stage.desk("dietz", "/people/devices/")
    fill(page, code="T-01", label="Receipt bench")
    page.get_by_role("button", name="Enrol", exact=True).click()
    link = page.get_by_role("link", name="/tablet/enrol/")
    expect(link).to_have_count(1)
    stage.watch.checked(page, "tablets")
    return link.get_attribute("href") or ""


def begin(stage: Stage, key: str) -> None:
    """Let the time of a stage come, if it has not come yet."""
    spans = [span for claim in claims(stage, key) for span in claim.stages if span["key"] == key]
    starts = [datetime.fromisoformat(span["start"]) for span in spans]
    clock.simulate(max([clock.now() + STEP, *starts[:1]]))


def the_receipt(stage: Stage, tablet: Tablet, other: Container) -> None:
    watch, page = stage.watch, tablet.page
    # Scan the machine, not a list: its code opens the batch that has it.
    counter = next(one for one in claims(stage, "receipt") if one.alias == "counter")
    with page.expect_navigation():
        tablet.scan(counter.resource_label.split(",")[0])
    expect(page).to_have_url(tablet.address)
    watch.checked(page, "sign-on")
    tablet.sign_on(PERFORMER)
    watch.checked(page, "step-clear")
    _tap_twice(stage, tablet)
    _another_patients_bag(stage, tablet, other)
    tablet.perform()
    watch.checked(page, "step-choose")
    tablet.perform()
    watch.checked(page, "step-enter")
    tablet.perform({"value": "4.0"})
    _out_of_limits(stage, tablet)
    _only_the_performer_attests(stage, tablet)
    tablet.sign_on(PERFORMER)
    _out_of_order(stage, tablet)
    _unclaimed_unit(stage, tablet)
    walk(stage, tablet, until="selection")


def _tap_twice(stage: Stage, tablet: Tablet) -> None:
    """Gloves hit twice; the same command sent again brings the first reply. One entry."""
    path = tablet.due
    tablet.fill(tablet.good())
    button = tablet.page.locator("button[data-primary]")
    form = tablet.page.evaluate(
        "[...new FormData(document.querySelector('form#step'))].map(([n, v]) => [n, String(v)])"
    )
    with tablet.page.expect_navigation():
        button.dblclick()
    answer = tablet.page.evaluate(
        """async ([address, pairs]) => {
            const answer = await fetch(address, {method: "POST", body: new URLSearchParams(pairs)});
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            return [answer.status, page.querySelector("[data-refusal]")?.dataset.refusal];
        }""",
        [tablet.address, form],
    )
    assert answer == [200, None]
    assert performed(stage, path) == 1
    tablet.open()


def performed(stage: Stage, path: str) -> int:
    """Return how often a step stands in the ledger."""
    with on(READER):
        entries = Entry.objects.filter(stream=stage.batch, kind="step.performed")
        said = (entry.envelope["payload"] for entry in entries)
        return sum(ref(one["step"], one["iteration"]) == path for one in said)


def refused(stage: Stage, tablet: Tablet, code: str, *, title: str, way_out: str) -> None:
    """The tablet shows a refusal with sentence and way out; the attempt is in the record."""
    expect(tablet.page.locator(".note-code").first).to_have_text(code)
    expect(tablet.page.get_by_role("heading", level=1)).to_have_text(title)
    expect(tablet.page.locator("main")).to_contain_text(way_out)
    stage.watch.checked(tablet.page, f"refused-{code}")
    with reading(site=stage.plant.site):
        assert RefusedAttempt.objects.filter(stream=stage.batch, code=code).count() == 1


def back(tablet: Tablet) -> None:
    """Press the one way that a refusal offers."""
    with tablet.page.expect_navigation():
        tablet.page.locator("a[data-primary]").tap()


def _another_patients_bag(stage: Stage, tablet: Tablet, other: Container) -> None:
    stage.watch.checked(tablet.page, "step-scan")
    wrong = {"code1": f"&/{other.coi}", "code2": f"={other.din}00"}
    with tablet.page.expect_navigation():
        tablet.fill(wrong)
    refused(
        stage, tablet, "container.wrong_patient", title="Stop. Another patient’s container.",
        way_out="Keep it closed on the tray; the shift lead takes it.",
    )  # fmt: skip
    back(tablet)
    assert performed(stage, tablet.due) == 0
    with reading(site=stage.plant.site):
        both = BatchException.objects.filter(code="container.wrong_patient")
        assert both.values("stream").distinct().count() == 2


def _out_of_limits(stage: Stage, tablet: Tablet) -> None:
    """A value outside its limit asks for a comment, and is an exception for QA."""
    path = tablet.due
    tablet.fill({"value": "9.5"})
    stage.watch.checked(tablet.page, "step-outside")
    tablet.press("Save with reason")
    expect(tablet.page.locator(".reasons.is-needed [role=alert]")).to_be_visible()
    assert performed(stage, path) == 0
    stage.watch.checked(tablet.page, "step-comment-asked")
    tablet.page.locator("label.choice", has_text="Delay of the courier").tap()
    tablet.press("Save with reason")
    with reading(site=stage.plant.site):
        raised = BatchException.objects.get(stream=stage.batch, step=path)
    assert raised.severity == "major"
    assert raised.comment == "Delay of the courier"


def _only_the_performer_attests(stage: Stage, tablet: Tablet) -> None:
    assert tablet.sheet == "attest"
    stage.watch.checked(tablet.page, "attest")
    tablet.prove(RECORDER, command="")
    expect(tablet.page.get_by_role("alert")).to_contain_text("Kemi Adeyemi")
    stage.watch.checked(tablet.page, "attest-refused")
    tablet.prove(PERFORMER, command="")
    with reading(site=stage.plant.site):
        first = Operation.objects.filter(stream=stage.batch).order_by("number")[0]
    assert first.state == "attested"


def _out_of_order(stage: Stage, tablet: Tablet) -> None:
    """A step that is not due, sent by hand: refused, the due one is shown."""
    due = tablet.due
    tablet.page.evaluate(
        "document.querySelector('form#step input[name=step]').value = 'receipt/count/clear-after'"
    )
    tablet.page.evaluate(
        """() => { const one = document.querySelector('form#step [data-scan-slot]');
            one.value = 'x'; one.form.append(Object.assign(document.createElement('input'),
            {name: 'v-moved', value: 'yes'}), Object.assign(document.createElement('input'),
            {name: 'v-labels', value: 'yes'})); }"""
    )
    with tablet.page.expect_navigation():
        tablet.page.evaluate("document.querySelector('form#step').requestSubmit()")
    expect(tablet.page.locator("[data-refusal]")).to_have_attribute("data-refusal", "step.not_due")
    stage.watch.checked(tablet.page, "refused-step.not_due")
    assert tablet.due == due
    assert performed(stage, "receipt/count/clear-after") == 0
    tablet.open()


def _unclaimed_unit(stage: Stage, tablet: Tablet) -> None:
    stage.watch.checked(tablet.page, "step-equip")
    held = {claim.resource for claim in claims(stage, "receipt")}
    with reading(site=stage.plant.site):
        free = Unit.objects.filter(unit_class="cell-counter").exclude(id__in=held)[0]
    with tablet.page.expect_navigation():
        tablet.scan(free.code)
    refused(
        stage, tablet, "claim.none", title="Refused: this is not booked for the batch.",
        way_out="What you can do",
    )  # fmt: skip
    back(tablet)


def the_selection(stage: Stage, tablet: Tablet) -> None:
    walk(stage, tablet, until="selection/load/set")
    stage.watch.checked(tablet.page, "step-add")
    tablet.fill(tablet.good(lot=EXPIRES_SOON))
    tablet.press()
    refused(
        stage, tablet, "lot.expired", title="Refused: this lot has expired.",
        way_out="This lot may be used; it expires first.",
    )  # fmt: skip
    back(tablet)
    walk(stage, tablet, until="selection/enrich/connect")
    stage.watch.checked(tablet.page, "step-confirm")
    path = tablet.due
    tablet.perform()
    assert tablet.sheet == "verify"
    stage.watch.checked(tablet.page, "verify")
    tablet.prove(PERFORMER, command="Verify")
    expect(tablet.page.get_by_role("alert")).to_contain_text("Kemi Adeyemi")
    stage.watch.checked(tablet.page, "verify-refused")
    tablet.prove(RECORDER, command="Verify")
    with reading(site=stage.plant.site):
        row = Step.objects.get(stream=stage.batch, path=path)
    assert (row.state, row.verifier_name) == (StepState.CLOSED, "Lena Brandt")
    assert (row.performer_name, row.recorder_name) == ("Kemi Adeyemi", "Lena Brandt")


def walk(stage: Stage, tablet: Tablet, *, until: str = "") -> None:
    """Do the one next thing after another, until a step (or stage) is due or all is done."""
    at = tablet.due.partition("/")[0]
    tablet.open()
    while True:
        due = tablet.due
        if until and (due.startswith(until) or _stage_of(stage) == until):
            return
        if due and due.partition("/")[0] != at:
            at = due.partition("/")[0]
            begin(stage, at)
            tablet.open()
            continue
        stage.watch.checked(tablet.page)
        if not _next_thing(stage, tablet):
            return
        outbox.drain()


def _stage_of(stage: Stage) -> str:
    with reading(site=stage.plant.site):
        row = stage.row()
        due = next(iter(due_steps(row.id)), None)
        owed = Operation.objects.filter(stream=row.id, state="to_be_attested").exists()
    return due.stage if due and not owed else ""


def _next_thing(stage: Stage, tablet: Tablet) -> bool:
    """Sign, wait or perform. False when the record is complete."""
    sheet = tablet.sheet
    if sheet == "sign-on":
        tablet.sign_on(PERFORMER)
        # Refused, it would be asked for again and again.
        expect(tablet.page.locator("[data-refusal]")).to_have_count(0)
    elif sheet == "verify":
        tablet.prove(RECORDER, command="Verify")
    elif sheet == "attest":
        tablet.prove(PERFORMER, command="")
    elif not tablet.due:
        return False
    elif tablet.page.locator("span.btn-waiting[data-primary]").count():
        _wait(stage, tablet)
    else:
        tablet.perform()
        clock.advance(STEP)
    return True


def _wait(stage: Stage, tablet: Tablet) -> None:
    """Wait for the time that the page counts down, or for the laboratory's results."""
    countdown = tablet.page.locator("[data-countdown]")
    if countdown.count():
        clock.simulate(datetime.fromisoformat(countdown.get_attribute("data-countdown") or ""))
    else:
        clock.advance(timedelta(hours=8))
        waits = {"ipc-car", "ipc-sterility", "ipc-mycoplasma"}
        laboratory.analyse(stage.crew, stage.batch, stage.luck, only=waits)
    tablet.open()
