"""How long records are kept: the longest term, whole years, and no way to delete earlier."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.exceptions import NotAllowed
from accounts.services.trail import delete_record
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from recipes.checks.shelf_life import LONGEST_SHELF_LIFE
from records.exceptions import (
    DeletionNotOffered,
    ReasonMissing,
    RetentionHasNoEnd,
    RetentionRuns,
)
from records.models import Entry, Stream
from records.reading import reading
from records.retention import (
    CLASSES,
    SHELF_LIFE,
    Facts,
    Term,
    clock_of,
    due,
    shown,
    years_after,
)
from records.things import THINGS
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client
from tests.builders.materials import lot, material
from tests.builders.quality import ready_for_release, release

AT = datetime(2026, 11, 9, 12, tzinfo=UTC)
BATCH, TRACE = CLASSES["batch-document"].terms, CLASSES["traceability"].terms
instants = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.req("E4-5", "F211-180")
@pytest.mark.parametrize(
    ("certified", "expiry", "until"),
    [
        # Five years after certification is the longer …
        ("2026-11-09", "2026-11-20", "2031-11-09"),
        # … and one year after expiry is: a product that keeps for six years.
        ("2026-11-09", "2032-11-20", "2033-11-20"),
        # Equal to the day.
        ("2026-11-09", "2030-11-09", "2031-11-09"),
        # Of 29 February the first of March: a day too long rather than a day too short.
        ("2024-02-29", "2024-03-01", "2029-03-01"),
        ("2023-03-01", "2028-02-29", "2029-03-01"),
    ],
)
def test_batch_documents_are_kept_for_the_longer_of_the_two(
    certified: str, expiry: str, until: str
) -> None:
    part_iv = [term for term in BATCH if term.source.startswith("EU GMP Part IV")]
    assert [(term.base, term.years) for term in part_iv] == [("certified", 5), ("expiry", 1)]
    facts = Facts(certified=day(certified), expiry=day(expiry))
    assert due(part_iv, facts) == day(until)


def day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)


@given(at=instants, years=st.integers(0, 60))
def test_so_many_years_later_is_never_a_day_short(at: datetime, years: int) -> None:
    """Against a model that counts days: as many as the calendar has, and one more at most."""
    later = years_after(at, years)
    leaps = sum(
        1
        for year in range(at.year, at.year + years + 1)
        if _is_leap(year) and at.date() <= date(year, 2, 29) < later.date()
    )
    whole = 365 * years + leaps
    assert timedelta(days=whole) <= later - at <= timedelta(days=whole + 1)
    assert later.time() == at.time()


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@given(certified=instants, life=st.integers(0, 40), spread=st.integers(-300, 300))
@pytest.mark.req("E4-6")
def test_the_trace_outlives_the_batch_documents(
    certified: datetime, life: int, spread: int
) -> None:
    """Whatever the shelf life, also where what went in had its last entry months before."""
    expiry = years_after(certified, life)
    documents = due(BATCH, Facts(certified=certified, expiry=expiry))
    trace = due(TRACE, Facts(expiry=expiry, last=certified + timedelta(days=spread)))
    assert documents is not None
    assert trace is not None
    assert trace > documents
    assert trace >= years_after(expiry, 30)


@given(made=instants, days=st.integers(1, LONGEST_SHELF_LIFE.days), hours=st.integers(0, 9000))
def test_no_recipe_names_a_longer_life_than_stands_for_one(
    made: datetime, days: int, hours: int
) -> None:
    """What is kept without a recorded expiry is kept at least as long as with any."""
    certified = made + timedelta(hours=hours)
    assert made + timedelta(days=days) <= years_after(certified, SHELF_LIFE)


def test_a_clock_that_has_not_begun_has_no_end() -> None:
    assert due(BATCH, Facts(last=AT)) is None
    assert due(BATCH, Facts(certified=AT)) is None  # the expiry is not known
    assert due((), Facts(certified=AT, expiry=AT, last=AT)) is None
    assert due([Term("last", 10, "x")], Facts(last=AT)) == years_after(AT, 10)


@pytest.mark.req("C4-1")
def test_every_kind_of_thing_has_a_class_with_words_and_sources() -> None:
    assert {one.retention for one in THINGS.values()} == set(CLASSES)
    for one in CLASSES.values():
        assert all(str(text) for text in (one.title, one.description))
        assert all(term.source for term in one.terms)
    assert max(term.years for term in BATCH) == 10  # FJ-1


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


@pytest.mark.usefixtures("committed_db")
@pytest.mark.req("P11-10c", "E4-5", "E4-6", "FJ-1")
def test_a_batch_its_sample_and_its_order_after_the_release() -> None:
    bench = ready_for_release()
    with reading(site=bench.site.id):
        batch = Stream.objects.get(id=bench.batch)
        assert clock_of(batch).until is None  # type: ignore[union-attr]
    release(bench)
    with reading(site=bench.site.id):
        certified = Entry.objects.get(stream=bench.batch, kind="batch.dispositioned").at
        clocks = {
            head.kind: clock_of(head)
            for head in Stream.objects.filter(kind__in=["batch", "sample", "order", "container"])
        }
    until = {kind: clock.until for kind, clock in clocks.items() if clock}
    assert until["batch"] == until["sample"] == years_after(certified, 10)
    assert until["order"] is not None
    assert until["batch"] is not None
    assert until["order"] > until["batch"]


@pytest.mark.usefixtures("committed_db")
@pytest.mark.req("P11-10c")
@pytest.mark.scenario(42)
def test_nothing_is_deleted_and_each_attempt_is_kept(
    site: DemoSite, at_time: Callable[[datetime], None]
) -> None:
    at_time(AT)
    material(site.system)
    one = lot(site.actor("materials"), released=False)
    by = site.actor("qa-reviewer")

    def attempt(stream: object = one, reason: str = "tidy up", who: str = "") -> None:
        actor = site.actor(who) if who else by
        delete_record(command=a_command(actor), stream=stream, reason=reason)  # type: ignore[arg-type]

    with pytest.raises(RetentionRuns) as refused:
        attempt()
    assert refused.value.params == {"until": years_after(AT, 36).isoformat()}
    with pytest.raises(RetentionHasNoEnd):
        attempt(by.person)
    for wrong, refusal in (
        ({"reason": " "}, ReasonMissing), ({"who": "auditor"}, NotAllowed),
        ({"stream": uuid7()}, NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            attempt(**wrong)
    at_time(years_after(AT, 35))
    with pytest.raises(RetentionRuns) as later:
        attempt()
    assert later.value.params == refused.value.params  # no attempt moves the clock
    at_time(years_after(AT, 37))
    with pytest.raises(DeletionNotOffered):
        attempt()
    with reading(site=site.id):
        kept = Entry.objects.filter(stream=one, kind="attempt.refused").order_by("seq")
        codes = [e.envelope["payload"]["code"] for e in kept]
        [trace] = [c for c in shown(now=years_after(AT, 200)) if c.kept.key == "traceability"]
    assert codes == ["retention.runs", "retention.runs", "retention.not_offered"]
    assert [str(name) for name in trace.due] == ["Lot L-1001"]


@pytest.mark.usefixtures("committed_db")
def test_the_pages_say_how_long_and_refuse(site: DemoSite) -> None:
    material(site.system)
    one = lot(site.actor("materials"), released=False)
    client = signed_in_client(site, "qa-reviewer")
    page = client.get(reverse("records:retention")).content.decode()
    for text in ("30 years", "Regulation (EC) 1394/2007", "None is due.", "FACT-JACIE part D"):
        assert text in page
    assert "to be kept until" in client.get(reverse("records:stream", args=[one])).content.decode()
    address = reverse("accounts:delete_record", args=[one])
    assert client.get(address).status_code == 200
    answer = client.post(address, {"reason": "tidy up", "key": str(uuid7())})
    assert (answer.status_code, "cannot be deleted" in answer.content.decode()) == (409, True)
    assert signed_in_client(site, "auditor").get(address).status_code == 403
    other = open_demo_site("MZ2")
    assert client.get(reverse("accounts:delete_record", args=[other.id])).status_code == 404
