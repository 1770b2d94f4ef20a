"""The knife itself: it must find a command that does half of its work."""

import pytest
from django.db import connection, transaction

from tests.boundaries import BEGIN, COMMIT, Cut, Knife, _held, every_boundary

INSERT = "INSERT INTO django_session VALUES (%s, 'x', now()) ON CONFLICT DO NOTHING"


def insert(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [key])


def whole() -> str:
    with transaction.atomic():
        insert("one")
        insert("two")
    return "done"


def half() -> None:
    insert("one")
    insert("two")


def test_whole_command_is_cut_at_begin_each_statement_and_commit(committed_db: str) -> None:
    seen: list[bool] = []
    assert every_boundary(whole, seen.append) == 4
    assert seen == [False, False, False, False, True, True]


def test_command_without_a_transaction_is_found(committed_db: str) -> None:
    with pytest.raises(AssertionError, match=r"django_session.* changed after a cut"):
        every_boundary(half)


def test_command_that_commits_twice_is_found(committed_db: str) -> None:
    def twice() -> None:
        with transaction.atomic():
            insert("one")
        with transaction.atomic():
            insert("two")

    with pytest.raises(AssertionError, match="changed after the same command again"):
        every_boundary(twice)


def test_command_that_swallows_the_cut_is_found(committed_db: str) -> None:
    def stubborn() -> None:
        try:
            whole()
        except Cut:
            connection.close()
            whole()

    with pytest.raises(AssertionError, match="was swallowed"):
        every_boundary(stubborn)


def test_knife_counts_reading_too(committed_db: str) -> None:
    knife = Knife(at=0)
    with _held(knife):
        whole()
    assert knife.passed == [BEGIN, INSERT, INSERT, COMMIT]
