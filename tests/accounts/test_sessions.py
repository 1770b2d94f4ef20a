"""When sessions end: at the next request, wherever they are, whatever they ask."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.selectors import access_of
from accounts.services.obligations import incur, meet
from accounts.services.people import disable_person, grant_role, revoke_role
from mes.lib.ids import uuid7
from records.act import act
from records.reading import reading
from tests.builders.accounts import (
    PASSWORD,
    PIN,
    DemoSite,
    a_command,
    client_on,
    open_demo_site,
    person,
    tablet,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
AtTime = Callable[[datetime], None]
API = "/api/v1/schema/"


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def at_desk(site: DemoSite) -> Client:
    client = client_on()
    form = {"key": str(uuid7()), "username": "sam", "password": PASSWORD}
    assert client.post(reverse("accounts:sign_in"), form).status_code == 302
    return client


def at_tablet(site: DemoSite, code: str = "T-01") -> Client:
    client = client_on(tablet(site, code, idle_seconds=3600), site)
    form = {"key": str(uuid7()), "badge": "B-100", "pin": PIN}
    assert client.post(reverse("accounts:tablet_sign_in"), form).status_code == 302
    return client


def locked(site: DemoSite) -> Client:
    client = at_tablet(site, "T-02")
    client.post(reverse("accounts:lock"), {"key": str(uuid7())})
    assert client.get("/equipment/").status_code == 200
    return client


def answers(client: Client) -> tuple[int, int, int, int]:
    """Return how a page, a form, a fragment and the API answer."""
    fragment = {"HX-Request": "true"}
    return (
        client.get("/people/").status_code,
        client.post("/people/", {"key": str(uuid7())}).status_code,
        client.get("/people/", headers=fragment).status_code,
        client.get(API).status_code,
    )


DEAD = (302, 302, 401, 401)


@pytest.mark.req("P11-300b", "P11-10d")
@pytest.mark.scenario(48)
def test_disabled_person_is_out_on_every_screen_at_the_next_request(site: DemoSite) -> None:
    lead = person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    screens = [at_desk(site), at_desk(site), at_tablet(site), locked(site)]
    assert [client.get(API).status_code for client in screens] == [200, 200, 200, 200]
    disable_person(command=a_command(site.actor("admin")), person=lead, reason="left")
    assert [answers(client) for client in screens] == [DEAD] * 4
    form = {"key": str(uuid7()), "badge": "B-100", "pin": PIN}
    assert screens[3].post(reverse("accounts:unlock"), form).status_code == 403


@pytest.mark.req("P11-10h", "P11-10d")
def test_newer_enrolment_ends_the_tablet_of_before_at_its_next_request(site: DemoSite) -> None:
    """A browser that was carried out of the room would prove presence there for a year."""
    person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    device, form = tablet(site, "T-01", idle_seconds=3600), {"badge": "B-100", "pin": PIN}
    earlier, beside = client_on(device, site), at_tablet(site, "T-02")
    where = reverse("accounts:tablet_sign_in")
    assert earlier.post(where, form | {"key": str(uuid7())}).status_code == 302
    assert earlier.get(API).status_code == 200
    newer = client_on(device, site)
    assert answers(earlier) == DEAD
    assert earlier.get(where).status_code == 403
    assert earlier.post(where, form | {"key": str(uuid7())}).status_code == 403
    assert newer.post(where, form | {"key": str(uuid7())}).status_code == 302
    assert [client.get(API).status_code for client in (newer, beside)] == [200, 200]


def test_cookie_of_old_without_an_enrolment_is_no_tablet(site: DemoSite) -> None:
    """Nobody can say which of its copies is the tablet: it is enrolled again."""
    person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    client = client_on()
    old = signing.dumps([str(tablet(site)), str(site.id)], salt=sessions.DEVICE_SALT)
    client.cookies[sessions.DEVICE_COOKIE] = old
    form = {"key": str(uuid7()), "badge": "B-100", "pin": PIN}
    assert client.post(reverse("accounts:tablet_sign_in"), form).status_code == 403


def test_session_of_old_without_an_enrolment_ends(site: DemoSite) -> None:
    person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    client = at_tablet(site)
    session = client.session
    session["period"] = {name: v for name, v in session["period"].items() if name != "link"}
    session.save()
    assert answers(client) == DEAD


@pytest.mark.req("P11-10g")
def test_last_role_that_ends_ends_the_sessions(site: DemoSite) -> None:
    lead = person(site=site, username="sam", badge="B-100", secrets=True)
    held = grant_role(command=a_command(site.system), person=lead, role="shift-lead")
    screens = [at_desk(site), at_tablet(site)]
    revoke_role(
        command=a_command(site.actor("admin")),
        person=lead, assignment=UUID(str(held["id"])), reason="moved",
    )  # fmt: skip
    assert [answers(client) for client in screens] == [DEAD] * 2


def test_sessions_are_the_only_key_to_the_api(site: DemoSite) -> None:
    """No token is issued that could outlive its person; a made-up one opens nothing."""
    person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    for said in ("Bearer x.y.z", "Token 0123456789", "Basic c2FtOng="):
        assert Client(headers={"Authorization": said}).get(API).status_code == 401


@pytest.mark.req("D11-11d")
@pytest.mark.scenario(46)
@pytest.mark.parametrize("leaves", [False, True])
def test_twelve_hours_are_the_end_on_a_tablet_too(
    site: DemoSite, at_time: AtTime, leaves: bool
) -> None:
    """Worked on all the time, or left locked: what it showed goes as well."""
    person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    at_time(START)
    client = locked(site) if leaves else at_tablet(site)
    for minutes in range(50, 12 * 60, 50):
        at_time(START + timedelta(minutes=minutes))
        assert client.get("/equipment/").status_code == 200
    at_time(START + sessions.LONGEST)
    assert answers(client) == DEAD


@pytest.mark.scenario(46)
def test_other_person_does_not_see_the_session_of_the_first(site: DemoSite) -> None:
    person("shift-lead", site=site, name="Samir Haddad", username="sam", badge="B-100",
           secrets=True)  # fmt: skip
    person("operator", site=site, name="Olga Petrov", badge="B-200", secrets=True)
    client = at_tablet(site)
    first = client.cookies["sessionid"].value
    form = {"key": str(uuid7()), "badge": "B-200", "pin": PIN}
    assert client.post(reverse("accounts:unlock"), form).status_code == 302
    assert sorted(client.session.keys()) == ["period"]
    old = client_on()
    old.cookies["sessionid"] = first
    assert old.get("/people/").status_code == 302


def test_who_is_admitted_owes_what_is_open_at_this_site_only(site: DemoSite) -> None:
    lead, other, met = person("shift-lead", site=site), open_demo_site("US2"), uuid7()
    owed = [(site, (met, uuid7())), (other, (uuid7(), uuid7(), uuid7()))]
    for where, subjects in owed:
        with act(a_command(where.system), streams=[lead]) as a:
            for subject in subjects:
                incur(a, lead, about="a", subject=subject, place="", words={})
    with act(a_command(site.system), streams=[lead]) as a:
        meet(a, about="a", subject=met, place="")
    with reading(site=site.id, person=lead):
        found = access_of(person=lead, site=site.id, device=None, period=uuid7())
    assert found is not None
    assert (found.roles, found.owes) == (("shift-lead",), 1)
