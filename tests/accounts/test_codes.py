"""One-time codes beside the password: made, used once, guessed in vain, lost and replaced."""

import html
import logging
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.services.codes import add_generator, new_secret, second_factor
from accounts.services.factors import factors_of, remove_factor
from accounts.services.periods import desk_actor
from accounts.sign_in_exceptions import FactorHeld, NotYourAccount
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records.commands import Actor
from records.models import Entry
from records.reading import reading
from tests.builders.accounts import (
    PASSWORD,
    DemoSite,
    a_command,
    actor_of,
    client_on,
    open_demo_site,
    person,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
STEP = timedelta(seconds=30)
AtTime = Callable[[datetime], None]


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def code_at(secret: str, at: datetime) -> str:
    """Return what a generator shows: computed as RFC 6238 says."""
    counter = int(at.timestamp()) // 30
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def somebody(site: DemoSite, at_time: AtTime, username: str = "ann") -> tuple[UUID, str]:
    """Return an auditor with a generator, and its secret, at START."""
    at_time(START)
    who, secret = person("auditor", site=site, username=username, secrets=True), new_secret()
    actor = actor_of(who, "auditor", site)
    code = code_at(secret, START)
    add_generator(command=a_command(actor), person=who, name="phone", secret=secret, code=code)
    return who, secret


def sign_in(client: Client, code: str = "", password: str = PASSWORD) -> tuple[int, str]:
    form = {"key": str(uuid7()), "username": "ann", "password": password, "code": code}
    answer = client.post(reverse("accounts:sign_in"), form)
    said = re.search(r'data-refusal="([^"]+)"', answer.content.decode())
    return answer.status_code, said.group(1) if said else ""


def kept_of(who: UUID, kind: str) -> list[dict[str, object]]:
    with reading(site=None):
        rows = Entry.objects.filter(stream=who, kind=kind).order_by("seq")
        return [row.envelope["payload"] for row in rows]


@pytest.mark.req("P11-200b", "D11-11a")
def test_code_is_asked_of_whoever_has_a_generator(site: DemoSite, at_time: AtTime) -> None:
    who, secret = somebody(site, at_time)
    at_time(START + STEP)
    assert sign_in(client_on()) == (403, "credential.code_needed")
    assert sign_in(client_on(), "000000") == (403, "credential.wrong_code")
    client = client_on()
    assert sign_in(client, code_at(secret, START + STEP)) == (302, "")
    assert client.get("/people/").status_code == 200
    [opened] = kept_of(who, "period.opened")
    assert opened["factors"] == ["username", "password", "code"]
    [kept] = kept_of(who, "attempt.refused")
    assert (kept["code"], kept["params"]) == ("credential.wrong_code", {"credential": "code"})


def test_code_is_asked_only_after_the_password(site: DemoSite, at_time: AtTime) -> None:
    _, secret = somebody(site, at_time)
    at_time(START + STEP)
    code = code_at(secret, START + STEP)
    assert sign_in(client_on(), code, "not the password") == (403, "credential.wrong")
    assert sign_in(client_on(), code) == (302, "")


def test_code_is_right_once_and_not_before_the_last_one(site: DemoSite, at_time: AtTime) -> None:
    _, secret = somebody(site, at_time)
    assert sign_in(client_on(), code_at(secret, START)) == (403, "credential.wrong_code")
    at_time(START + STEP)
    code = code_at(secret, START + STEP)
    assert sign_in(client_on(), code) == (302, "")
    assert sign_in(client_on(), code) == (403, "credential.wrong_code")
    assert sign_in(client_on(), code_at(secret, START)) == (403, "credential.wrong_code")


@pytest.mark.parametrize(("steps", "status"), [(-2, 403), (-1, 302), (1, 302), (2, 403)])
def test_clock_of_a_phone_may_be_one_step_wrong(
    site: DemoSite, at_time: AtTime, steps: int, status: int
) -> None:
    _, secret = somebody(site, at_time)
    at_time(START + 10 * STEP)
    assert sign_in(client_on(), code_at(secret, START + (10 + steps) * STEP))[0] == status


def test_code_is_used_up_for_all_processes(site: DemoSite, at_time: AtTime) -> None:
    """Eight at once have the same code: one of them gets in."""
    who, secret = somebody(site, at_time)
    at_time(START + STEP)
    code, together, said = code_at(secret, START + STEP), threading.Barrier(8), []

    def one() -> None:
        together.wait()
        try:
            said.append(second_factor(who, code=code, actor=desk_actor()))
        except Refusal:
            said.append(())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(said), said.count(("code",))) == (8, 1)


