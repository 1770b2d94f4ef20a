"""The periodic evaluation: one report over all its sources, reviewed as a part of the trail is."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Person
from accounts.services.trail import review_trail
from accounts.signing_exceptions import ShownHasChanged
from mes.lib import clock
from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from records import evaluation, pulses, software
from records.checkpoints import Checkpointer
from records.entries import declared
from records.evaluation import SOURCES, Facts, facts_of, kinds_of, sections
from records.exceptions import PeriodNotOver, TrailTooLong
from records.models import Entry, Pulse, TrailReview
from records.places import Folder
from records.reading import reading
from records.reviews import EVALUATED_EVERY, EVALUATION, Asked, of_site, part_of, trail_of_site
from records.self_check import of_thing
from records.things import EVALUATED
from records.verification import verify
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client
from tests.builders.recipes import proof_of
from tests.records.golden_rows import golden_rows
from tests.records.ledger_owner import unguarded

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("A11-11")]
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
AtTime = Callable[[datetime], None]


@pytest.fixture
def site(committed_db: str, at_time: AtTime) -> DemoSite:
    """Give a site in which every kind of entry was written on one Monday, and a day has passed."""
    at_time(MONDAY)
    made = open_demo_site()
    for role in ("qa-reviewer", "releasing-person"):
        made.person(role)
    golden_rows(made.id)
    software.note_start()
    at_time(MONDAY + DAY)
    return made


def test_every_source_is_listed_with_all_that_it_wrote_in_the_period(site: DemoSite) -> None:
    with reading(site=site.id):
        found = {one.key: one for one in sections(MONDAY, MONDAY + DAY)}
        counts = {key: Entry.objects.filter(kind__in=kinds_of(key)).count() for key in SOURCES}
        before = {one.key: one.count for one in sections(MONDAY - DAY, MONDAY)}
    assert list(found) == list(SOURCES)
    assert {key: one.count for key, one in found.items()} == counts
    assert [key for key, count in counts.items() if not count] == []
    assert {key: sum(n for _kind, n in one.kinds) for key, one in found.items()} == counts
    assert len(found["configuration"].lines) == min(counts["configuration"], evaluation.SHOWN)
    assert before == dict.fromkeys(SOURCES, 0)


def test_every_kind_of_a_source_exists_and_every_source_has_one() -> None:
    assert set(EVALUATED) - set(declared()) == set()
    assert set(EVALUATED.values()) == set(SOURCES)


def test_a_report_is_whole_or_is_not_made(site: DemoSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "MOST", 3)
    with reading(site=site.id), pytest.raises(TrailTooLong):
        sections(MONDAY, MONDAY + DAY)


def test_clean_verifications_and_checkpoints_are_counted(outside: Folder) -> None:
    site, since = open_demo_site(), clock.now() - DAY
    assert verify().clean
    made = Checkpointer(outside).checkpoint()
    assert made is not None
    with reading(site=site.id):
        found = facts_of(since, since + 2 * DAY)
        assert facts_of(since - DAY, since) == Facts(0, 0, None, 0, 0)
    assert (found.verifications, found.checkpoints, found.sealed) == (1, 1, made.size)
    assert (found.with_findings, "with_findings" in found.content()) == (0, False)
    assert found.verified_at is not None


def test_a_verification_with_findings_is_told_of_and_the_next_does_not_go_on_from_it(
    outside: Folder, owner_connection: psycopg.Connection
) -> None:
    site, since = open_demo_site(), clock.now() - DAY
    client = signed_in_client(site, "auditor")
    assert verify().clean
    with unguarded(owner_connection, "accounts_person"):
        forged = "UPDATE accounts_person SET printed_name = 'X' WHERE username = %s"
        owner_connection.execute(forged, [named(site)])
    found = [[str(one) for one in verify().differences] for _ in range(2)]
    assert (len(found[0]), found[1]) == (2, found[0])
    with reading(site=site.id):
        facts = facts_of(since, since + 2 * DAY)
    assert (facts.verifications, facts.with_findings) == (1, 2)
    assert facts.content()["with_findings"] == 2
    # Where something differs is told at each site, what is there to nobody who may not see it.
    [where] = {one.partition(" of stream")[0] for one in facts.found}
    assert (where, facts.content()["found"]) == ("accounts_person", list(facts.found))
    assert {one.partition(": ")[2] for one in facts.found} == {
        "differs from the entries", "is missing or differs",
    }  # fmt: skip
    page = client.get(reverse("records:evaluation"), {"since": f"{since:%Y-%m-%d}"})
    assert "Verifications with findings" in page.content.decode()
    assert page.context["facts"].with_findings == 2
    assert [line for line in facts.found if line not in page.content.decode()] == []
    proposed = client.get(reverse("incidents"), {"title": "Records were altered"})
    assert proposed.context["form"]["title"].value() == "Records were altered"


def named(site: DemoSite) -> str:
    with reading(site=site.id):
        return Person.objects.get(id=site.person("trainer")).username


def test_its_review_is_one_of_the_trail_and_takes_the_place_of_none(
    site: DemoSite, at_time: AtTime
) -> None:
    reviewer, other = site.actor("qa-reviewer"), site.actor("releasing-person")
    asked = Asked(since=MONDAY, until=MONDAY + DAY / 2, evaluation=True)
    assert reviewer.person is not None
    with reading(site=site.id):
        part = part_of(asked, reviewer=reviewer.person, name=reviewer.name, now=clock.now())
        every = Entry.objects.filter(kind__in=kinds_of(""), at__lt=MONDAY + DAY).count()
    for by in (reviewer, other):  # each joined in the period, and is reviewed by the other
        review_trail(
            command=a_command(by), asked=asked, comment="Nothing to follow up", proof=proof_of(by),
            shown=content_hash(part.content("")) if by == reviewer else None,
        )  # fmt: skip
    with reading(site=site.id):
        row = TrailReview.objects.get(by=reviewer.person, label=EVALUATION)
        now = clock.now()
        standing = of_site(now=now, label=EVALUATION)
        assert of_site(now=now).reviewed is None  # the whole trail of the site was not read
        # Its hash can be made once more, facts and all.
        assert of_thing(trail_of_site(site.id)).lacking == []
    assert (row.entries + row.own, row.own > 0) == (every, True)
    assert standing.reviewed == MONDAY + DAY / 2
    due = MONDAY + DAY / 2 + EVALUATED_EVERY
    with reading(site=site.id):
        overdue = [of_site(now=due + late, label=EVALUATION).overdue for late in (-DAY, DAY)]
    assert (standing.due, overdue) == (due, [False, True])
    with reading(site=site.id), pytest.raises(PeriodNotOver):
        part_of(
            Asked(since=MONDAY, until=clock.now(), evaluation=True), reviewer=reviewer.person,
            name=reviewer.name, now=clock.now(),
        )  # fmt: skip


def test_what_is_signed_are_the_facts_too(outside: Folder) -> None:
    site = open_demo_site()
    reviewer = site.actor("qa-reviewer")
    assert reviewer.person is not None
    now = clock.now()
    asked = Asked(since=now - DAY, until=now - timedelta(hours=1), evaluation=True)
    with reading(site=site.id):
        part = part_of(asked, reviewer=reviewer.person, name=reviewer.name, now=now)
    shown: dict[str, object] = dict(part.content(""))  # type: ignore[arg-type]
    shown["facts"] = Facts(9, 0, None, 9, 9).content()
    with pytest.raises(ShownHasChanged):
        review_trail(
            command=a_command(reviewer), asked=asked, comment="seen", proof=proof_of(reviewer),
            shown=content_hash(shown),  # type: ignore[arg-type]
        )  # fmt: skip


def test_the_page_lists_the_sources_exports_them_and_leads_to_its_review(site: DemoSite) -> None:
    client = signed_in_client(site, "qa-reviewer")
    days = {"since": "2026-11-02", "until": "2026-11-02"}
    page = client.get(reverse("records:evaluation"), days)
    said = page.content.decode()
    assert [str(title) for title in SOURCES.values() if str(title) not in said] == []
    with reading(site=site.id):
        count = Entry.objects.filter(kind__in=kinds_of(""), at__lt=MONDAY + DAY / 2).count()
    form = {"kind": "source:", "form": "csv", "key": str(uuid7()), **days}
    answer = client.post(reverse("accounts:trail_export"), form)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == count
    assert {row["kind"] for row in rows} <= set(EVALUATED)
    review = client.get(
        reverse("accounts:trail_review"), {"evaluation": "true", **days, "until": "2026-11-03"}
    )
    assert review.context["sheet"].part.label == EVALUATION
    assert review.context["sheet"].back.startswith(reverse("records:evaluation"))
    assert client.get(reverse("records:evaluation"), {"since": "never"}).status_code == 400
    assert signed_in_client(site, "operator").get(reverse("records:evaluation")).status_code == 403


def test_a_relay_that_cannot_note_its_software_rings_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> bool:
        raise LookupError("no requirements")

    monkeypatch.setattr(software, "note_start", fails)
    call_command("relay", "--once")
    assert "which software runs could not be noted" in caplog.text
    assert Pulse.objects.filter(name=pulses.RELAY).exists()


def test_another_software_is_noted_once_by_the_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        call_command("relay", "--once")
    monkeypatch.setattr(software, "code_hash", lambda: "ab" * 32)
    assert [software.note_start() for _ in range(2)] == [True, False]
    # Two relays start at once: the second one looks again under the lock.
    last, asked = software._last, iter([None])
    monkeypatch.setattr(software, "_last", lambda: next(asked, last()))
    assert software.note_start() is False
    with reading(site=None):
        entries = Entry.objects.filter(stream=software.STREAM).order_by("seq")
        codes = [one.envelope["payload"]["code"] for one in entries]
    assert (len(codes), codes[1]) == (2, "ab" * 32)
    assert verify(everything=True).clean
