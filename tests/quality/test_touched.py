"""What changes a reviewed record voids the review, says why, and asks that reviewer again."""

import pytest

from accounts.owed import ABOUT
from accounts.selectors import obligations_of
from batches.models import VoidedSignature
from quality import services
from quality.enums import ReviewStanding
from quality.rules import review_standing
from quality.services.results import Typed
from records import outbox
from records.models import Entry, Message
from records.presenters import sentence
from records.reading import reading
from tests.builders import quality as build
from tests.builders.quality import Bench

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("PI-1", "D11-13"),
]


def corrected(bench: Bench, test: str = "viability", value: str = "91.0") -> None:
    row = next(one for one in bench.record().standing_results if one.test == test)
    services.correct_result(
        command=bench.command("qc-analyst"), result=row.id, reason="Digits were turned.",
        typed=Typed(test=test, value=value, equipment="CTR-2"),
    )  # fmt: skip
    outbox.drain()


def owed(bench: Bench, role: str = "qa-reviewer") -> list[str]:
    """Return what the holder of a role owes, in the words of the page."""
    with reading(site=bench.site.id):
        rows = obligations_of(bench.site.person(role))
        return [ABOUT[row.about].sentence(row.words) for row in rows]


def voided(bench: Bench) -> list[tuple[str, str, bool]]:
    with reading(site=bench.site.id):
        rows = VoidedSignature.objects.filter(stream=bench.batch)
        return [(row.about, row.changed, row.renewed_at is not None) for row in rows]


def test_a_corrected_result_voids_the_review_and_asks_its_reviewer_only() -> None:
    bench = build.ready_for_release()
    corrected(bench)
    corrected(bench, value="90.5")  # it is void already: nobody is asked twice
    assert review_standing(bench.record()) == ReviewStanding.VOID
    assert voided(bench) == [("batch.reviewed", "result/viability", False)]
    assert owed(bench) == [
        "Sign again in B-26-0001: I reviewed this batch record; every exception is judged."
        " (a result of viability came or changed)"
    ]
    assert [owed(bench, role) for role in ("qc-analyst", "operator", "releasing-person")] == [
        []
    ] * 3
    with reading(site=bench.site.id):
        entry = Entry.objects.get(stream=bench.batch, kind="signature.voided")
    said = sentence(entry.envelope)
    assert said.startswith("Void (a result of viability came or changed): ")
    build.sign_review(bench)
    assert (owed(bench), voided(bench)) == ([], [("batch.reviewed", "result/viability", True)])


def test_what_the_review_does_not_cover_voids_nothing() -> None:
    bench = build.ready_for_release()
    build.with_results(bench, build.STERILE)
    outbox.drain()
    assert (voided(bench), owed(bench)) == ([], [])
    build.release(bench)
    with reading(site=bench.site.id):
        before = Message.objects.filter(topic="review.touched").count()
    corrected(bench)
    with reading(site=bench.site.id):
        assert Message.objects.filter(topic="review.touched").count() == before
    assert voided(bench) == []
