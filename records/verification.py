"""Verification: walls, chains, copies against the hashed bytes, and projections folded anew.

Runs as the reader's role, which sees all sites and writes nothing but its own mark. The
projections are folded into temporary tables of the same names, by the very functions that
the services run, and compared both ways. Last, everything is compared with the checkpoints
(``records.vouching``): what comes before holds against the application, that against an owner.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from django.apps import apps
from django.db import DatabaseError, connections, transaction
from pydantic_core import from_json

from records import beside, chains, helpers, marks, routing, vouching, vouching_acts, walls
from records.chains import Part, Proved
from records.entries import UnknownKind
from records.folding import Folded, run_fold
from records.helpers import Crew
from records.models import Projection, Verification

READER = "reader"
SCHEMA = "public"
# To fold fewer entries takes less time than to make two indexes for each projection.
WORTH_INDEXES = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not hold: where, and what is wrong."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"

    @property
    def brief(self) -> str:
        """Where, and what is wrong, without a value: a mark is read at every site."""
        return f"{self.where}: {self.problem.partition(':')[0]}"


@dataclass(slots=True)
class Report:
    """What a run looked at and what it found. ``files`` are those that the entries name.

    ``proving`` counts the seconds for heads, chains, copies and checkpoints; folding is the rest.
    """

    streams: int = 0
    entries: int = 0
    rows: int = 0
    proving: float = 0.0
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)

    @property
    def clean(self) -> bool:
        """Whether everything looked at holds."""
        return not self.differences


def verify(*, stream: UUID | None = None, everything: bool = False) -> Report:
    """Check one stream, or what changed since the last clean run, or everything.

    Reads through the ``reader`` connection in one snapshot. A run over all sites leaves a mark of
    what it found; from that of a clean one the next goes on. When rows are gone since the mark,
    of streams to which nothing was written, everything is looked at after all: that names them.
    """
    try:
        return _verified(stream, everything=everything, careful=False)
    except NotFolded:
        return _verified(stream, everything=everything, careful=True)


class NotFolded(Exception):
    """The database refused what an entry folds: it has to be looked at with care."""


def _verified(stream: UUID | None, *, everything: bool, careful: bool) -> Report:
    """Look once, as an honest ledger allows, or with care.

    Without care the projections without rows have no place to be folded into, and what the
    database refuses is the end: NotFolded. With care each entry is folded behind a savepoint.
    """
    report, mark, sealed = Report(), None, vouching.sealed()
    with routing.on(READER), transaction.atomic(using=READER, durable=True):
        _open()
        report.differences += [Difference(where, problem) for where, problem in walls.check()]
        if stream is None and not everything:
            mark = marks.last(report.notes)
        whole = stream is None and mark is None
        started = helpers.start(connections[READER].connection) if whole else None
        new_mark = None if stream else _mark(whole=whole)
        chosen = [stream] if stream else _streams(mark)
        tables = projections() if careful else _in_use()
        _make_temporary_tables(tables, indexed=_entries_of(chosen) >= WORTH_INDEXES)
        began = time.perf_counter()
        _prove(stream, chosen, report, started, sealed)
        report.proving = time.perf_counter() - began
        part = Part() if whole else Part(streams=chosen)
        rows_gone = _fold_all(part, report, tables, since=mark, careful=careful)
        _compare_projections(tables, None if whole else chosen, report)
        if stream is None:
            _look_beside(report, mark)
        transaction.set_rollback(True, using=READER)
    if rows_gone:
        return verify(everything=True)
    if new_mark:
        found = [one.brief for one in report.differences]
        marks.leave(new_mark, entries=report.entries, found=found, notes=report.notes)
    return report


def _open() -> None:
    # Temporary tables are made first; then the transaction is read-only again.
    _run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ WRITE")
    _run("SET LOCAL statement_timeout = 0")
    _run("SET LOCAL idle_in_transaction_session_timeout = 0")
    # The log is joined with all entries: with the usual 4 MB the server would do it on disk.
    _run("SET LOCAL work_mem = '64MB'")


def _run(sql: str, params: Sequence[Any] = ()) -> None:
    with connections[READER].cursor() as cursor:
        cursor.execute(sql, params)


def _rows(sql: str, params: Sequence[Any] = ()) -> list[Any]:
    with connections[READER].cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    return rows


def _mark(*, whole: bool) -> Verification:
    """Return the mark that this run leaves: what it sees, and what there is."""
    snapshot, horizon, _ = marks.seen()
    rows = _counted(projections())
    return Verification(horizon=horizon, snapshot=snapshot, rows=rows, whole=whole)


Tables = Sequence[type[Projection]]


def _counted(tables: Tables, schema: str = SCHEMA, *, but: Sequence[UUID] = ()) -> dict[str, int]:
    """Count the rows of each table but those of some streams, in one statement.

    The streams, which may be many, travel once.
    """
    if not tables:
        return {}
    chosen = "WITH but AS MATERIALIZED (SELECT unnest(%s::uuid[]) AS stream) " if but else ""
    others = " WHERE NOT EXISTS (SELECT FROM but WHERE but.stream = t.stream)" if but else ""
    names = (model._meta.db_table for model in tables)
    counts = (f"SELECT '{name}', count(*) FROM {schema}.{name} t{others}" for name in names)
    return dict(_rows(chosen + " UNION ALL ".join(counts), [list(but)] if but else []))


def _in_use() -> Tables:
    """Return the projections that have rows. To make a place for each of the others takes long."""
    names = (model._meta.db_table for model in projections())
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {SCHEMA}.{name})" for name in names)
    filled = {row[0] for row in _rows(" UNION ALL ".join(asked))}
    return [model for model in projections() if model._meta.db_table in filled]


def projections() -> list[type[Projection]]:
    """Return every model that is folded from entries."""
    return [m for m in apps.get_models() if issubclass(m, Projection) and not m._meta.proxy]


def _written_since(table: str) -> str:
    """SQL condition: a row version written at or after a transaction id (31-bit distance)."""
    return f"((({table}.xmin::text::bigint - %s) & 4294967295) < 2147483648)"


def _streams(mark: Verification | None) -> list[UUID]:
    if mark is None:
        return [row[0] for row in _rows("SELECT id FROM records_stream ORDER BY id")]
    tables = ["records_entry", *(m._meta.db_table for m in projections())]
    changed = [
        f"SELECT stream FROM {SCHEMA}.{table} WHERE {_written_since(table)}" for table in tables
    ]
    # A head moves with its entry; a head touched alone is looked at too.
    heads = f"SELECT id FROM records_stream WHERE {_written_since('records_stream')}"
    sql = " UNION ".join([heads, *changed])
    return sorted(row[0] for row in _rows(sql, [mark.horizon % 2**32] * (len(tables) + 1)))


def _entries_of(streams: Sequence[UUID]) -> int:
    heads = "SELECT coalesce(sum(seq), 0) FROM records_stream WHERE id = ANY(%s)"
    [(count,)] = _rows(heads, [list(streams)])
    return int(count)


def _make_temporary_tables(tables: Tables, *, indexed: bool) -> None:
    statements = []
    for model in tables:
        table = model._meta.db_table
        made = f"CREATE TEMP TABLE {table} (LIKE {SCHEMA}.{table} INCLUDING DEFAULTS)"
        statements.append(f"{made} ON COMMIT DROP")
        if indexed:
            statements.append(f"CREATE INDEX ON pg_temp.{table} (stream)")
            statements.append(f"CREATE INDEX ON pg_temp.{table} ({_key_columns(model)})")
    _run("; ".join([*statements, "SET TRANSACTION READ ONLY"]))


def _key_columns(model: type[Projection]) -> str:
    return _listed(f.column for f in model._meta.pk_fields if f.column)


def _listed(columns: Iterable[str]) -> str:
    """SQL list of column names, quoted: some are words of SQL, such as ``order``."""
    return ", ".join(connections[READER].ops.quote_name(column) for column in columns)


def _check_heads(report: Report) -> None:
    """Every head stands on its last entry; no entry stands without a head."""
    rows = _rows(
        """SELECT coalesce(s.id, e.stream), s.seq, e.count, e.last
             FROM records_stream s FULL JOIN
                  (SELECT stream, count(*) AS count, max(seq) AS last
                     FROM records_entry GROUP BY stream) e ON e.stream = s.id
            WHERE s.id IS NULL OR s.seq <> coalesce(e.count, 0) OR s.seq <> coalesce(e.last, 0)"""
    )
    for stream, seq, count, last in rows:
        problem = f"the head says {seq} entries, {count or 0} are there, the last is {last or 0}"
        report.differences.append(Difference(f"stream {stream}", problem))
    rows = _rows(
        """SELECT e.stream, e.seq, e.kind, e.hash <> s.hash FROM records_stream s
             JOIN records_entry e ON e.stream = s.id AND e.seq = s.seq
            WHERE e.hash <> s.hash OR e.site IS DISTINCT FROM s.site"""
    )
    for stream, seq, kind, hashed in rows:
        problem = f"the stream's head has another {'hash' if hashed else 'site'}"
        report.differences.append(Difference(f"entry {stream}/{seq} ({kind})", problem))


def _prove(
    stream: UUID | None, chosen: Sequence[UUID], report: Report, started: Crew | None,
    sealed: int,
) -> None:  # fmt: skip
    """Heads, chains, copies and checkpoints; without ``started`` of the chosen streams only."""
    connection: psycopg.Connection[Any] = connections[READER].connection
    waited: Callable[[], Proved] = partial(chains.prove, connection, Part(streams=chosen))
    if started is not None:
        waited = helpers.prove(connection, started)
    _check_heads(report)
    vouched = vouching.check(files=sealed, stream=stream)
    proved = waited()
    report.streams, report.entries = len(chosen), proved.entries
    for where, seq, kind, problem in proved.flaws:
        report.differences.append(Difference(f"entry {where}/{seq} ({kind})", problem))
    report.differences += [Difference(where, problem) for where, problem in vouched.flaws]
    report.notes += vouched.notes


BODIES = """
SELECT e.stream::text, e.seq, e.kind, e.body
  FROM records_entry e JOIN records_stream s ON s.id = e.stream
 {chosen} ORDER BY e.stream, e.seq
