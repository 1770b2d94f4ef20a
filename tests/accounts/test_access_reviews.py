"""Reviews of accounts: everybody with a role, a decision each, none of themselves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from accounts import selectors
from accounts.entries import AccessReviewDecided
from accounts.enums import ReviewDecision
from accounts.exceptions import NotAllowed, OwnAccess, ReasonMissing
from accounts.models import AccessReview, AccessReviewItem
from accounts.review_exceptions import AlreadyDecided, ReviewDueInvalid, ReviewIsOpen
from accounts.services.access_reviews import decide_access, open_access_review
from accounts.services.people import grant_role
from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import act
from records.commands import Actor
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    DemoSite,
    a_command,
    actor_of,
    open_demo_site,
    person,
    signed_in_client,
)

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("D11-11b", "P11-300a", "A11-12"),
]
START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
AtTime = Callable[[datetime], None]


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


def begin(site: DemoSite, *, days: int = 30, by: str = "admin") -> UUID:
    review = uuid7()
    due = clock.now() + timedelta(days=days)
    open_access_review(command=a_command(site.actor(by)), review=review, due=due)
    return review


def decide(review: UUID, who: UUID, by: Actor, what: str = "keep", note: str = "") -> bool:
    reply = decide_access(command=a_command(by), review=review, person=who,
                          decision=ReviewDecision(what), note=note)  # fmt: skip
    return bool(reply["closed"])


def items(site: DemoSite) -> dict[UUID, AccessReviewItem]:
    with reading(site=site.id):
        return {row.person: row for row in AccessReviewItem.objects.all()}


def active(site: DemoSite, who: UUID) -> bool:
    with reading(site=site.id):
        return selectors.person_of(who).active


def test_a_review_asks_of_everybody_with_a_role_and_the_last_decision_closes_it() -> None:
    site = open_demo_site("MZ3")
    admin, operator, gone = site.person("admin"), site.person("operator"), site.person("planner")
    person(site=site)  # holds no role: nothing to review
    other = person("operator", site=open_demo_site("MZ9"))
    second = actor_of(person("admin", site=site), "admin", site)
    review = begin(site)
    assert set(items(site)) == {admin, operator, gone, second.person}
    assert other not in items(site)
    first = site.actor("admin")
    assert not decide(review, operator, first)
    assert not decide(review, gone, first, "disable", "left in May")
    assert second.person is not None
    assert not decide(review, second.person, first, "change", "also trains")
    with reading(site=site.id):
        assert selectors.open_access_review() is not None
    assert decide(review, admin, second)
    with reading(site=site.id):
        [closed] = selectors.closed_access_reviews()
        assert not selectors.access_review_overdue(at=clock.now())
    assert (closed.id, active(site, gone), active(site, operator)) == (review, False, True)
    said = {who: (row.decision, row.note) for who, row in items(site).items()}
    assert said[gone] == ("disable", "left in May")
    begin(site)


def test_what_is_refused_decides_nothing(site: DemoSite) -> None:
    operator = site.person("operator")
    site.person("trainer")
    with pytest.raises(NotAllowed):
        begin(site, by="trainer")
    for days in (-1, 367):
        with pytest.raises(ReviewDueInvalid):
            begin(site, days=days)
    review, admin = begin(site), site.actor("admin")
    with pytest.raises(ReviewIsOpen):
        begin(site)
    with pytest.raises(OwnAccess):
        decide(review, site.person("admin"), admin)
    with pytest.raises(NotAllowed):
        decide(review, operator, site.actor("trainer"))
    for what in ("change", "disable"):
        with pytest.raises(ReasonMissing):
            decide(review, operator, admin, what, " ")
    with pytest.raises(NotFound):
        decide(review, person("operator", site=site), admin)  # joined after it was opened
    stranger = open_demo_site("MZ9").actor("admin")
    with pytest.raises(NotFound):
        decide(review, operator, stranger)
    assert items(site)[operator].decision == ""
    decide(review, operator, admin)
    with pytest.raises(AlreadyDecided):
        decide(review, operator, admin)


def test_a_site_with_one_administrator_closes_its_review_by_the_quality_unit() -> None:
    site = open_demo_site("MZ4")
    admin, operator, quality = (site.person(one) for one in ("admin", "operator", "qa-reviewer"))
    review, reviewer = begin(site), site.actor("qa-reviewer")
    for who in (operator, quality):
        decide(review, who, site.actor("admin"))
    with pytest.raises(NotAllowed):  # to disable is the administrators' alone
        decide(review, admin, reviewer, "disable", "left")
    client = signed_in_client(site, "qa-reviewer")
    address = reverse("accounts:access_reviews")
    page = client.get(address).content.decode()
    assert [page.count(f'value="{one}"') for one in ("keep", "change", "disable")] == [1, 1, 0]
    form = {"key": str(uuid7()), "review": str(review), "person": str(admin), "decision": "keep"}
    assert client.post(address, form).status_code == 302
    with reading(site=site.id):
        [closed] = selectors.closed_access_reviews()
    assert closed.id == review
    assert client.post(address, {"key": str(uuid7()), "due": "2027-03-08"}).status_code == 403


def test_who_reviews_the_trail_decides_of_nobody_else(site: DemoSite) -> None:
    operator, reviewer = site.person("operator"), site.actor("qa-reviewer")
    review = begin(site)
    for who in (operator, reviewer.person):
        assert who is not None
        with pytest.raises((NotAllowed, OwnAccess)):
            decide(review, who, reviewer)
    assert {row.decision for row in items(site).values()} == {""}


def test_what_a_past_review_decided_is_read_by_who_sees_people() -> None:
    site = open_demo_site("MZ5")
    admin = site.person("admin")
    gone = person("planner", site=site, name="Greta Gone")
    review = begin(site)
    decide(review, gone, site.actor("admin"), "disable", "left in May")
    decide(review, admin, actor_of(site.person("qa-reviewer"), "qa-reviewer", site))
    auditor = signed_in_client(site, "auditor")
    address = reverse("accounts:access_reviews")
    page = auditor.get(address, {"review": str(review)}).content.decode()
    said = "Disable the account: left in May" in page
    told = "Greta Gone" in page, said, "<form" in page.split("<main")[1]
    assert told == (True, True, False)
    assert "Greta Gone" not in auditor.get(address).content.decode()
    stranger = signed_in_client(open_demo_site("MZ9"), "auditor")
    for asked in (str(review), str(uuid7()), "x"):
        assert stranger.get(address, {"review": asked}).status_code == 404
    assert signed_in_client(site, "planner").get(address).status_code == 403


def test_an_account_without_a_role_is_not_forgotten(site: DemoSite) -> None:
    new = person(site=site, name="Nora New")
    admin = signed_in_client(site, "admin")
    link = reverse("accounts:person", kwargs={"person": new})
    assert link in admin.get("/people/").content.decode()
    assert "Nora New" not in signed_in_client(site, "auditor").get("/people/").content.decode()
    grant_role(command=a_command(site.system), person=new, role="operator")
    assert "without a role here" not in admin.get("/people/").content.decode()


def test_whose_roles_are_elsewhere_too_is_not_disabled_from_here(site: DemoSite) -> None:
    elsewhere = open_demo_site("MZ9")
    both = person("operator", site=site)
    grant_role(command=a_command(elsewhere.system), person=both, role="operator")
    review = begin(site)
    with pytest.raises(NotFound):
        decide(review, both, site.actor("admin"), "disable", "left")
    assert (active(site, both), items(site)[both].decision) == (True, "")
    decide(review, both, site.actor("admin"), "change", "only at MZ9 now")


def test_the_schema_refuses_who_decides_of_themselves(site: DemoSite) -> None:
    review, admin = begin(site), site.actor("admin")
    said = AccessReviewDecided(
        person=site.person("admin"), printed_name="x", decision="keep", note="", closes=True
    )
    with (
        pytest.raises(IntegrityError, match="person_is_not_reviewer"),
        act(a_command(admin), streams=[review]) as a,
    ):
        a.append(review, said)
    assert connection.in_atomic_block is False


def test_a_lapsed_review_and_a_missing_one_are_flagged(site: DemoSite, at_time: AtTime) -> None:
    at_time(START)
    client = signed_in_client(site, "admin")
    address = reverse("accounts:access_reviews")
    assert "more than half a year ago" in client.get(address).content.decode()
    form = {"key": str(uuid7()), "due": "2027-03-08"}
    assert client.post(address, form).status_code == 302
    page = client.get(address).content.decode()
    assert ("has lapsed" in page, "more than half a year ago" in page) == (False, False)
    for due in ("", "2027-02-30", "yesterday"):
        bad = client.post(address, {"key": str(uuid7()), "due": due})
        assert bad.status_code == 422
    at_time(START + timedelta(days=8))
    client = signed_in_client(site, "admin")
    page = client.get(address).content.decode()
    assert ("has lapsed" in page, "more than half a year ago" in page) == (True, True)
    with reading(site=site.id):
        review = AccessReview.objects.get().id
        who = next(iter(AccessReviewItem.objects.values_list("person", flat=True)))
    answer = client.post(address, {"key": str(uuid7()), "review": str(review), "person": str(who),
                                   "decision": "keep", "note": ""})  # fmt: skip
    assert answer.status_code == 302
    nonsense = {"key": str(uuid7()), "review": "x", "person": "y", "decision": "king"}
    assert client.post(address, nonsense).status_code == 404


def test_reviews_fold_anew_to_the_same_rows(site: DemoSite) -> None:
    operator = site.person("operator")
    review = begin(site)
    decide(review, operator, site.actor("admin"), "disable", "left")
    assert verify(everything=True).differences == []
