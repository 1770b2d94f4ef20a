"""Secrets that another has set, or that are old: they open and sign nothing, and are replaced."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from accounts import sessions
from accounts.enums import CredentialKind
from accounts.exceptions import NotAllowed
from accounts.models import Credential, Device
from accounts.services.ceremony import prove, prove_by_password
from accounts.services.credentials import is_present, set_credential
from accounts.services.own_secrets import choose_own, end_sessions
from accounts.services.periods import desk_actor, tablet_actor
from accounts.sign_in_exceptions import (
    LockedOut,
    OwnSecretNeeded,
    SameSecret,
    TriedTooSoon,
    WeakSecret,
    WrongCredential,
)
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.models import Entry
from records.reading import reading
from tests.accounts.test_browser import TABLET, looked_at
from tests.builders.accounts import (
    PASSWORD,
    PIN,
    DemoSite,
    a_command,
    client_on,
    open_demo_site,
    person,
    signed_in_client,
    tablet,
)
from tests.records.ledger_owner import unguarded

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
FIRST, OWN = "given on a piece of paper", "known to nobody but me"
FIRST_PIN, OWN_PIN = "583920", "704193"
AtTime = Callable[[datetime], None]


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


@pytest.fixture
def sam(site: DemoSite) -> UUID:
    return person("shift-lead", site=site, name="Samir Haddad", username="sam", badge="B-100")


def given(who: UUID, site: DemoSite, kind: str = "password", secret: str = FIRST) -> None:
    """Let an administrator set a secret."""
    command = a_command(site.actor("admin"))
    set_credential(command=command, person=who, kind=kind, secret=secret)


def sign_in(password: str, client: Client | None = None) -> int:
    form = {"key": str(uuid7()), "username": "sam", "password": password}
    return (client or client_on()).post(reverse("accounts:sign_in"), form).status_code


def choose(**form: str) -> int:
    said = {"key": str(uuid7()), "typed": "sam", "old": FIRST, "new": OWN, "again": OWN, **form}
    return client_on().post(reverse("accounts:own_password"), said).status_code


def kept_of(who: UUID, kind: str) -> list[Any]:
    with reading(site=None):
        return [row.envelope for row in Entry.objects.filter(stream=who, kind=kind).order_by("seq")]


@pytest.mark.req("P11-200b", "P11-300a")
def test_password_of_an_administrator_neither_opens_nor_signs(site: DemoSite, sam: UUID) -> None:
    given(sam, site)
    assert sign_in(FIRST) == 403
    with pytest.raises(OwnSecretNeeded):
        prove_by_password(username="sam", password=FIRST, actor=site.actor("operator"))
    assert kept_of(sam, "period.opened") == []
    assert choose() == 302
    assert (sign_in(FIRST), sign_in(OWN)) == (403, 302)
    changed = kept_of(sam, "credential.changed")
    assert [entry["actor"]["id"] for entry in changed] == [str(site.person("admin")), str(sam)]


@pytest.mark.req("P11-200b")
def test_pin_of_an_administrator_neither_opens_nor_signs(site: DemoSite, sam: UUID) -> None:
    given(sam, site, "pin", FIRST_PIN)
    device = tablet(site)
    client = client_on(device, site)
    form = {"key": str(uuid7()), "badge": "B-100", "pin": FIRST_PIN}
    page = client.post(reverse("accounts:tablet_sign_in"), form)
    assert (page.status_code, reverse("accounts:own_pin") in page.content.decode()) == (403, True)
    with pytest.raises(OwnSecretNeeded):
        prove(badge="B-100", pin=FIRST_PIN, actor=site.actor("operator"))
    own = {"typed": "B-100", "old": FIRST_PIN, "new": OWN_PIN, "again": OWN_PIN}
    assert client.post(reverse("accounts:own_pin"), own).status_code == 302
    form = {**form, "key": str(uuid7()), "pin": OWN_PIN}
    assert client.post(reverse("accounts:tablet_sign_in"), form).status_code == 302


def laid_down(owner: psycopg.Connection, who: UUID, hashed: str, *, keyed: bool) -> None:
    with unguarded(owner, "accounts_credential") as connection:
        connection.execute(
            "UPDATE accounts_credential SET hash = %s, keyed = %s WHERE person_id = %s",
            [hashed, keyed, who],
        )


@pytest.mark.req("P11-200b", "P11-300a")
@pytest.mark.scenario(33)
def test_hash_that_an_owner_of_the_database_laid_down_opens_nothing(
    site: DemoSite, sam: UUID, owner_connection: psycopg.Connection
) -> None:
    """Of a secret that he knows, or his own person's; hashed without the key it is a first one."""
    own = a_command(site.system)
    set_credential(command=own, person=sam, kind="password", secret=OWN)
    assert sign_in(OWN) == 302
    thief = person("operator", site=site)
    set_credential(command=a_command(site.system), person=thief, kind="password", secret=FIRST)
    known = make_password(FIRST)
    for hashed in (known, Credential.objects.get(person=thief).hash):
        laid_down(owner_connection, sam, hashed, keyed=True)
        assert sign_in(FIRST) == 403
        assert not is_present(sam, CredentialKind.PASSWORD, FIRST)
    laid_down(owner_connection, sam, known, keyed=False)
    assert sign_in(FIRST) == 403
    with pytest.raises(OwnSecretNeeded):
        prove_by_password(username="sam", password=FIRST, actor=site.actor("operator"))


