"""Tries that are refused unread leave two entries a window, however many come."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from accounts.services.ceremony import prove
from accounts.services.guesses import WINDOW
from mes.lib import clock
from mes.lib.refusals import Refusal
from records import outbox
from records.commands import Actor
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import PIN, DemoSite, open_demo_site, person, system_actor, tablet

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
WRONG = "918273"
AtTime = Callable[[datetime], None]


@pytest.fixture
def site(committed_db: str, at_time: AtTime) -> DemoSite:
    at_time(START)
    return open_demo_site()


@pytest.fixture
def olga(site: DemoSite) -> UUID:
    return person("operator", site=site, name="Olga Petrov", badge="B-1", secrets=True)


@pytest.fixture
def here(site: DemoSite) -> Actor:
    return replace(system_actor(site.id), device=tablet(site))


def tried(here: Actor, *, pin: str = WRONG, slow: bool = True) -> str:
    if slow:
        clock.advance(timedelta(seconds=6))
    try:
        prove(badge="B-1", pin=pin, actor=here)
    except Refusal as refusal:
        return refusal.code
    return "right"


def kept(olga: UUID, site: DemoSite) -> list[tuple[str, Any]]:
    """Return what stands of refused tries on the person's stream: code, or how many."""
    kinds = ("attempt.refused", "sign_in.tries_refused")
    with reading(site=site.id):
        rows = Entry.objects.filter(stream=olga, kind__in=kinds).order_by("seq")
        said = [(row.kind, row.envelope["payload"]) for row in rows]
    refused = [(kind, p.get("code", p.get("refused"))) for kind, p in said]
    return [one for one in refused if one[1] != "credential.wrong"]


@pytest.mark.req("P11-300c", "D11-11d")
@pytest.mark.scenario(47)
def test_hundreds_of_refused_tries_are_one_entry_at_once_and_one_with_their_number(
    site: DemoSite, olga: UUID, here: Actor, at_time: AtTime
) -> None:
    first = START + timedelta(seconds=6)
    assert [tried(here) for _ in range(5)] == ["credential.wrong"] * 5
    assert {tried(here, slow=False) for _ in range(300)} == {"credential.locked_out"}
    one = ("attempt.refused", "credential.locked_out")
    at_time(first + WINDOW - timedelta(seconds=1))
    outbox.drain()
    assert kept(olga, site) == [one]
    at_time(first + WINDOW + timedelta(seconds=1))
    outbox.drain()
    assert kept(olga, site) == [one, ("sign_in.tries_refused", 300)]
    at_time(first + 2 * WINDOW)
    outbox.drain()
    assert len(kept(olga, site)) == 2
    assert verify(everything=True).differences == []


def test_who_was_refused_once_is_told_once(
    site: DemoSite, olga: UUID, here: Actor, at_time: AtTime
) -> None:
    assert [tried(here, slow=False) for _ in range(4)][-1] == "credential.too_soon"
    at_time(START + timedelta(seconds=10))
    assert tried(here, pin=PIN) == "right"
    at_time(START + 2 * WINDOW)
    outbox.drain()
    assert kept(olga, site) == [("attempt.refused", "credential.too_soon")]


def test_a_window_after_the_other_is_told_anew(
    site: DemoSite, olga: UUID, here: Actor, at_time: AtTime
) -> None:
    for start in (START, START + timedelta(hours=1)):
        at_time(start)
        said = [tried(here) for _ in range(7)]
        assert said[-2:] in ([*["credential.locked_out"] * 2], [*["credential.blocked"] * 2])
        at_time(start + 2 * WINDOW)
        outbox.drain()
    told = [n for kind, n in kept(olga, site) if kind == "sign_in.tries_refused"]
    assert told == [2, 2]


def test_a_blocked_secret_is_told_for_all_places_together(
    site: DemoSite, olga: UUID, here: Actor, at_time: AtTime
) -> None:
    """A new address for each try buys an attacker no further entry."""
    places = [replace(here, device=tablet(site, f"T-{n:02}")) for n in range(2, 8)]
    for place in (here, places[0]):
        assert [tried(place) for _ in range(5)] == ["credential.wrong"] * 5
    assert {tried(place) for place in places[1:]} == {"credential.blocked"}
    assert kept(olga, site) == [("attempt.refused", "credential.blocked")]
    clock.advance(WINDOW)
    outbox.drain()
    assert kept(olga, site)[1:] == [("sign_in.tries_refused", 5)]


def test_tries_at_one_instant_are_one_window(site: DemoSite, olga: UUID, here: Actor) -> None:
    assert [tried(here) for _ in range(5)] == ["credential.wrong"] * 5

    def attempt(_: int) -> str:
        try:
            return tried(here, slow=False)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(attempt, range(24))) == {"credential.locked_out"}
    clock.advance(2 * WINDOW)
    outbox.drain()
    assert kept(olga, site) == [
        ("attempt.refused", "credential.locked_out"), ("sign_in.tries_refused", 24)
    ]  # fmt: skip
