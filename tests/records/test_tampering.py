"""The database altered by its owner, chains hashed anew: the checkpoints find it and name it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from pytest_django import Settings

from mes.lib.ids import uuid7
from plant.throwaway import pointed_at
from records import beside, files, outbox, routing
from records.act import act, acting, discard
from records.checkpoints import Checkpointer
from records.commands import Command, Reply
from records.models import Checkpoint
from records.places import Folder
from records.verification import Report, verify
from tests.builders import materials as build
from tests.builders.accounts import open_demo_site
from tests.builders.recipes import imported
from tests.records.ledger_owner import Owner, saying, unguarded
from tests.records.trial import TrialSaid, keep_file, say, stream_with
from tests.records.trial import command as said_by
from tests.support.cluster import Cluster

pytestmark = [
    pytest.mark.usefixtures("committed_db", "outside"),
    pytest.mark.req("P11-10a", "D11-12c"),
    pytest.mark.scenario(33),
]


@dataclass(frozen=True)
class Ledger:
    """Two streams under two checkpoints, and a clean mark from which the next run goes on."""

    one: UUID
    other: UUID
    owner: Owner

    def entry(self, seq: int) -> str:
        """SQL condition: an entry of the first stream."""
        return f"stream = '{self.one}' AND seq = {seq}"


@outbox.subscribe("trial.asked", consumer="tests.listener")
def listen(message: outbox.Message) -> None:
    """Hear what was asked."""
    discard(message)


@acting
def ask(*, command: Command, stream: UUID) -> Reply:
    """Say something and ask for something, to be done later."""
    with act(command, streams=[stream]) as a:
        a.append(stream, TrialSaid(text="please"))
        a.enqueue("trial.asked", {"stream": str(stream)})
        a.reply = {"asked": True}
    return a.reply


@pytest.fixture
def ledger(owner: Owner) -> Ledger:
    one, other = stream_with("a", "b", "c", "d"), stream_with("e", "f")
    running = Checkpointer()
    running.checkpoint()
    say(command=said_by(text="g"), stream=one, text="g")
    running.checkpoint()
    assert verify().clean
    return Ledger(one, other, owner)


def named(report: Report) -> set[str]:
    """Return what the checkpoints have against the database."""
    return {
        str(one).split(" ")[1].rstrip(":")
        for one in report.differences
        if "checkpoint" in one.problem and one.where.startswith("entry")
    }


UPDATE = "UPDATE records_entry SET"


def rewritten(it: Ledger, seq: int = 2, old: str = '"text":"b"', new: str = '"text":"x"') -> None:
    it.owner.rehash(it.one, f"{UPDATE} {saying(old, new)} WHERE {it.entry(seq)}")


def rewritten_with_the_log(it: Ledger) -> None:
    rewritten(it)
    it.owner.relabel(it.one)


def rewritten_with_the_log_and_its_roots(it: Ledger) -> None:
    rewritten_with_the_log(it)
    it.owner.run("DELETE FROM records_checkpoint", "DELETE FROM records_node")


def rewritten_first(it: Ledger) -> None:
    rewritten(it, 1, '"text":"a"', '"text":"x"')


def rewritten_last(it: Ledger) -> None:
    rewritten(it, 5, '"text":"g"', '"text":"x"')


def blamed_on_another(it: Ledger) -> None:
    rewritten(it, 2, "T. Rial", "A. Nother")


def another_role(it: Ledger) -> None:
    rewritten(it, 2, '"role":"operator"', '"role":"qa"')
    it.owner.run(f"{UPDATE} role = 'qa' WHERE {it.entry(2)}")


def another_year(it: Ledger) -> None:
    it.owner.rehash(
        it.one,
        f"{UPDATE} body = convert_to(regexp_replace(convert_from(body, 'UTF8'),"
        f" '\"at\":\"....', '\"at\":\"2020'), 'UTF8') WHERE {it.entry(2)}",
    )


def deleted_last(it: Ledger) -> None:
    it.owner.rehash(it.one, f"DELETE FROM records_entry WHERE {it.entry(5)}")


def deleted_last_with_the_log(it: Ledger) -> None:
    deleted_last(it)
    it.owner.relabel(it.one)


def deleted_last_with_all_that_knew_of_it(it: Ledger) -> None:
    deleted_last_with_the_log(it)
    it.owner.run("DELETE FROM records_checkpoint WHERE size = 7")


def deleted_and_closed_up(it: Ledger) -> None:
    it.owner.rehash(
        it.one,
        f"DELETE FROM records_entry WHERE {it.entry(2)}",
        f"{UPDATE} seq = seq - 1, body = convert_to(replace(convert_from(body, 'UTF8'),"
        f" '\"seq\":' || seq, '\"seq\":' || seq - 1), 'UTF8')"
        f" WHERE stream = '{it.one}' AND seq > 2",
    )


def swapped(it: Ledger) -> None:
    it.owner.rehash(
        it.one,
        f"{UPDATE} seq = CASE seq WHEN 2 THEN 103 ELSE 102 END"
        f" WHERE stream = '{it.one}' AND seq IN (2, 3)",
        f"{UPDATE} seq = seq - 100, body = convert_to(replace(replace(convert_from(body, 'UTF8'),"
        f" '\"seq\":' || 205 - seq, '\"seq\":' || seq - 100), 'nothing', ''), 'UTF8')"
        f" WHERE stream = '{it.one}' AND seq > 100",
    )


def copied_over_another(it: Ledger) -> None:
    it.owner.rehash(
        it.one,
        f"{UPDATE} body = convert_to(replace(convert_from((SELECT body FROM records_entry"
        f" WHERE {it.entry(4)}), 'UTF8'), '\"seq\":4', '\"seq\":2'), 'UTF8') WHERE {it.entry(2)}",
    )


def moved_to_another_thing(it: Ledger) -> None:
    new = uuid7()
    it.owner.run(
        f"{UPDATE} stream = '{new}', {saying(str(it.one), str(new))} WHERE stream = '{it.one}'",
        f"UPDATE records_stream SET id = '{new}' WHERE id = '{it.one}'",
        f"UPDATE records_leaf SET stream = '{new}' WHERE stream = '{it.one}'",
        f"SELECT pg_temp.rehash('{new}')",
        "UPDATE records_leaf l SET hash = e.hash FROM records_entry e"
        " WHERE e.stream = l.stream AND e.seq = l.seq",
    )


def moved_to_another_site(it: Ledger) -> None:
    new = uuid7()
    it.owner.rehash(
        it.one,
        f"{UPDATE} site = '{new}', {saying('01900000-0000-7000-8000-0000000000a1', str(new))}"
        f" WHERE stream = '{it.one}'",
        f"UPDATE records_stream SET site = '{new}' WHERE id = '{it.one}'",
    )


def stream_gone(it: Ledger) -> None:
    it.owner.run(
        f"DELETE FROM records_entry WHERE stream = '{it.one}'",
        f"DELETE FROM records_stream WHERE id = '{it.one}'",
    )


def stream_gone_and_log_renumbered(it: Ledger) -> None:
    stream_gone(it)
    it.owner.run(
        f"DELETE FROM records_leaf WHERE stream = '{it.one}'",
        f"UPDATE records_leaf SET number = seq - 1 WHERE stream = '{it.other}'",
        "DELETE FROM records_checkpoint",
    )


def everything_gone(it: Ledger) -> None:
    tables = ("entry", "stream", "leaf", "node", "checkpoint", "commandrecord", "verification")
    it.owner.run(*(f"TRUNCATE records_{table}" for table in tables))


def replaced_by_a_forged_history(it: Ledger) -> None:
    """All is gone, and the same stream holds other entries that are properly chained."""
    everything_gone(it)
    say(command=said_by(text="x"), stream=it.one, text="x", new=True)
    for text in "bcdg":
        say(command=said_by(text=text), stream=it.one, text=text)


ALL_GONE = ("one/1", "other/1")
# The way, and the entries by which it is found: in each stream the first that differs.
WAYS: dict[Callable[[Ledger], None], tuple[str, ...]] = {
    rewritten: ("one/2",),
    rewritten_with_the_log: ("one/2",),
    rewritten_with_the_log_and_its_roots: ("one/2",),
    rewritten_first: ("one/1",),
    rewritten_last: ("one/5",),
    blamed_on_another: ("one/2",),
    another_role: ("one/2",),
    another_year: ("one/2",),
    deleted_last: ("one/5",),
    deleted_last_with_the_log: ("one/5",),
    deleted_last_with_all_that_knew_of_it: ("one/5",),
    deleted_and_closed_up: ("one/2",),
    swapped: ("one/2",),
    copied_over_another: ("one/2",),
    moved_to_another_thing: ("one/1",),
    moved_to_another_site: ("one/1",),
    stream_gone: ("one/1",),
    stream_gone_and_log_renumbered: ALL_GONE,
    everything_gone: ALL_GONE,
    replaced_by_a_forged_history: ALL_GONE,
}


# Every second way is for the full counts.
SAMPLED = [
    pytest.param(way, id=way.__name__, marks=[pytest.mark.slow] * (number % 2))
    for number, way in enumerate(WAYS)
]


@pytest.mark.parametrize("way", SAMPLED)
def test_what_an_owner_altered_is_found_and_named(
    way: Callable[[Ledger], None], ledger: Ledger
) -> None:
    way(ledger)
    streams = {"one": ledger.one, "other": ledger.other}
    expected = {f"{streams[e.split('/')[0]]}/{e.split('/')[1]}" for e in WAYS[way]}
    assert named(verify()) == expected


@pytest.mark.parametrize("way", [rewritten, deleted_last], ids=lambda way: way.__name__)
def test_the_command_names_the_entry_and_ends_with_one(
    way: Callable[[Ledger], None], ledger: Ledger
) -> None:
    way(ledger)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", stdout=out)
    [line] = [one for one in out.getvalue().splitlines() if one.startswith("entry ")]
    seq = WAYS[way][0].split("/")[1]
    assert (ended.value.code, line.startswith(f"entry {ledger.one}/{seq}: ")) == (1, True)
    assert " checkpoint 7 of " in line or " checkpoint 6 of " in line
    assert out.getvalue().splitlines()[-1].endswith(": 1 differences")


def test_there_are_twenty_ways() -> None:
    assert len(WAYS) >= 20


@pytest.mark.parametrize("way", [rewritten, deleted_last], ids=lambda way: way.__name__)
def test_without_checkpoints_a_rehashed_chain_looks_clean(
    way: Callable[[Ledger], None], owner: Owner
) -> None:
    """Why the checkpoints are there: the database alone proves nothing against its owner."""
    stream = stream_with("a", "b", "c", "d", "g")
    assert verify().clean
    way(Ledger(stream, stream, owner))
    report = verify(everything=True)
    assert report.clean
    assert report.notes == ["No checkpoint vouches for this database from outside."]


def restored(cluster: Cluster, name: str) -> str:
    """Return a copy of the test's database as it is now: a backup."""
    connections.close_all()
    backup = f"{name}_backup"
    with cluster.owner() as connection:
        connection.execute(f"CREATE DATABASE {backup} TEMPLATE {name}".encode())
    return backup


