"""The trail as people read it: who, what, when, why and which thing; in order; page by page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services.people import disable_person
from mes.lib import isbt128
from mes.lib.ids import uuid7
from records import things, trail
from records.forms import TrailFilter
from records.models import Entry
from records.reading import reading
from records.selectors import Line
from records.trail import Mark, Wanted
from tests.builders.accounts import (
    ZONE,
    DemoSite,
    a_command,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.orders import NOW, coordinator, order
from tests.records.trial import actor, stream_with

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("D11-12d", "PI-2")]
INDEX = "records:index"


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


@pytest.fixture
def auditor(site: DemoSite) -> Client:
    return signed_in_client(site, "auditor")


def shown(client: Client, **asked: str) -> list[Line]:
    page = client.get(reverse(INDEX), asked)
    assert page.status_code == 200, page.content
    lines: list[Line] = page.context["lines"]
    return lines


def texts(lines: list[Line]) -> set[str]:
    return {line.sentence for line in lines}


def test_a_person_is_found_by_a_part_of_the_name(site: DemoSite, auditor: Client) -> None:
    one, two = person(site=site, name="Noor Zuster"), person(site=site, name="Bo Zuster")
    stream_with("by noor", by=actor(site=site.id, person=one))
    stream_with("by bo", by=actor(site=site.id, person=two))
    for who, expected in (("noor", {one}), ("zuster", {one, two})):
        found = {UUID(line.actor_id) for line in shown(auditor, who=who)}
        assert found == expected
    assert {line.actor_id for line in shown(auditor, who="system")} == {""}


def test_nobody_of_a_name_shows_nothing_and_says_so(auditor: Client) -> None:
    for asked in ({"who": "Nemo"}, {"label": "B-404"}, {"since": "31.12."}, {"since_time": "08:00"},
                  {"since": "2026-11-02", "until": "2026-11-01"}, {"kind": "no.such"}):  # fmt: skip
        page = auditor.get(reverse(INDEX), asked)
        assert (page.status_code, page.context["lines"]) == (400, [])
        assert "field-error" in page.content.decode()


def test_days_and_times_are_of_the_site(site: DemoSite) -> None:
    """The hour that a change of the clocks gives twice is shown whole."""

    def wanted_of(**asked: str) -> Wanted:
        with timezone.override("Europe/Berlin"):
            return TrailFilter(asked).wanted()

    day = wanted_of(since="2026-07-01", until="2026-07-01")
    assert (day.since, day.until) == (
        datetime(2026, 6, 30, 22, tzinfo=UTC), datetime(2026, 7, 1, 22, tzinfo=UTC),
    )  # fmt: skip
    twice = wanted_of(
        since="2026-10-25", since_time="02:30", until="2026-10-25", until_time="02:30"
    )
    assert (twice.since, twice.until) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 31, tzinfo=UTC),
    )  # fmt: skip


def test_a_day_at_the_end_of_the_calendar_is_asked_again(auditor: Client) -> None:
    for asked in ({"since": "0001-01-01"}, {"until": "9999-12-31"}):
        assert auditor.get(reverse(INDEX), asked).status_code == 400


def test_time_is_filtered_to_the_minute(site: DemoSite, auditor: Client) -> None:
    stream = stream_with("now", by=actor(site=site.id))
    with reading(site=site.id):
        at = Entry.objects.get(stream=stream).at
    for minutes, there in ((0, True), (1, False)):
        since = (at + timedelta(minutes=minutes)).astimezone(ZoneInfo(ZONE))
        asked = {"since": f"{since:%Y-%m-%d}", "since_time": f"{since:%H:%M}", "thing": ""}
        assert ("trial.said" in {line.kind for line in shown(auditor, **asked)}) is there


def test_a_kind_is_chosen_in_words_or_by_area(site: DemoSite, auditor: Client) -> None:
    assert {line.kind for line in shown(auditor, kind="role.granted")} == {"role.granted"}
    of_people = {line.kind for line in shown(auditor, kind="area:accounts")}
    assert {"person.joined", "role.granted", "period.opened"} <= of_people
    page = auditor.get(reverse(INDEX)).content.decode()
    assert '<option value="role.granted">Role granted</option>' in page
    assert '<optgroup label="People and access">' in page


def test_a_thing_is_found_by_its_number_or_by_a_scan(
    at_time: Callable[[datetime], None],
) -> None:
    at_time(NOW)
    by = coordinator()
    made, other = order(by), order(by)
    with reading(site=by.site):
        assert things.find(made.number, kind="order") == [made.id]
        coi = isbt128.coi(made.coi)
        for text in (made.coi, made.coi.lower(), coi.scanned_as, f"]d1{coi.scanned_as}\r"):
            assert things.find(text, kind="order") == [made.id]
        assert things.find(other.pseudonym, kind="order") == []
        [patient] = things.find(other.pseudonym)
        assert things.named([(patient, "patient")])[patient].label == other.pseudonym
        rows = Wanted(streams=(made.id,)).entries()
        assert {row.stream for row in rows} == {made.id}
        of_kind = {row.stream for row in Wanted(thing="order").entries()}
        assert of_kind == {made.id, other.id}
    with reading(site=open_demo_site().id):
        assert things.find(made.number) == []


def test_words_of_the_reason_are_found_and_are_no_wild_cards(
    site: DemoSite, auditor: Client
) -> None:
    with reading(site=site.id):
        assert Wanted(why="passport").entries().count() > 0
        assert Wanted(why="pass_ort").entries().count() == 0
        assert Wanted(why="%").entries().count() == 0
        assert Wanted(why="person.joined").entries().count() == 0  # a kind is no reason
    odd = 'said "50 % \\ à la carte", Größe_1'
    disable_person(command=a_command(site.system), person=site.person("planner"), reason=odd)
    for words in (odd, '"50 %', "\\ à LA", "GRöße_1"):
        assert [line.reason for line in shown(auditor, why=words)] == [odd]
    found = shown(auditor, why="PASSPORT seen")
    assert {line.kind for line in found} == {"person.joined"}
    assert {line.reason.rpartition(" of ")[0] for line in found} == {"passport seen, form HR-7"}


def test_pages_go_on_without_gap_or_repetition(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch, at_time: Callable[[datetime], None]
) -> None:
    monkeypatch.setattr(trail, "PAGE", 4)
    by = actor(site=site.id)
    at_time(NOW)  # six entries of one instant: the order goes on by stream and number
    for texts in ("abc", "def"):
        stream_with(*texts, by=by)
    at_time(NOW + timedelta(seconds=1))
    stream_with("g", "h", "i", by=by)
    with reading(site=site.id):
        rows = Wanted(kinds=("trial.said",)).entries()
        every = [Mark.of(row) for row in rows]
        onward, before = [], None
        while True:
            page = trail.page(rows, before=before, after=None)
            onward += [Mark.of(row) for row in page.entries]
            if page.older is None:
                break
            before = page.older
        assert onward == every
        assert len(every) == len(set(every)) == 9
        last = trail.page(rows, before=every[7], after=None)
        back = trail.page(rows, before=None, after=last.newer)
        assert [Mark.of(row) for row in back.entries] == every[4:8]
        assert [Mark.read(str(mark)) for mark in every] == every
    assert all((a.at, a.stream, a.seq) > (b.at, b.stream, b.seq) for a, b in pairwise(every))
    assert Mark.read("x~y") is None


def test_a_page_is_read_from_the_index_in_order(site: DemoSite) -> None:
    """Not sorted: the first page of a million entries reads fifty."""
    with reading(site=site.id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a small table would be read whole
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        plan = Wanted().entries()[:50].explain()
    assert "records_entry_trail" in plan
    assert "Sort" not in plan


def test_words_that_were_looked_for_are_in_no_entry(site: DemoSite, auditor: Client) -> None:
    """They may be a patient's name, which no erasure takes out of the ledger again."""
    asked = {"why": "Ada Canary", "form": "json", "key": str(uuid7())}
    assert auditor.post(reverse("accounts:trail_export"), asked).status_code == 200
    with reading(site=site.id):
        [kept] = Entry.objects.filter(kind="trail.exported")
        assert kept.envelope["payload"]["asked"] == {"why": "*"}
        assert trail.holding(["Ada Canary"], most=1) == []


def test_too_wide_a_question_is_refused_and_the_page_stays(
    site: DemoSite, auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "_WHY", "%s || pg_sleep(5)::text")
    monkeypatch.setattr(trail, "PATIENCE", "50ms")
    page = auditor.get(reverse(INDEX), {"why": "slow"})
    assert page.status_code == 503
    assert "takes too long" in page.content.decode()
    asked = {"why": "slow", "form": "json", "key": str(uuid7())}
    assert auditor.post(reverse("accounts:trail_export"), asked).status_code == 503
