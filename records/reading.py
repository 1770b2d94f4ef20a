"""Reading: one snapshot for a page, behind the walls by site."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from mes.lib.refusals import NotFound

M = TypeVar("M", bound=Model)

SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
WALLS = "SELECT set_config('mes.site', %s, true), set_config('mes.person', %s, true)"


@contextmanager
def reading(*, site: UUID | None, person: UUID | None = None) -> Iterator[None]:
    """Run the body in one read-only transaction that sees this site's rows only.

    Inside a test's own transaction the isolation stays as it is (PostgreSQL cannot change it
    after the first statement); the walls by site are set all the same.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        statement = WALLS if nested else f"{SNAPSHOT}; {WALLS}"
        with connection.cursor() as cursor:
            cursor.execute(statement, [str(site or ""), str(person or "")])
        yield


def the_one(rows: QuerySet[M]) -> M:
    """Return the one row that is asked for by its id. Raises NotFound, for another site's too."""
    try:
        return rows.get()
    except ObjectDoesNotExist:
        raise NotFound() from None


def glance(rows: QuerySet[Any, Any], *, site: UUID | None, person: UUID | None) -> Any:
    """Return the row that a query finds by its id, as a tuple; None if there is none. One trip.

    For what is looked at before an act opens, where a transaction of its own would cost three
    trips more: statements that travel together are one transaction, so the walls hold.
    """
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{WALLS}; {sql}", [str(site or ""), str(person or ""), *params])
        cursor.nextset()
        return cursor.fetchone()