@pytest.mark.scenario(34)
@pytest.mark.parametrize("goes_on", [False, True], ids=["as it was", "and gone on with"])
def test_a_restored_older_backup_is_found_and_each_lost_entry_named(
    goes_on: bool, committed_db: str, cluster: Cluster
) -> None:
    kept, grown = stream_with("a", "b"), stream_with("c")
    running = Checkpointer()
    running.checkpoint()
    backup = restored(cluster, committed_db)
    try:
        say(command=said_by(text="d"), stream=grown, text="d")
        lost = stream_with("e", "f")
        running.checkpoint()
        assert verify().clean
        with pointed_at(backup):
            if goes_on:
                say(command=said_by(text="x"), stream=grown, text="x")
            report = verify()
        assert named(report) == {f"{grown}/2", f"{lost}/1"}
        assert all(str(kept) not in str(one) for one in report.differences)
    finally:
        connections.close_all()
        cluster.drop(backup)


def forged(owner: Owner, at: str, *, xid: str = "pg_current_xact_id()") -> UUID:
    """Forge an entry whole and properly chained, in a stream of its own."""
    new = uuid7()
    owner.run("DELETE FROM records_simulation")
    body = f"convert_to('{{\"stream\":\"{new}\"}}', 'UTF8')"
    owner.run(
        f"INSERT INTO records_stream (id, kind) VALUES ('{new}', 'trial')",
        f"""INSERT INTO records_entry
                (stream, seq, kind, version, role, at, command, body, hash, xid)
            VALUES ('{new}', 1, 'trial.said', 1, 'operator', {at}, gen_random_uuid(), {body},
                    '\\x00', {xid})""",
        f"SELECT pg_temp.rehash('{new}')",
    )
    return new


