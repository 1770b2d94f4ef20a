"""Chapter 5 of the journey: laboratory, review, release, and the record to take along."""

import base64
from datetime import timedelta
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect

from batches.models import Batch
from mes.lib import clock
from mes.lib.evidence import Link, breaks
from orders.models import Order
from quality.models import Sample
from records import outbox
from records.reading import reading
from tests.journey.chapters import fill
from tests.journey.stage import PASSWORD, Stage

ANALYST, SECOND, REVIEWER, RELEASER = "lindner", "quist", "brenner", "weiss"
NUMBERS = {"viability": "92.5", "cd3": "94.1", "car": "41.0", "endotoxin": "0.9"}
COMMENT = "Looked at: no effect on the cells."


def the_laboratory(stage: Stage) -> None:
    """Samples are received; one analyst enters each result, another one reviews it."""
    clock.advance(timedelta(hours=12))
    with reading(site=stage.plant.site):
        weight = Decimal(Order.objects.get(id=stage.order).inputs["patient_weight"])
        samples = list(Sample.objects.of_batch(stage.batch).order_by("drawn_at"))
    # The dose of the cohort: 1e6 cells per kg of body weight.
    wanted = {**NUMBERS, "dose": str(int(weight * 1_000_000)), "appearance": "conforms"}
    page = stage.desk(ANALYST, "/quality/samples/")
    stage.watch.checked(page, "samples")
    for sample in samples:
        tests = {test: wanted[test] for test in sample.tests if test in wanted}
        if tests:
            _received(stage, sample)
            _entered(stage, sample, tests)
    _reviewed(stage, count=len(wanted))


def _received(stage: Stage, sample: Sample) -> None:
    page = stage.desk(ANALYST, f"/quality/samples/{sample.id}/")
    stage.watch.checked(page, "sample")
    fill(page, condition="Intact, 4 °C, label legible")
    page.get_by_role("button", name="Receive the sample").click()
    expect(page.get_by_role("button", name="Receive the sample")).to_have_count(0)


def _entered(stage: Stage, sample: Sample, tests: dict[str, str]) -> None:
    for test, value in tests.items():
        page = stage.desk(ANALYST, f"/quality/samples/{sample.id}/{test}/")
        stage.watch.checked(page, "result")
        if test == "appearance":
            page.locator(f'main [name=value][value="{value}"]').check()
            fill(page, method="SOP-QC-01")
        else:
            fill(page, value=value, method="SOP-QC-01", equipment="FC-01")
        page.get_by_role("button", name="Save the result").click()
        expect(page.get_by_role("link", name="Correct…").first).to_be_visible()
    stage.watch.checked(page, "sample-with-results")


def _reviewed(stage: Stage, *, count: int) -> None:
    """Who entered a result cannot review it; a second person does."""
    page = stage.desk(SECOND, "/quality/")
    stage.watch.checked(page, "quality-index")
    waiting = page.locator('a[href*="/results/"]:not([href$="/results/review/"])')
    expect(waiting).to_have_count(count)
    addresses = [waiting.nth(n).get_attribute("href") or "" for n in range(count)]
    page = stage.desk(ANALYST, addresses[0])
    if page.locator("#id_password").count():
        _sign(page, ANALYST)
    expect(page.locator("[data-refusal]")).to_be_visible()
    stage.watch.checked(page, "own-result-refused")
    for address in addresses:
        page = stage.desk(SECOND, address)
        stage.watch.checked(page, "result-review")
        _sign(page, SECOND)
        expect(page.locator("form#sign")).to_have_count(0)


def _sign(page: Page, who: str) -> None:
    """Sign the sheet that is shown: both components opened the period, the password is enough."""
    expect(page.locator("#id_username")).to_have_count(0)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form#sign button[type=submit]").click()


def the_review(stage: Stage) -> None:
    """QA judges what was not in order; a hold blocks the release until it is lifted."""
    outbox.drain()
    page = stage.desk(REVIEWER, review_of(stage))
    stage.watch.checked(page, "review")
    _judged(stage, page)
    page = stage.desk(REVIEWER, f"/quality/batches/{stage.batch}/coverage/?seen=flagged")
    stage.watch.checked(page, "coverage")
    _hold(stage, "Set a hold…", "Set the quality hold", "Vector lot under suspicion.")
    stage.watch.checked(stage.desks[REVIEWER], "review-held")
    _release_is_blocked(stage)
    _hold(stage, "Lift the hold…", "Lift the quality hold", "Suspicion not confirmed.")
    page = stage.desk(REVIEWER, review_of(stage))
    page.get_by_role("link", name="Sign review").click()
    stage.watch.checked(page, "review-sign")
    _sign(page, REVIEWER)
    expect(page.locator("form#sign")).to_have_count(0)
    stage.watch.checked(page, "review-signed")


