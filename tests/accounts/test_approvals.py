"""Who approved a granted role is asked: they confirm by signature, or take the role back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connections

from accounts import selectors
from accounts.approval_entries import RoleApprovalAsked
from accounts.enums import Presence
from accounts.exceptions import AlreadyAnswered, NotAllowed
from accounts.models import Obligation, RoleApproval
from accounts.review_exceptions import ReviewerIsAnother
from accounts.services.approvals import answer_approval
from accounts.services.ceremony import Proof, prove_by_password
from accounts.services.people import grant_role, revoke_role
from accounts.signing_exceptions import ShownHasChanged
from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records import self_check
from records.act import act
from records.commands import Actor
from records.exceptions import ReasonMissing
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    PASSWORD,
    DemoSite,
    a_command,
    actor_of,
    client_on,
    open_demo_site,
    person,
)

MEANING = "I did not approve that this person gets this role: it is taken back."


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


@pytest.fixture
def quinn(site: DemoSite) -> Actor:
    made = person("qa-reviewer", site=site, name="Quinn Adler", username="quinn", secrets=True)
    return actor_of(made, "qa-reviewer", site)


def granted(site: DemoSite, approver: Actor, role: str = "operator") -> tuple[UUID, UUID]:
    """Return whoever got a role that ``approver`` is said to have approved, and the assignment."""
    who = person(site=site, name="Jo Mover")
    reply = grant_role(
        command=a_command(site.actor("admin")), person=who, role=role, approver=approver.person,
        paper="form 9",
    )  # fmt: skip
    return who, UUID(str(reply["id"]))


def proof_of(actor: Actor) -> Proof:
    assert actor.person is not None
    return Proof(
        person=actor.person, printed_name=actor.name, site=actor.site, zone=actor.zone,
        factors=("username", "password"), at=clock.now(), presence=Presence.DESK,
    )  # fmt: skip


def answer(by: Actor, assignment: UUID, *, approved: bool, reason: str = "", **more: Any) -> None:
    answer_approval(
        command=a_command(by), assignment=assignment, approved=approved, reason=reason,
        proof=more.pop("proof", proof_of(by)), **more,
    )  # fmt: skip


def held(who: UUID, site: DemoSite) -> tuple[str, ...]:
    with reading(site=site.id):
        return selectors.roles_of(who, site.id)


def owed(who: UUID | None, site: DemoSite) -> int:
    with reading(site=site.id):
        return Obligation.objects.filter(stream__in=[who], met_at__isnull=True).count()


def kinds_of(who: UUID, site: DemoSite) -> list[str]:
    with reading(site=site.id):
        return [e.kind for e in Entry.objects.filter(stream=who).order_by("seq")]


@pytest.mark.req("PI-4")
def test_what_an_answer_was_signed_under_is_told_once_more(
    site: DemoSite, quinn: Actor, owner_connection: psycopg.Connection
) -> None:
    gave, took = (granted(site, quinn, role) for role in ("operator", "trainer"))
    answer(quinn, gave[1], approved=True)
    answer(quinn, took[1], approved=False, reason="never asked me")
    with reading(site=site.id):
        assert [self_check.of_thing(who).lacking for who, _ in (gave, took)] == [[], []]
    owner_connection.execute("ALTER TABLE accounts_roleapproval DISABLE TRIGGER USER")
    owner_connection.execute("UPDATE accounts_roleapproval SET paper = 'form 10'")
    with reading(site=site.id):
        for who, _ in (gave, took):
            [lacking] = self_check.of_thing(who).lacking
            assert [one.why for one in lacking.lacks] == ["signature.other_content"]


@pytest.mark.req("A11-12", "P11-10g")
def test_the_role_is_in_force_and_its_approver_owes_an_answer(site: DemoSite, quinn: Actor) -> None:
    who, assignment = granted(site, quinn)
    assert (held(who, site), owed(quinn.person, site)) == (("operator",), 1)
    assert [owed(one, site) for one in (who, site.person("admin"))] == [0, 0]
    answer(quinn, assignment, approved=True)
    assert (held(who, site), owed(quinn.person, site)) == (("operator",), 0)
    assert kinds_of(who, site)[-3:] == [
        "role.granted", "role.approval_asked", "role.approval_answered",
    ]  # fmt: skip
    assert verify(everything=True).differences == []


@pytest.mark.req("A11-12")
def test_who_did_not_approve_takes_the_role_back_with_a_reason(
    site: DemoSite, quinn: Actor
) -> None:
    who, assignment = granted(site, quinn)
    with pytest.raises(ReasonMissing):
        answer(quinn, assignment, approved=False, reason=" ")
    assert held(who, site) == ("operator",)
    answer(quinn, assignment, approved=False, reason="nobody asked me")
    assert (held(who, site), owed(quinn.person, site)) == ((), 0)
    with reading(site=site.id):
        said = Entry.objects.get(stream=who, kind="role.approval_answered").envelope["payload"]
        taken = Entry.objects.get(stream=who, kind="role.revoked").envelope["payload"]
    assert (said["approved"], said["signature"]["meaning"]) == (False, MEANING)
    assert (said["signature"]["printed_name"], taken["reason"]) == (
        "Quinn Adler",
        "nobody asked me",
    )
    assert verify(everything=True).differences == []


@pytest.mark.req("P11-10g")
def test_nobody_but_the_approver_answers_and_only_once(site: DemoSite, quinn: Actor) -> None:
    who, assignment = granted(site, quinn)
    other = actor_of(person("qa-reviewer", site=site), "qa-reviewer", site)
    for another in (other, site.actor("releasing-person"), site.actor("admin")):
        with pytest.raises(NotFound):
            answer(another, assignment, approved=False, reason="x")
    with pytest.raises(ReviewerIsAnother):
        answer(quinn, assignment, approved=True, proof=proof_of(other))
    with pytest.raises(ShownHasChanged):
        answer(quinn, assignment, approved=True, shown="0" * 64)
    answer(quinn, assignment, approved=True)
    with pytest.raises(AlreadyAnswered):
        answer(quinn, assignment, approved=False, reason="after all")
    assert held(who, site) == ("operator",)


def test_who_left_the_quality_unit_answers_nothing(site: DemoSite, quinn: Actor) -> None:
    _, assignment = granted(site, quinn)
    assert quinn.person is not None
    with reading(site=site.id):
        own = selectors.assignments_of(quinn.person, site.id)[0].id
    revoke_role(command=a_command(site.system), assignment=own, person=quinn.person, reason="moved")
    with pytest.raises(NotAllowed):
        answer(quinn, assignment, approved=True)


def test_a_role_that_is_gone_is_still_asked_about(site: DemoSite, quinn: Actor) -> None:
    """Whether somebody approved it is a fact of the past; nothing is revoked twice."""
    who, assignment = granted(site, quinn)
    revoke_role(
        command=a_command(site.actor("admin")), assignment=assignment, person=who, reason="left"
    )
    assert owed(quinn.person, site) == 1
    answer(quinn, assignment, approved=False, reason="nobody asked me")
    assert kinds_of(who, site).count("role.revoked") == 1


@pytest.mark.parametrize("who", ["receiver", "grantor"])
def test_the_database_knows_no_approver_who_grants_or_gets(site: DemoSite, who: str) -> None:
    receiver, grantor = person(site=site), site.actor("admin")
    approver = receiver if who == "receiver" else grantor.person
    assert approver is not None
    said = RoleApprovalAsked(
        assignment=uuid7(), site=site.id, role="operator", approver=approver, approver_name="X",
        granted_by=grantor.person, granted_by_name=grantor.name, paper="form 9",
    )  # fmt: skip
    broken = pytest.raises(IntegrityError, match=f"accounts_roleapproval_not_{who}")
    with broken, act(a_command(grantor), streams=[receiver]) as a:
        a.append(receiver, said)
    with reading(site=site.id):
        assert RoleApproval.objects.count() == 0


def test_two_answers_at_once_are_one(site: DemoSite, quinn: Actor) -> None:
    who, assignment = granted(site, quinn)
    both = Barrier(2, timeout=20)

    def attempt(approved: bool) -> str:
        both.wait()
        try:
            answer(quinn, assignment, approved=approved, reason="x")
        except AlreadyAnswered as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "answered"

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(attempt, (True, False)))
    assert said == ["answered", "role.approval_answered"]
    assert kinds_of(who, site).count("role.approval_answered") == 1


def test_the_system_asks_nobody(site: DemoSite) -> None:
    who = person("operator", site=site)
    assert "role.approval_asked" not in kinds_of(who, site)


def test_the_approver_is_led_from_what_they_owe_to_the_sheet(site: DemoSite, quinn: Actor) -> None:
    who, assignment = granted(site, quinn)
    client = client_on()
    form = {"key": str(uuid7()), "username": "quinn", "password": PASSWORD}
    assert client.post("/sign-in/", form).status_code == 302
    page = f"/me/approvals/{assignment}/"
    listed = client.get("/me/owed/").content.decode()
    assert "Say whether you approved the role Operator for Jo Mover" in listed
    assert page in listed
    shown = client.get(page)
    words = shown.content.decode()
    assert ("your password is enough" in words, 'name="username"' in words) == (True, False)
    assert (shown.status_code, "form 9" in words, MEANING in words) == (200, True, True)
    sign: Callable[..., Any] = lambda **more: client.post(page, {  # noqa: E731
        "key": str(uuid7()), "username": "quinn", "password": PASSWORD,
        "content_hash": shown.context["content"], **more,
    })  # fmt: skip
    answered = sign(decision="refuse")
    assert (answered.status_code, answered.context["refused"].code) == (422, "reason.missing")
    assert sign(decision="maybe").status_code == 404
    assert sign(decision="confirm").headers["Location"] == "/me/owed/"
    assert "You confirmed it" in client.get(page).content.decode()
    assert client.get(f"/me/approvals/{uuid7()}/").status_code == 404
    assert prove_by_password(username="quinn", password=PASSWORD, actor=quinn)
    assert held(who, site) == ("operator",)
