"""The pages of QA and QC: what they show, refuse and cost."""

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from batches.enums import Disposition
from mes.lib.ids import uuid7
from quality.enums import Judgement
from tests.builders import quality as build
from tests.builders.accounts import PASSWORD, signed_in_client
from tests.builders.quality import Bench

pytestmark = pytest.mark.usefixtures("committed_db")
MOST_QUERIES = 25


def page(bench: Bench, name: str = "batch", **more: UUID) -> str:
    return reverse(f"quality:{name}", kwargs={"batch": bench.batch, **more})


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def key() -> dict[str, str]:
    return {"key": str(uuid7())}


def proof(client: Client) -> dict[str, str]:
    from accounts.models import Person
    from records.reading import reading

    with reading(site=None):
        person = Person.objects.get(id=client.session["period"]["person"])
    return {**key(), "username": person.username, "password": PASSWORD}


def test_review_page_costs_the_same_for_one_and_for_many_exceptions() -> None:
    bench = build.issued()
    build.reported(bench)
    client = signed_in_client(bench.site, "qa-reviewer")
    one = queries(client, page(bench))
    for _ in range(6):
        build.reported(bench)
    assert queries(client, page(bench)) == one
    assert one <= MOST_QUERIES


def test_queue_costs_the_same_for_one_and_for_three_batches() -> None:
    bench = build.issued()
    build.asked(bench)
    build.entered(build.received(build.performed(bench)), "viability", "90")
    client = signed_in_client(bench.site, "qa-reviewer")
    one = queries(client, reverse("quality:index"))
    for number in ("B-26-0002", "B-26-0003"):
        other = build.issued(bench.site, number=number)
        build.asked(other)
        build.entered(build.received(build.performed(other)), "viability", "90")
    assert queries(client, reverse("quality:index")) == one
    assert one <= MOST_QUERIES


def test_exception_is_judged_in_place() -> None:
    bench = build.issued()
    raised = build.reported(bench)
    client = signed_in_client(bench.site, "qa-reviewer")
    url = page(bench, "judge", exception=raised.id)
    answer = client.post(url, {**key(), "comment": "Wiped off.", "judgement": "accepted"})
    assert (answer.status_code, answer["Location"]) == (302, page(bench))
    [judged] = bench.exceptions()
    assert (judged.judgement, judged.judgement_comment) == (Judgement.ACCEPTED, "Wiped off.")


def test_judgement_without_a_comment_is_shown_again() -> None:
    bench = build.issued()
    raised = build.reported(bench)
    client = signed_in_client(bench.site, "qa-reviewer")
    url = page(bench, "judge", exception=raised.id)
    answer = client.post(url, {**key(), "comment": "", "judgement": "accepted"})
    assert answer.status_code == 400
    assert b"exception-" in answer.content


@pytest.mark.req("F211-110", "F211-194", "P11-50")
def test_way_of_a_sample_from_receipt_to_a_signed_result() -> None:
    bench = build.performed(build.issued())
    analyst = signed_in_client(bench.site, "qc-analyst")
    sample = bench.sample().id
    one = reverse("quality:sample", kwargs={"sample": sample})
    assert queries(analyst, one) <= MOST_QUERIES
    receive = reverse("quality:receive", kwargs={"sample": sample})
    assert analyst.post(receive, {**key(), "condition": "intact"}).status_code == 302
    enter = reverse("quality:enter", kwargs={"sample": sample, "test": "viability"})
    assert analyst.get(enter).status_code == 200
    wrong = analyst.post(enter, {**key(), "value": "9,5", "method": "SOP"})
    assert (wrong.status_code, b"decimal point" in wrong.content) == (422, True)
    assert analyst.post(enter, {**key(), "value": "91.0", "method": "SOP"}).status_code == 302
    [result] = bench.record().results
    offered = [b"Review\xe2\x80\xa6" in client.get(one).content for client in (
        analyst, signed_in_client(bench.site, "microbiology"))]  # fmt: skip
    assert offered == [False, True]
    review = reverse("quality:review_result", kwargs={"result": result.id})
    own = analyst.post(review, proof(analyst))
    assert (own.status_code, b"person.same" in own.content) == (409, True)
    second = signed_in_client(bench.site, "microbiology")
    content = second.get(review).context["sheet"].content
    unseen = second.post(review, proof(second))
    assert (unseen.status_code, b"signature.shown_has_changed" in unseen.content) == (409, True)
    assert second.post(review, {**proof(second), "content_hash": content}).status_code == 302
    assert bench.record().results[0].reviewed_at is not None


