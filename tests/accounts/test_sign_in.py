"""Signing in, at desks and on tablets; how a period goes on and ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.device_exceptions import IdleTimeRange
from accounts.exceptions import NotAllowed
from accounts.models import Device
from accounts.services.at_desk import prove_at_desk
from accounts.services.ceremony import Proof
from accounts.services.devices import PlaceRef, place_device, retire_device, set_idle_time
from accounts.services.people import disable_person
from accounts.services.periods import sign_in_proved
from accounts.signing_exceptions import BothComponentsNeeded
from mes.lib import clock
from mes.lib.ids import uuid7
from records.exceptions import KeyReused
from records.models import Entry
from records.reading import reading
from tests.builders.accounts import (
    PASSWORD,
    PIN,
    DemoSite,
    a_command,
    actor_of,
    client_on,
    open_demo_site,
    person,
    signed_in_client,
    tablet,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
# The page that asks least, for those who look at one for twelve hours.
PAGE = "/me/owed/"
AtTime = Callable[[datetime], None]


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def sign_in(client: Client, **values: str) -> int:
    page = "accounts:sign_in" if "username" in values else "accounts:tablet_sign_in"
    return client.post(reverse(page), {"key": str(uuid7()), **values}).status_code


def entries_of(person_id: UUID, *kinds: str) -> list[dict[str, object]]:
    with reading(site=None):
        rows = Entry.objects.filter(stream=person_id, kind__in=kinds).order_by("seq")
        return [row.envelope["payload"] for row in rows]


@pytest.mark.req("P11-10d", "D11-11a")
def test_desk_sign_in_opens_a_period_and_a_page(site: DemoSite) -> None:
    admin = person("admin", site=site, username="Adam.Dietz", secrets=True)
    client = client_on()
    assert sign_in(client, username="ADAM.dietz", password=PASSWORD) == 302
    assert client.get("/").headers["Location"] == "/people/"
    assert client.get("/people/").status_code == 200
    [opened] = entries_of(admin, "period.opened")
    assert opened["factors"] == ["username", "password"]
    assert opened["device"] is None


@pytest.mark.req("P11-10d", "P11-10h")
def test_tablet_sign_in_is_recorded_with_tablet(site: DemoSite) -> None:
    room = PlaceRef("place", uuid7(), "Room 3, place 2")
    device = tablet(site, place=room)
    operator = person("operator", site=site, badge="B-100", secrets=True)
    client = client_on(device, site)
    page = client.get(reverse("accounts:tablet_sign_in"))
    assert "Room 3, place 2" in page.content.decode()
    assert sign_in(client, badge="b-100", pin=PIN) == 302
    [opened] = entries_of(operator, "period.opened")
    assert opened["factors"] == ["badge", "pin"]
    assert opened["device"] == str(device)


def test_double_tap_on_sign_in_opens_one_period(site: DemoSite) -> None:
    operator = person("operator", site=site, badge="B-100", secrets=True)
    client = client_on(tablet(site), site)
    form = {"key": str(uuid7()), "badge": "B-100", "pin": PIN}
    for _ in range(2):
        assert client.post(reverse("accounts:tablet_sign_in"), form).status_code == 302
    assert len(entries_of(operator, "period.opened")) == 1


@pytest.mark.req("P11-200a")
def test_a_form_sent_again_opens_no_period_that_was_closed(site: DemoSite) -> None:
    """Else one component would sign in a period that was broken (21 CFR 11.200(a)(1))."""
    auditor = person("auditor", site=site, username="ann", secrets=True)
    form = {"key": str(uuid7()), "username": "ann", "password": PASSWORD}
    for _ in range(2):
        client = client_on()
        assert client.post(reverse("accounts:sign_in"), form).status_code == 302
        client.post(reverse("accounts:sign_out"))
    periods = [entry["period"] for entry in entries_of(auditor, "period.opened")]
    closed = [entry["period"] for entry in entries_of(auditor, "period.closed")]
    assert len(set(periods)) == 2
    assert closed == periods


@pytest.mark.req("P11-200a")
def test_a_key_is_not_taken_with_other_components(site: DemoSite) -> None:
    """What stood behind the first sign-in would be said of the second."""
    who = person("auditor", site=site, username="ann", secrets=True)
    key = uuid7()
    first = Proof(who, "Ann", None, site.zone, ("passkey",), clock.now())
    assert sign_in_proved(key=key, proof=first)["factors"] == ["passkey"]
    with pytest.raises(KeyReused):
        sign_in_proved(key=key, proof=replace(first, factors=("username", "password")))


@pytest.mark.req("P11-200a", "D11-11c")
def test_badge_and_pin_sign_nothing_at_a_desk(site: DemoSite) -> None:
    """A badge's number is printed, and six digits alone are no password."""
    who = person("qa-reviewer", site=site, badge="B-100", username="ann", secrets=True)
    desk = actor_of(who, "qa-reviewer", site)
    with pytest.raises(BothComponentsNeeded):
        prove_at_desk({"badge": "B-100", "pin": PIN}, actor=desk, within=None)
    there = replace(desk, device=tablet(site))
    proof = prove_at_desk({"badge": "B-100", "pin": PIN}, actor=there, within=None)
    assert (proof.person, proof.factors) == (who, ("badge", "pin"))


