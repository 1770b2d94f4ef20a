"""Qualifications end by failure, withdrawal and time; the page says it by shape and word."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import rules, selectors
from accounts.exceptions import NotAllowed, NotQualified, OwnAccess, QualificationEnded
from accounts.models import Qualification
from accounts.services.devices import enrol_device
from accounts.services.qualifications import fail_qualification, withdraw_qualification
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    DemoSite,
    a_command,
    open_demo_site,
    person,
    qualify,
    signed_in_client,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
KEY, ADDRESS = "GOWNING", "/people/qualifications/"


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
    at_time(START + timedelta(days=2))
    assert end(fail_qualification, admin, site)["streams"] == 1
    with reading(site=site.id):
        [failure] = selectors.failures_of([admin], most=5)
        assert failure.envelope["payload"]["streams"] == [str(after)]
        with pytest.raises(NotQualified):
            rules.check_qualified(admin, KEY, at=START)
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
    rows = client.get("/people/qualifications/").context["rows"]
    words = [cell.word for row in rows for cell in row["cells"] if cell]
    assert words == [word]


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


def test_reader_without_the_permission_sees_no_form_and_may_not_post(site: DemoSite) -> None:
    someone = site.person("operator")
    qualify(someone, KEY, site=site)
    client = signed_in_client(site, "auditor")
    assert "<details>" not in client.get(ADDRESS).content.decode()
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
    assert (counts[0] == counts[1], counts[0] <= 20) == (True, True)