def test_german_analyst_types_a_comma_and_never_thousands() -> None:
    bench = build.at_qc()
    analyst = signed_in_client(bench.site, "qc-analyst")
    enter = reverse("quality:enter", kwargs={"sample": bench.sample().id, "test": "viability"})

    def post(value: str, language: str) -> int:
        form = {**key(), "value": value, "method": "SOP"}
        return analyst.post(enter, form, headers={"accept-language": language}).status_code

    assert [post("91,5", "en"), post("1.500", "de"), post("91,5", "de")] == [422, 422, 302]
    [result] = bench.record().results
    assert (result.typed, result.value) == ("91,5", "91.5")


def test_lists_name_tests_and_answers_in_the_recipes_words() -> None:
    bench = build.with_results(build.at_qc())
    qa = signed_in_client(bench.site, "qa-reviewer")
    queue = qa.get(reverse("quality:index")).content.decode()
    assert "Viability, Dose, Appearance, Sterility" in queue
    sheet = qa.get(reverse("quality:sample", kwargs={"sample": bench.sample().id}))
    shown = [one["value"] for test in sheet.context["tests"] for one in test["results"]]
    plain = [text.replace("\xa0", " ").replace("\u202f", " ") for text in shown]
    assert plain == ["92.5 %", "1.4 × 10⁸ cells", "Intact"]


@pytest.mark.req("F211-192", "A11-15", "P11-200a")
def test_review_and_release_by_two_people_through_the_pages() -> None:
    bench = build.with_results(build.at_qc())
    reviewer = signed_in_client(bench.site, "qa-reviewer")
    shown = reviewer.get(page(bench, "sign_review"))
    content = shown.context["sheet"].content
    answer = reviewer.post(page(bench, "sign_review"), {**proof(reviewer), "content_hash": content})
    assert answer.status_code == 302, answer.content
    releasing = signed_in_client(bench.site, "releasing-person")
    content = releasing.get(page(bench, "release")).context["sheet"].content
    wrong = {**proof(releasing), "password": "not this one", "content_hash": content}
    refused = releasing.post(page(bench, "release"), wrong)
    assert (refused.status_code, b"credential.wrong" in refused.content) == (403, True)
    done = releasing.post(page(bench, "release"), {**proof(releasing), "content_hash": content})
    assert done.status_code == 302, done.content
    assert bench.row().disposition == Disposition.RELEASED
    assert queries(releasing, page(bench)) <= MOST_QUERIES


@pytest.mark.parametrize("role", ["qa-reviewer", "qa-on-call", "operator", "qc-analyst"])
def test_release_page_is_closed_to_everybody_else(role: str) -> None:
    bench = build.issued()
    client = signed_in_client(bench.site, role)
    assert client.get(page(bench, "release")).status_code == 403


def test_concession_is_granted_and_declined_through_the_pages() -> None:
    bench = build.issued()
    first, second = build.asked(bench), build.asked(bench, step="work/fill/volume")
    client = signed_in_client(bench.site, "qa-on-call")
    url = page(bench, "concession", concession=first)
    sheet = client.get(url).context["sheet"]
    until = sheet.form.initial["until"]
    sent = {**proof(client), "until": f"{until:%Y-%m-%dT%H:%M}", "reason": "r", "risk": "none",
            "content_hash": sheet.content}  # fmt: skip
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.content
    decline = page(bench, "decline", concession=second)
    assert client.post(decline, {**key(), "reason": "Take the other lot."}).status_code == 302
    assert [row.state for row in bench.record().concessions] == ["granted", "declined"]


def test_hold_is_set_and_lifted() -> None:
    bench = build.issued()
    client = signed_in_client(bench.site, "qa-reviewer")
    for action, held in (("set", True), ("lift", False)):
        sent = {**key(), "reason": "Lot in doubt.", "action": action}
        assert client.post(page(bench, "hold"), sent).status_code == 302
        assert bench.row().quality_hold is held
    again = client.post(page(bench, "hold"), {**key(), "reason": "x", "action": "lift"})
    assert (again.status_code, b"hold.not_set" in again.content) == (409, True)
