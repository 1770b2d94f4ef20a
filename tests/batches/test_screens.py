"""The tablet's pages over HTTP: one next thing, proofs of persons, refusals, what is owed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from batches.models import BatchException, Concession, Step
from batches.services import hold_process
from equipment.models import Unit
from mes.lib.ids import uuid7
from records.models import Entry
from records.reading import reading
from tests.builders.accounts import PIN
from tests.builders.batches import OPERATION, STEPS, Trial, batch_at, issued
from tests.builders.floor import at_desk, at_tablet, badge, hidden, queries, send, tablet_at, words

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")

HOME = "/batches/tablet/"
CLEAR, SCAN, EQUIP, ENTER, ADD, AFTER = STEPS


def page_of(trial: Trial, name: str = "work", **more: int) -> str:
    return reverse(f"batches:{name}", kwargs={"batch": trial.batch, **more})


def on_tablet(path: str | None = None, *, who: str = "brandt") -> tuple[Trial, Client]:
    """Return a batch whose next step is ``path`` (None: nobody signed on), and a tablet at it."""
    trial = batch_at(path)
    return trial, at_tablet(trial, who, tablet_at(trial))


def perform(trial: Trial, client: Client, path: str, **values: str) -> Any:
    return send(client, page_of(trial), step=path, **values)


def payloads(trial: Trial, kind: str) -> list[dict[str, object]]:
    with reading(site=trial.site):
        rows = Entry.objects.filter(stream=trial.batch, kind=kind).order_by("seq")
        return [row.envelope["payload"] for row in rows]


def exceptions(trial: Trial) -> list[tuple[str, str]]:
    with reading(site=trial.site):
        rows = BatchException.objects.filter(stream=trial.batch)
        return list(rows.values_list("code", "severity"))


# ---------------------------------------------------------------- who performs


@pytest.mark.req("P11-10f")
def test_nothing_begins_before_somebody_has_signed_on() -> None:
    trial, client = on_tablet()
    page = client.get(page_of(trial))
    assert "Who performs?" in words(page)
    refused = perform(trial, client, CLEAR, v_materials="yes", v_papers="yes")
    assert refused.status_code == 409
    assert trial.step(CLEAR).state == "waiting"


def test_the_recorder_signs_a_colleague_on_by_badge_and_pin() -> None:
    trial, client = on_tablet()
    who = {"who": "colleague", "operation": OPERATION}
    wrong = send(client, page_of(trial, "sign_on"), badge="BADGE-ADEYEMI", pin="111222", **who)
    assert (wrong.status_code, "do not match" in words(wrong)) == (403, True)
    right = send(client, page_of(trial, "sign_on"), badge="BADGE-ADEYEMI", pin=PIN, **who)
    # No PIN of hers is known yet: the plant gives secrets when somebody signs in.
    assert right.status_code == 403
    at_tablet(trial, "adeyemi", tablet_at(trial, "T-15"))
    right = send(client, page_of(trial, "sign_on"), badge="BADGE-ADEYEMI", pin=PIN, **who)
    assert right.status_code == 302
    page = words(client.get(page_of(trial)))
    assert "K. Adeyemi performs" in page
    assert "L. Brandt records" in page


@pytest.mark.req("P11-10g")
def test_who_may_not_attest_cannot_be_signed_on() -> None:
    trial, client = on_tablet()
    at_desk(trial, "brenner")
    form = {"who": "colleague", "operation": OPERATION, "badge": "BADGE-BRENNER", "pin": PIN}
    refused = send(client, page_of(trial, "sign_on"), **form)
    assert (refused.status_code, "may not do this" in words(refused)) == (403, True)


def test_one_person_may_perform_and_record() -> None:
    trial, client = on_tablet()
    form = {"who": "me", "operation": OPERATION, "pin": PIN}
    assert send(client, page_of(trial, "sign_on"), **form).status_code == 302
    assert "L. Brandt performs, records" in words(client.get(page_of(trial)))


# ---------------------------------------------------------------- steps


@pytest.mark.scenario("double-tap")
def test_a_step_is_recorded_once_and_the_next_is_shown() -> None:
    trial, client = on_tablet(CLEAR)
    key = str(uuid7())
    for _ in range(2):
        form = {"step": CLEAR, "v_materials": "yes", "v_papers": "yes"}
        answer = send(client, page_of(trial), key=key, **form)
        assert (answer.status_code, answer.headers["Location"]) == (302, page_of(trial))
    assert len(payloads(trial, "step.performed")) == 1
    assert "Scan the collection bag" in words(client.get(page_of(trial)))


@pytest.mark.req("MH-1", "PI-2")
def test_what_was_recorded_is_there_though_the_browser_died() -> None:
    """Each act is saved by itself, before the page answers: another tablet goes on."""
    trial, client = on_tablet(CLEAR)
    form = {"step": CLEAR, "v_materials": "yes", "v_papers": "yes"}
    assert send(client, page_of(trial), **form).status_code == 302
    client.cookies.clear()
    assert client.get(page_of(trial)).status_code == 302  # nobody is signed in there any more
    other = at_tablet(trial, "adeyemi", tablet_at(trial, "T-15"))
    assert "Scan the collection bag" in words(other.get(page_of(trial)))
    [said] = payloads(trial, "step.performed")
    assert said["values"] == {"materials": "yes", "papers": "yes"}


def test_a_missing_check_is_refused_beside_it_and_the_others_are_kept() -> None:
    trial, client = on_tablet(CLEAR)
    answer = perform(trial, client, CLEAR, v_materials="yes")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'name="v-materials" value="yes" data-check checked' in html
    assert "The line is not clear until this is confirmed." in words(answer)


@pytest.mark.req("F211-111")
def test_a_value_outside_its_limits_asks_for_a_reason_and_keeps_what_was_typed() -> None:
    trial, client = on_tablet(ENTER)
    page = client.get(page_of(trial)).content.decode()
    assert "action_low:0.80" in page
    asked = perform(trial, client, ENTER, v_value="1.14")
    assert asked.status_code == 422
    assert 'value="1.14"' in asked.content.decode()
    assert "is-needed" in asked.content.decode()
    assert exceptions(trial) == []
    given = perform(trial, client, ENTER, v_value="1.14", reason="clumps")
    assert given.status_code == 302
    assert trial.step(ENTER).values == {
        "value": "114000000",
        "comment": "The count was disturbed by clumps",
    }
    assert exceptions(trial) == [("outside.alert", "minor")]


def test_a_decimal_comma_is_read_where_the_language_writes_one() -> None:
    trial, client = on_tablet(ENTER)
    client.cookies["django_language"] = "de"
    assert "Zahl der ausgesäten" in words(client.get(page_of(trial)))
    assert perform(trial, client, ENTER, v_value="1,05").status_code == 302
    [performed] = [p for p in payloads(trial, "step.performed") if p["step"] == ENTER]
    assert performed["shown"]["language"] == "de"  # type: ignore[index]
    assert trial.step(ENTER).values == {"value": "105000000"}


@pytest.mark.req("CI-2")
def test_a_typed_code_is_proven_by_its_check_character_and_recorded_as_typed() -> None:
    trial, client = on_tablet(SCAN)
    scanned = trial.good(SCAN)
    from mes.lib.isbt128 import coi

    identity = coi(scanned["code2"][2:])
    typed = f"{identity.code}{identity.check}"
    answer = perform(
        trial, client, SCAN, v_code1=typed, v_code2=scanned["code1"],
        v_code1_how="typed", v_code2_how="scanned",
    )  # fmt: skip
    assert answer.status_code == 302
    [performed] = [p for p in payloads(trial, "step.performed") if p["step"] == SCAN]
    assert performed["typed"] == ["code1"]
    assert "typed" in words(at_desk(trial, "brenner").get(page_of(trial, "record")))


def test_a_step_out_of_order_shows_the_one_that_is_due() -> None:
    trial, client = on_tablet(SCAN)
    lot = trial.good(ADD)["lot"]
    answer = perform(trial, client, ADD, v_lot=lot, v_quantity="70")
    assert answer.status_code == 409
    said = words(answer)
    assert ("Step 5 is not due" in said, "step 2 comes first" in said) == (True, True)
    assert "Scan the collection bag" in words(answer)


# ---------------------------------------------------------------- refusals


@pytest.mark.req("CI-3")
@pytest.mark.scenario("wrong-patient")
def test_another_patients_bag_stops_the_whole_screen_and_both_batches_know() -> None:
    trial, client = on_tablet(SCAN)
    other = issued(trial.plant, number=2, place=2)
    theirs = other.good(SCAN)
    answer = perform(trial, client, SCAN, v_code1=theirs["code2"], v_code2=theirs["code1"])
    assert answer.status_code == 409
    page = words(answer)
    assert "Stop. Another patient’s container." in page
    assert "Nobody can override this check." in page
    for row in (trial.row(), other.row()):
        assert f'data-copy="{row.coi}"' in answer.content.decode()
    assert "Ask QA" not in page
    for batch in (trial, other):
        assert exceptions(batch) == [("container.wrong_patient", "critical")]


def test_a_unit_that_is_not_booked_leaves_two_ways_out_and_qa_is_asked() -> None:
    trial, client = on_tablet(EQUIP)
    refused = perform(trial, client, EQUIP, v_unit="PR-05")
    assert refused.status_code == 409
    assert "Refused: this is not booked for the batch." in words(refused)
    ask = page_of(trial, "ask") + "?code=claim.none"
    assert ask in refused.content.decode()
    assert send(client, ask, reason=" ").status_code == 422
    assert send(client, ask, reason="PR-01 shows an error.").status_code == 302
    assert "QA asked at 09:00" in words(client.get(page_of(trial)))
    with reading(site=trial.site):
        [concession] = Concession.objects.filter(stream=trial.batch)
    assert (concession.step, concession.code) == (EQUIP, "claim.none")


def test_qa_is_not_asked_about_what_nobody_refused() -> None:
    trial, client = on_tablet(EQUIP)
    assert client.get(page_of(trial, "ask") + "?code=lot.expired").status_code == 409


def test_an_unknown_lot_shows_the_lot_that_may_be_used_and_where_it_lies() -> None:
    trial, client = on_tablet(ADD)
    page = words(client.get(page_of(trial)))
    good = trial.good(ADD)
    assert "Fridge F-02, shelf 3" in page
    assert good["lot"] not in page
    refused = perform(trial, client, ADD, v_lot="XXXX", v_quantity="70")
    assert refused.status_code == 422
    assert good["lot"] in words(refused)
    assert "Scan another lot" in words(refused)


def test_another_batchs_machine_is_absolute() -> None:
    trial, client = on_tablet(EQUIP)
    other = issued(trial.plant, number=2, place=2).up_to(ENTER)
    with reading(site=trial.site):
        theirs = Unit.objects.get(id=other.unit).code
    refused = perform(trial, client, EQUIP, v_unit=theirs)
    assert "Stop. Another patient is there." in words(refused)


# ---------------------------------------------------------------- second person, attestation


@pytest.mark.req("F211-101")
def test_the_performer_cannot_verify_and_another_person_can() -> None:
    trial, client = on_tablet(ENTER)
    at_tablet(trial, "adeyemi", tablet_at(trial, "T-15"))
    perform(trial, client, ENTER, v_value="1.02")
    sheet = client.get(page_of(trial))
    assert "Verify step 4" in words(sheet)
    proof = {"pin": PIN, "content_hash": hidden(sheet, "content_hash")}
    own = send(client, page_of(trial, "verify"), badge="BADGE-ADEYEMI", **proof)
    assert own.status_code == 403
    assert "performed this step and cannot verify it" in words(own)
    changed = {**proof, "content_hash": "0" * 64}
    address = page_of(trial, "verify")
    assert send(client, address, badge="BADGE-BRANDT", **changed).status_code == 409
    second = send(client, address, badge="BADGE-BRANDT", **proof)
    assert second.status_code == 302
    assert trial.step(ENTER).verifier_name == "Lena Brandt"


@pytest.mark.req("P11-50", "P11-200a")
def test_the_performer_attests_and_the_record_is_complete() -> None:
    trial, recorder = on_tablet(AFTER)
    performer = at_tablet(trial, "adeyemi", tablet_at(trial, "T-15"))
    perform(trial, recorder, AFTER, v_materials="yes", v_wiped="yes")
    assert "Attest operation 1" in words(performer.get(HOME))
    assert "Attest operation 1" not in words(recorder.get(HOME))
    address = page_of(trial, "attest", number=1)
    sheet = performer.get(address)
    assert "6 steps performed, 1 to 6" in words(sheet)
    proof = {"content_hash": hidden(sheet, "content_hash"), "pin": PIN}
    badge_of = badge(trial.plant.crew, "brandt")
    assert send(recorder, address, badge=badge_of, **proof).status_code == 403
    assert send(performer, address, **proof).status_code == 302
    assert "The record of this batch is complete." in words(performer.get(page_of(trial)))
    record = words(at_desk(trial, "brenner").get(page_of(trial, "record")))
    assert "I performed these steps as recorded." in record
    assert "09:00:00 CET (UTC+1)" in record


# ---------------------------------------------------------------- beside the step


def test_home_opens_the_batch_of_a_scanned_unit_place_or_bag() -> None:
    trial, client = on_tablet(EQUIP)
    with reading(site=trial.site):
        unit = Unit.objects.get(id=trial.unit).code
    scan = reverse("batches:tablet_scan")
    codes = [unit, "H2-P1", f"&/{trial.row().coi}", trial.row().number]
    opened = [client.get(scan, {"code": code}).headers.get("Location") for code in codes]
    assert opened == [page_of(trial)] * 4
    unknown = client.get(scan, {"code": "XYZ"})
    assert (unknown.status_code, "No batch is found" in words(unknown)) == (404, True)


def test_home_asks_for_a_witness_who_is_not_the_performer() -> None:
    trial, recorder = on_tablet(ENTER)
    performer = at_tablet(trial, "adeyemi", tablet_at(trial, "T-15"))
    trial.perform(ENTER)
    assert "Verify: Enter the viable CD3+ cells seeded" in words(recorder.get(HOME))
    assert "Nobody waits for you." in words(performer.get(HOME))


def test_the_menu_of_a_tablet_leads_to_what_one_owes() -> None:
    """On its home, beside what has to be done before leaving, and below the name on desk pages."""
    _, client = on_tablet(ENTER)
    link = f'href="{reverse("accounts:owed")}"'
    pages = (HOME, reverse("accounts:permissions"))
    assert [client.get(page).content.decode().count(link) for page in pages] == [1, 1]
    assert client.get(reverse("accounts:owed")).status_code == 200


def test_something_happened_becomes_an_exception() -> None:
    trial, client = on_tablet(EQUIP)
    address = page_of(trial, "report")
    assert send(client, address, step=EQUIP, text="").status_code == 422
    assert send(client, address, step=EQUIP, text="The line was kinked.").status_code == 302
    assert exceptions(trial) == [("reported", "minor")]


def test_only_the_shift_lead_holds_and_restarts_the_process() -> None:
    trial, operator = on_tablet(EQUIP)
    assert operator.get(page_of(trial, "hold")).status_code == 403
    lead = at_desk(trial, "okafor")
    address = page_of(trial, "hold")
    assert send(lead, address, act="hold", reason="Power failure").status_code == 302
    held = words(operator.get(page_of(trial)))
    assert "Power failure" in held
    assert "Keep the collection bag closed" in held
    assert send(lead, address, act="restart", reason="Power is back").status_code == 302
    assert "Scan the Prodigy." in words(operator.get(page_of(trial)))


def test_a_poll_costs_nothing_until_something_changes() -> None:
    trial, client = on_tablet(EQUIP)
    address = page_of(trial, "live")
    first = client.get(address, {"at": 3})
    etag = first.headers["ETag"]
    again = client.get(address, {"at": 3}, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    trial.perform(EQUIP)
    moved = client.get(address, {"at": 3}, headers={"If-None-Match": etag})
    assert "The batch went on: step 4 is due." in words(moved)
    calm = client.get(address, {"at": 3, "calm": 1}, headers={"If-None-Match": etag})
    assert calm.headers["HX-Refresh"] == "true"


def test_every_page_of_a_batch_takes_few_queries() -> None:
    trial, client = on_tablet(ADD)
    hold_process(command=trial.command("okafor"), batch=trial.batch, reason="Test")
    names = ("work", "steps", "report", "call")
    counts = {name: queries(client, page_of(trial, name)) for name in names}
    counts["home"] = queries(client, HOME)
    desk = at_desk(trial, "brenner")
    counts["record"] = queries(desk, page_of(trial, "record"))
    counts["list"] = queries(desk, reverse("batches:index"))
    assert {name: count for name, count in counts.items() if count > 25} == {}


def test_the_list_takes_the_same_queries_for_one_batch_and_for_many() -> None:
    trial = batch_at(None)
    desk = at_desk(trial, "brenner")
    one = queries(desk, reverse("batches:index"))
    for number in range(2, 8):
        issued(trial.plant, number=number, claimed=False)
    assert queries(desk, reverse("batches:index")) == one
    rows = desk.get(reverse("batches:index")).content.decode().count("<tr data-row")
    assert rows == 7
    assert "<tr data-row" not in desk.get("/batches/?state=released").content.decode()


def test_a_batch_is_issued_from_its_order() -> None:
    from random import Random

    from plant.arrival import Patient, enter_order, receive

    trial = batch_at(None)
    patient = Patient(plant=trial.plant, number=9, recipe="SIX-STEPS", luck=Random(9))
    enter_order(patient)
    receive(patient)
    lead = at_desk(trial, "okafor")
    address = reverse("batches:issue") + f"?order={patient.order}"
    assert f'value="{patient.order}" selected' in lead.get(address).content.decode()
    form = {
        "order": str(patient.order), "purpose": "patient",
        "recipe_version": str(trial.plant.versions["SIX-STEPS"]),
    }  # fmt: skip
    answer = send(lead, address, **form)
    assert answer.status_code == 302
    assert "B-26-0002" in words(lead.get(answer.headers["Location"]))
    assert send(at_desk(trial, "brenner"), address, **form).status_code == 403


def test_a_batch_of_nobody_is_not_found() -> None:
    trial, client = on_tablet(EQUIP)
    nobody = reverse("batches:work", args=[uuid7()])
    assert client.get(nobody).status_code == 404
    with reading(site=trial.site):
        assert Step.objects.filter(stream=trial.batch).count() == 6
