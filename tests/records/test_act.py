"""The frame's promises: once, all or nothing, one instant, behind the walls."""

import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection, connections

from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records.act import New, act, acting
from records.commands import Command, Reply
from records.exceptions import KeyReused, NotRecordable, Stale, StreamExists
from records.models import CommandRecord, Entry, Message
from records.reading import reading
from tests.records.trial import OTHER_SITE, SITE, TrialSaid, actor, command, say, stream_with

pytestmark = pytest.mark.usefixtures("committed_db")


class TrialRefused(Refusal):
    code = "trial.refused"
    sentence = "%(why)s"
    recorded = True


def said(stream: UUID) -> list[str]:
    with reading(site=SITE):
        rows = Entry.objects.filter(stream=stream).order_by("seq")
        return [row.envelope["payload"].get("text", row.kind) for row in rows]


@pytest.mark.scenario(1)
def test_a_replayed_key_returns_the_first_reply_and_runs_nothing() -> None:
    stream = stream_with("first")
    key = uuid7()
    replies = [say(command=command(key=key, text="b"), stream=stream, text="b") for _ in range(3)]
    assert replies == [{"seq": 2}] * 3
    assert said(stream) == ["first", "b"]


@pytest.mark.scenario(2)
def test_a_key_with_other_content_is_refused_and_writes_nothing() -> None:
    stream = stream_with("first")
    key = uuid7()
    say(command=command(key=key, text="b"), stream=stream, text="b")
    with pytest.raises(KeyReused):
        say(command=command(key=key, text="c"), stream=stream, text="c")
    assert said(stream) == ["first", "b"]


@pytest.mark.scenario(35)
def test_a_key_of_another_person_is_refused() -> None:
    stream = stream_with("first")
    key = uuid7()
    say(command=command(key=key), stream=stream, text="b")
    other = actor(person=uuid7())
    with pytest.raises(KeyReused):
        say(command=command(key=key, by=other), stream=stream, text="b")


@pytest.mark.scenario(1, 3)
def test_one_key_from_many_threads_makes_one_stream_and_equal_replies() -> None:
    stream, key, threads = uuid7(), uuid7(), 16
    replies: list[Reply] = []
    start = threading.Barrier(threads)

    def send() -> None:
        start.wait()
        replies.append(say(command=command(key=key), stream=stream, text="a", new=True))
        connections.close_all()

    running = [threading.Thread(target=send) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert replies == [{"seq": 1}] * threads
    assert said(stream) == ["a"]


def test_a_stream_is_made_once() -> None:
    stream = stream_with("first")
    with pytest.raises(StreamExists):
        say(command=command(), stream=stream, text="x", new=True)


@pytest.mark.scenario(43)
def test_another_sites_stream_is_not_found() -> None:
    stream = stream_with("secret")
    with pytest.raises(NotFound):
        say(command=command(by=actor(site=OTHER_SITE)), stream=stream, text="x")
    with reading(site=OTHER_SITE):
        assert Entry.objects.count() == 0
        assert CommandRecord.objects.count() == 0


def test_no_site_sees_no_sites_rows() -> None:
    stream_with("secret")
    with reading(site=None):
        assert Entry.objects.count() == 0


def test_an_error_in_the_body_leaves_nothing() -> None:
    stream = stream_with("first")

    @acting
    def fail(*, command: Command) -> Reply:
        with act(command, streams=[stream]) as a:
            a.append(stream, TrialSaid(text="lost"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail(command=command())
    assert said(stream) == ["first"]


@pytest.mark.req("P11-10e1")
def test_all_entries_of_an_act_have_its_one_instant_and_the_servers() -> None:
    before = clock.now()
    stream = uuid7()
    with act(command(), new=[New("trial", stream, SITE)]) as a:
        a.append(stream, TrialSaid(text="a"))
        a.append(stream, TrialSaid(text="b"))
    with reading(site=SITE):
        instants = set(Entry.objects.values_list("at", flat=True))
    assert instants == {a.now}
    assert before < a.now < clock.now()


def test_the_envelope_says_everything() -> None:
    stream = uuid7()
    sent = command(text="a")
    say(command=sent, stream=stream, text="a", new=True)
    with reading(site=SITE):
        entry = Entry.objects.get(stream=stream)
    assert entry.envelope == {
        "schema": "mes.entry/1",
        "stream": {"kind": "trial", "id": str(stream)},
        "site": str(SITE),
        "seq": 1,
        "kind": "trial.said",
        "version": 1,
        "actor": {"id": str(sent.actor.person), "name": "T. Rial"},
        "role": "operator",
        "at": entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "zone": "Europe/Berlin",
        "device": None,
        "device_time": None,
        "command": str(sent.key),
        "payload": {"text": "a"},
    }


def test_a_recorded_refusal_is_kept_once_and_given_again() -> None:
    stream = stream_with("first")

    @acting
    def refuse(*, command: Command) -> Reply:
        with act(command, streams=[stream]) as a:
            a.append(stream, TrialSaid(text="lost"))
            raise TrialRefused(why="it is so", streams=[stream])

    sent = command()
    for _ in range(3):
        with pytest.raises(TrialRefused) as refused:
            refuse(command=sent)
        assert str(refused.value) == "it is so"
    assert said(stream) == ["first", "attempt.refused"]


@pytest.mark.scenario(30, 36)
def test_a_form_that_was_overtaken_is_stale_and_says_by_whom() -> None:
    stream = stream_with("first", "second")
    with pytest.raises(Stale) as stale, act(command(), streams=[stream]) as a:
        a.expect(stream, 1)
    assert stale.value.params["by"] == "T. Rial"


@pytest.mark.scenario(53)
@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_text_that_cannot_be_recorded_is_refused(text: str) -> None:
    stream = stream_with("first")
    with pytest.raises(NotRecordable):
        say(command=command(), stream=stream, text=text)
    assert said(stream) == ["first"]


def test_one_message_for_each_subscriber_and_none_without() -> None:
    stream_with("first")
    assert Message.objects.count() == 0


def test_simulated_time_is_taken_in_a_marked_database_only(
    at_time: object, owner_connection: object
) -> None:
    at = datetime(2027, 3, 1, 12, tzinfo=UTC)
    with clock.simulating(at), act(command(), new=[New("trial", uuid7(), SITE)]) as a:
        assert a.now == at
    owner_connection.execute("DELETE FROM records_simulation")  # type: ignore[attr-defined]
    with (
        clock.simulating(at),
        pytest.raises(clock.NotSimulated),
        act(command(), new=[New("trial", uuid7(), SITE)]),
    ):
        pass


def test_reading_cannot_write() -> None:
    with (
        pytest.raises(Exception, match="read-only transaction"),
        reading(site=SITE),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO records_message DEFAULT VALUES")
