"""``verify`` finds what was altered behind the application's back, and names it."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time
from uuid import UUID

import psycopg
import pytest
from pytest_django import Settings

from mes.lib.embedded.process import wait_until
from mes.lib.ids import uuid7
from records import chains, helpers, marks
from records.chains import Part
from records.helpers import HelperFailed
from records.management.commands.verify import due
from records.verification import Report, verify
from tests.builders import materials as build
from tests.records.ledger_owner import unguarded
from tests.records.trial import stream_with

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("P11-10a")]


@pytest.fixture
def alter(owner_connection: psycopg.Connection) -> Callable[[str], None]:
    """Give a way to do, as the owner, what the triggers would refuse."""

    def run(sql: str) -> None:
        with unguarded(owner_connection, "records_entry", "records_stream"):
            owner_connection.execute(sql)

    return run


def named(report: Report) -> list[str]:
    return sorted({difference.where for difference in report.differences})


def test_an_honest_ledger_is_clean_and_the_next_run_looks_at_nothing() -> None:
    stream_with("a", "b")
    first = verify()
    assert (first.clean, first.entries) == (True, 2)
    # A transaction in another database of the cluster holds the horizon back while it runs.
    assert wait_until(lambda: verify().streams == 0, seconds=30)
    stream_with("c")
    assert verify().entries == 1


COLUMNS = {
    "kind": "'trial.other'",
    "version": "2",
    "site": "gen_random_uuid()",
    "actor": "gen_random_uuid()",
    "role": "'boss'",
    "at": "at + interval '1 microsecond'",
    "command": "gen_random_uuid()",
}


@pytest.mark.scenario(33)
@pytest.mark.parametrize("column", COLUMNS)
def test_an_altered_copy_is_found(column: str, alter: Callable[[str], None]) -> None:
    stream = stream_with("a", "b", "c")
    assert verify(everything=True).clean
    alter(f"UPDATE records_entry SET {column} = {COLUMNS[column]} WHERE seq = 2")
    # Also without --all: a row version written after the clean run is looked at.
    for report in (verify(everything=True), verify()):
        assert len(report.differences) == 1
        assert f"entry {stream}/2" in report.differences[0].where


POSITIONS = [
    pytest.param(number, marks=[] if number % 10 == 0 else [pytest.mark.slow])
    for number in range(32)
]


@pytest.mark.scenario(33)
@pytest.mark.parametrize("part", ["body", "hash"])
@pytest.mark.parametrize("position", POSITIONS)
def test_a_flipped_byte_is_found(part: str, position: int, alter: Callable[[str], None]) -> None:
    stream = stream_with("a", "b", "c")
    alter(
        f"""UPDATE records_entry
               SET {part} = set_byte({part}, {position}, get_byte({part}, {position}) # 1)
             WHERE seq = 2"""
    )
    report = verify(everything=True)
    assert any(f"entry {stream}/2" in one.where for one in report.differences)


# What a thief writes into the mark of the last run, so that the next does not look where it was.
FORGED = {
    "raised": "UPDATE records_verification SET horizon = pg_current_xact_id()::text::bigint",
    "of another": """INSERT INTO records_verification
            (at, horizon, entries, snapshot, rows, signature)
        SELECT now(), pg_current_xact_id()::text::bigint, 0, pg_current_snapshot()::text, rows,
               signature FROM records_verification""",
    "beyond": "UPDATE records_verification SET horizon = horizon + 1000000",
}


@pytest.mark.scenario(33)
@pytest.mark.parametrize("forged", FORGED)
def test_a_horizon_that_somebody_raised_hides_nothing(
    forged: str, alter: Callable[[str], None], owner_connection: psycopg.Connection
) -> None:
    stream = stream_with("a", "b", "c")
    assert verify().clean
    alter("UPDATE records_entry SET role = 'boss' WHERE seq = 2")
    owner_connection.execute(FORGED[forged].encode())
    report = verify()
    assert named(report) == [f"entry {stream}/2 (trial.said)"]
    assert marks.NOT_BELIEVED in report.notes


def test_without_a_key_each_run_looks_at_everything_and_says_so(settings: Settings) -> None:
    stream_with("a", "b")
    settings.MES_CHECKPOINT_KEY = "/nowhere/checkpoint.pem"
    for _ in range(2):
        report = verify()
        assert (report.entries, marks.NOT_SIGNED in report.notes) == (2, True)


NIGHTS = [
    ("2026-11-21 02:30", "2026-11-22 01:59", False),
    ("2026-11-21 02:30", "2026-11-22 02:01", True),
    ("2026-11-22 02:01", "2026-11-22 23:00", False),
    ("2026-11-21 01:59", "2026-11-21 02:00", True),
]


@pytest.mark.parametrize(("last", "now", "expected"), NIGHTS)
def test_everything_is_due_once_a_night(
    last: str, now: str, expected: bool, reader_connection: psycopg.Connection
) -> None:
    assert due(time(2), now=datetime.fromisoformat(f"{now}Z"))
    reader_connection.read_only = False
    reader_connection.execute(
        """INSERT INTO records_verification (at, horizon, entries, whole)
           VALUES (%s, 1, 1, true), (%s, 1, 1, false)""",
        [f"{last}Z", f"{now}Z"],
    )
    assert due(time(2), now=datetime.fromisoformat(f"{now}Z")) is expected


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_deleted_entry_is_found(seq: int, alter: Callable[[str], None]) -> None:
    stream = stream_with("a", "b", "c")
    alter(f"DELETE FROM records_entry WHERE seq = {seq}")
    assert f"stream {stream}" in named(verify())


def test_two_entries_that_changed_places_are_found(alter: Callable[[str], None]) -> None:
    stream_with("a", "b", "c")
    alter("UPDATE records_entry SET seq = 10 - seq")
    assert not verify().clean


def test_a_head_that_was_set_back_is_found(alter: Callable[[str], None]) -> None:
    stream = stream_with("a", "b", "c")
    alter("UPDATE records_stream SET seq = 2")
    assert f"stream {stream}" in named(verify())


def test_one_stream_is_checked_alone(alter: Callable[[str], None]) -> None:
    good, bad = stream_with("a"), stream_with("b")
    alter(f"UPDATE records_entry SET role = 'boss' WHERE stream = '{bad}'")
    assert verify(stream=good).clean
    assert named(verify(stream=bad)) == [f"entry {bad}/1 (trial.said)"]
    assert isinstance(good, UUID)


def test_a_row_that_the_owner_deleted_is_found_by_the_next_run_and_named(
    owner_connection: psycopg.Connection,
) -> None:
    """It has no new version that would say so, and nothing else of its stream changed."""
    actor = build.somebody()
    build.material(actor)
    kept, gone = build.lot(actor, "L-1"), build.lot(actor, "L-2")
    assert verify().clean
    assert wait_until(lambda: verify().streams == 0, seconds=30)
    build.lot(actor, "L-3")
    with unguarded(owner_connection, "materials_lot"):
        owner_connection.execute("DELETE FROM materials_lot WHERE id = %s", [gone])
    assert named(verify()) == [f"materials_lot of stream {gone} (entry 2)"]
    assert kept != gone


def test_a_row_of_a_stream_that_is_not_there_is_found_by_every_whole_run(
    owner_connection: psycopg.Connection,
) -> None:
    """A role that was granted to somebody by nobody: no entry and no head would name it."""
    actor = build.somebody()
    build.material(actor)
    build.lot(actor, "L-1")
    assert verify().clean
    nowhere = uuid7()
    with unguarded(owner_connection, "materials_lot"):
        owner_connection.execute("CREATE TEMP TABLE forged AS SELECT * FROM materials_lot")
        owner_connection.execute(
            "UPDATE forged SET id = %s, stream = %s, code = 'L-9'", [nowhere, nowhere]
        )
        owner_connection.execute("INSERT INTO materials_lot SELECT * FROM forged")
    for _ in range(2):
        found = named(verify(everything=True))
        assert found == [f"materials_lot of stream {nowhere} (entry 2)"]


def test_a_head_that_was_moved_to_another_site_is_found(alter: Callable[[str], None]) -> None:
    """Its own site would find the thing nowhere, and another site would."""
    stream = stream_with("a", "b")
    alter(f"UPDATE records_stream SET site = '{uuid7()}' WHERE id = '{stream}'")
    for everything in (False, True):
        assert [str(one) for one in verify(everything=everything).differences] == [
            f"entry {stream}/2 (trial.said): the stream's head has another site"
        ]


@pytest.mark.parametrize("everything", [False, True])
def test_rows_are_missed_in_a_table_that_an_owner_emptied(
    owner_connection: psycopg.Connection, everything: bool
) -> None:
    """No place is made for what is folded into a table without rows: it is looked at once more."""
    actor = build.somebody()
    build.material(actor)
    lots = [build.lot(actor, "L-1"), build.lot(actor, "L-2")]
    assert verify().clean
    with unguarded(owner_connection, "materials_lot"):
        owner_connection.execute("DELETE FROM materials_lot")
    found = named(verify(everything=everything))
    assert found == sorted(f"materials_lot of stream {lot} (entry 2)" for lot in lots)


def test_a_forged_entry_that_the_database_does_not_take_is_named_beside_the_others(
    owner_connection: psycopg.Connection, alter: Callable[[str], None]
) -> None:
    actor = build.somebody()
    build.material(actor)
    kept, forged = build.lot(actor, "L-1"), build.lot(actor, "L-2")
    alter(
        "UPDATE records_entry SET body = convert_to(replace(convert_from(body, 'utf8'), 'L-2',"
        f" repeat('L', 10000)), 'utf8') WHERE stream = '{forged}' AND seq = 1"
    )
    with unguarded(owner_connection, "materials_lot"):
        owner_connection.execute("UPDATE materials_lot SET code = 'L-9' WHERE id = %s", [kept])
    report = verify(everything=True)
    said = [one.problem.split(":")[0] for one in report.differences if f"{forged}/1" in one.where]
    assert said == ["body and hash do not follow the entry before", "cannot be folded"]
    assert f"materials_lot of stream {kept} (entry 2)" in named(report)


def test_rows_that_came_with_new_entries_make_up_for_none_that_is_gone(
    owner_connection: psycopg.Connection,
) -> None:
    actor = build.somebody()
    build.material(actor)
    gone = build.lot(actor, "L-1")
    assert verify().clean
    with unguarded(owner_connection, "materials_lot"):
        owner_connection.execute("DELETE FROM materials_lot WHERE id = %s", [gone])
    for number in range(2, 5):
        build.lot(actor, f"L-{number}")
    assert named(verify()) == [f"materials_lot of stream {gone} (entry 2)"]


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let helpers look even at a small ledger, as on three cores."""
    monkeypatch.setattr(helpers, "WORTH", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})


