"""The state of the system, for people: each part, and the alarm that nobody can overlook."""

from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.permissions import Permission, roles_granting
from mes.lib.ids import uuid7
from records import canary, outbox, pulses
from records.enums import MessageState
from records.models import Message, Verification
from records.verification import verify
from tests.builders.accounts import DemoSite, all_roles, open_demo_site, signed_in_client
from tests.records.ledger_owner import unguarded

pytestmark = pytest.mark.usefixtures("committed_db", "outside")
ALARM = "The records are not being sealed."
ALTERED = "The records are not as they were written."


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


def signs(client: Client) -> dict[str, str]:
    """Return each part's sign as the page has it."""
    context: Any = client.get(reverse("system")).context
    return {part.name: part.sign for part in (*context["work"], *context["seals"])}


def all_well() -> None:
    call_command("checkpoint", stdout=StringIO())
    pulses.relay_beats()
    canary.release()
    outbox.drain()
    assert verify(everything=True).clean


def test_everything_that_works_has_a_tick(site: DemoSite, settings: Any) -> None:
    all_well()
    settings.MES_CHECKPOINT_KEY = settings.MES_CHECKPOINTS = "/nowhere"
    pulses.relay_beats()
    found = signs(signed_in_client(site, "admin"))
    assert {name: sign for name, sign in found.items() if sign != "tick"} == {}


def test_what_never_ran_is_said(site: DemoSite) -> None:
    assert signs(signed_in_client(site, "admin")) == {
        "Database": "tick", "Relay": "stop", "Broker": "tick", "Worker": "stop",
        "Oldest message": "tick", "Dead letters": "tick", "Checkpointer": "stop",
        "Verification of everything": "warning",
    }  # fmt: skip


@pytest.mark.scenario(14, 15)
def test_what_stopped_is_said(
    site: DemoSite, owner_connection: psycopg.Connection, settings: Any
) -> None:
    all_well()
    owner_connection.execute("UPDATE records_pulse SET at = at - interval '1 hour'")
    owner_connection.execute("UPDATE records_verification SET at = at - interval '37 hours'")
    owner_connection.execute(
        "UPDATE records_message SET done_at = done_at - interval '1 hour', state = 'waiting',"
        " not_before = not_before - interval '1 hour'"
    )
    Message.objects.create(
        id=uuid7(), topic="t", consumer="c", payload={}, cause=uuid7(), state=MessageState.DEAD,
        not_before="2026-01-01T00:00Z",
    )  # fmt: skip
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    assert signs(signed_in_client(site, "auditor")) == {
        "Database": "tick", "Relay": "stop", "Broker": "stop", "Worker": "stop",
        "Oldest message": "warning", "Dead letters": "warning", "Checkpointer": "stop",
        "Newest checkpoint": "warning", "Key": "warning", "Place of the checkpoints": "warning",
        "Verification of everything": "warning",
    }  # fmt: skip


@pytest.mark.req("A11-11")
def test_what_the_newest_run_found_is_said(
    site: DemoSite, owner_connection: psycopg.Connection
) -> None:
    all_well()
    with unguarded(owner_connection, "records_entry"):
        owner_connection.execute("UPDATE records_entry SET role = 'boss' WHERE seq = 1")
    client, other = signed_in_client(site, "auditor"), signed_in_client(site, "trainer")
    assert ALTERED not in client.get(reverse("records:index"), follow=True).text
    found = len(verify().differences)
    assert signs(client)["Verification of everything"] == "stop"
    shown: Any = client.get(reverse("system"))
    assert shown.context["found"] == tuple(Verification.objects.latest("id").found)
    assert all(escape(one) in shown.text for one in shown.context["found"])
    text = client.get(reverse("records:index"), follow=True).text
    said = f"found {found} difference"
    assert (found > 0, ALTERED in text, said in text, ALARM in text) == (True, True, True, False)
    assert ALTERED not in other.get(reverse("accounts:people")).text
    health = client.get("/health/").json()
    assert (health["healthy"], health["verification"]) == (True, False)


@pytest.mark.req("P11-10a")
def test_a_refused_checkpoint_is_on_every_page_of_those_who_answer_for_records(
    site: DemoSite,
) -> None:
    all_well()
    pages = {"admin": "accounts:people", "auditor": "records:index", "qa-on-call": "home"}
    for role, name in pages.items():
        address = reverse("accounts:home" if name == "home" else name)
        assert ALARM not in signed_in_client(site, role).get(address, follow=True).text
    pulses.checkpointer_beats("The log does not continue checkpoint 7: a restored backup.")
    for role, name in pages.items():
        address = reverse("accounts:home" if name == "home" else name)
        text = signed_in_client(site, role).get(address, follow=True).text
        assert ALARM in text
        assert "The log does not continue checkpoint 7" in text
    assert ALARM not in signed_in_client(site, "trainer").get(reverse("accounts:people")).text


@pytest.mark.parametrize("role", all_roles())
def test_page_opens_to_who_watches(site: DemoSite, role: str) -> None:
    expected = 200 if role in roles_granting(Permission.RECORDS_WATCH) else 403
    assert signed_in_client(site, role).get(reverse("system")).status_code == expected