def test_badge_and_pin_need_an_enrolled_tablet(site: DemoSite) -> None:
    person("operator", site=site, badge="B-100", secrets=True)
    assert sign_in(client_on(), badge="B-100", pin=PIN) == 403


def test_forged_device_cookie_is_no_tablet(site: DemoSite) -> None:
    person("operator", site=site, badge="B-100", secrets=True)
    client = client_on()
    client.cookies[sessions.DEVICE_COOKIE] = f'["{tablet(site)}", "{site.id}"]:forged:forged'
    assert sign_in(client, badge="B-100", pin=PIN) == 403


@pytest.mark.parametrize(
    "form",
    [
        {"username": "ada", "password": "not the password"},
        {"username": "nobody", "password": PASSWORD},
    ],
)
def test_wrong_secret_opens_nothing(site: DemoSite, form: dict[str, str]) -> None:
    person("admin", site=site, username="ada", secrets=True)
    client = client_on()
    assert sign_in(client, **form) == 403
    assert client.get("/people/").status_code == 302


@pytest.mark.req("P11-10e1", "D11-11d")
def test_wrong_try_is_kept_on_the_persons_stream(site: DemoSite) -> None:
    device = tablet(site)
    operator = person("operator", site=site, badge="B-100", secrets=True)
    sign_in(client_on(device, site), badge="B-100", pin="999111")
    [kept] = entries_of(operator, "attempt.refused")
    assert kept["code"] == "credential.wrong"
    assert kept["params"] == {"credential": "pin"}


def test_person_without_role_at_site_does_not_get_in(site: DemoSite) -> None:
    elsewhere = open_demo_site("US2")
    person("operator", site=elsewhere, username="far", badge="B-200", secrets=True)
    assert sign_in(client_on(tablet(site), site), badge="B-200", pin=PIN) == 403


@pytest.mark.req("P11-300b")
@pytest.mark.scenario(48)
def test_disabled_person_is_out_at_the_next_request(site: DemoSite) -> None:
    auditor = person("auditor", site=site, username="ann", secrets=True)
    client = client_on()
    sign_in(client, username="ann", password=PASSWORD)
    assert client.get("/people/").status_code == 200
    disable_person(command=a_command(site.actor("admin")), person=auditor, reason="left")
    assert client.get("/people/").status_code == 302
    assert sign_in(client, username="ann", password=PASSWORD) == 403


def test_retired_tablet_is_out_at_the_next_request(site: DemoSite) -> None:
    device = tablet(site)
    person("shift-lead", site=site, badge="B-100", secrets=True)
    client = client_on(device, site)
    sign_in(client, badge="B-100", pin=PIN)
    assert client.get("/people/").status_code == 200
    retire_device(command=a_command(site.actor("admin")), device=device, reason="broken")
    assert client.get("/people/").status_code == 302
    assert sign_in(client, badge="B-100", pin=PIN) == 403