@pytest.mark.req("P11-200b", "P11-300a")
@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"old": "not the one of the paper"}, 403),
        ({"new": FIRST, "again": FIRST}, 422),
        ({"new": "short", "again": "short"}, 422),
        ({"again": "something else entirely"}, 400),
        ({"typed": "nobody"}, 403),
        ({"typed": ""}, 400),
    ],
)
def test_own_secret_is_another_fit_one_of_its_person(
    site: DemoSite, sam: UUID, form: dict[str, str], status: int
) -> None:
    given(sam, site)
    assert choose(**form) == status
    assert (sign_in(OWN), Credential.objects.get(person=sam).temporary) == (403, True)


@pytest.mark.req("P11-300c")
def test_replacing_is_counted_as_a_try(site: DemoSite, sam: UUID, at_time: AtTime) -> None:
    given(sam, site)
    said: list[type[Exception]] = []
    for tried in range(7):
        at_time(START + timedelta(seconds=20 * tried))
        with pytest.raises((WrongCredential, LockedOut, TriedTooSoon)) as refused:
            choose_own(kind=CredentialKind.PASSWORD, typed="sam", old=f"wrong, try {tried}",
                       new=OWN, actor=desk_actor())  # fmt: skip
        said.append(refused.type)
    assert said == [WrongCredential] * 5 + [LockedOut] * 2


def test_service_refuses_the_same_and_the_weak_before_it_tries(site: DemoSite, sam: UUID) -> None:
    given(sam, site, "pin", FIRST_PIN)
    stands = {"kind": CredentialKind.PIN, "typed": "B-100", "old": FIRST_PIN}
    for new, refusal in ((FIRST_PIN, SameSecret), ("123456", WeakSecret)):
        with pytest.raises(refusal):
            choose_own(**stands, new=new, actor=desk_actor())  # type: ignore[arg-type]


@pytest.mark.req("P11-300a")
def test_old_secret_is_replaced_where_the_site_says_so(
    site: DemoSite, sam: UUID, at_time: AtTime, settings: Settings
) -> None:
    settings.MES_SECRET_DAYS = 365
    at_time(START)
    command = a_command(site.system)
    set_credential(command=command, person=sam, kind="password", secret=FIRST)
    at_time(START + timedelta(days=364, hours=23))
    assert sign_in(FIRST) == 302
    at_time(START + timedelta(days=365))
    assert sign_in(FIRST) == 403
    assert (choose(), sign_in(OWN)) == (302, 302)


@pytest.mark.req("P11-300b")
def test_new_secret_of_an_administrator_ends_the_sessions(site: DemoSite) -> None:
    who = person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    desk, other = client_on(), signed_in_client(site, "auditor")
    assert sign_in(PASSWORD, desk) == 302
    assert desk.get("/people/").status_code == 200
    given(who, site)
    assert (desk.get("/people/").status_code, desk.get("/api/v1/schema/").status_code) == (302, 401)
    assert other.get("/people/").status_code == 200


@pytest.mark.req("P11-300b")
def test_own_new_secret_ends_the_sessions_of_who_knew_the_old_one(site: DemoSite) -> None:
    person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    desk, other = client_on(), signed_in_client(site, "auditor")
    assert sign_in(PASSWORD, desk) == 302
    assert choose(old=PASSWORD) == 302
    assert [one.get("/people/").status_code for one in (desk, other)] == [302, 200]


