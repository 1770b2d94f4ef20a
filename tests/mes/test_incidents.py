"""Incidents of the system: recorded, and a critical one is closed with its root cause and CAPA."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.exceptions import IncidentClosedBefore, ReasonMissing, RootCauseMissing
from records.models import Entry, Incident
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("A11-13")]
PAGE = "/incidents/"
WHOLE = {"root_cause": "The disk was full", "action": "An alarm at 80 %", "capa": "CAPA-17"}


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


def send(client: Client, **form: str) -> Any:
    return client.post(PAGE, {"key": str(uuid7()), **form})


def opened(client: Client, site: DemoSite, weight: str = "critical") -> UUID:
    said = {"title": "Broker away", "weight": weight, "description": "For an hour."}
    assert send(client, open="yes", **said).status_code == 302
    with reading(site=site.id):
        return Incident.objects.latest("opened_at").id


def kinds(incident: UUID, site: DemoSite) -> list[str]:
    with reading(site=site.id):
        rows = Entry.objects.filter(stream=incident).order_by("seq")
        return list(rows.values_list("kind", flat=True))


def test_a_critical_incident_is_not_closed_without_its_root_cause(site: DemoSite) -> None:
    client = signed_in_client(site, "qa-reviewer")
    incident = opened(client, site)
    for missing in WHOLE:
        answer = send(client, close=str(incident), **{**WHOLE, missing: " "})
        assert (answer.status_code, answer.context["refused"].field) == (422, missing)
        page = answer.content.decode()
        assert (RootCauseMissing.code in page, "An alarm" in page) == (True, missing != "action")
    assert kinds(incident, site) == ["incident.opened"]
    assert send(client, close=str(incident), **WHOLE).status_code == 302
    with reading(site=site.id):
        row = Incident.objects.get(id=incident)
    assert (row.root_cause, row.action, row.capa) == tuple(WHOLE.values())
    assert row.closed_at is not None
    again = send(client, close=str(incident), **WHOLE)
    assert (again.status_code, IncidentClosedBefore.code in again.content.decode()) == (409, True)
    assert kinds(incident, site) == ["incident.opened", "incident.closed"]
    assert verify(everything=True).differences == []


def test_a_minor_one_needs_its_root_cause_alone(site: DemoSite) -> None:
    client = signed_in_client(site, "qa-reviewer")
    incident = opened(client, site, "minor")
    assert send(client, close=str(incident), root_cause="").status_code == 422
    assert send(client, close=str(incident), root_cause="A cable").status_code == 302


def test_who_runs_the_system_opens_and_quality_closes(site: DemoSite) -> None:
    admin, auditor = signed_in_client(site, "admin"), signed_in_client(site, "auditor")
    incident = opened(admin, site)
    assert send(admin, close=str(incident), **WHOLE).status_code == 403
    said = {"title": "x", "weight": "minor", "description": "y"}
    assert send(auditor, open="yes", **said).status_code == 403
    page = auditor.get(PAGE).content.decode()
    assert ("Broker away" in page, "Open it" in page, "Close it" in page) == (True, False, False)
    assert signed_in_client(site, "operator").get(PAGE).status_code == 403
    other = open_demo_site("MZ2")
    theirs = signed_in_client(other, "qa-reviewer")
    assert "Broker away" not in theirs.get(PAGE).content.decode()
    gone = send(theirs, close=str(incident), **WHOLE)
    assert (gone.status_code, NotFound.code in gone.content.decode()) == (404, True)
    assert kinds(incident, site) == ["incident.opened"]


def test_what_cannot_be_read_opens_nothing(site: DemoSite) -> None:
    client = signed_in_client(site, "qa-reviewer")
    bad = {"title": "x", "weight": "heavy", "description": "y"}
    assert send(client, open="yes", **bad).status_code == 400
    assert send(client, open="yes", title="x", weight="minor", description="").status_code == 400
    assert send(client, close="nothing", **WHOLE).status_code == 404
    with reading(site=site.id):
        assert Incident.objects.count() == 0
    assert ReasonMissing.code == "reason.missing"


def test_the_database_itself_keeps_a_critical_one_open_without_its_cause(
    site: DemoSite, owner_connection: psycopg.Connection
) -> None:
    incident = opened(signed_in_client(site, "qa-reviewer"), site)
    owner_connection.execute("ALTER TABLE records_incident DISABLE TRIGGER USER")
    with pytest.raises(psycopg.errors.CheckViolation, match="critical_has_its_cause"):
        owner_connection.execute(
            "UPDATE records_incident SET closed_at = now(), closed_by = id WHERE id = %s",
            [incident],
        )


def test_it_is_a_source_of_the_periodic_evaluation(site: DemoSite) -> None:
    client = signed_in_client(site, "qa-reviewer")
    opened(client, site)
    [found] = [
        one for one in client.get(reverse("records:evaluation")).context["sections"]
        if one.key == "incidents"
    ]  # fmt: skip
    assert (found.count, found.lines[0].sentence) == (
        1, "Incident (critical): Broker away. For an hour.",
    )  # fmt: skip