@pytest.mark.usefixtures("helped")
def test_helpers_look_at_every_entry_and_name_what_was_altered(
    alter: Callable[[str], None],
) -> None:
    streams = sorted(stream_with("a", "b", "c") for _ in range(5))
    whole = verify(everything=True)
    assert (whole.clean, whole.streams, whole.entries) == (True, 5, 15)
    first, last = streams[0], streams[-1]
    alter(f"UPDATE records_entry SET role = 'boss' WHERE stream = '{first}' AND seq = 2")
    alter(f"UPDATE records_entry SET body = body || '\\x20' WHERE stream = '{last}' AND seq = 3")
    alter(f"UPDATE records_stream SET kind = 'other' WHERE id = '{streams[2]}'")
    wrong = [f"{first}/2", *(f"{streams[2]}/{seq}" for seq in (1, 2, 3)), f"{last}/3"]
    assert named(verify(everything=True)) == sorted(f"entry {one} (trial.said)" for one in wrong)


@pytest.mark.usefixtures("helped")
def test_a_helper_for_whom_no_stream_is_left_ends_without_a_word(
    alter: Callable[[str], None],
) -> None:
    only = stream_with("a", "b")
    assert (verify(everything=True).clean, verify(everything=True).entries) == (True, 2)
    alter(f"UPDATE records_entry SET role = 'boss' WHERE stream = '{only}' AND seq = 2")
    assert named(verify(everything=True)) == [f"entry {only}/2 (trial.said)"]


