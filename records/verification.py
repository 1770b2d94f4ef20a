"""Verification: chains, copies against the hashed bytes, and projections folded anew.

Runs as the reader's role, which sees all sites and writes nothing but its own mark. The
projections are folded into temporary tables of the same names, by the very functions that
the services run, and compared both ways. Last, everything is compared with the checkpoints
(``records.vouching``): what comes before holds against the application, that against an owner.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, transaction

from mes.lib import clock, evidence
from records import routing, vouching
from records.entries import UnknownKind
from records.folding import Folded, run_fold
from records.models import Projection, Verification

READER = "reader"
CHUNK = 2_000
SCHEMA = "public"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not hold: where, and what is wrong."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass(slots=True)
class Report:
    """What a run looked at and what it found."""

    streams: int = 0
    entries: int = 0
    rows: int = 0
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether everything looked at holds."""
        return not self.differences


def verify(*, stream: UUID | None = None, everything: bool = False) -> Report:
    """Check one stream, or what changed since the last clean run, or everything.

    Reads through the ``reader`` connection in one snapshot. A clean run over all sites
    leaves a mark, from which the next one goes on.
    """
    report = Report()
    with routing.on(READER), transaction.atomic(using=READER, durable=True):
        _open()
        horizon = _scalar("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        chosen = [stream] if stream else _streams(None if everything else _last_horizon())
        _make_temporary_tables()
        _check_heads(report)
        for group in _chunks(chosen):
            _check_streams(group, report)
        _compare_projections(chosen, report)
        _ask_checkpoints(stream, report)
        transaction.set_rollback(True, using=READER)
    if report.clean and stream is None:
        _leave_mark(horizon, report)
    return report


def _open() -> None:
    # Temporary tables are made first; then the transaction is read-only again.
    _run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ WRITE")
    _run("SET LOCAL statement_timeout = 0")
    _run("SET LOCAL idle_in_transaction_session_timeout = 0")


def _run(sql: str, params: Sequence[Any] = ()) -> None:
    with connections[READER].cursor() as cursor:
        cursor.execute(sql, params)


def _rows(sql: str, params: Sequence[Any] = ()) -> list[Any]:
    with connections[READER].cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[Any] = cursor.fetchall()
    return rows


def _scalar(sql: str) -> Any:
    return _rows(sql)[0][0]


def _last_horizon() -> int | None:
    last = Verification.objects.order_by("-id").first()
    return last.horizon if last else None


def projections() -> list[type[Projection]]:
    """Return every model that is folded from entries."""
    return [m for m in apps.get_models() if issubclass(m, Projection) and not m._meta.proxy]


def _written_since(table: str) -> str:
    """SQL condition: a row version written at or after a transaction id (31-bit distance)."""
    return f"((({table}.xmin::text::bigint - %s) & 4294967295) < 2147483648)"


def _streams(horizon: int | None) -> list[UUID]:
    if horizon is None:
        return [row[0] for row in _rows("SELECT id FROM records_stream ORDER BY id")]
    tables = ["records_entry", *(m._meta.db_table for m in projections())]
    changed = [
        f"SELECT stream FROM {SCHEMA}.{table} WHERE {_written_since(table)}" for table in tables
    ]
    # A head moves with its entry; a head touched alone is looked at too.
    heads = f"SELECT id FROM records_stream WHERE {_written_since('records_stream')}"
    sql = " UNION ".join([heads, *changed])
    return sorted(row[0] for row in _rows(sql, [horizon % 2**32] * (len(tables) + 1)))


def _make_temporary_tables() -> None:
    for model in projections():
        table = model._meta.db_table
        _run(f"CREATE TEMP TABLE {table} (LIKE {SCHEMA}.{table} INCLUDING DEFAULTS) ON COMMIT DROP")
        _run(f"CREATE INDEX ON pg_temp.{table} (stream)")
        _run(f"CREATE INDEX ON pg_temp.{table} ({_key_columns(model)})")
    _run("SET TRANSACTION READ ONLY")


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


def _chunks(streams: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(streams), CHUNK):
        yield streams[start : start + CHUNK]


ENTRIES = """
SELECT e.stream, e.seq, e.kind, e.version, e.site, e.actor, e.role, e.at, e.command,
       e.body, e.hash, s.hash AS head, s.kind AS stream_kind, s.seq AS last
  FROM records_entry e JOIN records_stream s ON s.id = e.stream
 WHERE e.stream = ANY(%s) ORDER BY e.stream, e.seq
"""


def _check_streams(streams: Sequence[UUID], report: Report) -> None:
    report.streams += len(streams)
    previous, stream = evidence.GENESIS, None
    for row in _rows(ENTRIES, [list(streams)]):
        if row[0] != stream:
            stream, previous = row[0], evidence.GENESIS
        body, stored = bytes(row[9]), bytes(row[10])
        report.entries += 1
        _check_entry(row, body, previous=previous, stored=stored, report=report)
        if row[1] == row[13] and stored != bytes(row[11]):
            _say(report, row, "the stream's head has another hash")
        previous = stored


def _say(report: Report, row: Any, problem: str) -> None:
    report.differences.append(Difference(f"entry {row[0]}/{row[1]} ({row[2]})", problem))


def _check_entry(row: Any, body: bytes, *, previous: bytes, stored: bytes, report: Report) -> None:
    if evidence.entry_hash(previous, body) != stored:
        _say(report, row, "body and hash do not follow the entry before")
    try:
        envelope = json.loads(body)
        copies = _copies(envelope)
    except (ValueError, KeyError, TypeError, AttributeError):
        _say(report, row, "the body is not an envelope")
        return
    for name, said, kept in copies(row):
        if said != kept:
            _say(report, row, f"{name} is {kept!r}, the hashed bytes say {said!r}")
    _fold(envelope, row, report)


def _copies(envelope: dict[str, Any]) -> Any:
    """Return a function that pairs what the bytes say with what the columns say."""
    stream = envelope["stream"]
    said = {
        "stream": (stream["id"], 0),
        "stream kind": (stream["kind"], 12),
        "seq": (envelope["seq"], 1),
        "kind": (envelope["kind"], 2),
        "version": (envelope["version"], 3),
        "site": (envelope["site"], 4),
        "actor": (envelope["actor"]["id"], 5),
        "role": (envelope["role"], 6),
        "time": (datetime.fromisoformat(envelope["at"]), 7),
        "command": (envelope["command"], 8),
    }

    def pairs(row: Any) -> Iterator[tuple[str, Any, Any]]:
        for name, (value, column) in said.items():
            kept = row[column]
            yield name, value, str(kept) if isinstance(kept, UUID) else kept

    return pairs


def _fold(envelope: dict[str, Any], row: Any, report: Report) -> None:
    try:
        run_fold(Folded.of(envelope))
    except UnknownKind:
        _say(report, row, "no app declares this kind")
    except Exception as error:  # noqa: BLE001 - a forged body may break a fold in any way
        _say(report, row, f"cannot be folded: {type(error).__name__}: {error}")


def _compare_projections(streams: Sequence[UUID], report: Report) -> None:
    for model in projections():
        table = model._meta.db_table
        columns = _listed(f.column for f in model._meta.concrete_fields if f.column)
        live = f"SELECT {columns} FROM {SCHEMA}.{table} WHERE stream = ANY(%s)"
        folded = f"SELECT {columns} FROM pg_temp.{table}"
        report.rows += _rows(f"SELECT count(*) FROM pg_temp.{table}")[0][0]
        for problem, left, right in (
            ("differs from the entries", live, folded),
            ("is missing or differs", folded, live),
        ):
            both = f"SELECT stream, entry_seq, to_jsonb(d) FROM ({left} EXCEPT ALL {right}) d"
            for row in _rows(f"{both} LIMIT 20", [list(streams)]):
                where = f"{table} of stream {row[0]} (entry {row[1]})"
                report.differences.append(Difference(where, f"{problem}: {row[2]}"))


def _ask_checkpoints(stream: UUID | None, report: Report) -> None:
    vouched = vouching.check(stream=stream)
    report.differences += [Difference(where, problem) for where, problem in vouched.flaws]
    report.notes += vouched.notes


def _leave_mark(horizon: int, report: Report) -> None:
    with routing.on(READER), transaction.atomic(using=READER):
        _run("SET TRANSACTION READ WRITE")
        Verification.objects.create(at=clock.now(), horizon=horizon, entries=report.entries)
