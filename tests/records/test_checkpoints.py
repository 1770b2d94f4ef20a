"""Numbering, signing and writing: one log, one file for each checkpoint, never twice."""

import itertools
import json
import stat
import threading
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from pytest_django import Settings

from mes.lib import evidence
from mes.lib.evidence import Tree
from records import log, routing, signing, vouching
from records.checkpoints import Checkpointer, LogRefused, all_files, write
from records.log import AnotherRuns
from records.models import Checkpoint, Leaf
from records.places import Folder
from records.signing import KeyUnusable
from records.verification import verify
from tests.records.trial import command as saying
from tests.records.trial import say, stream_with

pytestmark = [
    pytest.mark.usefixtures("committed_db", "outside"),
    pytest.mark.req("P11-10a"),
    pytest.mark.scenario(33),
]


def test_a_checkpoint_signs_the_root_over_every_entry(outside: Folder) -> None:
    stream_with("a", "b")
    stream_with("c")
    made = Checkpointer().checkpoint()
    assert made is not None
    tree = Tree()
    tree.extend(bytes(leaf.hash) for leaf in Leaf.objects.order_by("number"))
    assert (made.size, made.root, made.previous) == (3, tree.root(), 0)
    public = signing.public_keys()[made.key]
    assert signing.signed_by(public, signature=made.signature, content=made.signed)
    assert [read for _, read in all_files(outside)] == [made]
    kept = json.loads(outside.read(outside.files()[0]))
    assert Checkpoint.objects.get().fields == {
        name: kept[name] for name in ("size", "root", "at", "key", "signature")
    }


def test_without_news_nothing_is_signed(outside: Folder) -> None:
    stream_with("a")
    running = Checkpointer()
    assert running.checkpoint() is not None
    assert running.checkpoint() is None
    assert Checkpointer().checkpoint() is None
    assert len(outside.files()) == 1


def test_each_file_goes_on_from_the_one_before_and_proves_it(outside: Folder) -> None:
    running = Checkpointer()
    for number in range(6):
        stream_with(*"abc"[: 1 + number % 3])
        running = Checkpointer() if number % 2 else running
        assert running.checkpoint() is not None
    read = [one for _, one in all_files(outside) if one]
    assert [one.previous for one in read] == [0, *[one.size for one in read[:-1]]]
    assert sum(len(one.leaves) for one in read) == read[-1].size == 12
    for before, after in itertools.pairwise(read):
        assert evidence.consistent(
            before.size, before.root, after.size, after.root, after.consistency
        )


def test_an_entry_committed_late_is_numbered_later(owner_connection: psycopg.Connection) -> None:
    """A transaction that began before others ended is not overlooked by the horizon."""
    first, running = stream_with("a"), Checkpointer()
    with psycopg.connect(owner_connection.info.dsn) as slow:
        slow.execute("SELECT pg_current_xact_id()")
        running.checkpoint()
        stream_with("b")
        running.checkpoint()
        # An act of an older transaction id, visible only now.
        slow.execute(
            """INSERT INTO records_entry
                   (stream, seq, kind, version, site, role, at, command, body, hash)
               SELECT id, 2, 'trial.said', 1, site, 'operator', now(), gen_random_uuid(), '{}',
                      sha256('mes:entry:v1'::bytea || hash || '{}'::bytea)
                 FROM records_stream WHERE id = %s""",
            [first],
        )
        slow.commit()
    stream_with("c")
    made = running.checkpoint()
    assert made is not None
    assert (first, 2) in [(leaf.stream, leaf.seq) for leaf in made.leaves]
    assert made.size == 4


def test_two_checkpointers_the_second_stops_and_the_log_is_whole(outside: Folder) -> None:
    stream_with("a")
    one, other = Checkpointer(), Checkpointer()
    assert one.checkpoint() is not None
    stream_with("b", "c")
    with pytest.raises(AnotherRuns):
        other.checkpoint()
    assert one.checkpoint() is not None
    assert verify().clean
    assert len(outside.files()) == 2


def test_many_at_once_leave_one_log(outside: Folder) -> None:
    stream_with(*"abcdefgh")
    start = threading.Barrier(4)
    signing.private_key()

    def run() -> None:
        try:
            running = Checkpointer()
            start.wait(10)
            running.checkpoint()
        except (AnotherRuns, FileExistsError):
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in outside.files()] == ["000000000008.json"]
    assert verify().clean


def test_killed_between_numbering_and_signing_the_next_one_signs_all(outside: Folder) -> None:
    stream_with("a")
    Checkpointer().checkpoint()
    stream_with("b")
    log.number_new(Checkpointer().tree, since=0)
    stream_with("c")
    made = Checkpointer().checkpoint()
    assert made is not None
    assert (made.previous, made.size, len(made.leaves)) == (1, 3, 2)
    assert verify().clean


def test_a_file_is_never_written_again(outside: Folder) -> None:
    stream_with("a")
    made = Checkpointer().checkpoint()
    assert made is not None
    with pytest.raises(FileExistsError):
        write(made, outside)
    assert [path.name for path in outside.path.iterdir()] == ["000000000001.json"]


