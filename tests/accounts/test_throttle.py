"""Guessing: counted before it is hashed, in real threads; who is beside it works on."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.contrib.auth import hashers
from django.db import connection, transaction
from django.test import RequestFactory, override_settings

from accounts import origin
from accounts.enums import AlarmKind, CredentialKind, GuessKind
from accounts.exceptions import IdentityNotChecked, NotAllowed, OwnAccess
from accounts.models import Alarm
from accounts.services import guesses, throttle
from accounts.services.alarms import answer_alarm
from accounts.services.answered_tries import answer_tries, asked_of
from accounts.services.ceremony import prove, prove_by_password
from accounts.services.credentials import set_credential, unblock_credential
from accounts.services.throttle import Try
from accounts.sign_in_exceptions import (
    AlarmAnswered,
    CredentialBlocked,
    LockedOut,
    SourceSlowed,
    TriedTooSoon,
    WrongCredential,
)
from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records import outbox
from records.commands import Actor
from records.enums import MessageState
from records.models import Entry, Message
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
    system_actor,
    tablet,
)

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
WRONG = "918273"
AtTime = Callable[[datetime], None]


@pytest.fixture
def site(committed_db: str, at_time: AtTime) -> DemoSite:
    at_time(START)
    return open_demo_site()


@pytest.fixture
def reviewer(site: DemoSite) -> UUID:
    return person("qa-reviewer", site=site, name="Quinn Abel", badge="B-1", username="quinn",
                  secrets=True)  # fmt: skip


@pytest.fixture
def here(site: DemoSite) -> Actor:
    return replace(system_actor(site.id), device=tablet(site))


def elsewhere(site: DemoSite, here: Actor, code: str) -> Actor:
    return replace(here, device=tablet(site, code))


def tried(here: Actor, *, badge: str = "B-1", pin: str = WRONG) -> str:
    """Try once, as slowly as a careful person; return what was said."""
    clock.advance(timedelta(seconds=6))
    return tried_at_once(here, badge=badge, pin=pin)


def tried_at_once(here: Actor, *, badge: str = "B-1", pin: str = WRONG) -> str:
    try:
        prove(badge=badge, pin=pin, actor=here)
    except Refusal as refusal:
        return refusal.code
    return "right"


def alarms(site: DemoSite) -> list[tuple[str, str, int]]:
    with reading(site=site.id):
        rows = Alarm.objects.order_by("raised_at", "id")
        return [(row.kind, row.person_name, row.people) for row in rows]


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Count what reaches the hash; the real one runs."""
    counted: Counter[str] = Counter()
    once, real = Lock(), hashers.check_password

    def check(secret: str, kept: str) -> bool:
        with once:
            counted[secret] += 1
        return real(secret, kept)

    monkeypatch.setattr("accounts.services.credentials.check_password", check)
    yield counted
    assert connection.in_atomic_block is False


@pytest.mark.req("P11-300c", "D11-11d")
@pytest.mark.scenario(47)
def test_five_wrong_tries_lock_one_tablet_for_a_while(
    site: DemoSite, reviewer: UUID, here: Actor, at_time: AtTime
) -> None:
    said = [tried(here) for _ in range(7)]
    assert said == ["credential.wrong"] * 5 + ["credential.locked_out"] * 2
    assert alarms(site) == [("locked-out", "Quinn Abel", 0)]
    with pytest.raises(LockedOut) as refused:
        prove(badge="B-1", pin=PIN, actor=here)
    assert refused.value.params == {"minutes": 15}
    assert tried_at_once(elsewhere(site, here, "T-02"), pin=PIN) == "right"
    first = START + timedelta(seconds=6)
    at_time(first + guesses.WINDOW - timedelta(seconds=1))
    assert tried_at_once(here, pin=PIN) == "credential.locked_out"
    at_time(first + guesses.WINDOW)
    assert tried_at_once(here, pin=PIN) == "right"


