"""``every_boundary``: a power cut at each statement of a command, BEGIN and COMMIT included.

    def test_step_is_whole_or_nothing(committed_db: str) -> None:
        command = ...                       # one key: the same tap again and again
        every_boundary(lambda: perform(command=command, ...))

The command runs once for each of its boundaries and is cut there: the connection is lost and
the statement raises. After each cut the whole database must be as it was. At last the reply
to COMMIT is lost: then everything must be there, and the same command again must only repeat
its reply.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import OperationalError, connection, connections
from psycopg import sql

from mes.lib.embedded import OWNER

BEGIN, COMMIT = "BEGIN", "COMMIT"
MOST_BOUNDARIES = 5_000
TABLES = """
SELECT oid::regclass::text FROM pg_class
 WHERE relkind IN ('r', 'p') AND relnamespace IN (
    SELECT oid FROM pg_namespace
     WHERE nspname NOT LIKE 'pg%' AND nspname <> 'information_schema')
 ORDER BY 1
"""

State = dict[str, str]


class Cut(OperationalError):
    """The connection was lost here."""


@dataclass
class Knife:
    """Counts boundaries, and cuts at one of them. ``at`` counts from 1; 0 cuts nowhere."""

    at: int
    after: bool = False
    passed: list[str] = field(default_factory=list)

    def boundary(self, what: str, go_on: Callable[[], Any]) -> Any:
        """Pass one boundary, or cut there: before its statement, or after it if so asked."""
        self.passed.append(what)
        if len(self.passed) != self.at:
            return go_on()
        if self.after:
            go_on()
        if connection.connection is not None:
            connection.connection.close()
        raise Cut(f"cut at {what}")

    def statement(self, execute: Any, query: Any, params: Any, many: bool, context: Any) -> Any:
        """Django's wrapper of a statement; several in one string are one trip, so one boundary."""
        return self.boundary(str(query), lambda: execute(query, params, many, context))


def every_boundary(
    command: Callable[[], object], check: Callable[[bool], None] | None = None
) -> int:
    """Cut ``command`` at each of its boundaries; return how many there were.

    Needs ``committed_db``. ``command`` sends the same command, with the same key, each time.
    ``check`` is called after each cut with whether the command must be done (all) or not
    (nothing). Raises AssertionError that names the boundary where half of it was found.
    """
    check = check or (lambda _done: None)
    before = state()
    for boundary in range(1, MOST_BOUNDARIES):
        what = _cut(command, boundary)
        assert_same(before, state(), f"after a cut before boundary {boundary}, {what}")
        check(False)
        if what == COMMIT and _reply_lost(command, boundary, before):
            _assert_done(command, check)
            return boundary
    raise AssertionError(f"more than {MOST_BOUNDARIES} boundaries")


def _cut(command: Callable[[], object], boundary: int, *, after: bool = False) -> str:
    """Run ``command`` with a cut; return what was cut. Fails when the command outlives it."""
    knife = Knife(boundary, after)
    with _held(knife):
        try:
            command()
        except Exception:
            if len(knife.passed) < boundary:
                raise  # the command's own refusal or fault
            return knife.passed[boundary - 1]
        finally:
            connection.close()
    did = "was not reached" if len(knife.passed) < boundary else "was swallowed"
    raise AssertionError(f"the cut at boundary {boundary} {did}; passed: {knife.passed}")


def _reply_lost(command: Callable[[], object], boundary: int, before: State) -> bool:
    """Lose the reply to this COMMIT; say whether it was the act's, not one of a reading."""
    _cut(command, boundary, after=True)
    return state() != before


def _assert_done(command: Callable[[], object], check: Callable[[bool], None]) -> None:
    done = state()
    check(True)
    reply = command()
    assert_same(done, state(), "after the same command again")
    assert command() == reply
    check(True)


@contextmanager
def _held(knife: Knife) -> Iterator[None]:
    """Let the knife see statements, and the BEGIN and COMMIT that Django sends by itself."""
    held: Any = connections[connection.alias]
    set_autocommit, commit = held._set_autocommit, held._commit

    def begin(autocommit: bool) -> None:
        if autocommit:
            set_autocommit(autocommit)
        else:
            knife.boundary(BEGIN, lambda: set_autocommit(autocommit))

    held._set_autocommit = begin
    held._commit = lambda: knife.boundary(COMMIT, commit)
    try:
        with connection.execute_wrapper(knife.statement):
            yield
    finally:
        del held._set_autocommit, held._commit


def state() -> State:
    """Return a hash of every table's rows, as the owner sees them: ledger, projections, outbox."""
    with _owner() as owner:
        tables = [name for (name,) in owner.execute(TABLES)]
        return dict(owner.execute(sql.SQL(" UNION ALL ").join(map(_rows, tables))).fetchall())


def _rows(table: str) -> sql.Composed:
    hashed = "SELECT {}, coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM {} t"
    return sql.SQL(hashed).format(sql.Literal(table), sql.SQL(table))


def _owner() -> psycopg.Connection:
    """Connect beside the connection under test: its own may be cut."""
    settings = connection.settings_dict
    return psycopg.connect(
        dbname=settings["NAME"], host=settings["HOST"], user=OWNER, autocommit=True
    )


def assert_same(before: State, after: State, when: str) -> None:
    """Fail with the tables that differ."""
    changed = [table for table in before if before[table] != after.get(table)]
    assert changed == [], f"{changed} changed {when}"