@pytest.mark.scenario(34)
def test_nothing_is_signed_on_top_of_a_log_that_lost_entries(
    outside: Folder, owner_connection: psycopg.Connection
) -> None:
    stream_with("a", "b")
    Checkpointer().checkpoint()
    owner_connection.execute("ALTER TABLE records_leaf DISABLE TRIGGER ALL")
    owner_connection.execute("DELETE FROM records_leaf WHERE number = 1")
    stream_with("c", "d")
    with pytest.raises(LogRefused, match="does not continue checkpoint 2"):
        Checkpointer()
    assert len(outside.files()) == 1


def test_anchor_leads_from_a_streams_last_entry_to_the_signed_root() -> None:
    streams = [stream_with(*"ab") for _ in range(300)]
    made = Checkpointer().checkpoint()
    assert made is not None
    for stream in (streams[0], streams[150], streams[-1]):
        anchor = log.anchor(stream)
        assert anchor is not None
        leaf = Leaf.objects.get(stream=stream, seq=2)
        assert (anchor["seq"], anchor["number"]) == (2, leaf.number)
        assert evidence.included(
            bytes(leaf.hash),
            index=leaf.number,
            size=made.size,
            proof=[bytes.fromhex(step) for step in anchor["proof"]],  # type: ignore[union-attr,arg-type]
            root=made.root,
        )
        assert anchor["checkpoint"] == made.fields()
    late = stream_with("c")
    assert log.anchor(late) is None
    say(command=saying(text="d"), stream=streams[0], text="d")
    anchor = log.anchor(streams[0])
    assert anchor is not None
    assert anchor["seq"] == 2


def test_key_made_on_first_use_is_for_its_owner_only(tmp_path: Path) -> None:
    signing.private_key()
    path = signing.key_path()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(signing.public_keys()) == [signing.key_id(signing.private_key().public_key())]


def test_a_key_named_elsewhere_is_never_made(settings: Settings, tmp_path: Path) -> None:
    settings.MES_CHECKPOINT_KEY = tmp_path / "elsewhere" / "checkpoint.pem"
    with pytest.raises(KeyUnusable):
        Checkpointer()
    call_command("checkpoint", "--make-key", stdout=StringIO())
    assert Checkpointer().checkpoint() is None
    with pytest.raises(CommandError, match="There is a key already"):
        call_command("checkpoint", "--make-key", stdout=StringIO())


def test_after_a_change_of_key_older_checkpoints_still_verify(outside: Folder) -> None:
    stream_with("a")
    Checkpointer().checkpoint()
    path = signing.key_path()
    path.with_suffix(".pub").rename(path.with_name("2026.pub"))
    path.unlink()
    stream_with("b")
    Checkpointer().checkpoint()
    assert len({one.key for _, one in all_files(outside) if one}) == 2
    assert verify().clean


def test_command_signs_once_and_says_what_it_signed(outside: Folder) -> None:
    stream_with("a")
    said = StringIO()
    call_command("checkpoint", stdout=said)
    [(_, made)] = all_files(outside)
    assert made is not None
    assert said.getvalue() == f"checkpoint 1 of {made.at}: root {made.root.hex()}\n"


def test_command_refuses_a_log_that_does_not_go_on(
    outside: Folder, owner_connection: psycopg.Connection
) -> None:
    stream_with("a")
    call_command("checkpoint", stdout=StringIO())
    owner_connection.execute("ALTER TABLE records_leaf DISABLE TRIGGER ALL")
    owner_connection.execute("TRUNCATE records_leaf")
    with pytest.raises(CommandError, match="restored backup, or altered"):
        call_command("checkpoint", stdout=StringIO())


def test_application_may_read_the_log_and_not_write_it(
    owner_connection: psycopg.Connection,
) -> None:
    rights = owner_connection.execute(
        """SELECT role, t, string_agg(p, ' ' ORDER BY p)
             FROM unnest(ARRAY['mes_app', 'mes_reader']) role,
                  unnest(ARRAY['records_leaf', 'records_node', 'records_checkpoint']) t,
                  unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
            WHERE has_table_privilege(role, t, p) GROUP BY role, t"""
    ).fetchall()
    assert {(role, said) for role, _, said in rights} == {
        ("mes_app", "SELECT"), ("mes_reader", "INSERT SELECT"),
    }  # fmt: skip
    assert len(rights) == 6


@pytest.mark.parametrize("table", ["records_leaf", "records_node", "records_checkpoint"])
def test_even_the_owner_meets_a_trigger(table: str, owner_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error, match="only grows"):
        owner_connection.execute(f"TRUNCATE {table}".encode())


def test_a_checkpoint_that_came_behind_the_snapshot_is_left_to_the_next_run(
    outside: Folder,
) -> None:
    """Checkpoints are made beside a run: what its snapshot cannot know was taken for forged."""

    def seal() -> None:
        stream_with("b")
        Checkpointer().checkpoint()
        connections.close_all()

    stream_with("a")
    Checkpointer().checkpoint()
    before = vouching.sealed()
    with routing.on(log.READER), transaction.atomic(using=log.READER, durable=True):
        with connections[log.READER].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM records_leaf")
        beside = threading.Thread(target=seal)
        beside.start()
        beside.join()
        assert (before, vouching.sealed()) == (1, 2)
        assert vouching.check(files=before).flaws == []
        assert len(vouching.check(files=2).flaws) > 0
    assert verify(everything=True).differences == []
