"""Verification: walls, chains, copies against the hashed bytes, and projections folded anew.

Runs as the reader's role, which sees all sites and writes nothing but its own mark. The
projections are folded into temporary tables of the same names, by the very functions that
the services run, and compared both ways. Last, everything is compared with the checkpoints
(``records.vouching``): what comes before holds against the application, that against an owner.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from django.db import ProgrammingError, connections, transaction

from records import anew, beside, chains, helpers, marks, routing, vouching, vouching_acts, walls
from records.chains import Part, Proved
from records.helpers import Crew
from records.models import Verification

READER = "reader"
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

    def add(self, flaws: Iterable[tuple[str, str]]) -> None:
        """Take in what was found: where, and what is wrong."""
        self.differences += [Difference(where, problem) for where, problem in flaws]

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
    except anew.NotFolded:
        return _verified(stream, everything=everything, careful=True)


def _verified(stream: UUID | None, *, everything: bool, careful: bool) -> Report:
    """Look once, as an honest ledger allows, or with care.

    Without care the projections without rows have no place to be folded into, and what the
    database refuses is the end: NotFolded. With care each entry is folded behind a savepoint.
    """
    run = _Run(Report(), stream, sealed=vouching.sealed(), careful=careful)
    with routing.on(READER), transaction.atomic(using=READER, durable=True):
        _open()
        run.report.add(walls.check())
        try:
            rows_gone = run.look(everything=everything)
        except ProgrammingError as error:
            # A table or a column that an owner took away was named before, and nothing else is.
            if run.report.clean:
                raise
            rows_gone = False
            run.report.add([("verification", f"cannot look further: {error}")])
        transaction.set_rollback(True, using=READER)
    if rows_gone:
        return verify(everything=True)
    run.leave_mark()
    return run.report


@dataclass(slots=True)
class _Run:
    """One look at the ledger, inside the reader's transaction."""

    report: Report
    stream: UUID | None
    sealed: int
    careful: bool
    mark: Verification = field(
        default_factory=lambda: Verification(horizon=0, snapshot="", whole=False)
    )

    def look(self, *, everything: bool) -> bool:
        """Look at what is asked for; say whether rows are gone that a clean run saw."""
        report, mark = self.report, None
        if self.stream is None and not everything:
            mark = marks.last(report.notes)
        whole = self.stream is None and mark is None
        started = helpers.start(connections[READER].connection) if whole else None
        if self.stream is None:
            self.mark = _mark(whole=whole)
        chosen = [self.stream] if self.stream else _streams(mark)
        tables = anew.folded_tables() if self.careful else anew.in_use()
        anew.make_places(tables, indexed=_entries_of(chosen) >= WORTH_INDEXES)
        anew.run("SET TRANSACTION READ ONLY")
        began = time.perf_counter()
        _prove(self.stream, chosen, report, started, self.sealed)
        report.proving = time.perf_counter() - began
        part = Part() if whole else Part(streams=chosen)
        rows_gone = _fold_all(part, report, tables, since=mark, careful=self.careful)
        report.rows += sum(anew.counted(tables, "pg_temp").values())
        report.add(anew.compared(tables, None if whole else chosen))
        if self.stream is None:
            _look_beside(report, mark)
        return rows_gone

    def leave_mark(self) -> None:
        """Leave a mark of a run over all sites."""
        if self.stream is None:
            found = [one.brief for one in self.report.differences]
            report = self.report
            marks.leave(self.mark, entries=report.entries, found=found, notes=report.notes)


def _open() -> None:
    # Temporary tables are made first; then the transaction is read-only again.
    anew.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ WRITE")
    anew.run("SET LOCAL statement_timeout = 0")
    anew.run("SET LOCAL idle_in_transaction_session_timeout = 0")
    # The log is joined with all entries: with the usual 4 MB the server would do it on disk.
    anew.run("SET LOCAL work_mem = '64MB'")


def _mark(*, whole: bool) -> Verification:
    """Return the mark that this run leaves: what it sees, and what there is."""
    snapshot, horizon, _ = marks.seen()
    rows = anew.counted(anew.folded_tables())
    return Verification(horizon=horizon, snapshot=snapshot, rows=rows, whole=whole)


def _streams(mark: Verification | None) -> list[UUID]:
    if mark is None:
        return [row[0] for row in anew.rows("SELECT id FROM records_stream ORDER BY id")]
    written = partial(beside.written_since, horizon=mark.horizon)
    tables = ["records_entry", *(m._meta.db_table for m in anew.folded_tables())]
    changed = [f"SELECT stream FROM {anew.SCHEMA}.{one} WHERE {written(one)}" for one in tables]
    # A head moves with its entry; a head touched alone is looked at too.
    heads = f"SELECT id FROM records_stream WHERE {written('records_stream')}"
    return sorted(row[0] for row in anew.rows(" UNION ".join([heads, *changed])))


def _entries_of(streams: Sequence[UUID]) -> int:
    heads = "SELECT coalesce(sum(seq), 0) FROM records_stream WHERE id = ANY(%s)"
    [(count,)] = anew.rows(heads, [list(streams)])
    return int(count)


def _check_heads(report: Report) -> None:
    """Every head stands on its last entry; no entry stands without a head."""
    rows = anew.rows(
        """SELECT coalesce(s.id, e.stream), s.seq, e.count, e.last
             FROM records_stream s FULL JOIN
                  (SELECT stream, count(*) AS count, max(seq) AS last
                     FROM records_entry GROUP BY stream) e ON e.stream = s.id
            WHERE s.id IS NULL OR s.seq <> coalesce(e.count, 0) OR s.seq <> coalesce(e.last, 0)"""
    )
    for stream, seq, count, last in rows:
        problem = f"the head says {seq} entries, {count or 0} are there, the last is {last or 0}"
        report.add([(f"stream {stream}", problem)])
    rows = anew.rows(
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
        report.add([(f"entry {where}/{seq} ({kind})", problem)])
    report.add(vouched.flaws)
    report.notes += vouched.notes


def _fold_all(
    part: Part, report: Report, tables: anew.Tables, *, since: Verification | None, careful: bool
) -> bool:  # fmt: skip
    """Fold entry by entry; those without a head were named before.

    What the run of the mark ``since`` saw is folded first, and its rows are counted. Returns
    whether the other streams, to which nothing was written since, lack rows that they had.
    """
    fold = partial(anew.fold_entries, part, report.files, careful=careful)
    if since is None:
        report.add(fold())
        return False
    report.add(fold(seen=since.snapshot))
    folded = anew.counted(tables, "pg_temp")
    others = anew.counted(anew.folded_tables(), but=part.streams or ())
    # A table that is no more is not looked for.
    counted = ((table, count) for table, count in (since.rows or {}).items() if table in others)
    gone = any(folded.get(table, 0) + others[table] < count for table, count in counted)
    report.add(fold(seen=since.snapshot, rest=True))
    return gone


def _look_beside(report: Report, mark: Verification | None) -> None:
    """Compare what lies beside the entries: all of it, or a part where a run goes on."""
    flaws = beside.of_files(report.files, turn=mark.id if mark else None)
    horizon = mark.horizon if mark else None
    flaws += [*beside.of_apps(horizon), *vouching_acts.check(horizon)]
    report.add(flaws)