def review_of(stage: Stage) -> str:
    """Return the address of the review page."""
    return f"/quality/batches/{stage.batch}/"


def _judged(stage: Stage, page: Page) -> None:
    """Answer one exception after another; the last answer leaves none open."""
    links = page.locator('tr[id^="exception-"]:not(.is-done) .what a')
    left = links.count()
    assert left >= 2
    while left:
        page.goto(f"{stage.served}{review_of(stage)}")
        links.first.click()
        stage.watch.checked(page, "review-judge")
        fill(page, comment=COMMENT)
        page.get_by_role("button", name="Accept with comment").click()
        left -= 1
        expect(links).to_have_count(left)


def _hold(stage: Stage, summary: str, button: str, reason: str) -> None:
    page = stage.desk(REVIEWER, review_of(stage))
    page.get_by_text(summary).click()
    page.locator("#hold [name=reason]").fill(reason)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name=button)).to_have_count(0)


def _release_is_blocked(stage: Stage) -> None:
    """The bar says so, and who signs all the same is refused with the points that are open."""
    page = stage.desk(RELEASER, review_of(stage))
    expect(page.get_by_role("link", name="Certify and release")).to_have_count(0)
    stage.watch.checked(page, "release-waits")
    page.goto(f"{stage.served}{review_of(stage)}release/")
    _sign(page, RELEASER)
    expect(page.locator("[data-refusal]")).to_have_attribute("data-refusal", "gates.open")
    stage.watch.checked(page, "release-refused")
    assert stage.row().disposition == ""


def the_release(stage: Stage) -> None:
    page = stage.desk(RELEASER, review_of(stage))
    page.get_by_role("link", name="Certify and release").click()
    stage.watch.checked(page, "release-sign")
    _sign(page, RELEASER)
    expect(page.locator("form#sign")).to_have_count(0)
    stage.watch.checked(page, "released")
    row: Batch = stage.row()
    assert (row.disposition, row.record_state) == ("released", "dispositioned")
    outbox.drain()


def the_record(stage: Stage) -> None:
    """Read it on screen; take it along as JSON with its chains, and as PDF of the worker."""
    page = stage.desk(REVIEWER, f"/batches/{stage.batch}/")
    expect(page.locator("tr[id^=step-]")).to_have_count(101)
    stage.watch.checked(page, "record")
    _json(stage, page)
    _pdf(stage)


def _json(stage: Stage, page: Page) -> None:
    answer = page.request.get(f"{stage.served}{review_of(stage)}record.json")
    chains = answer.json()["chains"]
    assert [list(breaks(links(chain))) for chain in chains] == [[] for _ in chains]
    for chain in chains:
        last = chain["entries"][-1]
        assert chain["head"] == {"seq": last["seq"], "hash": last["hash"]}
    spoiled = links(chains[0])
    spoiled[4] = Link(spoiled[4].stream, 5, spoiled[4].body + b" ", spoiled[4].hash)
    assert [one.problem for one in breaks(spoiled)] == ["altered"]


def links(chain: dict[str, Any]) -> list[Link]:
    """Return the links of an exported chain as the verifier takes them."""
    return [
        Link(chain["stream"], one["seq"], base64.b64decode(one["body"]), bytes.fromhex(one["hash"]))
        for one in chain["entries"]
    ]


def _pdf(stage: Stage) -> None:
    page = stage.desk(REVIEWER, review_of(stage))
    page.get_by_role("button", name="Write a PDF").click()
    expect(page.get_by_text("Copy 1 is being written…")).to_be_visible()
    stage.watch.checked(page, "pdf-asked")
    # The message lies in the simulated future: for the worker, now is its time.
    stage.owner.execute(
        "UPDATE records_message SET not_before = clock_timestamp() WHERE state = 'waiting'"
    )
    copy = page.get_by_role("link", name="Copy 1, PDF")
    expect(copy).to_be_visible(timeout=60_000)
    stage.watch.checked(page, "pdf-written")
    answer = page.request.get(f"{stage.served}{copy.get_attribute('href')}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    assert b"/Type /Pages" in answer.body() or b"/Type/Pages" in answer.body()
