"""A disabled account has a way back: on a new paper, without its roles, sessions and secrets."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client

from accounts import selectors
from accounts.exceptions import (
    IdentityNotChecked,
    IdentityPaperUsedBy,
    NotAllowed,
    OwnAccess,
    PersonIsDisabled,
    PersonIsEnabled,
)
from accounts.models import CentreMember, Person, RoleAssignment
from accounts.services.centres import register_centre
from accounts.services.ceremony import prove, prove_by_password
from accounts.services.people import disable_person, enable_person, grant_role, join_person
from accounts.sign_in_exceptions import OwnSecretNeeded
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.exceptions import ReasonMissing
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    PASSWORD,
    PIN,
    DemoSite,
    a_command,
    belongs,
    open_demo_site,
    person,
    signed_in_client,
)

FIRST, AGAIN = "passport, HR-7 no. 1", "passport, HR-7 no. 2"


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def ended(site: DemoSite, *roles: str) -> UUID:
    made = person(*roles, site=site, username="olga", badge="B-100", secrets=True)
    disable_person(command=a_command(site.actor("admin")), person=made, reason="left")
    return made


def enable(
    site: DemoSite, who: UUID, *, role: str = "admin", paper: str = AGAIN, reason: str = "back"
) -> None:
    enable_person(
        command=a_command(site.actor(role)), person=who, reason=reason, identity_check=paper
    )


def held(who: UUID, site: DemoSite) -> tuple[str, ...]:
    with reading(site=site.id):
        return selectors.roles_of(who, site.id)


@pytest.mark.req("P11-100b", "A11-12")
def test_who_comes_back_has_a_new_paper_and_none_of_the_old_roles(site: DemoSite) -> None:
    who = ended(site, "operator", "shift-lead")
    enable(site, who)
    with reading(site=site.id):
        row = Person.objects.get(id=who)
        kinds = [e.kind for e in Entry.objects.filter(stream=who).order_by("seq")][-4:]
    assert (row.active, row.disabled_at, row.identity_recheck) == (True, None, AGAIN)
    assert kinds == ["person.disabled", "role.revoked", "role.revoked", "person.enabled"]
    assert held(who, site) == ()
    grant_role(
        command=a_command(site.actor("admin")), person=who, role="operator",
        approver=site.person("qa-reviewer"), paper="form 9",
    )  # fmt: skip
    assert held(who, site) == ("operator",)
    assert verify(everything=True).differences == []


@pytest.mark.req("P11-100b")
def test_roles_at_other_sites_and_a_centre_do_not_come_back_either(site: DemoSite) -> None:
    there, centre = open_demo_site("US2"), uuid7()
    register_centre(command=a_command(there.system), centre=centre, code="TC-70", name="Boston")
    who = person("operator", site=site)
    grant_role(command=a_command(there.system), person=who, role="treatment-centre")
    belongs(who, centre, site=there)
    disable_person(command=a_command(site.system), person=who, reason="left")
    with pytest.raises(NotFound):
        enable(site, who)  # its administrator does not answer for the other site
    enable_person(command=a_command(site.system), person=who, reason="x", identity_check=AGAIN)
    with reading(site=there.id):
        rows = RoleAssignment.objects.filter(person=who, revoked_at__isnull=True).count()
        assert (rows, CentreMember.objects.get(person=who).centre) == (0, None)
    assert held(who, site) == ()
    assert verify(everything=True).differences == []


@pytest.mark.req("P11-100b")
def test_the_paper_is_a_fresh_one_of_this_human(site: DemoSite) -> None:
    admin, made = site.actor("admin"), uuid7()
    join_person(
        command=a_command(admin), person=made, username="eve", printed_name="Eve Dunn",
        badge="B-7", identity_check=FIRST,
    )  # fmt: skip
    disable_person(command=a_command(admin), person=made, reason="left")
    another = ended(site, "operator")
    for who in (made, another):
        with pytest.raises(IdentityPaperUsedBy):
            enable(site, who, paper=" PASSPORT, hr-7 no.1 ")
    enable(site, made)
    with pytest.raises(IdentityPaperUsedBy):
        enable(site, another)
    with pytest.raises(IdentityPaperUsedBy):
        join_person(
            command=a_command(admin), person=uuid7(), username="two", printed_name="Two",
            badge="B-8", identity_check=AGAIN,
        )  # fmt: skip


def test_who_may_enable_and_what_it_takes(site: DemoSite) -> None:
    who, admin = ended(site, "operator"), site.person("admin")
    refusals: list[tuple[type[Exception], dict[str, Any]]] = [
        (ReasonMissing, {"reason": " "}), (IdentityNotChecked, {"paper": "\t"}),
        (NotAllowed, {"role": "trainer"}), (NotAllowed, {"role": "qa-reviewer"}),
    ]  # fmt: skip
    for refusal, given in refusals:
        with pytest.raises(refusal):
            enable(site, who, **given)
    with pytest.raises(OwnAccess):
        enable(site, admin)
    with pytest.raises(PersonIsEnabled):
        enable(site, site.person("operator"))
    with pytest.raises(PersonIsDisabled):
        grant_role(
            command=a_command(site.actor("admin")), person=who, role="planner",
            approver=site.person("qa-reviewer"), paper="form 9",
        )  # fmt: skip
    with reading(site=site.id):
        assert not Person.objects.get(id=who).active


def test_two_administrators_at_once_enable_once(site: DemoSite) -> None:
    who, both = ended(site, "operator"), Barrier(2, timeout=20)
    site.actor("admin")

    def attempt(paper: str) -> str:
        both.wait()
        try:
            enable(site, who, paper=paper)
        except PersonIsEnabled as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "enabled"

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(attempt, ("HR-7 no. 8", "HR-7 no. 9")))
    assert said == ["enabled", "person.enabled"]


@pytest.mark.req("P11-300b")
def test_old_sessions_stay_dead_and_old_secrets_only_choose_new_ones(site: DemoSite) -> None:
    client = signed_in_client(site, "operator")
    who = UUID(str(client.session["period"]["person"]))
    assert client.get("/me/owed/").status_code == 200
    disable_person(command=a_command(site.system), person=who, reason="left")
    enable_person(command=a_command(site.system), person=who, reason="x", identity_check=AGAIN)
    grant_role(command=a_command(site.system), person=who, role="operator")
    assert client.get("/me/owed/").status_code != 200
    with reading(site=site.id):
        row = Person.objects.get(id=who)
    with pytest.raises(OwnSecretNeeded):
        prove_by_password(username=row.username, password=PASSWORD, actor=site.system)
    with pytest.raises(OwnSecretNeeded):
        prove(badge=row.badge, pin=PIN, actor=site.system)


def test_the_refusal_of_a_disabled_person_names_the_way_back(site: DemoSite) -> None:
    ended(site, "operator")
    with pytest.raises(PersonIsDisabled) as refused:
        prove_by_password(username="olga", password=PASSWORD, actor=site.system)
    assert "checks your identity on paper and enables it again" in refused.value.way_out_text
    form = {"key": str(uuid7()), "username": "olga", "password": PASSWORD}
    page = Client().post("/sign-in/", form).content.decode()
    assert "checks your identity on paper and enables it again" in page


def test_the_pages_lead_there_and_the_trail_shows_it(site: DemoSite) -> None:
    who, client = ended(site, "operator"), signed_in_client(site, "admin")
    assert f"/people/{who}/" in client.get("/people/").content.decode()
    assert (
        f"/people/{who}/" not in signed_in_client(site, "trainer").get("/people/").content.decode()
    )
    page = client.get(f"/people/{who}/").content.decode()
    assert "Enable the account again" in page
    form = {"action": "enable", "reason": "back from leave", "identity_check": ""}
    post: Callable[..., Any] = lambda **more: client.post(  # noqa: E731
        f"/people/{who}/", {"key": str(uuid7()), **form, **more}
    )
    assert (post().status_code, post(identity_check=AGAIN).status_code) == (422, 302)
    trail = client.get(f"/people/{who}/trail/").content.decode()
    assert f"Account enabled again: back from leave; identity checked: {AGAIN}" in trail
