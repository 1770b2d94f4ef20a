"""Joining, moving, leaving; roles; qualifications; the walls by site."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import Error, connection, connections, transaction

from accounts import rules, selectors
from accounts.device_exceptions import DeviceCodeTaken
from accounts.entries import PersonJoined, RoleGranted
from accounts.exceptions import (
    ApprovalMissing,
    ApprovedByThemselves,
    ApproverMayNot,
    BadgeTaken,
    IdentityNotChecked,
    IdentityPaperUsed,
    IdentityPaperUsedBy,
    NotAllowed,
    OwnAccess,
    RoleHeld,
    RolesConflict,
    SiteCodeTaken,
    UnknownRole,
    UnknownZone,
    UsernameTaken,
)
from accounts.models import Device, Person, RoleAssignment, Site
from accounts.name_exceptions import (
    NameNotPlain,
    NameTaken,
    NameTakenBy,
    NumberTaken,
    NumberTakenBy,
)
from accounts.qualification_exceptions import NotQualified
from accounts.services.credentials import set_credential
from accounts.services.devices import retire_device, set_idle_time
from accounts.services.own_secrets import end_sessions
from accounts.services.people import disable_person, grant_role, join_person, revoke_role
from accounts.services.qualifications import ask_subject
from accounts.services.shifts import set_shift
from accounts.sign_in_exceptions import WeakSecret
from accounts.subjects import Subject
from accounts.validators import check_printed_name, check_secret
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records.act import New, act
from records.commands import Actor, Command
from records.entries import decode
from records.exceptions import ReasonMissing
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    LATER,
    DemoSite,
    a_command,
    open_demo_site,
    person,
    qualify,
    tablet,
)


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def roles(of: UUID, site: DemoSite) -> tuple[str, ...]:
    with reading(site=site.id):
        return selectors.roles_of(of, site.id)


@pytest.mark.req("P11-100a", "P11-300a")
@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"username": "OLGA", "badge": "B-2"}, UsernameTaken),
        ({"username": "other", "badge": "b-1"}, BadgeTaken),
    ],
)
def test_name_and_badge_are_given_once(
    site: DemoSite, values: dict[str, str], refusal: type[Exception]
) -> None:
    first = person("operator", site=site, username="olga", badge="B-1")
    disable_person(command=a_command(site.system), person=first, reason="left")
    with pytest.raises(refusal):
        person("operator", site=site, username=values["username"], badge=values["badge"])


def join(admin: Actor, name: str, paper: str, **also: str) -> UUID:
    made = uuid7()
    join_person(
        command=a_command(admin), person=made, username=f"u-{made}", printed_name=name,
        badge=f"B-{made}"[:40], identity_check=paper, **also,
    )  # fmt: skip
    return made


@pytest.mark.req("P11-100a")
@pytest.mark.parametrize(
    "name",
    [
        "Olga\u200b Petrov", "Olga\u00ad Petrov", "Olga\u202e Petrov", "\ufeffOlga", "Olga\x7f",
        "Olg\u0430 Petrov", "\u039flga Petrov", "Olga Petro\u0475", "Olga\u0332 Petrov",
        "O\u034flga", "Olga\u2028Petrov", "Olga \U000e0041",
    ],
)  # fmt: skip
def test_printed_name_has_what_is_seen_in_letters_of_one_script(name: str) -> None:
    with pytest.raises(NameNotPlain) as refused:
        check_printed_name(name)
    assert refused.value.field == "printed_name"


@pytest.mark.parametrize(
    "name",
    ["Olga Petrov", "Zoë O’Brien-Müller", "Nguyễn Thị Ánh", "İpek Işık", "Ольга Петрова",
     "Ελένη Παππά", "山田 太郎", "やまだ たろう", "김민준", "محمد علي", "Ł. Żółć, Jr.", "D'Arcy 2"],
)  # fmt: skip
def test_names_of_people_are_plain(name: str) -> None:
    check_printed_name(name)


@pytest.mark.req("P11-100a", "P11-100b")
@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("Capa Xoxe", "\u0421\u0430\u0440\u0430 \u0425\u043e\u0445\u0435"),  # in Cyrillic letters
        ("Oto Kipex", "\u039f\u03c4\u03bf \u039a\u03b9\u03c1\u03b5\u03c7"),  # in Greek ones
        ("Ida Lill", "lda LiII"),
        ("Joö Mover", "\uff2aoö\uff2dover"),
    ],
)
def test_name_that_looks_the_same_is_the_same(site: DemoSite, first: str, again: str) -> None:
    """The act says it, and the index decides whatever a caller forgot."""
    admin = site.actor("admin")
    join(admin, first, "passport, HR-7 no. 1")
    with pytest.raises(NameTaken):
        rules.check_another_human(replace(admin, site=uuid7()), again, "HR-9", "")
    joined = PersonJoined(
        username="again", printed_name=again, badge="again", identity_check="HR-7 no. 2",
        home=site.id, another_human="",
    )  # fmt: skip
    new = uuid7()
    with pytest.raises(NameTaken), act(a_command(admin), new=[New("person", new, None)]) as a:
        a.append(new, joined)


@pytest.mark.req("P11-100b")
def test_paper_with_a_character_that_is_not_seen_is_the_same_paper(site: DemoSite) -> None:
    admin = site.actor("admin")
    join(admin, "Joö Mover", "passport, HR-7 no. 1")
    with pytest.raises(IdentityPaperUsedBy):
        join(admin, "Another Mover", "passport, HR-7\u200b no. 1")


@pytest.mark.req("P11-100a", "P11-100b")
@pytest.mark.parametrize("left", [False, True])
@pytest.mark.parametrize("again", ["JOÖ\u00a0 mover", " joo\u0308 Mover ", "\uff2aoö Mover"])
def test_a_human_has_one_account_unless_somebody_writes_that_it_is_another(
    site: DemoSite, again: str, left: bool
) -> None:
    """Four eyes are told apart by account: with two of them one human would be two."""
    admin = site.actor("admin")
    first = join(admin, "Joö Mover", "passport, HR-7 no. 1")
    if left:
        disable_person(command=a_command(admin), person=first, reason="left")
    for nothing in ("", " \t "):
        with pytest.raises(NameTakenBy) as refused:
            join(admin, again, "passport, HR-7 no. 2", another_human=nothing)
        assert refused.value.field == "another_human"
        assert f"Joö Mover has an account already, user name u-{first}." in str(refused.value)
    second = join(admin, again, "passport, HR-7 no. 2", another_human="born 1990, the other 1985")
    with reading(site=site.id):
        said = {row.id: row.another_human for row in Person.objects.filter(id__in=[first, second])}
    assert said == {first: "", second: "born 1990, the other 1985"}


@pytest.mark.req("P11-100b")
def test_one_paper_makes_one_account_whatever_is_written(site: DemoSite) -> None:
    admin = site.actor("admin")
    join(admin, "Jo Mover", "Passport, HR-7 no. 1")
    with pytest.raises(IdentityPaperUsedBy) as refused:
        join(admin, "Eve Dunn", "passport,HR-7  no. 1", another_human="it is")
    assert "the account of Jo Mover" in str(refused.value)


@pytest.mark.req("P11-100a", "P11-100b")
def test_the_same_passport_in_other_words_is_asked_about(site: DemoSite) -> None:
    """Else one human would be two by a word: four eyes are told apart by account."""
    admin = site.actor("admin")
    first = join(admin, "Jörg Zwei", "Passport L01X00T47, form HR-7, seen 2027-03-01")
    again = "Pers.-Ausweis Nr. l01x-00t47"
    with pytest.raises(NumberTakenBy) as refused:
        join(admin, "Zwei Jörg", again)
    assert refused.value.field == "another_human"
    assert f"the account of Jörg Zwei, user name u-{first}." in str(refused.value)
    with pytest.raises(NumberTaken) as told:
        join(open_demo_site("US2").actor("admin"), "Zwei Jörg", again)
    assert (type(told.value), told.value.params) == (NumberTaken, {})
    join(admin, "Zwei Jörg", again, another_human="the first number was read wrongly")
    for other in ("Passport L01X00T478, form HR-7, seen 2027-03-01", "L01X00T4, seen 20270301"):
        join(admin, f"Other of {len(other)}", other)


@pytest.mark.req("D11-11b")
def test_a_taken_name_does_not_tell_whom_another_site_employs(site: DemoSite) -> None:
    join(open_demo_site("US2").actor("admin"), "Jo Mover", "HR-7 no. 1")
    for name, paper, kind in (
        ("jo mover", "HR-7 no. 2", NameTaken), ("Eve Dunn", "hr-7 no. 1", IdentityPaperUsed),
    ):  # fmt: skip
        with pytest.raises(kind) as refused:
            join(site.actor("admin"), name, paper)
        assert (type(refused.value), refused.value.params) == (kind, {})


@pytest.mark.req("P11-100a")
@pytest.mark.parametrize(
    ("look", "accounts", "refused"),
    [
        ("people_called", [("Jo Mover", "HR-7"), ("JO MOVER", "HR-8")], NameTaken),
        ("people_checked_on", [("Jo Mover", "HR-7"), ("Eve Dunn", "hr-7")], IdentityPaperUsed),
    ],
)
def test_two_administrators_at_once_make_one_account(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch, look: str,
    accounts: list[tuple[str, str]], refused: type[Refusal],
) -> None:  # fmt: skip
    """Both have looked before either writes: the index refuses the second one."""
    admin, both, find = site.actor("admin"), Barrier(2, timeout=20), getattr(selectors, look)

    def found(text: str) -> list[Person]:
        there: list[Person] = find(text)
        both.wait()
        return there

    def attempt(account: tuple[str, str]) -> str:
        try:
            return "made" if join(admin, *account) else ""
        except refused as error:
            return error.code
        finally:
            connections.close_all()

    monkeypatch.setattr(selectors, look, found)
    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(attempt, accounts))
    assert said == ["made", refused.code]


def test_accounts_from_before_the_question_are_compared_and_break_no_index(site: DemoSite) -> None:
    admin, old = site.actor("admin"), {"printed_name": "Jo Mover", "identity_check": "HR-7"}
    for one in ("a", "b"):
        made = uuid7()
        said = decode("person.joined", 1, {**old, "username": one, "badge": one})
        with act(a_command(site.system), new=[New("person", made, None)]) as a:
            a.append(made, said)
    with pytest.raises(NameTaken):
        join(admin, "Jo Mover", "HR-8")
    with pytest.raises(IdentityPaperUsed):
        join(admin, "Eve Dunn", "HR-7")


@pytest.mark.req("P11-100b")
@pytest.mark.parametrize("checked", ["", "  "])
def test_account_needs_an_identity_check(site: DemoSite, checked: str) -> None:
    with pytest.raises(IdentityNotChecked) as refused:
        join_person(
            command=a_command(site.actor("admin")), person=uuid7(), username="olga",
            printed_name="Olga Petrov", badge="B-1", identity_check=checked,
        )  # fmt: skip
    assert refused.value.field == "identity_check"


@pytest.mark.req("P11-10g")
@pytest.mark.parametrize("role", ["operator", "qa-reviewer", "auditor", "trainer", "shift-lead"])
def test_only_an_administrator_joins_and_grants(site: DemoSite, role: str) -> None:
    somebody = person(site=site)
    with pytest.raises(NotAllowed):
        grant_role(command=a_command(site.actor(role)), person=somebody, role="operator")
    assert roles(somebody, site) == ()


@pytest.mark.req("P11-10e1")
def test_refused_grant_is_kept_once_on_the_stream_of_who_tried(site: DemoSite) -> None:
    tried = site.person("operator")
    command = a_command(site.actor("operator"))
    for _ in range(2):
        with pytest.raises(NotAllowed):
            grant_role(command=command, person=site.person("auditor"), role="admin")
    with reading(site=site.id):
        kept = Entry.objects.filter(stream=tried, kind="attempt.refused").count()
    assert kept == 1


@pytest.mark.req("D11-11b")
def test_nobody_grants_to_oneself(site: DemoSite) -> None:
    admin = site.actor("admin")
    with pytest.raises(OwnAccess):
        grant_role(command=a_command(admin), person=site.person("admin"), role="auditor")


@pytest.mark.req("A11-12", "D11-11b")
def test_a_role_is_approved_by_somebody_else_whoever_sends_the_command(site: DemoSite) -> None:
    """By id, not by the letters of a name: a comma or a middle name approved for oneself."""
    admin, quinn = site.actor("admin"), site.person("qa-reviewer")
    somebody = person("qa-reviewer", site=site, name="Jo Mover")
    elsewhere = open_demo_site("US2").person("qa-reviewer")
    gone = person("qa-reviewer", site=site)
    disable_person(command=a_command(site.system), person=gone, reason="left")

    def grant(approver: UUID | None, paper: str = "form 9") -> None:
        command = a_command(admin)
        grant_role(
            command=command, person=somebody, role="operator", approver=approver, paper=paper
        )

    for nobody, paper, field in ((None, "form 9", "approver"), (quinn, " \t ", "paper")):
        with pytest.raises(ApprovalMissing) as missing:
            grant(nobody, paper)
        assert missing.value.field == field
    for own in (admin.person, somebody):
        with pytest.raises(ApprovedByThemselves):
            grant(own)
    for other in (site.person("operator"), site.person("auditor"), elsewhere, gone):
        with pytest.raises(ApproverMayNot):
            grant(other)
    assert roles(somebody, site) == ("qa-reviewer",)
    grant(quinn, "  form   9 ")
    said = granted_last(somebody, site)
    assert (said["approver"], said["approver_name"], said["paper"]) == (
        str(quinn), "Quinn Abel", "form 9",
    )  # fmt: skip


def granted_last(who: UUID, site: DemoSite) -> dict[str, Any]:
    with reading(site=site.id):
        entry = Entry.objects.filter(stream=who, kind="role.granted").latest("seq")
    said: dict[str, Any] = entry.envelope["payload"]
    return said


@pytest.mark.req("A11-12")
def test_first_reviewer_of_a_site_is_granted_on_paper_and_the_next_role_is_approved(
    committed_db: str,
) -> None:
    """A new site has its administrator only: nobody else could ever approve."""
    new = open_demo_site("US3")
    admin, first, second = new.actor("admin"), person(site=new), person(site=new)
    with pytest.raises(ApprovalMissing):
        grant_role(command=a_command(admin), person=first, role="qa-reviewer")
    grant_role(command=a_command(admin), person=first, role="qa-reviewer", paper="form 1")
    assert granted_last(first, new) | {"assignment": ""} == {
        "assignment": "", "site": str(new.id), "role": "qa-reviewer", "approver": None,
        "approver_name": "", "paper": "form 1",
    }  # fmt: skip
    with pytest.raises(ApprovalMissing):
        grant_role(command=a_command(admin), person=second, role="operator", paper="form 2")
    grant_role(
        command=a_command(admin), person=second, role="operator", approver=first, paper="form 2"
    )
    assert roles(second, new) == ("operator",)


@pytest.mark.parametrize(
    ("kept", "name", "paper"),
    [
        ("H. Brenner, form HR-9, page 2", "H. Brenner", "form HR-9, page 2"),
        ("S. Haddad", "S. Haddad", ""),
        ("", "", ""),
    ],
)
def test_approval_of_old_is_read_with_name_and_paper_apart(
    kept: str, name: str, paper: str
) -> None:
    fields = {"assignment": str(uuid7()), "site": str(uuid7()), "role": "operator"}
    read = decode("role.granted", 2, {**fields, "approved_by": kept})
    assert isinstance(read, RoleGranted)
    assert (read.approver, read.approver_name, read.paper) == (None, name, paper)


WITHOUT_REASON: dict[str, Callable[[Command, UUID], object]] = {
    "retire a tablet": lambda c, one: retire_device(command=c, device=one, reason=" "),
    "idle time": lambda c, _: set_idle_time(
        command=c, room_class="grade-B", seconds=60, reason=""
    ),
    "a shift": lambda c, _: set_shift(
        command=c, code="E", name="Early", start=time(6), end=time(14), reason=" "
    ),
    "ask": lambda c, _: ask_subject(
        command=c, subject_kind="gowning", key="grade-B", asked=False, reason=""
    ),
    "sign out": lambda c, who: end_sessions(command=c, person=who, reason=" "),
}  # fmt: skip


@pytest.mark.req("A11-9")
@pytest.mark.parametrize("what", WITHOUT_REASON)
def test_what_changes_the_rules_of_work_is_done_for_a_reason(site: DemoSite, what: str) -> None:
    """Whatever the page asks for: a form can be sent without its page."""
    role = {"ask": "trainer"}.get(what, "admin")
    on = tablet(site) if what == "retire a tablet" else person("operator", site=site)
    with pytest.raises(ReasonMissing):
        WITHOUT_REASON[what](a_command(site.actor(role)), on)


@pytest.mark.req("A11-12")
def test_a_role_and_an_account_are_taken_for_a_reason(site: DemoSite) -> None:
    somebody = person("operator", site=site)
    with pytest.raises(ReasonMissing):
        revoke(site, somebody, reason="  ")
    with pytest.raises(ReasonMissing):
        disable_person(command=a_command(site.actor("admin")), person=somebody, reason="")
    assert roles(somebody, site) == ("operator",)


@pytest.mark.req("D11-11b")
@pytest.mark.parametrize(("first", "then"), [("admin", "operator"), ("qa-reviewer", "admin")])
def test_who_manages_access_does_no_work_on_batches(site: DemoSite, first: str, then: str) -> None:
    somebody = person(first, site=site)
    with pytest.raises(RolesConflict):
        grant_role(command=a_command(site.system), person=somebody, role=then)
    assert roles(somebody, site) == (first,)


@pytest.mark.req("P11-10d")
@pytest.mark.parametrize("other", ["auditor", "coordinator", "operator", "admin"])
def test_who_is_of_a_treatment_centre_holds_no_role_inside(site: DemoSite, other: str) -> None:
    """An auditor from outside would read of every patient."""
    for first, then in (("treatment-centre", other), (other, "treatment-centre")):
        somebody = person(first, site=site)
        with pytest.raises(RolesConflict):
            grant_role(command=a_command(site.system), person=somebody, role=then)
        assert roles(somebody, site) == (first,)


def test_role_is_granted_once_and_can_come_back(site: DemoSite) -> None:
    somebody = person("operator", site=site)
    with pytest.raises(RoleHeld):
        grant_role(command=a_command(site.system), person=somebody, role="operator")
    with pytest.raises(UnknownRole):
        grant_role(command=a_command(site.system), person=somebody, role="king")
    revoke(site, somebody)
    assert roles(somebody, site) == ()
    grant_role(command=a_command(site.system), person=somebody, role="operator")
    assert roles(somebody, site) == ("operator",)


def revoke(site: DemoSite, somebody: UUID, *, reason: str = "moved") -> None:
    with reading(site=site.id):
        [held] = selectors.assignments_of(somebody, site.id)
    command = a_command(site.actor("admin"))
    revoke_role(command=command, assignment=held.id, person=somebody, reason=reason)


def test_revoked_role_grants_nothing_in_the_next_act(site: DemoSite) -> None:
    somebody = person("planner", site=site)
    actor = site.actor("planner")
    with act(a_command(actor)) as a:
        assert rules.check_permission(a.actor, "planning.accept") == "planner"
    revoke(site, site.person("planner"))
    with act(a_command(actor)) as a, pytest.raises(NotAllowed):
        rules.check_permission(a.actor, "planning.accept")
    assert roles(somebody, site) == ("planner",)


@pytest.mark.req("P11-10i", "F211-25")
def test_qualification_ends_at_its_time(site: DemoSite) -> None:
    operator = site.person("operator")
    until = datetime(2027, 6, 1, 12, tzinfo=UTC)
    qualify(operator, "PRODIGY-TCT", site=site, until=until)
    with reading(site=site.id):
        asked = [Subject(("PRODIGY-TCT",))]
        rules.check_qualified(operator, asked, at=datetime(2027, 6, 1, 11, tzinfo=UTC))
        with pytest.raises(NotQualified) as refused:
            rules.check_qualified(operator, asked, at=until)
    assert refused.value.params == {"person": "Olga Petrov", "subject": "PRODIGY-TCT"}


def test_qualification_is_prolonged_in_place(site: DemoSite) -> None:
    operator = site.person("operator")
    for year in (2027, 2028):
        until = datetime(year, 6, 1, tzinfo=UTC)
        qualify(operator, "PRODIGY-TCT", site=site, until=until)
    with reading(site=site.id):
        at = datetime(2028, 1, 1, tzinfo=UTC)
        assert selectors.qualifications_of([operator], at=at) == {operator: {"PRODIGY-TCT"}}


@pytest.mark.parametrize(
    ("kind", "secret", "fit"),
    [
        ("pin", "27495", False),
        ("pin", "274951", True),
        ("pin", "27495183", True),
        ("pin", "274951830", False),
        ("pin", "27495a", False),
        ("pin", "111111", False),
        ("pin", "121212", False),
        ("pin", "123456", False),
        ("pin", "901234", False),
        ("pin", "987654", False),
        ("pin", "٢٧٤٩٥١", False),
        ("password", "eleven char", False),
        ("password", "twelve chars", True),
        ("password", "aaaaaaaaaaaaa", False),
        ("password", "long" * 51, False),
    ],
)
def test_fit_secrets(kind: str, secret: str, fit: bool) -> None:
    if fit:
        check_secret(kind, secret)
    else:
        with pytest.raises(WeakSecret):
            check_secret(kind, secret)


@pytest.mark.req("P11-200b")
def test_secret_is_set_by_its_owner_or_an_administrator(site: DemoSite) -> None:
    operator = site.actor("operator")
    values = {"kind": "pin", "secret": "274951"}
    assert operator.person is not None
    set_credential(command=a_command(operator), person=operator.person, **values)
    set_credential(command=a_command(site.actor("admin")), person=operator.person, **values)
    with pytest.raises(NotAllowed):
        set_credential(command=a_command(operator), person=site.person("auditor"), **values)


@pytest.mark.scenario(43)
def test_roles_and_tablets_of_another_site_are_not_seen(site: DemoSite) -> None:
    other = open_demo_site("US2", zone="America/Chicago", jurisdiction="US")
    theirs, their_tablet = person("operator", site=other), tablet(other)
    with reading(site=site.id, person=site.person("operator")):
        assert not RoleAssignment.objects.filter(person=theirs).exists()
        assert not Device.objects.filter(id=their_tablet).exists()
        assert not Site.objects.filter(id=other.id).exists()
        assert selectors.people_of(other.id) == []
        with pytest.raises(NotFound):
            selectors.site_of(other.id)


def test_own_roles_and_sites_are_seen_before_a_site_is_chosen(site: DemoSite) -> None:
    other = open_demo_site("AA1")
    both = person("operator", site=site)
    grant_role(command=a_command(other.system), person=both, role="planner")
    with reading(site=None, person=both):
        assert [found.code for found in selectors.sites_of(both)] == ["AA1", "MZ1"]
    with reading(site=None, person=site.person("operator")):
        assert [found.code for found in selectors.sites_of(site.person("operator"))] == ["MZ1"]


@pytest.mark.scenario(43)
def test_administrator_of_another_site_changes_nothing_here(site: DemoSite) -> None:
    other = open_demo_site("US2")
    ours = person("operator", site=site)
    with reading(site=site.id):
        [held] = selectors.assignments_of(ours, site.id)
    with pytest.raises(NotFound):
        revoke_role(
            command=a_command(other.actor("admin")), assignment=held.id, person=ours, reason="x"
        )
    assert roles(ours, site) == ("operator",)


def test_site_needs_an_unused_code_and_a_real_zone(site: DemoSite) -> None:
    with pytest.raises(SiteCodeTaken):
        open_demo_site("MZ1")
    with pytest.raises(UnknownZone):
        open_demo_site("MZ2", zone="Mars/Olympus")


def test_tablet_code_is_unique_at_a_site(site: DemoSite) -> None:
    tablet(site, "T-01")
    tablet(open_demo_site("US2"), "T-01")
    with pytest.raises(DeviceCodeTaken):
        tablet(site, "T-01")


def test_names_of_people_in_one_query(
    site: DemoSite, django_assert_num_queries: Callable[..., Any]
) -> None:
    operator, planner = site.person("operator"), site.person("planner")
    with reading(site=site.id), django_assert_num_queries(1):
        names = selectors.names_of([operator, planner, None, operator])
    assert names == {operator: "Olga Petrov", planner: "Paul Novak"}


def test_holders_of_a_permission_at_a_site(committed_db: str) -> None:
    site = open_demo_site("MZ2")
    first, lead = site.person("operator"), site.person("shift-lead")
    site.person("planner")
    person("operator", site=open_demo_site("US2"))
    gone = person("operator", site=site)
    disable_person(command=a_command(site.system), person=gone, reason="left")
    with reading(site=site.id):
        found = [row.id for row in selectors.holders_of("batches.verify", site.id)]
    assert found == [first, lead]


@pytest.mark.req("P11-10e2")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_person SET printed_name = 'X'",
        "UPDATE accounts_roleassignment SET role = 'admin'",
        "UPDATE accounts_qualification SET valid_until = now()",
        "DELETE FROM accounts_person",
        "TRUNCATE accounts_device",
        "DELETE FROM accounts_credential",
    ],
)
def test_rows_are_written_by_folds_only(site: DemoSite, statement: str) -> None:
    qualify(site.person("operator"), "GOWNING", site=site, until=LATER)
    with pytest.raises(Error, match=r"refused|fold|deleted|permission denied"):
        write(site, statement)


def write(site: DemoSite, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mes.site', %s, true)", [str(site.id)])
        cursor.execute(statement)


def test_reader_sees_no_secrets(site: DemoSite, reader_connection: psycopg.Connection) -> None:
    person("operator", site=site, secrets=True)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader_connection.execute("SELECT hash FROM accounts_credential")


def test_people_verify_and_fold_anew(site: DemoSite) -> None:
    operator = site.person("operator")
    qualify(operator, "GOWNING", site=site)
    tablet(site)
    revoke(site, operator)
    disable_person(command=a_command(site.system), person=operator, reason="left")
    report = verify(everything=True)
    assert (report.differences, report.clean) == ([], True)
    with reading(site=site.id):
        assert Person.objects.filter(id=operator, active=False).exists()