@pytest.mark.parametrize("at", ["now() - interval '3 weeks'", "now() + interval '3 weeks'"])
def test_an_entry_dated_otherwise_is_found_where_time_is_real(at: str, ledger: Ledger) -> None:
    new = forged(ledger.owner, at)
    Checkpointer().checkpoint()
    assert named(verify()) == {f"{new}/1"}


def test_an_entry_that_says_an_old_transaction_is_found_though_nobody_numbers_it(
    ledger: Ledger,
) -> None:
    """A checkpointer that runs asks for what came since its last look: this one did not."""
    running = Checkpointer()
    running.checkpoint()
    new = forged(ledger.owner, "now() - interval '3 weeks'", xid="'5'")
    say(command=said_by(text="h"), stream=ledger.other, text="h")
    assert running.checkpoint() is not None
    for everything in (False, True):
        assert named(verify(everything=everything)) == {f"{new}/1"}


# What an owner does to the rows that lie beside the entries, and what is then named.
BESIDE = {
    "UPDATE records_checkpoint SET at = '2020' WHERE size = 6": "records_checkpoint 6",
    "UPDATE records_checkpoint SET signature = 'x' WHERE size = 7": "records_checkpoint 7",
    "DELETE FROM records_checkpoint WHERE size = 6": "records_checkpoint 6",
    "UPDATE records_node SET hash = '\\x00'": "records_node (8, 0)",
    "DELETE FROM records_node": "records_node (8, 0)",
}


