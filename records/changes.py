"""Before and after: what an entry changed of the rows that people see.

Nothing is guessed from payloads. The stream is folded anew by the very functions that the services
run, into temporary tables of the same names (as ``verify`` does), and the rows that name the entry
are compared with what they were before it. All is thrown away again.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import connection, connections, transaction

from records.catalogue import CatalogueChanged
from records.folding import Folded, folded_kinds, run_fold
from records.models import Entry, Projection

# More would keep the reader waiting: about 1,500 entries are folded in a second.
MOST: Final = 3000
FRAME: Final = {"id", "stream", "site", "entry_seq"}
OPEN: Final = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
SET LOCAL statement_timeout = '10s';
SELECT set_config('mes.site', %s, true), set_config('mes.person', %s, true)
"""

T = TypeVar("T")
Row = dict[str, Any]
Key = tuple[type[Projection], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """One row that an entry made (``before`` is None) or changed; only the fields that differ."""

    model: type[Projection]
    row: Row
    before: Row | None
    after: Row


@dataclass(frozen=True, slots=True)
class Changes:
    """What the entries of a stream changed, by number; ``problem`` says why nobody can tell."""

    of: Mapping[int, list[Change]] = field(default_factory=dict)
    problem: str = ""


TOO_LONG: Final = "too long"
BROKEN: Final = "broken"


def changes(
    stream: UUID, *, since: int, upto: int, site: UUID | None, person: UUID | None
) -> Changes:
    """Return what the entries ``since`` … ``upto`` of a stream changed.

    Works in a transaction of its own that is rolled back, on a connection of its own: the page's
    reading can neither make tables nor wait for them.
    """

    def rebuild() -> Changes:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(OPEN, [str(site or ""), str(person or "")])
            found = _rebuilt(stream, since=since, upto=upto)
            transaction.set_rollback(True)
        return found

    return _apart(rebuild)


def _apart(do: Callable[[], T]) -> T:
    """Run it in a thread of its own, which has connections of its own."""

    def run() -> T:
        try:
            return do()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as one:
        return one.submit(run).result()


def _rebuilt(stream: UUID, *, since: int, upto: int) -> Changes:
    # A catalogue's entry says itself what was before; its fold keeps a history beside the row.
    kinds = folded_kinds() - {CatalogueChanged.kind}
    entries = Entry.objects.filter(stream=stream, seq__lte=upto, kind__in=kinds)
    if entries.count() > MOST:
        return Changes(problem=TOO_LONG)
    models = _touched(stream)
    history = list(entries.order_by("seq"))  # before the tables of the same names hide anything
    for model in models:
        _hide(model)
    try:
        return Changes(dict(_compared(history, models, since=since)))
    except Exception:  # noqa: BLE001 - a forged body may break a fold in any way
        return Changes(problem=BROKEN)


def _touched(stream: UUID) -> list[type[Projection]]:
    """Return the models that hold rows of this stream: rows are never deleted, so no other does."""
    models = [m for m in apps.get_models() if issubclass(m, Projection) and not m._meta.proxy]
    asked = " UNION ALL ".join(
        f"SELECT {n} WHERE EXISTS (SELECT FROM {m._meta.db_table} WHERE stream = %s)"  # noqa: S608
        for n, m in enumerate(models)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [stream] * len(models))
        return [models[n] for (n,) in cursor.fetchall()]


def _hide(model: type[Projection]) -> None:
    """Make an empty temporary table that stands before the real one until the rollback."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING DEFAULTS) ON COMMIT DROP"
        )


def _compared(
    history: Iterable[Entry], models: list[type[Projection]], *, since: int
) -> Iterable[tuple[int, list[Change]]]:
    known: dict[Key, Row] = {}
    for entry in history:
        if entry.seq >= since and not known:
            known = _rows(models)
        run_fold(Folded.of(entry.envelope))
        if entry.seq >= since:
            now = _rows(models, seq=entry.seq)
            yield entry.seq, [c for key, row in now.items() if (c := _change(key, row, known))]
            known |= now


def _rows(models: list[type[Projection]], *, seq: int | None = None) -> dict[Key, Row]:
    asked = {} if seq is None else {"entry_seq": seq}
    return {
        (model, tuple(row[name] for name in _key(model))): row
        for model in models
        for row in model._base_manager.filter(**asked).values(*_columns(model))
    }


def _key(model: type[Projection]) -> list[str]:
    return [f.attname for f in model._meta.pk_fields]


def _columns(model: type[Projection]) -> list[str]:
    return [f.attname for f in model._meta.concrete_fields if f.column]


def _change(key: Key, row: Row, known: Mapping[Key, Row]) -> Change | None:
    before = known.get(key)
    differing = {
        name: value
        for name, value in row.items()
        if name not in FRAME and (before is None or before[name] != value)
    }
    if not differing:
        return None
    earlier = None if before is None else {name: before[name] for name in differing}
    return Change(key[0], row, earlier, differing)
