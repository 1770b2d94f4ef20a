"""Badges are tested from time to time; joining, moving and leaving leave a trail."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import selectors
from accounts.exceptions import BadgeNoteMissing, BadgeOverdue, NotAllowed, OwnAccess
from accounts.services.badges import record_badge_test
from accounts.services.ceremony import prove, prove_by_password
from accounts.services.people import disable_person, grant_role, join_person, revoke_role
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    PASSWORD,
    PIN,
    DemoSite,
    a_command,
    client_on,
    open_demo_site,
    person,
    signed_in_client,
    tablet,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
AtTime = Callable[[datetime], None]


@pytest.fixture
def site(committed_db: str, at_time: AtTime) -> DemoSite:
    at_time(START)
    return open_demo_site()


def record(site: DemoSite, who: UUID, *, passed: bool = True, note: str = "read at T-01",
           role: str = "admin") -> Any:  # fmt: skip
    return record_badge_test(
        command=a_command(site.actor(role)), person=who, passed=passed, note=note
    )


def an_operator(site: DemoSite, badge: str = "B-100") -> UUID:
    return person("operator", site=site, badge=badge, username="olga", secrets=True)


def proven(site: DemoSite) -> str:
    return prove(badge="B-100", pin=PIN, actor=site.system).printed_name


@pytest.mark.req("P11-300d")
def test_an_overdue_badge_opens_and_signs_nothing_and_the_desk_stays_open(
    site: DemoSite, at_time: AtTime
) -> None:
    who = an_operator(site)
    assert proven(site)  # no test is asked for at this site
    record(site, who)
    at_time(START + timedelta(days=365) - timedelta(seconds=1))
    assert proven(site)
    at_time(START + timedelta(days=365))
    with pytest.raises(BadgeOverdue):
        proven(site)
    client = client_on(tablet(site), site)
    form = {"key": str(uuid7()), "badge": "B-100", "pin": PIN}
    assert client.post("/tablet/sign-in/", form).status_code == 403
    assert prove_by_password(username="olga", password=PASSWORD, actor=site.system)
    record(site, who)
    assert proven(site)
    assert verify(everything=True).differences == []


@pytest.mark.req("P11-300d")
def test_where_the_site_asks_an_untested_badge_is_refused_and_its_time_is_the_sites(
    site: DemoSite, at_time: AtTime, settings: Settings
) -> None:
    settings.MES_BADGE_DAYS = 30
    who = an_operator(site)
    with pytest.raises(BadgeOverdue):
        proven(site)
    record(site, who)
    at_time(START + timedelta(days=29))
    assert proven(site)
    at_time(START + timedelta(days=30))
    with pytest.raises(BadgeOverdue):
        proven(site)


@pytest.mark.req("P11-300d")
def test_a_failed_test_ends_the_badge_at_once_and_both_are_kept(site: DemoSite) -> None:
    who = an_operator(site)
    record(site, who)
    record(site, who, passed=False, note="does not read")
    with pytest.raises(BadgeOverdue):
        proven(site)
    with reading(site=site.id):
        rows = Entry.objects.filter(stream=who, kind="badge.tested").order_by("seq")
        kept = [(row.envelope["payload"]["passed"], row.envelope["payload"]["note"])
                for row in rows]  # fmt: skip
    assert kept == [(True, "read at T-01"), (False, "does not read")]


def test_only_an_administrator_tests_and_not_their_own(site: DemoSite) -> None:
    who = an_operator(site)
    for role in ("trainer", "shift-lead", "auditor"):
        with pytest.raises(NotAllowed):
            record(site, who, role=role)
    with pytest.raises(OwnAccess):
        record(site, site.person("admin"))
    with pytest.raises(BadgeNoteMissing):
        record(site, who, note=" ")
    other = open_demo_site("MZ2")
    with pytest.raises(NotFound):
        record(other, who)


# --- the trail ---


def lines(client: Client, who: UUID) -> list[tuple[str, str]]:
    table = client.get(f"/people/{who}/trail/").context["table"]
    return [(row["cells"][1]["text"], row["cells"][2]["text"]) for row in table["rows"]]


@pytest.mark.req("A11-12", "P11-100b", "D11-11b")
def test_a_life_at_a_site_is_told_with_who_did_and_who_approved(site: DemoSite) -> None:
    admin, made = site.actor("admin"), uuid7()
    by, quinn = "Adam Dietz, Administrator", site.person("qa-reviewer")
    join_person(
        command=a_command(admin), person=made, username="joe", printed_name="Jo Mover",
        badge="B-7", identity_check="passport, HR-7",
    )  # fmt: skip
    client = signed_in_client(site, "auditor")
    joined = ("Jo Mover joined; identity checked: passport, HR-7", by)
    assert lines(client, made) == [joined]
    grant_role(
        command=a_command(admin), person=made, role="operator", approver=quinn, paper="form 3"
    )
    with reading(site=site.id):
        [held] = selectors.assignments_of(made, site.id)
    revoke_role(command=a_command(admin), assignment=held.id, person=made, reason="moves to QC")
    grant_role(
        command=a_command(admin), person=made, role="qc-analyst", approver=quinn, paper="form 4"
    )
    # What another site grants stands there.
    other = open_demo_site("MZ2")
    grant_role(command=a_command(other.system), person=made, role="planner", paper="form 5")
    disable_person(command=a_command(other.system), person=made, reason="left the firm")
    assert lines(client, made) == [
        ("Account disabled: left the firm", "system"),
        ("Role granted: QC analyst; approved by Quinn Abel, form 4", by),
        ("Role revoked: Operator; moves to QC", by),
        ("Role granted: Operator; approved by Quinn Abel, form 3", by),
        joined,
    ]
    stranger = signed_in_client(open_demo_site("MZ3"), "auditor")
    assert stranger.get(f"/people/{made}/trail/").status_code == 404
    assert signed_in_client(site, "operator").get(f"/people/{made}/trail/").status_code == 403


def test_the_page_of_a_person_tests_the_badge_and_grants_with_approval(site: DemoSite) -> None:
    who, client = an_operator(site), signed_in_client(site, "admin")
    address = f"/people/{who}/"

    def post(**form: str) -> int:
        return client.post(address, {"key": str(uuid7()), **form}).status_code

    assert post(action="badge-passed", badge_note="") == 422
    assert post(action="badge-passed", badge_note="read at T-01") == 302
    assert "tested, good until" in client.get(address).content.decode()
    assert post(action="badge-failed", badge_note="does not read") == 302
    assert "test overdue since" in client.get(address).content.decode()
    quinn = str(site.person("qa-reviewer"))
    said = [post(action="grant", role="microbiology", approver=one, paper=paper)
            for one, paper in (("", "form 9"), (quinn, " "), (str(who), "form 9"), ("x", "form 9"))
            ]  # fmt: skip
    assert said == [422, 422, 403, 404]
    assert post(action="grant", role="microbiology", approver=quinn, paper="form 9") == 302
    [newest, *_] = lines(client, who)
    assert newest[0] == "Role granted: Microbiology; approved by Quinn Abel, form 9"