# What an owner does to an act of a checkpoint, and what is then named.
ACTS = {
    'UPDATE records_commandrecord SET outcome = \'{"reply": {"seq": 9}}\'': "commandrecord",
    "UPDATE records_commandrecord SET fingerprint = 'x'": "commandrecord",
    "UPDATE records_commandrecord SET name = 'x'": "commandrecord",
    "UPDATE records_commandrecord SET at = at + interval '1 microsecond'": "commandrecord",
    "DELETE FROM records_commandrecord": "commandrecord",
    "UPDATE records_message SET payload = '{}'": "message of act",
    "UPDATE records_message SET consumer = 'nobody'": "message of act",
    "UPDATE records_message SET cause = gen_random_uuid()": "message of act",
    "DELETE FROM records_message": "message of act",
}


def test_an_altered_command_and_a_lost_message_are_found_and_named(ledger: Ledger) -> None:
    """No entry says what was replied, nor what was asked to be done later."""
    run, asked = ledger.owner.run, said_by(text="please")
    ask(command=asked, stream=ledger.one)
    Checkpointer().checkpoint()
    key = asked.key
    tables = {"commandrecord": "key", "message": "cause"}
    for table in tables:
        run(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM records_{table}")
    for way, what in ACTS.items():
        table = what.split(" ", maxsplit=1)[0]
        run(f"{way} WHERE {tables[table]} = '{key}'")
        # A message of which the act is gone, or another's, is named as well.
        bare = [f"records_message {row[0]}" for row in ledger.owner.connection.execute(BARE)]
        # What was deleted has no row that was written since: the run of the night finds it.
        for everything in [True] if way.startswith("DELETE") else [False, True]:
            found = [one.where for one in verify(everything=everything).differences]
            assert found == [*bare, f"records_{what} {key}"], way
        run(
            f"DELETE FROM records_{table}",
            f"INSERT INTO records_{table} SELECT * FROM kept_{table}",
        )
    run("UPDATE records_message SET attempts = 3, problem = 'x'")
    assert verify(everything=True).clean


BARE = """SELECT id FROM records_message
            WHERE cause NOT IN (SELECT key FROM records_commandrecord)"""
FORGED = """INSERT INTO records_message (id, topic, consumer, zone, payload, cause, not_before)
    SELECT gen_random_uuid(), topic, consumer, zone, payload, gen_random_uuid(), not_before
      FROM records_message WHERE cause = '{asked}'"""
# What an owner does to a message, and what is then said of it.
STATES = {
    "UPDATE records_message SET state = 'done'": "it is said to be done, and no act did it",
    "UPDATE records_message SET state = 'aside'": "it is set aside, and nobody said why",
    "UPDATE records_message SET state = 'leased', leased_until = '2999-01-01'": (
        "it is leased for longer than a lease lasts"
    ),
    FORGED: "no act asked for it",
}


@pytest.mark.parametrize("way", STATES)
def test_a_message_that_no_act_asked_for_or_did_is_found_and_named(
    way: str, ledger: Ledger
) -> None:
    asked = said_by(text="please")
    ask(command=asked, stream=ledger.one)
    outbox.drain()
    ask(command=(asked := said_by(text="please")), stream=ledger.one)
    Checkpointer().checkpoint()
    assert verify().clean
    if way == FORGED:
        where = "cause NOT IN (SELECT key FROM records_commandrecord)"
        ledger.owner.run(way.format(asked=asked.key))
    else:
        where = f"cause = '{asked.key}'"
        ledger.owner.run(f"{way} WHERE {where}")
    query = f"SELECT id FROM records_message WHERE {where}"
    [(message,)] = ledger.owner.connection.execute(query.encode()).fetchall()
    for everything in (False, True):
        found = [str(one) for one in verify(everything=everything).differences]
        assert found == [f"records_message {message}: {STATES[way]}"]


def test_acts_that_no_key_signed_are_found(ledger: Ledger, outside: Folder) -> None:
    last = outside.files()[-1]
    path = outside.path / last.name
    text = json.loads(path.read_text())
    text["acts"] = [*text["acts"][::-1], "x - -"]
    path.chmod(0o600)
    path.write_text(json.dumps(text))
    assert [str(one) for one in verify(everything=True).differences] == [
        f"checkpoint {last.name}: the signature over its acts does not fit"
    ]


def test_checkpoints_of_before_acts_were_in_them_say_nothing_of_acts(
    ledger: Ledger, outside: Folder
) -> None:
    for name in outside.files():
        path = outside.path / name.name
        text = json.loads(path.read_text())
        del text["acts"], text["acts_signature"]
        path.chmod(0o600)
        path.write_text(json.dumps(text))
    ledger.owner.run("DELETE FROM records_commandrecord")
    assert verify(everything=True).clean
    say(command=said_by(text="h"), stream=ledger.one, text="h")
    assert Checkpointer().checkpoint() is not None
    ledger.owner.run("UPDATE records_commandrecord SET name = 'x'")
    assert len(verify(everything=True).differences) == 1


@pytest.fixture(scope="module")
def many() -> list[str]:
    return [str(number) for number in range(260)]


def test_what_the_database_keeps_of_the_checkpoints_is_compared_with_them(
    ledger: Ledger, many: list[str]
) -> None:
    stream_with(*many)
    Checkpointer().checkpoint()
    assert verify().clean
    kept = ("checkpoint", "node")
    for table in kept:
        ledger.owner.run(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM records_{table}")
    for way, where in BESIDE.items():
        ledger.owner.run(way)
        assert {one.where for one in verify().differences} == {where}, way
        for table in kept:
            back = f"INSERT INTO records_{table} SELECT * FROM kept_{table}"
            ledger.owner.run(f"DELETE FROM records_{table}", back)
    assert verify().clean


def test_a_copy_that_a_checkpointer_could_not_keep_is_made_up_for(ledger: Ledger) -> None:
    ledger.owner.run("DELETE FROM records_checkpoint WHERE size = 7")
    assert Checkpointer().checkpoint() is None
    assert Checkpoint.objects.filter(size=7).exists()
    assert verify().clean


def test_a_mark_of_simulated_time_is_found_in_production(settings: Settings) -> None:
    stream_with("a")
    assert verify().clean
    settings.PRODUCTION = True
    [found] = verify().differences
    assert (found.where, "made-up times" in found.problem) == ("records_simulation", True)


def test_a_projection_rewritten_by_the_owner_is_found(owner: Owner) -> None:
    actor = build.somebody()
    build.material(actor)
    lot = build.lot(actor)
    Checkpointer().checkpoint()
    assert verify().clean
    with unguarded(owner.connection, "materials_lot") as connection:
        connection.execute("UPDATE materials_lot SET status = 'rejected' WHERE id = %s", [lot])
    found = [one.where for one in verify().differences]
    assert found == [f"materials_lot of stream {lot} (entry 2)"] * 2


def a_file(content: bytes) -> str:
    return files.put(content, media_type="text/plain").sha256


# What somebody does to a file or its row, and what is then named of it.
FILES: dict[str, tuple[Callable[[str, Owner], object], str]] = {
    "altered": (
        lambda it, _: files.path_of(it).write_bytes(b"something else"),
        "file {}: is not what was put into the store",
    ),
    "gone": (lambda it, _: files.path_of(it).unlink(), "file {}: is not in the store"),
    "another size": (
        lambda it, owner: owner.run(
            f"UPDATE records_storedfile SET size = 9 WHERE sha256 = '{it}'"
        ),
        "file {}: has another size than its row says",
    ),
    "row gone": (
        lambda it, owner: owner.run(f"DELETE FROM records_storedfile WHERE sha256 = '{it}'"),
        "records_storedfile {}: an entry names this file, and no row does",
    ),
}


@pytest.mark.parametrize("way", FILES)
def test_a_stored_file_that_is_not_what_it_was_is_found(way: str, owner: Owner) -> None:
    alter, said = FILES[way]
    kept = a_file(b"kept")
    stream = stream_with("a")
    named = a_file(f"of {stream}".encode())
    keep_file(command=said_by(file=named), stream=stream, file=named)
    assert verify(everything=True).clean
    alter(named, owner)
    assert [str(one) for one in verify(everything=True).differences] == [said.format(named)]
    assert kept != named


def test_without_being_asked_for_everything_each_run_reads_another_part_of_the_files() -> None:
    altered = [a_file(bytes([number])) for number in range(40)]
    for one in altered:
        files.path_of(one).write_bytes(b"x")
    with routing.on("reader"), transaction.atomic(using="reader"):
        turns = [beside.of_files((), turn=number) for number in range(beside.PARTS)]
        again = beside.of_files((), turn=beside.PARTS + 7)
    found = [where for turn in turns for where, _ in turn]
    assert sorted(found) == sorted(f"file {one}" for one in altered)
    assert max(len(turn) for turn in turns) < 5
    assert again == turns[7]


# What an owner does to rows that are no projection, and what is then named.
KEPT = {
    "UPDATE recipes_document SET content = content || '\\x20'": (
        "recipes_document", "is not what its hash says"
    ),
    "DELETE FROM recipes_document": (
        "recipes_document", "a recipe's version names it, and it is gone"
    ),
    "UPDATE materials_historicalmaterial SET history_change_reason = 'another'": (
        "materials_historicalmaterial of stream", "differs from the entries"
    ),
    "DELETE FROM materials_historicalmaterial": (
        "materials_historicalmaterial of stream", "is missing or differs"
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", KEPT)
def test_a_document_and_a_history_that_an_owner_altered_are_named(way: str, owner: Owner) -> None:
    site = open_demo_site()
    build.material(build.somebody(site.id))
    imported(site)
    Checkpointer().checkpoint()
    assert verify().clean
    table = way.replace("DELETE FROM", "UPDATE").split()[1]
    owner.connection.execute(
        "ALTER TABLE recipes_document DROP CONSTRAINT recipes_document_is_its_hash"
    )
    with unguarded(owner.connection, table) as connection:
        connection.execute(way.encode())
    where, problem = KEPT[way]
    for everything in (False, True):
        named = verify(everything=everything or way.startswith("DELETE FROM recipes")).differences
        assert [one for one in named if one.where.startswith(where) and one.brief.endswith(problem)]