@pytest.mark.req("P11-300c")
@pytest.mark.scenario(47)
def test_codes_are_guessed_five_times_and_no_more(site: DemoSite, at_time: AtTime) -> None:
    _, secret = somebody(site, at_time)
    client, said = client_on(), []
    for tried in range(20):
        at_time(START + timedelta(seconds=6 * tried + 60))
        said.append(sign_in(client, f"{tried:06}")[1])
    assert said == ["credential.wrong_code"] * 5 + ["credential.locked_out"] * 15
    assert sign_in(client, code_at(secret, START + timedelta(seconds=174)))[0] == 403


def on_paper(page: str) -> list[str]:
    return re.findall(r'<li class="id">(\d{4} \d{4})</li>', page)


@pytest.mark.req("P11-300b")
def test_code_on_paper_stands_in_once(site: DemoSite, at_time: AtTime) -> None:
    who, secret = somebody(site, at_time)
    at_time(START + STEP)
    client = client_on()
    sign_in(client, code_at(secret, START + STEP))
    made = client.post(reverse("accounts:own_ways"), form_of("paper"))
    codes = on_paper(made.content.decode())
    assert len(set(codes)) == 10
    assert sign_in(client_on(), codes[3]) == (302, "")
    assert sign_in(client_on(), codes[3]) == (403, "credential.wrong_code")
    opened = kept_of(who, "period.opened")[-1]
    assert opened["factors"] == ["username", "password", "recovery code"]
    anew = on_paper(client.post(reverse("accounts:own_ways"), form_of("paper")).content.decode())
    assert sign_in(client_on(), codes[4]) == (403, "credential.wrong_code")
    assert sign_in(client_on(), anew[4]) == (302, "")


def form_of(action: str, **more: str) -> dict[str, str]:
    return {"key": str(uuid7()), "action": action, "password": PASSWORD, **more}


def test_generator_is_set_up_on_ones_own_page(site: DemoSite, at_time: AtTime) -> None:
    at_time(START)
    who = person("auditor", site=site, username="ann", secrets=True)
    client = client_on()
    sign_in(client)
    page = client.post(reverse("accounts:new_generator")).content.decode()
    shown = re.search(r"data-secret>([A-Z2-7 ]+)<", html.unescape(page))
    assert shown is not None
    secret, own = shown.group(1).replace(" ", ""), reverse("accounts:own_ways")
    wrong = client.post(own, form_of("codes", name="phone", code="000000"))
    assert (wrong.status_code, secret[:4] in wrong.content.decode()) == (403, True)
    right = form_of("codes", name="phone", code=code_at(secret, START))
    assert client.post(own, {**right, "password": "somebody else's"}).status_code == 403
    made = client.post(own, {**right, "key": str(uuid7())})
    assert (made.status_code, len(on_paper(made.content.decode()))) == (200, 10)
    assert [row["kind"].value for row in factors_of(who)] == ["code", "recovery"]
    assert secret not in client.get(own).content.decode()
    said = [(kept["kind_of_factor"], kept["name"]) for kept in kept_of(who, "factor.added")]
    assert said == [("code", "phone"), ("recovery", "")]