@pytest.mark.scenario(46)
def test_idle_tablet_locks_entry_and_keeps_the_page(site: DemoSite, at_time: AtTime) -> None:
    device = tablet(site, idle_seconds=120)
    lead = person("shift-lead", site=site, badge="B-100", secrets=True)
    client = client_on(device, site)
    at_time(START)
    sign_in(client, badge="B-100", pin=PIN)
    assert client.get("/people/").status_code == 200
    at_time(START + timedelta(seconds=121))
    kept = ("/batches/tablet/", "/equipment/", "/me/owed/")
    assert [client.get(page).status_code for page in kept] == [200] * 3
    # What stands on the tablet's screens, and nothing of the desk of whoever left it.
    for page in ("/people/", "/orders/", "/quality/", "/recipes/"):
        answer = client.get(page)
        assert (answer.status_code, answer.context["refusal_code"]) == (403, "entry.locked")
    assert client.get("/batches/tablet/").context["nav"] == ["batches", "materials", "equipment"]
    refused = client.post("/people/", {"key": str(uuid7())})
    assert refused.status_code == 403
    assert "entry.locked" in refused.content.decode()
    assert [p["reason"] for p in entries_of(lead, "period.closed")] == ["idle"]
    assert sign_in(client, badge="B-100", pin=PIN) == 302
    assert len(entries_of(lead, "period.opened")) == 2


def room(room_class: str) -> PlaceRef:
    return PlaceRef("place", uuid7(), "Suite 4, place 1", room_class)


@pytest.mark.req("D11-11d")
@pytest.mark.scenario(46)
@pytest.mark.parametrize("seconds", [30, 90, 3600])
def test_entry_locks_by_the_time_of_the_room_and_not_a_second_before(
    site: DemoSite, at_time: AtTime, seconds: int
) -> None:
    admin = site.actor("admin")
    set_idle_time(command=a_command(admin), room_class="grade-B", seconds=seconds, reason="gloves")
    device = tablet(site, place=room("grade-B"), idle_seconds=300)
    person("shift-lead", site=site, badge="B-100", secrets=True)
    client = client_on(device, site)
    for wait, answered in ((seconds - 1, 400), (seconds, 403)):
        at_time(START)
        sign_in(client, badge="B-100", pin=PIN)
        at_time(START + timedelta(seconds=wait))
        said = client.post("/people/", {"key": str(uuid7())})
        assert (wait, said.status_code) == (wait, answered)


def test_page_offers_the_classes_of_rooms_that_tablets_stand_in(site: DemoSite) -> None:
    for code, place in (("1", room("grade-C")), ("2", room("grade-B")), ("3", room("grade-C")),
                        ("4", room("")), ("5", None)):  # fmt: skip
        tablet(site, code, place=place)
    admin, text = site.actor("admin"), '<option value="%s">'
    set_idle_time(command=a_command(admin), room_class="cryo", seconds=60, reason="gloves")
    page = signed_in_client(site, "admin").get("/people/devices/")
    assert page.context["room_classes"] == ["cryo", "grade-B", "grade-C"]
    assert page.content.decode().count(text % "grade-C") == 1


def test_room_without_a_time_has_the_tablets_own(site: DemoSite, at_time: AtTime) -> None:
    admin = site.actor("admin")
    set_idle_time(command=a_command(admin), room_class="grade-B", seconds=60, reason="gloves")
    device = tablet(site, place=room("grade-C"), idle_seconds=120)
    person("shift-lead", site=site, badge="B-100", secrets=True)
    client = client_on(device, site)
    at_time(START)
    sign_in(client, badge="B-100", pin=PIN)
    at_time(START + timedelta(seconds=119))
    assert client.post("/people/", {"key": str(uuid7())}).status_code == 400


def test_moved_tablet_and_new_time_hold_at_the_next_request(
    site: DemoSite, at_time: AtTime
) -> None:
    device = tablet(site, place=room("grade-C"), idle_seconds=300)
    person("shift-lead", site=site, badge="B-100", secrets=True)
    client = client_on(device, site)
    at_time(START)
    sign_in(client, badge="B-100", pin=PIN)
    admin = site.actor("admin")
    place_device(command=a_command(admin), device=device, place=room("grade-B"))
    set_idle_time(command=a_command(admin), room_class="grade-B", seconds=90, reason="first")
    set_idle_time(command=a_command(admin), room_class="grade-B", seconds=60, reason="gloves")
    at_time(START + timedelta(seconds=60))
    assert client.post("/people/", {"key": str(uuid7())}).status_code == 403


