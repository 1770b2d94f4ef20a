"""PostgreSQL is the queue of record; Celery only rings."""

import re
import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, connections, transaction

from mes.lib import clock
from mes.lib.embedded.process import wait_until
from mes.lib.ids import uuid7
from records import outbox
from records.act import New, act
from records.enums import MessageState
from records.exceptions import KeyReused
from records.models import Entry
from records.models import Message as MessageRow
from records.reading import reading
from tests.records.trial import SITE, TrialSaid, actor, command

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def consumer(monkeypatch: pytest.MonkeyPatch) -> list[outbox.Message]:
    """Subscribe to trial.wanted: the effect is one entry on a stream of its own."""
    seen: list[outbox.Message] = []

    def effect(message: outbox.Message) -> None:
        seen.append(message)
        if message.payload.get("poison"):
            raise ValueError("poison")
        with act(message.command("trial.effect"), new=[New("trial", message.id, SITE)]) as a:
            a.append(message.id, TrialSaid(text=message.payload["text"]))
            a.done(message)

    monkeypatch.setitem(outbox._consumers, "trial.wanted", {"trial": effect})
    return seen


def want(*, later: timedelta = timedelta(0), **payload: str) -> UUID:
    stream = uuid7()
    with act(command(), new=[New("trial", stream, SITE)]) as a:
        a.append(stream, TrialSaid(text="wanted"))
        a.enqueue("trial.wanted", payload, not_before=a.now + later)
    return stream


def effects() -> list[str]:
    with reading(site=SITE):
        rows = Entry.objects.filter(role="system").order_by("at")
        return [row.envelope["payload"]["text"] for row in rows]


def test_a_message_is_worked_once(consumer: list[outbox.Message]) -> None:
    want(text="a")
    assert outbox.due() == 1
    assert (outbox.drain(), outbox.drain()) == (1, 0)
    assert effects() == ["a"]
    assert MessageRow.objects.get().state == MessageState.DONE


def test_a_message_waits_for_its_time(consumer: list[outbox.Message]) -> None:
    with clock.simulating(clock.now()):
        want(text="later", later=timedelta(hours=2))
        assert outbox.drain() == 0
        clock.advance(timedelta(hours=2))
        assert outbox.drain() == 1


@pytest.mark.scenario(17)
def test_an_effect_that_is_tried_again_happens_once(consumer: list[outbox.Message]) -> None:
    want(text="a")
    [message] = outbox.lease()
    for _ in range(3):
        outbox._consume(message)
    assert effects() == ["a"]


@pytest.mark.scenario(18)
def test_poison_ends_among_the_dead_letters_and_the_queue_flows(
    consumer: list[outbox.Message],
) -> None:
    with clock.simulating(clock.now()):
        want(poison="yes")
        want(text="good")
        outbox.drain()
        assert effects() == ["good"]
        assert MessageRow.objects.get(state=MessageState.WAITING).attempts == 1
        for seconds in outbox.AGAIN_AFTER_SECONDS:
            clock.advance(timedelta(seconds=seconds))
            outbox.drain()
    dead = MessageRow.objects.get(state=MessageState.DEAD)
    assert dead.attempts == outbox.MOST_ATTEMPTS
    assert re.sub(r"\d+", "#", dead.problem) == "ValueError in records/test_outbox.py:# (effect)"


class Killed:
    """A worker that leases in a session of its own and is killed."""

    def __init__(self, *, limit: int = outbox.BATCH) -> None:
        self.took: list[UUID] = []
        thread = threading.Thread(target=self._run, args=[limit])
        thread.start()
        thread.join()
        assert wait_until(self._gone, seconds=10)

    def _run(self, limit: int) -> None:
        self.took = [message.id for message in outbox.lease(limit=limit)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.session = cursor.fetchone()[0]
        connections.close_all()

    def _gone(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [self.session])
            return bool(cursor.fetchone() == (0,))


@pytest.mark.scenario(16)
def test_a_killed_workers_messages_are_taken_at_once(consumer: list[outbox.Message]) -> None:
    for number in range(3):
        want(text=str(number))
    assert len(Killed().took) == 3
    assert outbox.due() == 3
    assert outbox.drain() == 3
    assert sorted(effects()) == ["0", "1", "2"]


@pytest.mark.scenario(18)
def test_what_kills_its_worker_harms_no_other_message(consumer: list[outbox.Message]) -> None:
    for number in range(4):
        want(text=str(number))
    [poison, *_] = Killed().took
    with clock.simulating(clock.now()):
        for _ in range(outbox.MOST_ATTEMPTS - 1):
            # What was tried before is leased alone: the others come through, one by one.
            while taken := outbox.lease():
                assert len(taken) == 1
                if taken[0].id != poison:
                    outbox._consume(taken[0])
            MessageRow.objects.filter(id=poison).update(leased_by=-1)
            assert outbox.drain() == 0
            clock.advance(timedelta(seconds=max(outbox.AGAIN_AFTER_SECONDS)))
        assert outbox.drain() == 0
    dead = MessageRow.objects.get(state=MessageState.DEAD)
    assert (dead.id, dead.attempts) == (poison, outbox.MOST_ATTEMPTS)
    assert dead.problem == "The worker ended, or took too long."
    assert len(effects()) == 3


def test_a_problem_quotes_no_value() -> None:
    said = outbox.problem_of(KeyReused())
    assert said == "KeyReused command.key_reused"
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        MessageRow.objects.create(
            id=uuid7(), topic="Erika Mustermann", consumer="x", payload={}, cause=uuid7(),
            state="lost", not_before=clock.now(),
        )  # fmt: skip
    assert outbox.problem_of(raised.value) == "IntegrityError 23514 records_message_state"


def test_the_key_of_an_effect_is_its_message(consumer: list[outbox.Message]) -> None:
    want(text="once")
    outbox.drain()
    with reading(site=SITE):
        [effect] = Entry.objects.filter(role="system")
    assert effect.command == consumer[0].id


def test_two_workers_never_take_the_same_message(consumer: list[outbox.Message]) -> None:
    for number in range(40):
        want(text=str(number))
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        outbox.drain()
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(effects(), key=int) == [str(number) for number in range(40)]
    assert len(consumer) == 40


def test_a_leased_message_is_nobody_elses(consumer: list[outbox.Message]) -> None:
    """Another worker's lease is not waited for: what it is about to take is passed over."""
    want(text="a")
    held, may_end = threading.Event(), threading.Event()

    def other() -> None:
        with transaction.atomic():
            MessageRow.objects.select_for_update().get()
            held.set()
            may_end.wait(10)
        connections.close_all()

    thread = threading.Thread(target=other)
    thread.start()
    assert held.wait(10)
    try:
        assert outbox.lease() == []
    finally:
        may_end.set()
        thread.join()


def test_a_lapsed_lease_is_taken_again(
    consumer: list[outbox.Message], owner_connection: object
) -> None:
    want(text="a")
    assert len(outbox.lease()) == 1
    assert outbox.lease() == []
    owner_connection.execute(  # type: ignore[attr-defined]
        "UPDATE records_message SET leased_until = now() - interval '1 second'"
    )
    assert outbox.drain() == 1
    assert effects() == ["a"]
    assert actor().role == "operator"
