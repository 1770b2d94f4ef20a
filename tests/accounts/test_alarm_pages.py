"""What an administrator sees of guessing, and can do about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid5

import pytest
from django.core import mail
from django.test import override_settings
from django.urls import reverse

from accounts.enums import AlarmKind
from accounts.models import Alarm
from accounts.services.alarms import TOPIC
from accounts.tasks import write_to_administrators
from mes.lib import clock
from mes.lib.ids import uuid7
from records import outbox
from records.reading import reading
from tests.accounts.test_throttle import spray, tried
from tests.builders.accounts import (
    PIN,
    DemoSite,
    open_demo_site,
    person,
    signed_in_client,
    system_actor,
    tablet,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def site(committed_db: str, at_time: Callable[[datetime], None]) -> DemoSite:
    at_time(START)
    return open_demo_site()


def on_tablet(site: DemoSite) -> Any:
    return replace(system_actor(site.id), device=tablet(site))


def test_alarm_is_seen_answered_and_kept(site: DemoSite) -> None:
    spray(site, on_tablet(site))
    client = signed_in_client(site, "admin")
    assert "1 alarm of sign-in" in client.get("/people/").content.decode()
    page = client.get("/people/alarms/").content.decode()
    assert ("Many people were tried from one place" in page, "Tablet T-01" in page) == (True, True)
    with reading(site=site.id):
        alarm = Alarm.objects.get(kind=AlarmKind.SPRAY)
    form = {"key": str(uuid7()), "alarm": str(alarm.id), "note": "A visitor; shown out."}
    assert client.post("/people/alarms/", form).status_code == 302
    assert "A visitor; shown out." in client.get("/people/alarms/").content.decode()
    again = client.post("/people/alarms/", {**form, "key": str(uuid7())})
    assert (again.status_code, "answered already" in again.content.decode()) == (409, True)
    missing = client.post("/people/alarms/", {**form, "key": str(uuid7()), "alarm": "x"})
    assert missing.status_code == 404


@pytest.mark.req("P11-300c")
def test_letter_goes_to_the_address_of_the_site(site: DemoSite) -> None:
    spray(site, on_tablet(site))
    with override_settings(MES_ALARM_MAIL=["watch@example.org"]):
        outbox.drain()
    [letter] = mail.outbox
    assert letter.to == ["watch@example.org"]
    assert "People tried in vain: 8" in letter.body


@pytest.mark.req("P11-300c")
@pytest.mark.scenario("C8")
def test_a_letter_is_sent_once_to_each_whatever_becomes_of_the_others(
    site: DemoSite, at_time: Callable[[datetime], None]
) -> None:
    """The second address fails at first; then the lease lapses, and the message comes again."""
    spray(site, on_tablet(site))
    with override_settings(MES_ALARM_MAIL=["watch@example.org", "second\n@example.org"]):
        outbox.drain()
    assert [letter.to for letter in mail.outbox] == [["watch@example.org"]]
    at_time(START + timedelta(minutes=1))
    both = ["watch@example.org", "second@example.org"]
    with override_settings(MES_ALARM_MAIL=both):
        [message] = [one for one in outbox.lease() if one.topic == TOPIC]
        write_to_administrators(message)
        write_to_administrators(message)
    assert [letter.to for letter in mail.outbox] == [[one] for one in both]
    named = {letter.message()["Message-ID"] for letter in mail.outbox}
    assert named == {f"<{uuid5(message.id, one)}@localhost>" for one in both}


def test_administrator_unblocks_who_stands_before_them(site: DemoSite) -> None:
    here = on_tablet(site)
    quinn = person("qa-reviewer", site=site, badge="B-1", secrets=True)
    for _ in range(6):
        tried(here)
    client = signed_in_client(site, "admin")
    address = reverse("accounts:ways", kwargs={"person": quinn})
    assert "Locked in one place until" in client.get(address).content.decode()
    form = {"key": str(uuid7()), "unblock": "pin", "identity_check": ""}
    assert client.post(address, form).status_code == 422
    form |= {"key": str(uuid7()), "identity_check": "passport"}
    assert client.post(address, form).status_code == 302
    assert tried(here, pin=PIN) == "right"
    assert client.post(address, {**form, "unblock": "x"}).status_code == 404
    assert clock.simulated() is not None