@pytest.mark.parametrize("seconds", [29, 3601])
def test_time_out_of_range_is_refused(site: DemoSite, seconds: int) -> None:
    command = a_command(site.actor("admin"))
    with pytest.raises(IdleTimeRange):
        set_idle_time(command=command, room_class="grade-B", seconds=seconds, reason="no")


def test_only_an_administrator_sets_times_and_moves_tablets(site: DemoSite) -> None:
    lead = site.actor("shift-lead")
    with pytest.raises(NotAllowed):
        set_idle_time(command=a_command(lead), room_class="grade-B", seconds=600, reason="mine")
    with pytest.raises(NotAllowed):
        place_device(command=a_command(lead), device=tablet(site), place=room("grade-B"))


def test_page_of_tablets_binds_them_to_places_and_sets_times(site: DemoSite) -> None:
    client = signed_in_client(site, "admin")
    place, page = uuid7(), "/people/devices/"

    def send(**form: str) -> int:
        return client.post(page, {"key": str(uuid7()), **form}).status_code

    where = f"place|{place}|grade-B|Suite 4, place 1"
    assert send(code="T-77", label="Suite 4", place=where) == 302
    assert send(room_class="grade-B", seconds="90", idle_reason="gloves") == 302
    assert "Entry locks after 90 s" in client.get(page).content.decode()
    with reading(site=site.id):
        device = Device.objects.get(code="T-77")
    assert (device.place, device.place_label) == (place, "Suite 4, place 1")
    assert send(device=str(device.id), place=f"place|{place}|grade-C|Hall 2") == 302
    assert "Entry locks after 300 s" in client.get(page).content.decode()
    assert send(room_class="grade-B", seconds="5", idle_reason="x") == 422
    assert send(device=str(device.id), place="nonsense") == 404


@pytest.mark.req("D11-11d")
@pytest.mark.scenario(46)
@pytest.mark.parametrize(("minutes", "answered"), [(719, 200), (720, 302)])
def test_twelve_hours_are_the_end_whatever_was_done(
    site: DemoSite, at_time: AtTime, minutes: int, answered: int
) -> None:
    client, now = client_on(), START
    person("auditor", site=site, username="ann", secrets=True)
    at_time(START)
    sign_in(client, username="ann", password=PASSWORD)
    while now + sessions.DESK_IDLE < START + timedelta(minutes=minutes):
        now += sessions.DESK_IDLE - timedelta(seconds=1)
        at_time(now)
        assert client.get(PAGE).status_code == 200
    at_time(START + timedelta(minutes=minutes))
    assert client.get(PAGE).status_code == answered


def test_polls_are_no_activity(site: DemoSite, at_time: AtTime) -> None:
    person("shift-lead", site=site, badge="B-100", secrets=True)
    client = client_on(tablet(site, idle_seconds=120), site)
    at_time(START)
    sign_in(client, badge="B-100", pin=PIN)
    for seconds in range(30, 150, 30):
        at_time(START + timedelta(seconds=seconds))
        client.get("/people/", headers={"HX-Request": "true"})
    assert client.post("/people/", {"key": str(uuid7())}).status_code == 403


def test_activity_keeps_the_tablet_open(site: DemoSite, at_time: AtTime) -> None:
    person("shift-lead", site=site, badge="B-100", secrets=True)
    client = client_on(tablet(site, idle_seconds=120), site)
    at_time(START)
    sign_in(client, badge="B-100", pin=PIN)
    for seconds in range(60, 600, 60):
        at_time(START + timedelta(seconds=seconds))
        client.get("/people/")
    assert client.post("/people/", {"key": str(uuid7())}).status_code == 400


