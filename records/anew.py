"""Projections folded anew: into temporary tables that stand before those of the same names.

Runs inside a transaction of the connection in use (``records.routing``): of the reader, to compare
(``records.verification``), or of the owner, to put right (``records.rebuilding``).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import DatabaseError, connections, transaction
from django.db.models import Model
from pydantic_core import from_json

from records import beside, chains, routing
from records.catalogue import catalogued
from records.chains import Part
from records.entries import UnknownKind
from records.folding import Folded, run_fold
from records.models import Projection

SCHEMA: Final = "public"
# A temporary table's rows are numbered where the table's own are.
LIKE_IT: Final = "INCLUDING DEFAULTS INCLUDING IDENTITY"
# Of a history's row: its number, and whose session it was. Who changed it the entry says.
OF_NO_ENTRY: Final = {"history_id", "history_user_id"}

Tables = Sequence[type[Model]]
# Where, and what is wrong.
Flaw = tuple[str, str]


class NotFolded(Exception):
    """The database refused what an entry folds: it has to be looked at with care."""


def run(sql: str) -> int:
    """Run a statement on the connection in use; return how many rows it wrote."""
    with connections[routing.current()].cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)


def rows(sql: str, params: Sequence[Any] = ()) -> list[Any]:
    """Return the rows of a query on the connection in use."""
    with connections[routing.current()].cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Any] = cursor.fetchall()
    return found


def projections() -> list[type[Projection]]:
    """Return every model that is folded from entries."""
    return [m for m in apps.get_models() if issubclass(m, Projection) and not m._meta.proxy]


def folded_tables() -> Tables:
    """Return every model that folds write: projections, and the histories of catalogues."""
    return [*projections(), *(model.history.model for model in catalogued())]


def in_use() -> Tables:
    """Return those that have rows. To make a place for each of the others takes long."""
    names = (model._meta.db_table for model in folded_tables())
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {SCHEMA}.{name})" for name in names)
    filled = {row[0] for row in rows(" UNION ALL ".join(asked))}
    return [model for model in folded_tables() if model._meta.db_table in filled]


def make_places(tables: Tables, *, indexed: bool) -> None:
    """Make the temporary tables, each until the end of the transaction."""
    statements = []
    for model in tables:
        table = model._meta.db_table
        made = f"CREATE TEMP TABLE {table} (LIKE {SCHEMA}.{table} {LIKE_IT})"
        statements.append(f"{made} ON COMMIT DROP")
        if indexed:
            statements.append(f"CREATE INDEX ON pg_temp.{table} (stream)")
            statements.append(f"CREATE INDEX ON pg_temp.{table} ({listed(key_of(model))})")
    run("; ".join(statements))


def key_of(model: type[Model]) -> list[str]:
    """Return the columns of a model's primary key."""
    return [field.column for field in model._meta.pk_fields if field.column]


def columns_of(model: type[Model]) -> list[str]:
    """Return the columns of a model that come out of entries."""
    named = [field.column for field in model._meta.concrete_fields if field.column]
    return [column for column in named if column not in OF_NO_ENTRY]


def listed(columns: Iterable[str]) -> str:
    """SQL list of column names, quoted: some are words of SQL, such as ``order``."""
    quote = connections[routing.current()].ops.quote_name
    return ", ".join(quote(column) for column in columns)


def counted(tables: Tables, schema: str = SCHEMA, *, but: Sequence[UUID] = ()) -> dict[str, int]:
    """Count the rows of each table but those of some streams, in one statement.

    The streams, which may be many, travel once.
    """
    if not tables:
        return {}
    chosen = "WITH but AS MATERIALIZED (SELECT unnest(%s::uuid[]) AS stream) " if but else ""
    others = " WHERE NOT EXISTS (SELECT FROM but WHERE but.stream = t.stream)" if but else ""
    names = (model._meta.db_table for model in tables)
    counts = (f"SELECT '{name}', count(*) FROM {schema}.{name} t{others}" for name in names)
    return dict(rows(chosen + " UNION ALL ".join(counts), [list(but)] if but else []))


BODIES = """
SELECT e.stream::text, e.seq, e.kind, e.body
  FROM records_entry e JOIN records_stream s ON s.id = e.stream
 {chosen} ORDER BY e.stream, e.seq
"""
SEEN = "pg_visible_in_snapshot(e.xid, %(seen)s::pg_snapshot)"


def fold_entries(
    part: Part, files: set[str], *, careful: bool, seen: str = "", rest: bool = False
) -> Iterator[Flaw]:
    """Fold entry by entry, those that a snapshot saw or the others; yield what cannot be folded.

    Takes into ``files`` which files of the store the entries name.
    """
    chosen, params = part.where()
    if seen:
        chosen += f" AND {'NOT ' if rest else ''}{SEEN}"
    sql, connection = BODIES.format(chosen=chosen), connections[routing.current()].connection
    for some in chains.rows_of(connection, sql, {**params, "seen": seen}):
        for row in some:
            if row[2] not in beside.HANDED_OVER:
                files.update(one.decode() for one in beside.NAMES_FILE.findall(row[3]))
            problem = _fold(row[3], careful=careful)
            if problem:
                yield f"entry {row[0]}/{row[1]} ({row[2]})", problem


def _fold(body: bytes, *, careful: bool) -> str:
    """Fold an entry; return why it cannot be. A forged body may break a fold in any way.

    Without care raises NotFolded for what the database refuses: nothing can be asked after that.
    """
    try:
        with transaction.atomic(using=routing.current()) if careful else nullcontext():
            run_fold(Folded.of(from_json(body, allow_inf_nan=False)))
    except UnknownKind:
        return "no app declares this kind"
    except Exception as error:
        if isinstance(error, DatabaseError) and not careful:
            raise NotFolded() from error
        return f"cannot be folded: {type(error).__name__}: {error}"
    return ""


def compared(tables: Tables, streams: Sequence[UUID] | None) -> Iterator[Flaw]:
    """Compare both ways, rows of streams that are not there as well where all (None) are looked at.

    In all other tables is no row, and nothing was folded.
    """
    some = "" if streams is None else " WHERE stream = ANY(%s)"
    params = [] if streams is None else [list(streams), list(streams)]
    for model in tables:
        table, columns = model._meta.db_table, listed(columns_of(model))
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
        for problem, stream, seq, row in rows(both, params):
            yield f"{table} of stream {stream} (entry {seq})", f"{problem}: {row}"
