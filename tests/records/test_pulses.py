"""Signs of life: each process writes its own; a checkpointer that refuses is seen by people."""

from datetime import timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from pytest_django import Settings

from records import canary, outbox, pulses
from records.models import Pulse
from records.pulses import KEY, PLACE
from records.verification import verify
from tests.records.trial import stream_with

pytestmark = pytest.mark.usefixtures("committed_db", "outside")


def checkpointer() -> Pulse:
    return Pulse.objects.get(name="checkpoint")


@pytest.mark.req("P11-10a")
@pytest.mark.scenario(34)
def test_what_the_checkpointer_refuses_is_kept_until_it_signs_again(
    owner_connection: psycopg.Connection,
) -> None:
    stream_with("a", "b")
    call_command("checkpoint", stdout=StringIO())
    assert (checkpointer().problem, checkpointer().since) == ("", None)
    owner_connection.execute("ALTER TABLE records_leaf DISABLE TRIGGER ALL")
    kept = owner_connection.execute("SELECT * FROM records_leaf").fetchall()
    owner_connection.execute("TRUNCATE records_leaf")
    for _ in range(2):
        with pytest.raises(CommandError, match="restored backup, or altered"):
            call_command("checkpoint", stdout=StringIO())
    said = checkpointer()
    assert "restored backup, or altered" in said.problem
    # It is said since when, not only that it still is so.
    assert said.since is not None
    assert said.since < said.at
    insert = "INSERT INTO records_leaf VALUES (%s, %s, %s, %s)"
    owner_connection.cursor().executemany(insert, kept)
    call_command("checkpoint", stdout=StringIO())
    assert (checkpointer().problem, checkpointer().since) == ("", None)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO records_pulse (name, at) VALUES ('checkpoint', now())",
        "UPDATE records_pulse SET name = 'checkpoint'",
        "DELETE FROM records_pulse",
        "TRUNCATE records_pulse",
    ],
)
def test_the_application_cannot_speak_for_the_checkpointer(sql: str) -> None:
    pulses.relay_beats()
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_application_cannot_quieten_the_checkpointer() -> None:
    pulses.checkpointer_beats("refused")
    with transaction.atomic():
        assert Pulse.objects.filter(name="checkpoint").update(problem="") == 0
    assert checkpointer().problem == "refused"


def test_verify_says_what_the_application_can_reach(settings: Settings) -> None:
    stream_with("a")
    call_command("checkpoint", stdout=StringIO())
    pulses.relay_beats()
    assert set(pulses.reached()) == set(pulses.REACHES.values())
    assert set(pulses.REACHES.values()) <= set(verify().notes)
    settings.MES_CHECKPOINT_KEY = "/nowhere/checkpoint.pem"
    settings.MES_CHECKPOINTS = "/nowhere"
    pulses.relay_beats()
    assert pulses.reached() == []


def test_the_buckets_secret_is_within_reach_of_who_has_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MES_CHECKPOINTS = "s3://kept/here"
    assert PLACE not in pulses.within_reach()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert PLACE in pulses.within_reach()
    assert KEY not in pulses.within_reach()


@pytest.mark.scenario(15)
def test_an_old_canary_is_no_sign_of_life_after_a_restart(
    owner_connection: psycopg.Connection,
) -> None:
    canary.release()
    outbox.drain()
    fresh = canary.age()
    assert fresh is not None
    assert fresh < canary.LATEST
    owner_connection.execute(
        "UPDATE records_message SET done_at = done_at - interval '2 hours',"
        " not_before = not_before - interval '2 hours'"
    )
    canary.release()
    for _ in range(2):
        age = canary.age()
        assert age is not None
        # Neither at home for hours, nor sent out anew and still under way.
        assert timedelta(hours=2) <= age
        assert age > canary.LATEST
    outbox.drain()
    assert canary.age() < canary.LATEST  # type: ignore[operator]


def test_the_oldest_message_is_the_one_that_is_due_longest(
    owner_connection: psycopg.Connection,
) -> None:
    assert outbox.oldest_due() == timedelta()
    canary.release()
    owner_connection.execute("UPDATE records_message SET not_before = now() - interval '5 minutes'")
    assert timedelta(minutes=5) <= outbox.oldest_due() < timedelta(minutes=6)
    owner_connection.execute("UPDATE records_message SET not_before = now() + interval '5 minutes'")
    assert outbox.oldest_due() == timedelta()