@pytest.mark.req("P11-300c")
def test_tries_wait_longer_after_the_third(
    reviewer: UUID, here: Actor, hashes: Counter[str], at_time: AtTime
) -> None:
    assert [tried_at_once(here) for _ in range(4)] == ["credential.wrong"] * 3 + [
        "credential.too_soon"
    ]
    at_time(START + timedelta(seconds=2))
    assert tried_at_once(here) == "credential.wrong"
    at_time(START + timedelta(seconds=6, microseconds=999999))
    with pytest.raises(TriedTooSoon) as refused:
        prove(badge="B-1", pin=PIN, actor=here)
    assert refused.value.params == {"seconds": 1}
    at_time(START + timedelta(seconds=7))
    assert tried_at_once(here, pin=PIN) == "right"
    assert hashes.total() == 5


@pytest.mark.scenario(47)
def test_others_in_the_room_are_not_locked_out(site: DemoSite, reviewer: UUID, here: Actor) -> None:
    other = person("operator", site=site, badge="B-2", secrets=True)
    for _ in range(7):
        tried(here)
    assert prove(badge="B-2", pin=PIN, actor=here).person == other


@pytest.mark.req("P11-300c", "P11-300b")
@pytest.mark.scenario(47)
def test_ten_wrong_tries_in_many_places_block_the_pin_until_the_person_is_known(
    site: DemoSite, reviewer: UUID, here: Actor, at_time: AtTime
) -> None:
    for place in (here, elsewhere(site, here, "T-02")):
        assert [tried(place) for _ in range(5)] == ["credential.wrong"] * 5
    third = elsewhere(site, here, "T-03")
    assert [tried(third), tried(third, pin=PIN)] == ["credential.blocked"] * 2
    assert alarms(site) == [("blocked", "Quinn Abel", 0)]
    at_time(START + timedelta(days=2))
    with pytest.raises(CredentialBlocked):
        prove(badge="B-1", pin=PIN, actor=third)
    unblock_credential(
        command=a_command(site.actor("admin")), person=reviewer, kind=CredentialKind.PIN,
        identity_check="came to the desk with her passport",
    )  # fmt: skip
    assert tried_at_once(third, pin=PIN) == "right"


def test_new_secret_unblocks_too(site: DemoSite, reviewer: UUID, here: Actor) -> None:
    for _ in range(6):
        tried(here)
    set_credential(command=a_command(site.system), person=reviewer, kind="pin", secret="830274")
    assert tried_at_once(here, pin="830274") == "right"


def test_unblocking_is_for_another_administrator_who_knows_the_person(
    site: DemoSite, reviewer: UUID
) -> None:
    admin = site.actor("admin")
    assert admin.person

    def unblock(actor: Actor, person: UUID, check: str = "passport") -> None:
        unblock_credential(
            command=a_command(actor), person=person, kind=CredentialKind.PIN, identity_check=check
        )

    with pytest.raises(IdentityNotChecked):
        unblock(admin, reviewer, " ")
    with pytest.raises(OwnAccess):
        unblock(admin, admin.person)
    with pytest.raises(NotAllowed):
        unblock(site.actor("operator"), reviewer)


def guess_in_threads(places: list[Actor], guesses: int, *, threads: int = 16) -> Counter[str]:
    """Guess at once from many threads, each with its own connection, while hours pass."""

    def guess(number: int) -> str:
        if number % 50 == 0:
            clock.advance(timedelta(minutes=5))
        try:
            return tried_at_once(places[number % len(places)], pin=f"{number:06}")
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(guess, range(guesses)))


