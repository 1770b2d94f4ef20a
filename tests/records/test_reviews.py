"""Reviews of the trail: signed, by nobody who had a part in it, up to an entry that is named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from django.urls import reverse

from accounts.exceptions import CommentMissing, NotAllowed
from accounts.review_exceptions import ReviewerIsAnother
from accounts.services.ceremony import Proof
from accounts.services.trail import review_trail
from accounts.signing_exceptions import ShownHasChanged
from mes.lib import clock
from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records import reviews
from records.commands import Actor
from records.exceptions import NothingToReview, OwnEntries, PeriodNotOver
from records.models import Entry, TrailReview
from records.reading import reading
from records.reviews import Asked, of_site, of_stream, trail_of_site
from records.verification import verify
from tests.builders.accounts import (
    PASSWORD,
    DemoSite,
    a_command,
    client_on,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.recipes import proof_of
from tests.records.trial import actor, command, say, stream_with

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("D11-12e", "A11-9")]
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


@pytest.fixture
def reviewer(site: DemoSite) -> Actor:
    return site.actor("qa-reviewer")


def review(
    by: Actor, asked: Asked, *, comment: str = "read, nothing to follow up",
    proof: Proof | None = None, shown: str | None = None,
) -> UUID:  # fmt: skip
    reply = review_trail(
        command=a_command(by), asked=asked, comment=comment, proof=proof or proof_of(by),
        shown=shown,
    )  # fmt: skip
    return UUID(str(reply["review"]))


def test_a_review_names_the_entry_up_to_which_and_covers_its_hashes(
    site: DemoSite, reviewer: Actor
) -> None:
    stream = stream_with("a", "b", "c", by=actor(site=site.id))
    made = review(reviewer, Asked(about=stream, upto=2))
    with reading(site=site.id):
        row = TrailReview.objects.get(id=made)
        hashes = Entry.objects.filter(stream=stream, seq__lte=2).order_by("-seq")
        digest = sha256(b"".join(bytes(e.hash) for e in hashes)).hexdigest()
        found = of_stream(stream, seq=3)
        [entry] = Entry.objects.filter(kind="trail.reviewed")
    assert (row.about, row.upto, row.entries, row.digest) == (stream, 2, 2, digest)
    assert (row.by, row.by_name) == (reviewer.person, "Quinn Abel")
    assert (found.last, found.new) == (row, 1)
    signature = entry.envelope["payload"]["signature"]
    assert (entry.stream, signature["role"]) == (trail_of_site(site.id), "qa-reviewer")
    assert verify(everything=True).differences == []


def test_nobody_reviews_what_they_did(site: DemoSite, reviewer: Actor) -> None:
    by = actor(site=site.id)
    stream = stream_with("a", by=by)
    own = Actor(person=reviewer.person, name=reviewer.name, role="qa-reviewer", site=site.id)
    say(command=command(by=own), stream=stream, text="mine")
    say(command=command(by=by), stream=stream, text="theirs")
    with pytest.raises(OwnEntries) as refused:
        review(reviewer, Asked(about=stream, upto=3))
    assert refused.value.params == {"person": "Quinn Abel", "first": 2, "before": 1}
    with reading(site=site.id):
        assert Entry.objects.filter(stream=stream, kind="attempt.refused").count() == 1
        assert TrailReview.objects.count() == 0
    review(reviewer, Asked(about=stream, upto=1))


def test_who_performed_or_signed_had_a_part_though_another_recorded(
    site: DemoSite, reviewer: Actor
) -> None:
    by = actor(site=site.id)
    stream = stream_with("a", f"performed by {reviewer.person}", by=by)
    with pytest.raises(OwnEntries) as refused:
        review(reviewer, Asked(about=stream, upto=2))
    assert refused.value.params["first"] == 2


def test_who_may_not_and_what_was_not_shown_is_refused(site: DemoSite, reviewer: Actor) -> None:
    stream = stream_with("a", by=actor(site=site.id))
    asked = Asked(about=stream, upto=1)
    for by, more, refusal in (
        (site.actor("operator"), {}, NotAllowed),
        (reviewer, {"comment": " "}, CommentMissing),
        (reviewer, {"proof": proof_of(site.actor("releasing-person"))}, ReviewerIsAnother),
        (reviewer, {"shown": content_hash({"part": "another"})}, ShownHasChanged),
    ):
        with pytest.raises(refusal):
            review(by, asked, **more)
    for wrong in (Asked(about=stream, upto=2), Asked(about=uuid7(), upto=1)):
        with pytest.raises(NotFound):
            review(reviewer, wrong)
    with reading(site=site.id):
        assert TrailReview.objects.count() == 0


def test_a_period_leaves_out_what_the_reviewer_did_and_says_how_much(
    site: DemoSite, reviewer: Actor, at_time: Callable[[datetime], None]
) -> None:
    at_time(MONDAY)
    own = Actor(person=reviewer.person, name=reviewer.name, role="qa-reviewer", site=site.id)
    stream_with("mine", by=own)
    stream_with("theirs", "too", by=actor(site=site.id))
    at_time(MONDAY + timedelta(hours=1))
    period = Asked(since=MONDAY, until=MONDAY + timedelta(minutes=30))
    made = review(reviewer, period)
    with reading(site=site.id):
        row = TrailReview.objects.get(id=made)
    assert (row.entries, row.own, row.about) == (2, 1, None)
    with pytest.raises(PeriodNotOver):
        review(reviewer, Asked(since=MONDAY, until=MONDAY + timedelta(hours=1)))
    empty = review(reviewer, Asked(since=MONDAY + timedelta(minutes=1), until=period.until))
    with reading(site=site.id):
        assert TrailReview.objects.get(id=empty).entries == 0
    with pytest.raises(NothingToReview):
        review(reviewer, Asked(about=site.id, upto=0))


def test_what_a_reviewer_left_out_waits_for_another_person(
    at_time: Callable[[datetime], None],
) -> None:
    at_time(MONDAY)
    site = open_demo_site()
    one, other = site.actor("qa-reviewer"), site.actor("releasing-person")  # both joined in it
    at_time(MONDAY + timedelta(days=1))
    until = MONDAY + timedelta(hours=4)

    def reviewed() -> datetime | None:
        with reading(site=site.id):
            return of_site(now=clock.now()).reviewed

    for _ in range(2):
        review(one, Asked(since=MONDAY, until=until))
        assert reviewed() is None
    review(other, Asked(since=MONDAY, until=MONDAY + timedelta(hours=1)))
    assert reviewed() == MONDAY + timedelta(hours=1)
    review(other, Asked(since=MONDAY, until=until))
    assert reviewed() == until


def test_a_gap_does_not_count_and_a_month_without_review_is_overdue(
    at_time: Callable[[datetime], None],
) -> None:
    at_time(MONDAY)
    site = open_demo_site()
    by = site.actor("qa-reviewer")
    for days in (1, 5, 40):
        at_time(MONDAY + timedelta(days=days))
        stream_with("work", by=actor(site=site.id))
    now = clock.now()

    def standing() -> tuple[datetime | None, bool]:
        with reading(site=site.id):
            found = of_site(now=now)
        return found.reviewed, found.overdue

    assert standing() == (None, True)
    review(by, Asked(since=MONDAY + timedelta(days=4), until=MONDAY + timedelta(days=6)))
    assert standing() == (None, True)  # the first days are not reviewed
    first = Asked(since=MONDAY, until=MONDAY + timedelta(days=4))
    review(by, first)
    assert standing() == (None, True)  # but for what names the reviewer: who joined in it
    review(site.actor("releasing-person"), first)
    assert standing() == (MONDAY + timedelta(days=6), True)
    review(by, Asked(since=MONDAY + timedelta(days=6), until=now - reviews.SETTLED))
    assert standing() == (now - reviews.SETTLED, False)


def test_the_page_signs_with_name_and_password(site: DemoSite) -> None:
    stream = stream_with("a", "b", by=actor(site=site.id))
    person("qa-reviewer", site=site, username="quinn", secrets=True)
    client = client_on()
    said = {"key": str(uuid7()), "username": "quinn", "password": PASSWORD}
    assert client.post(reverse("accounts:sign_in"), said).status_code == 302
    address = reverse("accounts:trail_review")
    page = client.get(address, {"stream": str(stream), "upto": "2"})
    assert page.status_code == 200
    form = {
        "stream": str(stream), "upto": "2", "comment": "read", "username": "quinn",
        "password": PASSWORD, "key": str(uuid7()), "content_hash": page.context["sheet"].content,
    }  # fmt: skip
    assert client.post(address, {**form, "password": "wrong wrong wrong"}).status_code != 302
    answer = client.post(address, {**form, "key": str(uuid7())})
    assert (answer.status_code, answer["Location"]) == (
        302, reverse("records:stream", args=[stream]),
    )  # fmt: skip
    for name in ("stream", "reviewed"):
        shown = client.get(reverse(f"records:{name}", args=[stream])).context["reviewed"]
        assert (shown.last.upto, shown.new) == (2, 0)
    assert client.get(reverse("records:reviewed", args=[stream_with("x")])).status_code == 404
    assert signed_in_client(site, "auditor").get(address).status_code == 403
    assert client.get(address, {"stream": str(stream_with("x")), "upto": "1"}).status_code == 404


def test_a_period_at_the_end_of_the_calendar_is_as_if_none_was_asked(site: DemoSite) -> None:
    client, address = signed_in_client(site, "qa-reviewer"), reverse("accounts:trail_review")
    usual = client.get(address).status_code
    for asked in ({"since": "0001-01-01"}, {"until": "9999-12-31"}):
        assert client.get(address, asked).status_code == usual