@pytest.mark.req("P11-300a", "P11-300c")
def test_blocked_pin_is_chosen_anew_at_a_desk_when_no_administrator_is_there(
    site: DemoSite, at_time: AtTime
) -> None:
    who = person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    places, at = [client_on(tablet(site, code), site) for code in ("T-01", "T-02")], START

    def on_tablet(client: Client, pin: str) -> str:
        nonlocal at
        at += timedelta(seconds=6)
        at_time(at)
        form = {"key": str(uuid7()), "badge": "B-100", "pin": pin}
        return str(client.post(reverse("accounts:tablet_sign_in"), form).context or "in")

    assert "in" not in {on_tablet(places[number // 5], FIRST_PIN) for number in range(10)}
    assert "credential.blocked" in on_tablet(client_on(tablet(site, "T-03"), site), PIN)
    desk, page = client_on(), reverse("accounts:own_pin")
    assert sign_in(PASSWORD, desk) == 302
    tried = {"key": str(uuid7()), "kind": "pin", "own": "no", "next": "/"}
    assert desk.post("/me/sign-in/tries/", tried).headers["Location"] == page
    assert list(desk.get(page).context["form"].fields) == ["old", "new", "again"]

    def chosen(**form: str) -> int:
        said = {"key": str(uuid7()), "old": PASSWORD, "new": OWN_PIN, "again": OWN_PIN, **form}
        return desk.post(page, said).status_code

    refused = [chosen(old="no password"), chosen(new=PIN, again=PIN), chosen(new="1", again="1")]
    assert refused == [403, 422, 422]
    assert chosen() == 302
    assert on_tablet(client_on(tablet(site, "T-04"), site), OWN_PIN) == "in"
    assert kept_of(who, "credential.changed")[-1]["actor"]["id"] == str(who)


@pytest.mark.req("P11-300b", "P11-10g")
def test_administrator_signs_a_person_out_everywhere(site: DemoSite) -> None:
    who = person("shift-lead", site=site, username="sam", badge="B-100", secrets=True)
    desk, on_tablet = client_on(), client_on(tablet(site), site)
    sign_in(PASSWORD, desk)
    form = {"key": str(uuid7()), "badge": "B-100", "pin": PIN}
    assert on_tablet.post(reverse("accounts:tablet_sign_in"), form).status_code == 302
    for actor, refusal in (
        (site.actor("operator"), NotAllowed), (open_demo_site("US2").actor("admin"), NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal):
            end_sessions(command=a_command(actor), person=who, reason="none of their business")
    admin = signed_in_client(site, "admin")
    page = reverse("accounts:ways", kwargs={"person": who})
    ends = {"key": str(uuid7()), "action": "end", "reason": "badge lost"}
    assert admin.post(page, ends).status_code == 302
    assert [screen.get("/people/").status_code for screen in (desk, on_tablet)] == [302, 302]
    [ended] = kept_of(who, "person.sessions_ended")
    assert ended["payload"] == {"reason": "badge lost"}
    assert sign_in(PASSWORD, desk) == 302
    assert desk.get("/people/").status_code == 200


def test_own_pin_on_a_tablet_as_people_see_it(served: str, browser: Browser) -> None:
    site = open_demo_site()
    sam = person("shift-lead", site=site, name="Samir Haddad", username="sam", badge="B-100")
    given(sam, site, "pin", FIRST_PIN)
    given(sam, site)
    token = sessions.enrolment_token(device=tablet(site), site=site.id)
    page = browser.new_page(viewport=TABLET, has_touch=True, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(f"{served}/tablet/enrol/{token}/")
    page.get_by_role("button", name="Enrol this tablet").click()
    page.wait_for_url("**/tablet/sign-in/")
    page.goto(f"{served}/sign-in/own-pin/")
    looked_at(page, "own-pin")
    page.get_by_label("Badge").fill("B-100")
    page.get_by_label("PIN until now").fill(FIRST_PIN)
    page.get_by_label("Your own PIN, 6 to 8 digits").fill(OWN_PIN)
    page.get_by_label("Your own PIN once more").fill(OWN_PIN)
    page.get_by_role("button", name="Take it").click()
    page.wait_for_url("**/tablet/sign-in/")
    assert prove(badge="B-100", pin=OWN_PIN, actor=tablet_actor_of(site)).person == sam
    desk = browser.new_page(viewport={"width": 1440, "height": 900})
    desk.goto(f"{served}/people/")
    desk.get_by_label("User name").fill("sam")
    desk.get_by_label("Password").fill(FIRST)
    desk.get_by_role("button", name="Sign in").click()
    expect(desk.get_by_role("alert").filter(has_text="only you know")).to_be_visible()
    looked_at(desk, "own-secret-needed")
    desk.get_by_role("link", name="Choose your own password").click()
    looked_at(desk, "own-password")


def tablet_actor_of(site: DemoSite) -> Any:

    with reading(site=site.id):
        return tablet_actor(Device.objects.get(), zone="UTC")