@pytest.mark.req("P11-300c")
@pytest.mark.scenario(47)
@pytest.mark.parametrize("guesses", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_of_many_guesses_at_most_ten_reach_the_hash(
    site: DemoSite, reviewer: UUID, here: Actor, hashes: Counter[str], guesses: int,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    other = person("operator", site=site, badge="B-2", secrets=True)
    places = [here, *(elsewhere(site, here, f"T-{n:02}") for n in range(2, 8))]
    said = guess_in_threads(places, guesses)
    record_property("guesses", guesses)
    record_property("hashes", hashes.total())
    assert (said.total(), said["credential.wrong"], hashes.total()) == (guesses, 10, 10)
    assert [one for one in alarms(site) if one[0] == "blocked"] == [("blocked", "Quinn Abel", 0)]
    assert {prove(badge="B-2", pin=PIN, actor=place).person for place in places} == {other}


@pytest.mark.scenario(47)
def test_guesses_at_one_instant_reach_the_hash_three_times(
    reviewer: UUID, here: Actor, hashes: Counter[str]
) -> None:
    def guess(number: int) -> str:
        try:
            return tried_at_once(here, pin=f"{number:06}")
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        said = Counter(pool.map(guess, range(64)))
    assert said == {"credential.wrong": 3, "credential.too_soon": 61}
    assert hashes.total() == 3


def test_right_secret_starts_the_count_of_its_place_anew(reviewer: UUID, here: Actor) -> None:
    for _ in range(2):
        assert [tried(here) for _ in range(4)] == ["credential.wrong"] * 4
        assert tried(here, pin=PIN) == "right"


@pytest.mark.req("P11-300c", "P11-300d", "D11-11d")
@pytest.mark.scenario(47)
@pytest.mark.parametrize("where", ["one tablet", "another tablet"])
@pytest.mark.parametrize(
    "pace", [(2, 60), pytest.param((5, 10), marks=pytest.mark.slow, id="five days")]
)
def test_slow_guesses_between_the_owners_right_signings(
    site: DemoSite, reviewer: UUID, here: Actor, hashes: Counter[str], at_time: AtTime,
    where: str, pace: tuple[int, int],
) -> None:  # fmt: skip
    """For days somebody guesses, and each sixth time its owner signs at their own tablet."""
    stranger = here if where == "one tablet" else elsewhere(site, here, "T-02")
    reached: list[datetime] = []
    signed: Counter[str] = Counter()
    days, minutes = pace
    tries = days * 24 * 60 // minutes
    for number in range(tries):
        at_time(START + number * timedelta(minutes=minutes))
        if number % 6 == 0:
            signed[tried_at_once(here, pin=PIN)] += 1
            continue
        before = hashes.total()
        tried_at_once(stranger, pin=f"{number:06}")
        reached += [clock.now()] * (hashes.total() - before)
    most = 10 if where == "one tablet" else 7
    assert len(reached) == most
    assert [one for one in alarms(site) if one[0] == "blocked"] == [("blocked", "Quinn Abel", 0)]
    # From elsewhere nobody keeps the owner from their work; who is at their tablet does, and the
    # owner goes on with a password at a desk, where they are asked.
    assert (signed["right"] == tries // 6) is (where == "another tablet")
    told = asked_of(reviewer)[GuessKind.PIN]
    assert (told.unanswered, told.blocked) == (most, True)


def test_wrong_tries_fade_by_one_in_a_day(reviewer: UUID) -> None:
    """Who knows the rule tries ten times within two days, and then once a day: never more."""
    reached: list[datetime] = []
    for hours in (0, *(23 + n / 10 for n in range(9)), 24, 48, 72, 72.1, 96):
        at = START + timedelta(hours=hours)
        tried = Try(
            person=reviewer, identity=reviewer, kind=CredentialKind.PIN, scope=uuid7(), at=at
        )
        if throttle.admit(tried).refusal is None:
            throttle.was_wrong(tried)
            reached.append(at)
    in_a_day = [sum(t <= one < t + guesses.FADES for one in reached) for t in reached]
    assert (max(in_a_day), len(reached)) == (10, 13)


def answer(who: UUID, site: DemoSite, *, own: bool) -> None:
    actor = actor_of(who, "qa-reviewer", site)
    answer_tries(command=a_command(actor), kind=GuessKind.PIN, own=own)


@pytest.mark.parametrize("own", [True, False])
def test_owner_answers_for_wrong_tries(
    site: DemoSite, reviewer: UUID, here: Actor, own: bool
) -> None:
    assert [tried(here) for _ in range(2)] == ["credential.wrong"] * 2
    assert asked_of(reviewer) == {}
    with pytest.raises(NotFound):
        answer(reviewer, site, own=own)
    assert [tried(here), tried(here, pin=PIN)] == ["credential.wrong", "right"]
    assert asked_of(reviewer)[GuessKind.PIN].unanswered == 3
    answer(reviewer, site, own=own)
    assert asked_of(reviewer) == {}
    left = throttle.tries_of(reviewer, at=clock.now())[GuessKind.PIN].everywhere
    assert (left, [one[0] for one in alarms(site)]) == ((0, []) if own else (3, ["denied"]))


def test_who_signs_in_is_told_of_wrong_tries_first(site: DemoSite, reviewer: UUID) -> None:
    client = client_on()
    form = {"username": "quinn", "password": PASSWORD, "next": "/me/owed/"}
    for _ in range(3):
        clock.advance(timedelta(seconds=6))
        client.post("/sign-in/", {**form, "key": str(uuid7()), "password": "no such night"})
    clock.advance(timedelta(seconds=6))
    opened = client.post("/sign-in/", {**form, "key": str(uuid7())})
    page = "/me/sign-in/tries/?next=%2Fme%2Fowed%2F"
    assert (opened.status_code, opened.headers["Location"]) == (302, page)
    shown = client.get(page)
    [asked] = shown.context["asked"]
    assert (asked["kind"], asked["tries"].unanswered) == ("password", 3)
    assert [one["tablet"] for one in shown.context["tries"]] == [None] * 3
    said = {"key": str(uuid7()), "kind": "password", "own": "yes", "next": "/me/owed/"}
    assert client.post(page, said).headers["Location"] == "/me/owed/"
    assert client.post(page, said).headers["Location"] == "/me/owed/"
    assert client.post(page, {**said, "key": str(uuid7())}).status_code == 404


def test_who_is_told_on_a_tablet_answers_with_large_buttons(
    site: DemoSite, reviewer: UUID, here: Actor
) -> None:
    assert [tried(here) for _ in range(3)] == ["credential.wrong"] * 3
    clock.advance(timedelta(seconds=6))
    client = client_on(tablet(site, "T-02"), site)
    form = {"key": str(uuid7()), "badge": "B-1", "pin": PIN}
    page = client.post("/tablet/sign-in/", form).headers["Location"]
    assert page == "/me/sign-in/tries/?next=%2F"
    shown = client.get(page)
    assert "accounts/own_tries_tablet.html" in [one.name for one in shown.templates]
    assert [one["tablet"] for one in shown.context["tries"]] == ["T-01"] * 3
    said = {"key": str(uuid7()), "kind": "pin", "own": "no", "next": "/"}
    assert client.post(page, said).headers["Location"] == "/sign-in/own-pin/"
    assert [one[0] for one in alarms(site)] == ["denied"]


def spray(site: DemoSite, here: Actor, *, people: int = throttle.SPRAY_PEOPLE) -> list[str]:
    for number in range(people):
        person("operator", site=site, badge=f"S-{number}", name=f"Person {number}", secrets=True)
    return [tried_at_once(here, badge=f"S-{number}") for number in range(people)]


@pytest.mark.req("P11-300c")
@pytest.mark.scenario(47)
def test_many_people_tried_at_one_tablet_raise_one_alarm_and_slow_it(
    site: DemoSite, reviewer: UUID, here: Actor, at_time: AtTime
) -> None:
    known = person("operator", site=site, badge="B-2", secrets=True)
    assert tried_at_once(here, badge="B-2", pin=PIN) == "right"
    assert spray(site, here) == ["credential.wrong"] * throttle.SPRAY_PEOPLE
    assert alarms(site) == [("spray", "Person 7", 8)]
    # Whoever is known at this tablet works on, and everybody elsewhere does.
    assert prove(badge="B-2", pin=PIN, actor=here).person == known
    assert prove(badge="B-1", pin=PIN, actor=elsewhere(site, here, "T-02")).person == reviewer
    with pytest.raises(SourceSlowed) as refused:
        prove(badge="B-1", pin=PIN, actor=here)
    assert refused.value.params == {"seconds": 5}
    at_time(START + throttle.SLOWED)
    assert prove(badge="B-1", pin=PIN, actor=here).person == reviewer
    assert [tried(here, badge="S-0") for _ in range(2)] == ["credential.wrong"] * 2
    assert len(alarms(site)) == 1
    with reading(site=site.id):
        told = list(Message.objects.filter(topic="sign_in.alarmed").values_list("site", flat=True))
    assert told == [site.id]


@pytest.mark.scenario(47)
def test_names_that_nobody_has_are_a_spray_too(site: DemoSite, here: Actor) -> None:
    for number in range(throttle.SPRAY_PEOPLE):
        assert tried_at_once(here, badge=f"X-{number}") == "credential.wrong"
    assert alarms(site) == [("spray", "", 8)]
    assert tried_at_once(here, badge="X-9") == "credential.source_slowed"


@pytest.mark.req("P11-300c", "D11-11d")
@pytest.mark.scenario(47)
def test_a_name_that_nobody_has_is_answered_and_hashed_as_that_of_a_person(
    site: DemoSite, reviewer: UUID, here: Actor
) -> None:
    """Else a flood of it keeps the processors busy, and the answers tell who is there."""
    assert (bool(reviewer), tried_at_once(here, pin=PIN)) == (True, "right")
    places = [elsewhere(site, here, code) for code in ("T-02", "T-03")]
    pauses = [0] * 4 + [6] * 4 + [1000] + [0] * 3 + [6] * 4

    def answers(badge: str) -> list[str]:
        said = []
        for number, pause in enumerate(pauses):
            clock.advance(timedelta(seconds=pause))
            said.append(tried_at_once(places[number > 7], badge=badge))
        return said

    known, nobody = answers("B-1"), answers("X-1")
    assert (nobody, nobody.count("credential.wrong")) == (known, guesses.TRIES_OF_STRANGERS)
    assert set(nobody) == {
        "credential.wrong", "credential.too_soon", "credential.locked_out", "credential.blocked"
    }  # fmt: skip


def test_people_who_mistype_and_then_get_in_are_no_spray(site: DemoSite, here: Actor) -> None:
    for number in range(throttle.SPRAY_PEOPLE + 4):
        person("operator", site=site, badge=f"S-{number}", secrets=True)
        assert tried(here, badge=f"S-{number}") == "credential.wrong"
        assert tried(here, badge=f"S-{number}", pin=PIN) == "right"
    assert alarms(site) == []


def test_wrong_tries_of_long_ago_are_no_spray(site: DemoSite, here: Actor) -> None:
    for number in range(throttle.SPRAY_PEOPLE + 4):
        clock.advance(timedelta(minutes=3))
        tried_at_once(here, badge=f"X-{number}")
    assert alarms(site) == []


@pytest.mark.scenario(47)
def test_desks_are_told_apart_by_their_address(site: DemoSite, reviewer: UUID) -> None:
    desk = system_actor(site.id)

    def at(address: str, password: str) -> str:
        clock.advance(timedelta(seconds=6))
        with origin.coming_from(RequestFactory().post("/", REMOTE_ADDR=address)):
            try:
                prove_by_password(username="quinn", password=password, actor=desk)
            except Refusal as refusal:
                return refusal.code
        return "right"

    said = [at("192.0.2.1", "no") for _ in range(6)]
    assert said == ["credential.wrong"] * 5 + ["credential.locked_out"]
    assert at("192.0.2.2", PASSWORD) == "right"
    with reading(site=site.id):
        assert [row.address for row in Alarm.objects.all()] == ["192.0.2.1"]


@pytest.mark.parametrize(
    ("behind", "seen"),
    [(False, "203.0.113.9"), (True, "192.0.2.7")],
)
def test_only_a_proxy_that_we_have_is_believed(behind: bool, seen: str) -> None:
    said = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 192.0.2.7"}
    with override_settings(MES_BEHIND_PROXY=behind):
        assert origin.address_of(RequestFactory().get("/", **said)) == seen  # type: ignore[arg-type]


def test_addresses_of_one_line_are_one_place() -> None:
    one, other = (
        origin.address_of(RequestFactory().get("/", REMOTE_ADDR=f"2001:db8:1:2::{n}"))
        for n in (1, 2)
    )
    assert one == other == "2001:db8:1:2::/64"


def test_nothing_is_locked_or_open_while_it_hashes(
    reviewer: UUID, here: Actor, owner_connection: psycopg.Connection, monkeypatch: Any
) -> None:
    real, seen = hashers.check_password, []

    def check(secret: str, kept: str) -> bool:
        row = owner_connection.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE d.datname = current_database() AND l.pid <> pg_backend_pid()"
        ).fetchone()
        seen.append((connection.in_atomic_block, row))
        return real(secret, kept)

    monkeypatch.setattr("accounts.services.credentials.check_password", check)
    assert [tried_at_once(here), tried_at_once(here, pin=PIN)] == ["credential.wrong", "right"]
    assert seen == [(False, (0,)), (False, (0,))]


def test_nobody_can_hash_inside_a_transaction(reviewer: UUID, here: Actor) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        prove(badge="B-1", pin=PIN, actor=here)


def test_alarm_is_answered_once_by_an_administrator(site: DemoSite, here: Actor) -> None:
    spray(site, here)
    with reading(site=site.id):
        alarm = Alarm.objects.values_list("id", flat=True).get(kind=AlarmKind.SPRAY)
    with pytest.raises(NotAllowed):
        answer_alarm(command=a_command(site.actor("operator")), alarm=alarm, note="me")
    admin = site.actor("admin")
    answer_alarm(command=a_command(admin), alarm=alarm, note="A visitor; shown out.")
    with pytest.raises(AlarmAnswered):
        answer_alarm(command=a_command(admin), alarm=alarm, note="again")
    with reading(site=site.id):
        row = Alarm.objects.get(id=alarm)
    assert (row.answered_by, row.note) == (admin.person, "A visitor; shown out.")


def test_alarm_of_a_tablet_stays_at_its_site(site: DemoSite, here: Actor) -> None:
    spray(site, here)
    assert alarms(open_demo_site("US2")) == []


@pytest.mark.req("D11-11b")
def test_alarm_of_a_desk_is_that_of_the_persons_sites(site: DemoSite, reviewer: UUID) -> None:
    """Who guesses at a desk of another site: that site reads nothing of it, and answers nothing."""
    other = open_demo_site("US2")
    for _ in range(6):
        clock.advance(timedelta(seconds=6))
        with suppress(Refusal):
            prove_by_password(username="quinn", password="no", actor=system_actor(other.id))
    outbox.drain()
    assert (alarms(site), alarms(other)) == ([("locked-out", "Quinn Abel", 0)], [])
    with reading(site=site.id):
        alarm = Alarm.objects.get()
    assert alarm.stream == reviewer
    with pytest.raises(NotFound):
        answer_alarm(command=a_command(other.actor("admin")), alarm=alarm.id, note="ours")
    with reading(site=other.id):
        assert not Entry.objects.filter(kind="sign_in.alarmed").exists()
    answer_alarm(
        command=a_command(site.actor("admin")), alarm=alarm.id, note="Asked: it was not her."
    )
    with reading(site=None):
        assert not Message.objects.filter(
            topic="sign_in.alarmed", state=MessageState.WAITING
        ).exists()


def test_wrong_credential_is_what_a_stranger_reads(here: Actor) -> None:
    with pytest.raises(WrongCredential):
        prove(badge="X-1", pin=WRONG, actor=here)