"""
SEEN = "pg_visible_in_snapshot(e.xid, %(seen)s::pg_snapshot)"


def _fold_all(
    part: Part, report: Report, tables: Tables, *, since: Verification | None, careful: bool
) -> bool:  # fmt: skip
    """Fold entry by entry; those without a head were named before.

    What the run of the mark ``since`` saw is folded first, and its rows are counted. Returns
    whether the other streams, to which nothing was written since, lack rows that they had.
    """
    if since is None:
        _fold_entries(part, report, careful=careful)
        return False
    _fold_entries(part, report, careful=careful, seen=since.snapshot)
    folded = _counted(tables, "pg_temp")
    others = _counted(projections(), but=part.streams or ())
    # A table that is no more is not looked for.
    counted = ((table, count) for table, count in (since.rows or {}).items() if table in others)
    gone = any(folded.get(table, 0) + others[table] < count for table, count in counted)
    _fold_entries(part, report, careful=careful, seen=since.snapshot, rest=True)
    return gone


def _fold_entries(
    part: Part, report: Report, *, careful: bool, seen: str = "", rest: bool = False
) -> None:  # fmt: skip
    chosen, params = part.where()
    if seen:
        chosen += f" AND {'NOT ' if rest else ''}{SEEN}"
    sql, connection = BODIES.format(chosen=chosen), connections[READER].connection
    for rows in chains.rows_of(connection, sql, {**params, "seen": seen}):
        for row in rows:
            if row[2] not in beside.HANDED_OVER:
                report.files.update(one.decode() for one in beside.NAMES_FILE.findall(row[3]))
            problem = _fold(row[3], careful=careful)
            if problem:
                where = f"entry {row[0]}/{row[1]} ({row[2]})"
                report.differences.append(Difference(where, problem))


def _fold(body: bytes, *, careful: bool) -> str:
    """Fold an entry; return why it cannot be. A forged body may break a fold in any way.

    Without care raises NotFolded for what the database refuses: nothing can be asked after that.
    """
    try:
        with transaction.atomic(using=READER) if careful else nullcontext():
            run_fold(Folded.of(from_json(body, allow_inf_nan=False)))
    except UnknownKind:
        return "no app declares this kind"
    except Exception as error:
        if isinstance(error, DatabaseError) and not careful:
            raise NotFolded() from error
        return f"cannot be folded: {type(error).__name__}: {error}"
    return ""


def _look_beside(report: Report, mark: Verification | None) -> None:
    """Compare what lies beside the entries: all of it, or a part where a run goes on."""
    flaws = beside.of_files(report.files, turn=mark.id if mark else None)
    flaws += vouching_acts.check() if mark is None else []
    report.differences += [Difference(where, problem) for where, problem in flaws]


def _compare_projections(tables: Tables, streams: Sequence[UUID] | None, report: Report) -> None:
    """Compare both ways, rows of streams that are not there as well where all (None) are looked at.

    In all other tables is no row, and nothing was folded.
    """
    some = "" if streams is None else " WHERE stream = ANY(%s)"
    params = [] if streams is None else [list(streams), list(streams)]
    report.rows += sum(_counted(tables, "pg_temp").values())
    for model in tables:
        table = model._meta.db_table
        columns = _listed(f.column for f in model._meta.concrete_fields if f.column)
        live = f"SELECT {columns} FROM {SCHEMA}.{table}{some}"
        folded = f"SELECT {columns} FROM pg_temp.{table}"
        both = " UNION ALL ".join(
            f"(SELECT '{problem}', stream, entry_seq, to_jsonb(d)"
            f" FROM ({left} EXCEPT ALL {right}) d LIMIT 20)"
            for problem, left, right in (
                ("differs from the entries", live, folded),
                ("is missing or differs", folded, live),
            )
        )
        for problem, stream, seq, row in _rows(both, params):
            where = f"{table} of stream {stream} (entry {seq})"
            report.differences.append(Difference(where, f"{problem}: {row}"))