def test_nobody_has_two_generators_or_one_by_somebody_else(site: DemoSite, at_time: AtTime) -> None:
    who, _ = somebody(site, at_time)

    def add(actor: Actor) -> None:
        secret = new_secret()
        code = code_at(secret, START)
        add_generator(command=a_command(actor), person=who, name="x", secret=secret, code=code)

    with pytest.raises(FactorHeld):
        add(actor_of(who, "auditor", site))
    for role in ("admin", "operator"):
        with pytest.raises(NotYourAccount):
            add(site.actor(role))


@pytest.mark.req("P11-300b", "P11-10g")
def test_lost_generator_is_taken_away_by_its_person_or_an_administrator(
    site: DemoSite, at_time: AtTime
) -> None:
    who, _ = somebody(site, at_time)
    generator = factors_of(who)[0]["id"]

    def remove(actor: Actor) -> None:
        remove_factor(
            command=a_command(actor), person=who, factor=UUID(generator), reason="phone lost"
        )

    elsewhere = open_demo_site("US2")
    for actor, refusal in ((site.actor("operator"), Refusal), (elsewhere.actor("admin"), NotFound)):
        with pytest.raises(refusal):
            remove(actor)
    remove(site.actor("admin"))
    assert factors_of(who) == []
    gone = [(kept["kind_of_factor"], kept["reason"]) for kept in kept_of(who, "factor.removed")]
    assert gone == [("code", "phone lost"), ("recovery", "phone lost")]
    assert sign_in(client_on()) == (302, "")


def test_copy_of_the_table_has_no_secret(
    site: DemoSite, at_time: AtTime, reader_connection: psycopg.Connection
) -> None:
    _, secret = somebody(site, at_time)
    rows = reader_connection.execute("SELECT data::text FROM mfa_authenticator").fetchall()
    assert (len(rows), [row for row in rows if secret in row[0]]) == (2, [])


@pytest.mark.req("P11-300c")
def test_password_alone_is_not_enough_from_outside(
    site: DemoSite, at_time: AtTime, settings: Settings
) -> None:
    settings.MES_INSIDE = ["10.1.0.0/16", "fd00:1::/32"]
    person("auditor", site=site, username="bob", secrets=True)
    _, secret = somebody(site, at_time)
    at_time(START + STEP)

    def from_(address: str, username: str, code: str = "") -> int:
        form = {"key": str(uuid7()), "username": username, "password": PASSWORD, "code": code}
        answer = Client(REMOTE_ADDR=address).post(reverse("accounts:sign_in"), form)
        return answer.status_code

    said = [from_(a, "bob") for a in ("10.1.2.3", "fd00:1::9", "10.2.2.3", "fd00:2::9")]
    assert said == [302, 302, 403, 403]
    assert from_("203.0.113.5", "ann", code_at(secret, START + STEP)) == 302


def test_codes_can_be_turned_off(site: DemoSite, at_time: AtTime, settings: Settings) -> None:
    somebody(site, at_time)
    settings.MES_CODES = settings.MES_PASSKEYS = False
    client = client_on()
    assert sign_in(client) == (302, "")
    assert client.get(reverse("accounts:own_ways")).status_code == 404
    assert client.post(reverse("accounts:new_generator")).status_code == 404
    assert 'name="code"' not in client_on().get(reverse("accounts:sign_in")).content.decode()


@pytest.mark.req("P11-300b")
def test_log_of_sign_ins_names_no_secret(
    site: DemoSite, at_time: AtTime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _, secret = somebody(site, at_time)
    at_time(START + STEP)
    code, client = code_at(secret, START + STEP), client_on()
    sign_in(client, "914207")
    sign_in(client, code, "a wrong password, typed once")
    at_time(START + STEP + timedelta(seconds=10))
    assert sign_in(client, code) == (302, "")
    said = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    session = client.cookies["sessionid"].value
    secrets = (code, "914207", PASSWORD, "typed once", secret, session)
    assert (bool(caplog.records), [text for text in secrets if text in said]) == (True, [])
    assert Authenticator.objects.count() == 2