def test_a_part_is_taken_by_one_alone() -> None:
    parts = [Part(start=str(number)) for number in range(200)]
    taking, putting = os.pipe()
    os.write(putting, bytes(range(len(parts))))
    os.close(putting)
    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(lambda _: list(chains.taken(taking, parts)), range(4)))
    os.close(taking)
    found = [part for share in shares for part in share]
    assert sorted(part.start or "" for part in found) == sorted(map(str, range(200)))


@pytest.mark.usefixtures("helped")
def test_nothing_is_said_when_a_helper_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    stream_with("a"), stream_with("b")
    monkeypatch.setattr(helpers, "MODULE", "records.no_such_module")
    with pytest.raises(HelperFailed):
        verify(everything=True)


def test_parts_share_the_streams_among_them(reader_connection: psycopg.Connection) -> None:
    streams = sorted(stream_with(*"abc"[: number % 3 + 1]) for number in range(9))
    reader_connection.autocommit = False
    for count in (1, 2, 4):
        cuts = [number / count for number in range(1, count)]
        parts = chains.parts(reader_connection, cuts)
        found = [chains.prove(reader_connection, part).entries for part in parts]
        assert (len(parts), sum(found)) == (count, 18)
        assert max(found) - min(found) <= 3
    assert len(streams) == 9
