"""Qualifications end by failure, withdrawal and time; the page says it by shape and word."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import rules, selectors, training
from accounts.exceptions import NotAllowed, OwnAccess
from accounts.models import Qualification
from accounts.qualification_exceptions import (
    NotQualified,
    QualificationEnded,
    SubjectNotAsked,
    VersionOfNoProcedure,
)
from accounts.services.access_reviews import open_access_review
from accounts.services.devices import enrol_device
from accounts.services.qualifications import (
    ask_subject,
    fail_qualification,
    grant_qualification,
    withdraw_qualification,
)
from accounts.subjects import Held, Subject, words
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records import outbox
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    PASSWORD,
    DemoSite,
    a_command,
    actor_of,
    give_secrets,
    open_demo_site,
    person,
    qualify,
    signed_in_client,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
KEY, ADDRESS = "GOWNING", "/people/qualifications/"
# What a page offers to take instead of typing it.
OFFERED = re.compile(r'<datalist.*?<option value="([^"]*)"></datalist>')


@pytest.fixture
def site(committed_db: str, at_time: Callable[[datetime], None]) -> DemoSite:
    at_time(START)
    return open_demo_site()


def held_by(someone: UUID, site: DemoSite) -> Qualification:
    with reading(site=site.id):
        return Qualification.objects.get(person=someone, key=KEY)


def end(service: Callable[..., Any], someone: UUID, site: DemoSite, role: str = "trainer") -> Any:
    return service(
        command=a_command(site.actor(role)), person=someone,
        qualification=held_by(someone, site).id, reason="growth",
    )  # fmt: skip


def send(client: Client, **form: str) -> int:
    return client.post(ADDRESS, {"key": str(uuid7()), **form}).status_code


def enrol(site: DemoSite, code: str) -> UUID:
    """Let the administrator make a stream of the site."""
    made = uuid7()
    enrol_device(
        command=a_command(site.actor("admin")), device=made, code=code, label=code, place=None
    )
    return made


@pytest.mark.req("P11-10i")
def test_failure_suspends_and_lists_only_what_was_touched_since_the_last_good_one(
    site: DemoSite, at_time: Callable[[datetime], None]
) -> None:
    admin = site.person("admin")
    qualify(admin, KEY, site=site)
    enrol(site, "T-BEFORE")
    at_time(START + timedelta(days=1))
    qualify(admin, KEY, site=site)
    after = enrol(site, "T-AFTER")
    # It names everybody; nobody but who opened it did anything there.
    another = actor_of(person("admin", site=site), "admin", site)
    due = START + timedelta(days=9)
    open_access_review(command=a_command(another), review=uuid7(), due=due)
    at_time(START + timedelta(days=2))
    assert end(fail_qualification, admin, site)["streams"] == 1
    with reading(site=site.id):
        [failure] = training.failures_of([admin], most=5)
        assert failure.envelope["payload"]["streams"] == [str(after)]
        with pytest.raises(NotQualified):
            rules.check_qualified(admin, [Subject((KEY,))], at=START)
        assert selectors.qualifications_of([admin], at=START) == {}
    assert verify(everything=True).differences == []


def test_renewal_lifts_the_suspension_and_withdrawal_ends_it(site: DemoSite) -> None:
    someone = site.person("operator")
    qualify(someone, KEY, site=site)
    end(fail_qualification, someone, site)
    with pytest.raises(QualificationEnded):
        end(fail_qualification, someone, site)
    qualify(someone, KEY, site=site)
    assert held_by(someone, site).status == "valid"
    end(withdraw_qualification, someone, site)
    with reading(site=site.id):
        assert selectors.qualifications_of([someone], at=START) == {}
    with pytest.raises(QualificationEnded):
        end(withdraw_qualification, someone, site)


def test_only_a_trainer_ends_it_and_never_their_own(site: DemoSite) -> None:
    operator, trainer = site.person("operator"), site.person("trainer")
    for someone in (operator, trainer):
        qualify(someone, KEY, site=site)
    for service in (fail_qualification, withdraw_qualification):
        with pytest.raises(NotAllowed):
            end(service, operator, site, "admin")
        with pytest.raises(OwnAccess):
            end(service, trainer, site)
        with pytest.raises(NotFound):
            service(
                command=a_command(site.actor("trainer")), person=operator,
                qualification=held_by(trainer, site).id, reason="x",
            )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "word"), [(31, "valid"), (30, "due"), (1, "due"), (0, "expired"), (-1, "expired")]
)
def test_matrix_says_how_each_stands(site: DemoSite, days: int, word: str) -> None:
    qualify(site.person("operator"), KEY, site=site, until=START + timedelta(days=days))
    client = signed_in_client(site, "trainer")
    page = client.get("/people/qualifications/")
    words = [cell.word for row in page.context["rows"] for cell in row["cells"] if cell]
    assert words == [word]
    assert OFFERED.findall(page.content.decode()) == [KEY]


def test_trainer_grants_and_fails_through_the_page(site: DemoSite) -> None:
    someone, client = site.person("operator"), signed_in_client(site, "trainer")
    form = {"grant": "1", "person": str(someone), "subject_kind": "gowning"}
    assert send(client, **form, subject="not a key", valid_until="2027-06-30") == 400
    assert send(client, **form, subject=KEY, valid_until="2027-06-30") == 302
    held = held_by(someone, site)
    # The end of the day at the site, in summer time.
    assert held.valid_until == datetime(2027, 6, 30, 22, tzinfo=UTC)
    ended = {"held": str(held.id), "person": str(someone), "reason": "growth"}
    assert send(client, **ended, end="burn") == 404
    assert send(client, **ended, end="fail") == 302
    assert held_by(someone, site).status == "suspended"
    [failure] = client.get(ADDRESS).context["failures"]
    assert (failure["reason"], failure["person"]) == ("growth", "Olga Petrov")
    # One person's page says how each stands; who holds nothing has no row.
    page = client.get(ADDRESS, {"person": str(someone)})
    assert [(one["row"].key, one["cell"].word) for one in page.context["chosen"]["held"]] == [
        (KEY, "suspended")
    ]
    assert [row["person"].id for row in page.context["rows"]] == [someone]


def test_reader_without_the_permission_sees_no_form_and_may_not_post(site: DemoSite) -> None:
    someone = site.person("operator")
    qualify(someone, KEY, site=site)
    opened = {"person": str(someone)}
    forms = {
        role: 'name="end"' in signed_in_client(site, role).get(ADDRESS, opened).content.decode()
        for role in ("trainer", "auditor")
    }
    assert forms == {"trainer": True, "auditor": False}
    client = signed_in_client(site, "auditor")
    ended = {"held": str(held_by(someone, site).id), "person": str(someone), "reason": "x"}
    assert send(client, **ended, end="fail") == 403
    assert held_by(someone, site).status == "valid"


def test_page_in_as_many_queries_for_many_as_for_one(site: DemoSite) -> None:
    client, counts = signed_in_client(site, "trainer"), []
    for _ in range(2):
        for _ in range(3):
            someone = person("operator", site=site)
            qualify(someone, KEY, site=site)
            end(fail_qualification, someone, site)
        with CaptureQueriesContext(connection) as counted:
            client.get(ADDRESS)
        counts.append(len(counted))
    assert (counts[0] == counts[1], counts[0] <= 22) == (True, True)


# --- subjects: what is asked, and whether what is held is enough ---

HELD = [Held("procedure", "CART19", 2), Held("gowning", "grade-C"), Held("procedure", "SOP-7")]


@pytest.mark.req("P11-10i", "E4-APS")
@pytest.mark.parametrize(
    ("subject", "met"),
    [
        (Subject(("SOP-7",)), True),
        (Subject(("SOP-8", "SOP-7")), True),
        (Subject(("SOP-8",)), False),
        (Subject(("grade-C",), "gowning"), True),
        (Subject(("grade-C",), "process-simulation"), False),
        (Subject(("grade-B",), "gowning"), False),
        (Subject(("CART19",), "procedure", counts_from=1), True),
        (Subject(("CART19",), "procedure", counts_from=2), True),
        (Subject(("CART19",), "procedure", counts_from=3), False),
        # Trained on no version: it counts for none.
        (Subject(("SOP-7",), "procedure", counts_from=1), False),
    ],
)
def test_a_subject_is_met_by_kind_key_and_version(subject: Subject, met: bool) -> None:
    assert subject.is_met_by(HELD) is met


def test_what_is_missing_is_kept_as_a_code_and_said_in_words() -> None:
    kept = [Subject(("grade-B",), "gowning").text, Subject(("CART19",), "procedure", 3).text]
    assert kept == ["gowning:grade-B", "procedure:CART19 v3"]
    said = words("; ".join([*kept, "A-1, A-2"]))
    assert said == "gowning for grade-B; procedure CART19 v3; A-1, A-2"
    assert words("role:qc-analyst") == "QC analyst"


# --- warned once, 30 days ahead ---


def owed_by(someone: UUID, site: DemoSite) -> list[tuple[str, str]]:
    with reading(site=site.id):
        return [(row.about, row.place) for row in selectors.obligations_of(someone)]


LAPSES = [("qualification.lapses", KEY)]


@pytest.mark.req("P11-10i")
def test_a_lapse_is_owed_from_30_days_ahead_once_and_met_by_renewal(
    site: DemoSite, at_time: Callable[[datetime], None]
) -> None:
    someone, until = site.person("operator"), START + timedelta(days=60)
    qualify(someone, KEY, site=site, until=until)
    at_time(until - timedelta(days=30, seconds=1))
    outbox.drain()
    assert owed_by(someone, site) == []
    at_time(until - timedelta(days=30))
    outbox.drain()
    outbox.drain()
    assert owed_by(someone, site) == LAPSES
    page = signed_in_as(someone, site).get("/me/owed/").content.decode()
    assert "Renew your qualification for GOWNING: it ends on 30 Apr 2027" in page
    qualify(someone, KEY, site=site, until=until + timedelta(days=365))
    assert owed_by(someone, site) == []
    # The message of the old grant has had its say; that of the new one waits.
    at_time(until + timedelta(days=1))
    outbox.drain()
    assert owed_by(someone, site) == []


def signed_in_as(someone: UUID, site: DemoSite) -> Client:
    give_secrets(someone, site)
    with reading(site=site.id):
        username = selectors.person_of(someone).username
    client = Client()
    form = {"key": str(uuid7()), "username": username, "password": PASSWORD}
    assert client.post("/sign-in/", form).status_code == 302
    return client


@pytest.mark.parametrize("end_it", [fail_qualification, withdraw_qualification])
def test_what_ended_before_is_not_warned_of(
    site: DemoSite, at_time: Callable[[datetime], None], end_it: Callable[..., Any]
) -> None:
    someone, until = site.person("operator"), START + timedelta(days=60)
    qualify(someone, KEY, site=site, until=until)
    end(end_it, someone, site)
    at_time(until - timedelta(days=1))
    outbox.drain()
    assert owed_by(someone, site) == []


def test_granted_for_less_than_30_days_is_owed_at_once(site: DemoSite) -> None:
    someone = site.person("operator")
    qualify(someone, KEY, site=site, until=START + timedelta(days=7))
    outbox.drain()
    assert owed_by(someone, site) == LAPSES
    end(withdraw_qualification, someone, site)
    assert owed_by(someone, site) == []


# --- what a site asks ---


def asked(site: DemoSite) -> list[tuple[str, str, bool]]:
    with reading(site=site.id):
        return [(row.subject_kind, row.key, row.asked) for row in training.asked_subjects()]


def ask(site: DemoSite, kind: str, key: str, *, role: str = "trainer", yes: bool = True) -> None:
    ask_subject(
        command=a_command(site.actor(role)), subject_kind=kind, key=key, asked=yes, reason="SOP 12"
    )


@pytest.mark.req("E4-APS")
def test_a_site_asks_by_class_and_no_more_and_another_site_hears_nothing(site: DemoSite) -> None:
    other = open_demo_site("MZ2")
    ask(site, "gowning", "grade-C")
    ask(site, "equipment-class", "prodigy")
    ask(site, "gowning", "grade-C", yes=False)
    assert asked(site) == [("equipment-class", "prodigy", True), ("gowning", "grade-C", False)]
    assert asked(other) == []
    with pytest.raises(SubjectNotAsked):
        ask(site, "procedure", "CART19")
    with pytest.raises(NotAllowed):
        ask(site, "gowning", "grade-B", role="admin")
    assert verify(everything=True).differences == []


def test_trainer_asks_through_the_page(site: DemoSite) -> None:
    client = signed_in_client(site, "trainer")
    form = {"subject_kind": "gowning", "class_code": "grade-C", "reason": "SOP 12"}
    assert send(client, **form, ask="yes") == 302
    assert asked(site) == [("gowning", "grade-C", True)]
    assert [row.key for row in client.get(ADDRESS).context["asked"]] == ["grade-C"]
    assert send(client, ask="yes", subject_kind="procedure", class_code="X", reason="x") == 404


# --- versions of a procedure ---


def test_only_a_procedure_has_a_version(site: DemoSite) -> None:
    with pytest.raises(VersionOfNoProcedure):
        grant_qualification(
            command=a_command(site.actor("trainer")), person=site.person("operator"),
            subject_kind="gowning", key=KEY, label=KEY, valid_until=START, version=2,
        )  # fmt: skip
