"""Who it is, proved by two components and throttled; what was signed, and in which role."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from accounts import rules
from accounts.exceptions import NotAllowed, PersonIsDisabled, SamePerson
from accounts.services.ceremony import Proof, prove, prove_by_password, sign
from accounts.services.people import disable_person
from accounts.sign_in_exceptions import WrongCredential
from accounts.signing_exceptions import ProofSpent
from mes.lib.evidence import content_hash
from mes.lib.refusals import Interlock
from records.act import act
from records.commands import Actor
from records.models import Entry
from records.reading import reading
from records.signatures import Signature
from tests.builders.accounts import (
    PASSWORD,
    PIN,
    DemoSite,
    a_command,
    open_demo_site,
    person,
    system_actor,
    tablet,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
WRONG = "918273"
AtTime = Callable[[datetime], None]


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


@pytest.fixture
def reviewer(site: DemoSite) -> UUID:
    return person("qa-reviewer", site=site, name="Quinn Abel", badge="B-1", username="quinn",
                  secrets=True)  # fmt: skip


@pytest.fixture
def here(site: DemoSite) -> Actor:
    return replace(system_actor(site.id), device=tablet(site))


def signed(site: DemoSite, proof: Proof, *, permission: str = "quality.review") -> Signature:
    with act(a_command(site.system)) as a:
        return sign(a, proof, meaning="reviewed", content={"batch": "26-1"},
                    permission=permission, parts=["steps"])  # fmt: skip


@pytest.mark.req("P11-50", "P11-70", "P11-200a", "A11-14")
def test_signature_binds_person_role_meaning_time_zone_and_content(
    site: DemoSite, reviewer: UUID, here: Actor, at_time: AtTime
) -> None:
    at_time(START)
    signature = signed(site, prove(badge="b-1", pin=PIN, actor=here))
    assert signature == Signature(
        person=reviewer,
        printed_name="Quinn Abel",
        role="qa-reviewer",
        meaning="reviewed",
        at=START,
        zone="Europe/Berlin",
        factors=("badge", "pin"),
        content_hash=content_hash({"batch": "26-1"}),
        parts=("steps",),
    )


@pytest.mark.req("P11-200a")
def test_a_proof_signs_for_one_command_only(site: DemoSite, reviewer: UUID, here: Actor) -> None:
    proof = prove(badge="B-1", pin=PIN, actor=here)
    signed(site, proof)
    with pytest.raises(ProofSpent) as refused:
        signed(site, proof)
    assert refused.value.interlock is Interlock.ABSOLUTE


@pytest.mark.req("P11-200a")
def test_a_command_that_runs_again_uses_its_own_proof(
    site: DemoSite, reviewer: UUID, here: Actor
) -> None:
    proof, command = prove(badge="B-1", pin=PIN, actor=here), a_command(site.system)
    made = []
    for _ in range(2):
        with suppress(ConnectionError), act(command) as a:
            made.append(sign(a, proof, meaning="reviewed", content={}, permission="quality.review"))
            raise ConnectionError
    assert [one.person for one in made] == [reviewer, reviewer]


@pytest.mark.parametrize(("age", "good"), [(60, True), (61, False)])
@pytest.mark.req("P11-200a")
def test_a_proof_lives_a_minute(
    site: DemoSite, reviewer: UUID, here: Actor, at_time: AtTime, age: int, good: bool
) -> None:
    at_time(START)
    proof = prove(badge="B-1", pin=PIN, actor=here)
    at_time(START + timedelta(seconds=age))
    if good:
        assert signed(site, proof).person == reviewer
        return
    with pytest.raises(ProofSpent):
        signed(site, proof)


@pytest.mark.req("P11-200a")
def test_desk_signature_names_its_own_factors(site: DemoSite, reviewer: UUID, here: Actor) -> None:
    proof = prove_by_password(username="QUINN", password=PASSWORD, actor=here)
    assert (proof.person, proof.factors) == (reviewer, ("username", "password"))


@pytest.mark.req("P11-10g")
def test_signer_without_the_permission_is_refused(
    site: DemoSite, reviewer: UUID, here: Actor
) -> None:
    proof = prove(badge="B-1", pin=PIN, actor=here)
    with pytest.raises(NotAllowed) as refused:
        signed(site, proof, permission="quality.release")
    assert refused.value.params == {"person": "Quinn Abel", "permission": "quality.release"}


@pytest.mark.req("P11-10g")
def test_role_of_another_site_signs_nothing_here(site: DemoSite, here: Actor) -> None:
    person("qa-reviewer", site=open_demo_site("US2"), badge="B-9", secrets=True)
    with pytest.raises(NotAllowed):
        signed(site, prove(badge="B-9", pin=PIN, actor=here))


def test_disabled_person_proves_nothing(site: DemoSite, reviewer: UUID, here: Actor) -> None:
    disable_person(command=a_command(site.system), person=reviewer, reason="left")
    with pytest.raises(PersonIsDisabled):
        prove(badge="B-1", pin=PIN, actor=here)


@pytest.mark.parametrize("badge", ["", " ", "B-404", "B_1", "%"])
def test_unknown_badge_is_a_wrong_credential(reviewer: UUID, here: Actor, badge: str) -> None:
    with pytest.raises(WrongCredential):
        prove(badge=badge, pin=PIN, actor=here)


@pytest.mark.req("D11-11c")
def test_badge_alone_is_never_enough(reviewer: UUID, here: Actor) -> None:
    with pytest.raises(WrongCredential):
        prove(badge="B-1", pin="", actor=here)


@pytest.mark.req("P11-10e1")
def test_secret_and_hash_are_in_no_entry(site: DemoSite, reviewer: UUID) -> None:
    with reading(site=site.id):
        bodies = [bytes(row.body).decode() for row in Entry.objects.filter(stream=reviewer)]
    assert [body for body in bodies if PIN in body or PASSWORD in body or "argon2" in body] == []


@pytest.mark.req("P11-10g")
def test_performer_never_verifies() -> None:
    first, second = UUID(int=1), UUID(int=2)
    rules.check_other_person(first, second, name="Olga Petrov")
    with pytest.raises(SamePerson) as refused:
        rules.check_other_person(first, first, name="Olga Petrov")
    assert refused.value.interlock is Interlock.ABSOLUTE
    assert refused.value.streams == (first,)