def test_idle_desk_is_signed_out(site: DemoSite, at_time: AtTime) -> None:
    auditor = person("auditor", site=site, username="ann", secrets=True)
    client = client_on()
    at_time(START)
    sign_in(client, username="ann", password=PASSWORD)
    at_time(START + sessions.DESK_IDLE)
    assert client.get("/people/").status_code == 302
    assert [p["reason"] for p in entries_of(auditor, "period.closed")] == ["idle"]


@pytest.mark.req("D11-11d")
@pytest.mark.scenario(46)
def test_period_ends_after_twelve_hours_of_work(site: DemoSite, at_time: AtTime) -> None:
    auditor = person("auditor", site=site, username="ann", secrets=True)
    client = client_on()
    at_time(START)
    sign_in(client, username="ann", password=PASSWORD)
    for minutes in range(14, 12 * 60, 14):
        at_time(START + timedelta(minutes=minutes))
        assert client.get(PAGE).status_code == 200
    at_time(START + sessions.LONGEST)
    assert client.get("/people/permissions/").status_code == 302
    assert [p["reason"] for p in entries_of(auditor, "period.closed")] == ["expired"]


def test_change_of_person_closes_the_other_period(site: DemoSite) -> None:
    first = person("operator", site=site, badge="B-100", secrets=True)
    second = person("operator", site=site, badge="B-200", secrets=True)
    client = client_on(tablet(site), site)
    sign_in(client, badge="B-100", pin=PIN)
    key = client.session.session_key
    sign_in(client, badge="B-200", pin=PIN)
    assert client.session.session_key != key
    assert [p["reason"] for p in entries_of(first, "period.closed")] == ["changed"]
    assert len(entries_of(second, "period.opened")) == 1


def test_lock_and_unlock_bring_the_page_back(site: DemoSite) -> None:
    lead = person("shift-lead", site=site, badge="B-100", secrets=True)
    client = client_on(tablet(site), site)
    sign_in(client, badge="B-100", pin=PIN)
    answer = client.post(reverse("accounts:lock"), {"key": str(uuid7())})
    assert answer.headers["Location"] == reverse("accounts:unlock")
    assert client.get("/equipment/").status_code == 200
    form = {"key": str(uuid7()), "badge": "B-100", "pin": PIN, "next": "/equipment/"}
    assert client.post(reverse("accounts:unlock"), form).headers["Location"] == "/equipment/"
    assert [p["reason"] for p in entries_of(lead, "period.closed")] == ["locked"]


def test_sign_out_forgets_the_session(site: DemoSite) -> None:
    auditor = person("auditor", site=site, username="ann", secrets=True)
    client = client_on()
    sign_in(client, username="ann", password=PASSWORD)
    old = client.cookies["sessionid"].value
    assert client.post(reverse("accounts:sign_out")).status_code == 302
    client.cookies["sessionid"] = old
    assert client.get("/people/").status_code == 302
    assert [p["reason"] for p in entries_of(auditor, "period.closed")] == ["signed-out"]


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "\\\\x"])
def test_next_leads_nowhere_else(site: DemoSite, wanted: str) -> None:
    person("auditor", site=site, username="ann", secrets=True)
    client = client_on()
    form = {"key": str(uuid7()), "username": "ann", "password": PASSWORD, "next": wanted}
    assert client.post(reverse("accounts:sign_in"), form).headers["Location"] == "/"


def test_nobody_is_sent_to_sign_in_and_back(committed_db: str) -> None:
    client = client_on()
    assert client.get("/people/?a=1").headers["Location"] == "/sign-in/?next=%2Fpeople%2F%3Fa%3D1"
    fragment = client.get("/people/", headers={"HX-Request": "true"})
    assert fragment.status_code == 401
    assert fragment.headers["HX-Redirect"] == "/sign-in/?next=%2F"
    api = client.get("/api/v1/schema/")
    assert (api.status_code, api.json()["code"]) == (401, "not_signed_in")


def test_forms_are_refused_without_their_token(site: DemoSite) -> None:
    person("auditor", site=site, username="ann", secrets=True)
    client = Client(enforce_csrf_checks=True)
    form = {"key": str(uuid7()), "username": "ann", "password": PASSWORD}
    assert client.post(reverse("accounts:sign_in"), form).status_code == 403
